package p
var x = ~1
var y = a ~ b
type T ~int
func f(a ~int) {}
func g[P ~int](a P) {}
var z ~int
