package p

func f() {
	switch {
	}
	switch a := b; a {
	case 1, 2:
		c()
		d()
	default:
	}
	switch x := y.(type) {
	case int, *T, nil, func():
	}
	switch z; y.(type) {
	default:
	}
	switch w := 1; w.(type) {
	}
}
