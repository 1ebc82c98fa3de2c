// What the specification orders is performed first, for the expression as a whole; what may panic comes afterwards.
package main

import "fmt"

type counter struct{ n int }

func (c counter) value(int) int { return c.n }

func (c *counter) next() int { c.n++; return c.n }

func t(n int) int { fmt.Println("t", n); return n }

func try(name string, f func()) {
	defer func() { fmt.Println(name, recover()) }()
	f()
}

func main() {
	zero, idx := 0, 7
	var (
		nilInt *int
		nilMap map[int]int
		list   = []int{1, 2, 3}
		empty  any
	)
	try("division", func() { fmt.Println(t(1) / zero * t(2)) })
	try("index", func() { fmt.Println(list[idx] + t(2)) })
	try("index between", func() { fmt.Println(t(1)+list[idx]+t(2), t(3)) })
	try("nil", func() { fmt.Println(*nilInt+t(2), t(3)) })
	try("assertion", func() { fmt.Println(empty.(int), t(2)) })
	try("short circuit", func() { fmt.Println(list[idx] > 0 && t(1) > 0, t(2)) })
	try("slice", func() { fmt.Println(list[idx:t(9)], t(2)) })
	try("map", func() { nilMap[t(1)] = t(2) / zero })
	try("place", func() { list[idx], list[t(0)] = t(1), t(2) })
	try("op", func() { list[idx] += t(4) })

	n := 0
	bump := func() int { n++; return n }
	list[n] = bump()
	fmt.Println(list, n)
	list[n], n = bump(), 0
	fmt.Println(list, n)
	fmt.Println(n, bump(), n, list[n]+bump())
	c := counter{1}
	fmt.Println(c.n, c.value(c.next()), c.n, c.next()*10+c.n)
	list = append(list, list[0], bump(), len(list))
	grow := func() int { list = append(list, 100); return len(list) }
	fmt.Println(append(list, grow()))
	fmt.Println(min(n, bump(), n), complex(float64(n), float64(bump())))
	f := func(int) string { return "before" }
	swap := func() int { f = func(int) string { return "after" }; return 1 }
	fmt.Println(f(swap()))
	s := "abc"
	cut := func() int { s = "xyz"; return 1 }
	fmt.Println(s[cut()], s[cut():], string(s[0])+fmt.Sprint(cut()))
	arr := [3]int{1, 2, 3}
	set := func() int { arr[1] = 20; return 1 }
	fmt.Println(arr[1], arr[set()], [2]int{arr[1], set()})
	m := map[string]int{"a": 1}
	put := func() string { m["a"] = 5; return "a" }
	fmt.Println(m["a"], m[put()], m["a"]+len(put()))
	p := &counter{3}
	q := p
	move := func() int { p = &counter{8}; return 1 }
	p.n = move()
	fmt.Println(p.n, q.n)
	ch := make(chan int, 3)
	ch <- 4
	ch <- 5
	fmt.Println(n, <-ch, bump(), <-ch-n)
	var ok bool
	list[bump()-n], ok = m["zzz"]
	fmt.Println(list[0], ok)
}

func init() {
	a, b, n := true, []int{1, 2, 3, 4, 5, 6, 7, 8}, 1
	flip := func() bool { a = !a; b = b[1:]; n++; return a }
	fmt.Println(a && true, flip(), a, b[0:2], flip(), b[n-2:], len(b), flip(), n)
	fmt.Println(len(b), flip(), cap(b) == len(b), []byte("x")[0], b)
}
