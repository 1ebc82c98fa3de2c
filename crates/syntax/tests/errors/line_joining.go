package p
func f() (
	int,
	string) {
	x := a +
		b
	y := a
		+ b
	z.
		w()
	v
		.u()
	g(a,
		b)
	g(a,
		b
	)
	_ = []int{
		1, 2 }
	return
		1
	if x
	{ }
}
