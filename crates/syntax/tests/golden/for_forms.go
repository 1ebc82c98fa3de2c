package p

func f() {
	for {
	}
	for a {
	}
	for ; ; {
	}
	for i := 0; i < n; i++ {
	}
	for ; b; c() {
	}
	for range 10 {
	}
	for i := range 10 {
	}
	for k, v := range m {
	}
	for a[0], b.c = range g {
	}
}
