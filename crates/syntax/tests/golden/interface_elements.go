package p

type I interface {
	m(int) (a, b string)
	J
	p.K
	L[int, string]
	~int | ~string | error
	*T
	interface{ n() }
}
