// Variable declarations.
package p

var a, b = 1 // want `assignment mismatch: 2 variables but 1 value`
var c, d, e = 1, 2 // want `missing init expr for e`
var f, g int = 1 // want `assignment mismatch: 2 variables but 1 value`
var h = 1, 2 // want `extra init expr 2`
var i, j = two()
var k, l, m = two() // want `assignment mismatch: 3 variables but two returns 2 values`
var n int = two() // want `multiple-value two\(\) \(value of type \(int, int\)\) in single-value context`
var o = none() // want `none\(\) \(no value\) used as value`
var p = nil // want `use of untyped nil in variable declaration`
var q int = "a" // want `cannot use "a" \(untyped string constant\) as int value in variable declaration`
var r undef // want `undefined: undef`
var s, t string = two() // want `cannot use two\(\) \(value of type int\) as string value in assignment`
var u = u2
var u2 int8 = 300 // want `cannot use 300 \(untyped int constant\) as int8 value in variable declaration \(overflows\)`
func two() (int, int) { return 1, 2 }
func none() {}
func local() {
	var a, b = 1 // want `assignment mismatch: 2 variables but 1 value`
	var c, d, e = 1, 2 // want `missing init expr for e`
	var h = 1, 2 // want `extra init expr 2`
	var k, l, m = two() // want `declared and not used: l` `declared and not used: m` `assignment mismatch: 3 variables but two returns 2 values`
	var o = none() // want `declared and not used: o` `none\(\) \(no value\) used as value`
	var x int = x // want `declared and not used: x` `undefined: x`
	_, _, _, _, _, _, _ = a, b, c, d, e, h, k
}
