// Values that no frame takes lie on the heap.
package main

import "fmt"

type B [300000]byte
type P [40000]*int

//go:noinline
func mk(i int) (p P) { p[i] = new(int); *p[i] = i; return }

//go:noinline
func chg(p P, i int) P { p[0] = p[i]; return p }

func d(i int) (p P) {
	defer func() { recover(); p[1] = p[i] }()
	p[i] = new(int)
	*p[i] = 9
	panic(1)
}

func main() {
	p := mk(7)
	q := chg(p, 7)
	fmt.Println(p[0], *q[0], *q[7])
	q = p
	fmt.Println(q == p, q[0] == nil)
	r := d(5)
	fmt.Println(*r[1])
	var b, c B
	b[299999] = 1
	fmt.Println(b == c)
	c = b
	fmt.Println(b == c)
	m := map[int]B{1: b}
	fmt.Println(m[1] == b, m[2] == b, m[2] == B{})
	var x any = b
	y, ok := x.(B)
	_, ok2 := x.(P)
	fmt.Println(y[299999], ok, ok2)
	buf := [1<<20]byte{5: 1, 1<<20 - 1: 3}
	fmt.Println(buf[5], len(buf[:]), buf[1<<20-1])
}
