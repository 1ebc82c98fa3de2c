// Generic functions, types and methods; iterators left in every way.
package main

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"slices"
	"sort"
	"strings"
)

type Number interface {
	~int | ~int8 | ~int64 | ~float64 | ~uint8
}

func Sum[T Number](xs ...T) (s T) {
	for _, x := range xs {
		s += x
	}
	return
}

func Map[T, U any](xs []T, f func(T) U) []U {
	r := make([]U, 0, len(xs))
	for _, x := range xs {
		r = append(r, f(x))
	}
	return r
}

type List[T any] struct {
	head *node[T]
	n    int
}
type node[T any] struct {
	v    T
	next *node[T]
}

func (l *List[T]) Push(v T) { l.head = &node[T]{v, l.head}; l.n++ }
func (l *List[T]) All() iter.Seq2[int, T] {
	return func(yield func(int, T) bool) {
		i := 0
		for n := l.head; n != nil; n = n.next {
			if !yield(i, n.v) {
				return
			}
			i++
		}
	}
}

type Stringish interface{ ~string }

func Join[S Stringish](xs []S, sep string) string {
	var b strings.Builder
	for i, x := range xs {
		if i > 0 {
			b.WriteString(sep)
		}
		b.WriteString(string(x))
	}
	return b.String()
}

type MyStr string
type MyInt int

func (m MyInt) String() string { return fmt.Sprintf("MyInt(%d)", int(m)) }

func Kind[T any](v T) string {
	switch any(v).(type) {
	case int:
		return "int"
	case string:
		return "string"
	case fmt.Stringer:
		return "stringer"
	case []T:
		return "slice of T"
	case error:
		return "error"
	}
	return fmt.Sprintf("%T", v)
}

type Tree[K cmp.Ordered, V any] struct {
	l, r *Tree[K, V]
	k    K
	v    V
}

func (t *Tree[K, V]) Insert(k K, v V) *Tree[K, V] {
	if t == nil {
		return &Tree[K, V]{k: k, v: v}
	}
	switch c := cmp.Compare(k, t.k); {
	case c < 0:
		t.l = t.l.Insert(k, v)
	case c > 0:
		t.r = t.r.Insert(k, v)
	default:
		t.v = v
	}
	return t
}

func (t *Tree[K, V]) Walk(yield func(K, V) bool) bool {
	return t == nil || t.l.Walk(yield) && yield(t.k, t.v) && t.r.Walk(yield)
}
func (t *Tree[K, V]) All() iter.Seq2[K, V] { return func(y func(K, V) bool) { t.Walk(y) } }

type Set[T comparable] map[T]struct{}

func (s Set[T]) Add(v ...T) Set[T] {
	for _, x := range v {
		s[x] = struct{}{}
	}
	return s
}

type Opt[T any] func(*T)

func Apply[T any, PT interface {
	*T
	Reset()
}](v T, opts ...Opt[T]) T {
	PT(&v).Reset()
	for _, o := range opts {
		o(&v)
	}
	return v
}

type conf struct {
	a int
	b string
}

func (c *conf) Reset() { c.b = "reset" }

func gen(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		defer fmt.Println("gen done", n)
		for i := 0; i < n; i++ {
			if !yield(i) {
				fmt.Println("stopped at", i)
				return
			}
		}
	}
}

func find() (r string) {
	defer func() { r += "!" }()
outer:
	for i := range gen(5) {
		for j := range gen(4) {
			switch {
			case i == 0 && j == 1:
				continue outer
			case i == 1 && j == 2:
				break
			case i == 2:
				break outer
			case i == 1 && j == 3:
				goto next
			}
			fmt.Println(i, j)
		}
	next:
	}
	for i := range gen(10) {
		defer fmt.Println("deferred in body", i)
		if i == 3 {
			return fmt.Sprint("found ", i)
		}
	}
	return "none"
}

type Pair[A, B any] struct {
	First  A
	Second B
}

func MakePair[A, B any](a A, b B) Pair[A, B] { return Pair[A, B]{a, b} }
func (p Pair[A, B]) Swap() Pair[B, A]        { return Pair[B, A]{p.Second, p.First} }

type Num[T Number] struct{ v T }

func (n Num[T]) Add(o Num[T]) Num[T] { return Num[T]{n.v + o.v} }

type Adder[T any] interface{ Add(T) T }

func AddAll[T Adder[T]](z T, xs ...T) T {
	for _, x := range xs {
		z = z.Add(x)
	}
	return z
}

func ptr[T any](v T) *T { return &v }

func arr[T any, A ~[3]T](a A) (n int) {
	for i := range a {
		n += i
	}
	return n + len(a)
}

func main() {
	fmt.Println(Sum(1, 2, 3), Sum(1.5, 2), Sum[uint8](200, 100), Sum(MyInt(3), 4))
	fmt.Println(Map([]int{1, 2, 3}, func(i int) string { return strings.Repeat("x", i) }))
	var l List[string]
	for _, s := range []string{"a", "b", "c"} {
		l.Push(s)
	}
	for i, s := range l.All() {
		if i == 2 {
			break
		}
		fmt.Println(i, s)
	}
	fmt.Println(Join([]MyStr{"p", "q"}, "-"))
	fmt.Println(Kind(1), Kind("s"), Kind(MyInt(2)), Kind([]int{1}), Kind(1.5), Kind(fmt.Errorf("x")), Kind(struct{ X int }{1}))
	var t *Tree[string, int]
	for i, w := range strings.Fields("the quick brown fox jumps over the lazy dog") {
		t = t.Insert(w, i)
	}
	for k, v := range t.All() {
		if k == "quick" {
			break
		}
		fmt.Print(k, "=", v, " ")
	}
	fmt.Println()
	s := Set[string]{}.Add("x", "y", "x")
	keys := slices.Sorted(maps.Keys(s))
	fmt.Println(len(s), keys)
	fmt.Println(Apply(conf{1, "x"}, func(c *conf) { c.a++ }))
	fmt.Println(find())
	p := MakePair("a", 1).Swap()
	fmt.Printf("%v %T %+v\n", p, p, p)
	fmt.Println(AddAll(Num[int]{1}, Num[int]{2}, Num[int]{3}))
	fmt.Println(*ptr(3), *ptr("s"), arr([3]string{}))
	next, stop := iter.Pull2(l.All())
	fmt.Println(next())
	fmt.Println(next())
	stop()
	fmt.Println(next())
	xs := []int{3, 1, 2}
	sort.Slice(xs, func(i, j int) bool { return xs[i] < xs[j] })
	slices.SortFunc(xs, func(a, b int) int { return b - a })
	fmt.Println(xs, slices.Max(xs), slices.Contains(xs, 2), slices.Index(xs, 1))
	func() {
		defer func() { fmt.Println("recovered", recover()) }()
		for i := range gen(3) {
			if i == 1 {
				panic("in body")
			}
		}
	}()
	func() {
		defer func() { fmt.Println("recovered", recover()) }()
		var saved func(int) bool
		for i := range func(y func(int) bool) { saved = y; y(1) } {
			fmt.Println("i", i)
		}
		saved(2)
	}()
	type local[T any] struct{ x T }
	fmt.Printf("%T %T\n", local[int]{}, local[local[string]]{})
	f := Sum[int]
	g := (*List[int]).Push
	var li List[int]
	g(&li, 4)
	fmt.Println(f(1, 2), li.n, li.head.v)
	for range 3 {
		fmt.Print(".")
	}
	for i := range uint8(3) {
		fmt.Printf("%T%d ", i, i)
	}
	for i, r := range "aé\xff世" {
		fmt.Print(i, ":", r, " ")
	}
	fmt.Println()
}
