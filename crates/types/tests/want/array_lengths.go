// Array lengths and map keys.
package p

const n = 3
var v = 3

var a1 [n]int
var a2 [v]int // want `invalid array length v`
var a3 [-1]int // want `invalid array length -1 \(untyped int constant\)`
var a4 [1.0]int
var a5 [1.5]int // want `array length 1\.5 \(untyped float constant\) must be integer`
var a6 ["a"]int // want `array length "a" \(untyped string constant\) must be integer`
var a7 [undef]int // want `undefined array length undef or missing type constraint`
var a8 [...]int // want `invalid use of \[\.\.\.\] array \(outside a composite literal\)`
var a9 [len(a1)]int
var a10 [1 << 62]int
var a11 [int8(3)]int
var a12 [f()]int // want `array length f\(\) \(value of type int\) must be constant`
var a13 [n + undef2]int // want `undefined: undef2`
var a14 ['a']int
var a15 = [...]int{1, 2}
func f() int { return 1 }

var m1 map[[]int]int // want `invalid map key type \[\]int`
var m2 map[func()]int // want `invalid map key type func\(\)`
var m3 map[interface{}]int
var m4 map[[2]int]int
var m5 map[struct{ f []int }]int // want `invalid map key type struct\{f \[\]int\}`
var m6 map[map[int]int]int // want `invalid map key type map\[int\]int`
func g[K any, L comparable]() {
	var _ map[K]int // want `invalid map key type K \(missing comparable constraint\)`
	var _ map[L]int
}
