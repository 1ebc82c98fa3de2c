package main

func upto(n int) func(func(int) bool) {
	return func(yield func(int) bool) {
		defer println("iterator done", n)
		for i := 0; i < n; i++ {
			if !yield(i) {
				return
			}
		}
	}
}

func pairs(yield func(int, string) bool) {
	_ = yield(1, "one") && yield(2, "two") && yield(3, "three")
}

func none(yield func() bool) {
	for yield() {
	}
}

func find(n, want int) (int, bool) {
	for i := range upto(n) {
		if i == want {
			return i * 10, true
		}
	}
	return -1, false
}

func nested() string {
	for i := range upto(5) {
		for j := range upto(5) {
			if i*j == 6 {
				return "found"
			}
			if j > i {
				break
			}
		}
	}
	return "not found"
}

func labels() {
outer:
	for i := range upto(4) {
		for j := range upto(4) {
			if j == 2 {
				continue outer
			}
			if i == 2 {
				break outer
			}
			println(i, j)
		}
	}
	println("end of labels")
}

func jump() {
	for i := range upto(10) {
		if i == 3 {
			goto out
		}
		if i == 1 {
			goto inside
		}
		println("i", i)
	inside:
	}
	println("not reached")
out:
	println("out")
}

func deferring() (s string) {
	defer func() { println("outermost defer"); s += "!" }()
	for i := range upto(3) {
		defer println("deferred in body", i)
	}
	println("loop ended")
	return "result"
}

func recovering() (s string) {
	for range upto(2) {
		defer func() {
			if r := recover(); r != nil {
				s = "recovered"
			}
		}()
	}
	panic("oops")
}

func mixed() (a int, b []int) {
	for i := range 3 {
		for k, v := range pairs {
			switch {
			case k == 2 && i == 1:
				a, b = k, append(b, len(v))
				return a, b
			case k == 3:
				continue
			}
			b = append(b, k)
		}
	}
	return
}

func main() {
	a, ok := find(5, 3)
	println(a, ok)
	a, ok = find(2, 3)
	println(a, ok)
	println(nested())
	labels()
	jump()
	println(deferring())
	println(recovering())
	for k, v := range pairs {
		println(k, v)
	}
	n := 0
	for range none {
		n++
		if n == 4 {
			break
		}
	}
	println(n)
	x, y := mixed()
	println(x, len(y), y[len(y)-1])
	var k int
	for k = range upto(3) {
	}
	println(k)
	var fs []func() int
	for i := range upto(3) {
		fs = append(fs, func() int { i++; return i })
	}
	for _, f := range fs {
		println(f(), f())
	}
}
