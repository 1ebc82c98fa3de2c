package p
func f() {
	a.
	b.3
	c.(
	d.()
	e.(type)
	g.func()
}
