
// Generic types, promotion, closures in structs, iterators of several kinds.

// which says how a dynamic type is made of a type parameter; the first case that fits counts.
func which[T any](x any) int {
	switch y := x.(type) {
	case nil:
		return 1
	case *T:
		if y == nil {
			return 2
		}
		return 3
	case T:
		return 4
	case []T:
		return 50 + len(y)
	case [3]T, map[string]T:
		return 6
	case pair[T, int]:
		return 70 + y.b
	case pair[int, T]:
		return 80 + y.a
	case func(T) T:
		return 9
	case string:
		return 100 + len(y)
	case int, uint8:
		return 11
	case interface{ first() T }:
		mix(uint64(which[int](y.first())))
		return 12
	case error:
		return 13
	}
	return 14
}

type tree[K ordered, V any] struct {
	root *branch[K, V]
	n    int
}

type branch[K ordered, V any] struct {
	k           K
	v           V
	left, right *branch[K, V]
}

func (t *tree[K, V]) put(k K, v V) bool {
	at := &t.root
	for *at != nil {
		switch b := *at; {
		case k < b.k:
			at = &b.left
		case k > b.k:
			at = &b.right
		default:
			b.v = v
			return false
		}
	}
	*at = &branch[K, V]{k: k, v: v}
	t.n++
	return true
}

func (t *tree[K, V]) all() func(func(K, V) bool) { return t.root.walk }

func (b *branch[K, V]) walk(yield func(K, V) bool) { b.step(yield) }

func (b *branch[K, V]) step(yield func(K, V) bool) bool {
	return b == nil || b.left.step(yield) && yield(b.k, b.v) && b.right.step(yield)
}

// cell hides a variable behind closures.
type cell[T any] struct {
	get  func() T
	set  func(T) T
	hits *int
}

func newCell[T any](x T) cell[T] {
	n := 0
	get := func() T { n++; return x }
	set := func(y T) (old T) {
		defer func() { n += 10 }()
		old, x = x, y
		return
	}
	return cell[T]{get, set, &n}
}

type deeper struct{ name string }

func (d *deeper) rename(s string) { d.name = cut(d.name + s) }
func (d deeper) called() string   { return d.name }

type inner struct {
	pad [2]uint8
	deeper
}

type caller interface{ called() string }

type renamer interface {
	caller
	rename(string)
}

// box promotes fields and methods of generic types, by value and through pointers.
type box[T any] struct {
	n uint8
	pair[T, int]
	*list[T]
	*inner
	caller2
}

type caller2 interface{ second() int }

type two int

func (t two) second() int { return int(t) * 2 }

func newBox[T any](x, y T, n int) *box[T] {
	return &box[T]{uint8(n), mkpair(x, n), (*list[T])(nil).push(y), &inner{deeper: deeper{"d"}}, two(n)}
}

func filter[T any](seq func(func(T) bool), keep func(T) bool) func(func(T) bool) {
	return func(yield func(T) bool) {
		for x := range seq {
			if !keep(x) {
				continue
			}
			if !yield(x) {
				return
			}
		}
	}
}

// careful looks at the panics of the loop's body and passes them on.
func careful[T any](seq func(func(T) bool)) func(func(T) bool) {
	return func(yield func(T) bool) {
		done := false
		defer func() {
			if r := recover(); r != nil {
				mix(hashBool(done))
				panic(r)
			}
			mix(71)
		}()
		seq(func(x T) bool { return yield(x) })
		done = true
	}
}

// nans fills a map with keys that are not equal to themselves.
func nans(n int) (r uint64) {
	m, zero := map[float64]int{}, 0.0
	for i := range n {
		m[float64(i-n/2)/zero] = i
		m[zero/zero] = i
	}
	delete(m, zero/zero)
	for k, x := range m {
		r += hashBool(k < 0)*uint64(x) + hashBool(k != k)
	}
	_, ok := m[zero/zero]
	r = r*31 + uint64(len(m)) + hashBool(ok)
	clear(m)
	return r*31 + uint64(len(m))
}

// leaves ends a goroutine in the middle of a loop; its deferred calls run.
func leaves(n, end int) (text string) {
	ch := make(chan string, 1)
	go func() {
		text := "-"
		defer func() { ch <- text }()
		defer func() {
			if recover() != nil {
				text += "r"
			}
		}()
		for i := range filter(count(n), func(i int) bool { return i != 2 }) {
			defer func() { text += string(rune('a' + i)) }()
			if i == end {
				func() {
					defer mix(uint64(i))
					runtime.Goexit()
				}()
			}
			if i == end+3 {
				panic(i)
			}
		}
		text += "end"
	}()
	return <-ch
}
