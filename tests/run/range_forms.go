package main

type Seq[T any] func(func(T) bool)

func (s Seq[T]) Filter(keep func(T) bool) Seq[T] {
	return func(yield func(T) bool) {
		for x := range s {
			if keep(x) && !yield(x) {
				return
			}
		}
	}
}

func count[T int | uint8](n T) Seq[T] {
	return func(yield func(T) bool) {
		for i := T(0); i < n; i++ {
			if !yield(i) {
				return
			}
		}
	}
}

type Tree struct {
	l, r *Tree
	v    int
}

func (t *Tree) walk(yield func(int) bool) bool {
	return t == nil || t.l.walk(yield) && yield(t.v) && t.r.walk(yield)
}
func (t *Tree) All() func(func(int) bool) { return func(y func(int) bool) { t.walk(y) } }

func collect[S ~[]E, E any](s S) (out []E) {
	for _, e := range s {
		out = append(out, e)
	}
	return
}

func calls(n int) []int { print("called "); return make([]int, n) }

func main() {
	for x := range count(10).Filter(func(n int) bool { return n%3 == 0 }) {
		print(x, " ")
	}
	println()
	t := &Tree{&Tree{nil, nil, 1}, &Tree{nil, nil, 3}, 2}
	sum := 0
	for v := range t.All() {
		if v == 3 {
			break
		}
		sum += v
	}
	println(sum)
	for i := range calls(3) {
		print(i)
	}
	println()
	s := []int{1, 2, 3}
	for i, v := range s {
		s = append(s, v)
		s[0] = 100
		print(i, v, " ")
	}
	println(len(s))
	var i int
	var v rune
	for i, v = range "añ" {
	}
	println(i, v)
	for range s {
		i++
	}
	println(i)
	var nilp *[3]int
	for i := range nilp {
		print(i)
	}
	println()
	for i := range uint8(200) {
		if i > 198 {
			println(i)
		}
	}
	const n = 3
	for i := range n {
		defer func() { print(i, " ") }()
	}
	c := make(chan int, 3)
	c <- 1
	c <- 2
	close(c)
	for x := range c {
		print(x, ",")
	}
	println()
	println(len(collect([]string{"a", "b"})))
	arr := [3]struct{ a, b string }{{"x", "y"}}
	for _, e := range arr {
		print(e.a + e.b + ";")
	}
	println()
	for x := range count(uint8(3)) {
		func() {
			for y := range count(3) {
				if y > int(x) {
					return
				}
				print(x, y, " ")
			}
		}()
	}
	println()
	var ptrs [2]struct{ n int }
	k := 0
	for ptrs[k].n = range 3 {
		k = 1
	}
	println(ptrs[0].n, ptrs[1].n)
}
