// Names and expressions that are no types, and types that are no values.
package p

import "fmt"

var x int
const c = 1
func f() {}
type T struct{ f int }

var a x // want `x \(package-level variable\) is not a type`
var b c // want `c \(constant\) is not a type`
var d f // want `f \(function\) is not a type`
var e fmt // want `fmt \(package name\) is not a type`
var g fmt.Println // want `fmt\.Println \(value of type func\(a \.\.\.any\) \(n int, err error\)\) is not a type`
var h fmt.NoSuch // want `undefined: fmt\.NoSuch`
var i nil // want `nil \(untyped nil\) is not a type`
var j len // want `len \(built-in function\) is not a type`
var k T.f // want `T\.f is not a type`
var m _ // want `cannot use _ as value or type`
var n undefined.T // want `undefined: undefined`
var o = T // want `T \(type\) is not an expression`
var p = fmt // want `use of package fmt not in selector`
var q = []x{} // want `x \(package-level variable\) is not a type`
var r = int // want `int \(type\) is not an expression`
func (T) use() { _ = _; _ = T; fmt.stringer() } // want `cannot use _ as value or type` `T \(type\) is not an expression` `undefined: fmt\.stringer \(but have Stringer\)`
type U struct{ x } // want `x \(package-level variable\) is not a type`
var s *undef // want `undefined: undef`
