package p
const (
	a = iota
	b, c
	d int
	e
)
