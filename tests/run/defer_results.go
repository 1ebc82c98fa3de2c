package main

func f() (n int) {
	defer func() {
		if r := recover(); r != nil {
			n = 42
		}
	}()
	panic("x")
}

type big struct{ a, b, c, d, e, f int }

func g() (r big) {
	defer func() { recover() }()
	r.c = 7
	panic(1)
}

func h() (int, string) {
	defer func() { recover() }()
	return 3, "three"
}

func order() {
	for i := 0; i < 3; i++ {
		defer println("deferred", i)
	}
	defer func() { println("first") }()
}

func named() (err string) {
	defer func() { err += "!" }()
	return "returned"
}

func reraise() (s string) {
	defer func() { s = recover().(string) }()
	defer func() { panic("second") }()
	panic("first")
}

func main() {
	println(f())
	println(g().c)
	a, b := h()
	println(a, b)
	order()
	println(named())
	println(reraise())
	var p *int
	func() {
		defer func() { println(recover() != nil) }()
		println(*p)
	}()
}
