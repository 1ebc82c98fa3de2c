package p

func f() {
	if a {
	} else if b := c; d {
		e()
	} else {
		g()
	}
	if ; h {
	}
}
