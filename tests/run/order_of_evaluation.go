package main

var trace string

func n(s string, v int) int      { print(s, " "); return v }
func p(s string, v *int) *int    { print(s, " "); return v }
func sl(s string, v []int) []int { print(s, " "); return v }

type T struct{ a, b int }

func (t T) m(x int) T { print("m", x, " "); return t }

func two() (int, int) { print("two "); return 1, 2 }

func main() {
	a := []int{1, 2, 3, 4}
	x, y := 10, 20
	sl("s", a)[n("i", 1)] = n("v", 5)
	println(a[1])
	*p("px", &x), *p("py", &y) = n("a", 1), n("b", 2)
	println(x, y)
	sl("s1", a)[n("i1", 0)], sl("s2", a)[n("i2", 1)] = n("v1", 7), n("v2", 8)
	println(a[0], a[1])
	t := T{n("fa", 1), n("fb", 2)}
	t.m(n("x1", 1)).m(n("x2", 2)).m(3)
	println()
	u := T{b: n("b", 1), a: n("a", 2)}
	println(u.a, u.b)
	arr := [...]int{2: n("two", 2), 0: n("zero", 0)}
	println(arr[0], arr[2])
	println(n("l", 1)+n("r", 2)*n("q", 3) == 7 && n("and", 1) == 1 || n("or", 1) == 1)
	i := 0
	i, a[i] = 1, 99
	println(i, a[0], a[1])
	a[i], i = 55, 2
	println(a[1], i)
	func(q, r int, rest ...int) { println(q, r, len(rest)) }(n("q", 1), n("r", 2), n("s", 3), n("t", 4))
	x, y = two()
	x, y = y, x
	println(x, y)
	a[two2(a)] += n("w", 3)
	println(a[2])
	var pp *T
	func() {
		defer func() { println("recovered", recover() != nil, i) }()
		i = 77
		pp.a = n("rhs", 1)
	}()
	a = append(a, n("app1", 1), n("app2", 2))
	println(len(a))
	v := 1
	f := func() int { v++; return v }
	w := v + f() + v
	println(w)
	arr2 := [3]int{1, 2, 3}
	g := func() int { arr2[0] = 100; return 1 }
	z := arr2[0] + g()
	println(z)
}

func two2(a []int) int { print("two2 "); return 2 }
