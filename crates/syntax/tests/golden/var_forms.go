package p

var a int
var b, c = 1, 2
var (
	d, e T = f()
	g      = 3
)
