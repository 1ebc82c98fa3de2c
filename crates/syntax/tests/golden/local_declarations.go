package p

func f() {
	var a, b int
	type T[P any] struct{ p P }
	type U = T[int]
	const c = 1
	var ()
}
