package p
var x
var y =
var z := 3
var (
	a int b
)
var a, = 1
