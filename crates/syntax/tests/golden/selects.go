package p

func f() {
	select {
	case <-a:
	case b := <-c:
		d()
	case e, ok = <-g:
	case h <- i:
	default:
	}
}
