package p

var f = func(a int) (b int) {
	return func() int { return a }()
}
