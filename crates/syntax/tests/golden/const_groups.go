package p

const (
	a, b = iota, "s"
	c, d
	_ int = 3
	e
)
const f = 1
const g = 2

func h() {
	const (
		x = iota
		y
	)
}
