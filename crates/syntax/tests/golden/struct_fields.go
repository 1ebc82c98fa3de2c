package p

type S struct {
	a, b int "tag"
	T
	*U `raw
tag`
	p.V
	*p.W[int]
	X[P]
	c [n]int
	d []int
	e func(int) (struct{}, error)
}
