package p
func f() {
	select x {
	}
	select {
	foo()
	case a, b:
	case x := <-c
	default:
	}
}
