package main

type Number interface {
	~int | ~int32 | ~float64
}

func Sum[T Number](xs ...T) T {
	var s T
	for _, x := range xs {
		s += x
	}
	return s
}

func Map[T, U any](xs []T, f func(T) U) []U {
	var out []U
	for _, x := range xs {
		out = append(out, f(x))
	}
	return out
}

type Stack[T any] struct{ items []T }

func (s *Stack[T]) Push(x T) { s.items = append(s.items, x) }
func (s *Stack[T]) Pop() (x T, ok bool) {
	if len(s.items) == 0 {
		return
	}
	x = s.items[len(s.items)-1]
	s.items = s.items[:len(s.items)-1]
	return x, true
}
func (s Stack[T]) Each(f func(int, T)) {
	for i, x := range s.items {
		f(i, x)
	}
}

type Pair[K comparable, V any] struct {
	Key K
	Val V
}

func (p Pair[K, V]) Wrapped() V2[V] { return V2[V]{&p.Val} }

type V2[T any] struct{ p *T }

type List[T any] struct {
	val  T
	next *List[T]
}

func (l *List[T]) All() func(func(T) bool) {
	return func(yield func(T) bool) {
		for ; l != nil; l = l.next {
			if !yield(l.val) {
				return
			}
		}
	}
}

func Kind[T any](x T) string {
	switch any(x).(type) {
	case int:
		return "int"
	case string:
		return "string"
	case []T:
		return "slice of itself"
	}
	return "other"
}

type Stringer interface{ String() string }
type Name string

func (n Name) String() string { return "name " + string(n) }

func Join[S Stringer](xs []S) string {
	r := ""
	for _, x := range xs {
		r += x.String() + ";"
	}
	return r
}

type PtrTo[T any] interface {
	*T
	Set(int)
}
type Cell struct{ n int }

func (c *Cell) Set(n int) { c.n = n }

func Make[T any, P PtrTo[T]](n int) T {
	var x T
	P(&x).Set(n)
	f := P.Set
	f(&x, n+1)
	return x
}

func Local[T any](x T) (int, T) {
	type node struct {
		val  T
		next *node
	}
	var head *node
	for range 3 {
		head = &node{x, head}
	}
	n := 0
	for p := head; p != nil; p = p.next {
		n++
	}
	return n, head.val
}

func Conv[T, U Number](x T) U { return U(x) }

func Index[T comparable](xs []T, x T) int {
	for i, y := range xs {
		if x == y {
			return i
		}
	}
	return -1
}

func Apply[F func(int) int | func(int) string](f F) {}

func Max[T int | float64 | string](a, b T) T { return max(a, b) }

func main() {
	println(Sum(1, 2, 3), Sum(1.5, 2.5), Sum[int32]())
	for _, s := range Map([]int{1, 2}, func(i int) string { return string(rune('a' + i)) }) {
		println(s)
	}
	var s Stack[string]
	s.Push("a")
	s.Push("b")
	s.Each(func(i int, x string) { println(i, x) })
	x, ok := s.Pop()
	println(x, ok)
	push := s.Push
	push("c")
	println(len(s.items))
	p := Pair[string, int]{"k", 1}
	println(*p.Wrapped().p)
	l := &List[int]{1, &List[int]{2, nil}}
	for v := range l.All() {
		println(v)
	}
	println(Kind(1), Kind("s"), Kind(1.5))
	println(Join([]Name{"a", "b"}))
	println(Make[Cell](5).n)
	n, v := Local("v")
	println(n, v)
	m, w := Local(7)
	println(m, w)
	println(Conv[int, float64](3), Conv[float64, int](3.9))
	println(Index([]string{"x", "y"}, "y"), Index([]int{1}, 2))
	println(Max(1, 2), Max("a", "b"), Max(2.5, 1))
	f := Sum[int]
	println(f(4, 5))
}
