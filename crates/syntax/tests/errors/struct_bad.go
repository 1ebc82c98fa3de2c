package p
type T struct {
	a, b
	c int,
	(T)
	*(T)
	(*T)
	3
	d int "tag" "tag"
	e.f.g
}
type U struct { a int b int }
type V struct
