package p
func f() {
	g(a b)
	g(a, , b)
	g(a...b)
	g(a..., b)
	g(a
	)
	g(
}
