package p
type I interface {
	m() int,
	3
	~int | string
	int |
	m(), n()
	(T)
	| int
}
