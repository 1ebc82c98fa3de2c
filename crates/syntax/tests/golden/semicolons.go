package p

var a = 1 /* a comment
with a newline */
var b = 2; var c = 3

func f() { a; b() }
func g() {
	x := []int{
		1,
		2}
	y.
		z(
			1,
		)
}
