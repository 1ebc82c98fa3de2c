package p
func f() {
	a(b(c(d[e{f(]))))
}
