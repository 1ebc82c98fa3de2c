package p
var a = 1; var b = 2 var c = 3
var d int; func f() {} func g() {}
type T int type U int
import "x"
const e = 1 const f = 2
