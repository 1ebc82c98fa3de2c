package p
func f() {
	g(1))
}
var x = 1)
