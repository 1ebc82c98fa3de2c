package main

func main() {
	var fs []func() int
	for i := 0; i < 3; i++ {
		fs = append(fs, func() int { i += 10; return i })
	}
	for _, f := range fs {
		println(f(), f())
	}
	var ps []*int
	for i := range 3 {
		ps = append(ps, &i)
	}
	for _, p := range ps {
		println(*p)
	}
	for i := 0; i < 6; i++ {
		f := func() { i++ }
		f()
		println("i", i)
	}
	x := 1
	inc := func() int { x++; return x }
	println(inc(), inc(), x)
	{
		x := "shadow"
		println(x)
	}
	counter := func() func() int {
		n := 0
		return func() int { n++; return n }
	}
	c, d := counter(), counter()
	println(c(), c(), d())
	var fib func(int) int
	fib = func(n int) int {
		if n < 2 {
			return n
		}
		return fib(n-1) + fib(n-2)
	}
	println(fib(15))
	arr := [4]int{1, 2, 3, 4}
	g := func() int { return arr[2] }
	println(g())
	func() { arr[2] = 30 }()
	println(g(), arr[2])
	println(func(a, b int) int { return a*b + x }(3, 4))
}
