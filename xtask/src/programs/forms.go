
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

// aliases appends to slices of one array, whose room is known.
func aliases[T any](x, y, z T) []T {
	s := make([]T, 3, 6)
	t := append(s, x)
	u := append(s[:2], y, z)
	s[0], t[1] = u[2], t[3]
	v := append(t[:3:3], z)
	v[0] = x
	copy(t[1:], t)
	copy(s[:2], u[1:])
	w := append(append(s[1:2:4], t...), v...)
	clear(v[1:2])
	a := (*[2]T)(s[1:])
	a[0] = y
	b := [3]T(t)
	b[1] = x
	return append(append(append(w, s...), t...), append(v, b[:]...)...)
}

// padded has bytes that do not count.
type padded[T any] struct {
	a uint8
	_ int32
	b T
	c float32
	_ string
	d any
}

// keyed counts keys of every kind in one map, and compares them.
func keyed[K comparable](k, l K, n int) (r uint64) {
	m := map[any]int{}
	add := func(keys ...any) {
		for i, key := range keys {
			m[key] += i + n
			_, ok := m[key]
			r = r*31 + hashBool(ok) + hashBool(key == keys[0])
		}
	}
	p := padded[K]{a: 1, b: k, c: float32(n), d: k}
	q := p
	q.b, q.d = l, l
	add(k, l, p, q, [2]K{k, l}, [2]K{l, k}, &p, &p, struct{}{}, [0]K{}, pair[K, any]{k, l}, pair[any, K]{l, k}, any(p).(padded[K]) == q)
	add(1, int8(1), 1.0, float32(1), complex(1, 0), "1", true, uintptr(1), [1]int{1}, error(nil), problem{1})
	typed := map[padded[K]][]int{p: {1}, q: {2}}
	typed[q] = append(typed[q], 3)
	byKey := map[K]K{k: l}
	byKey[l] = k
	delete(m, any(l))
	return r*31 + uint64(len(m))*7 + uint64(len(typed)) + uint64(len(typed[p])) + uint64(len(byKey))*3
}

// runes takes a string apart in every way.
func runes(s string, n int) (r uint64) {
	for i := range s {
		r = r*3 + uint64(i)
	}
	for i, c := range []rune(s) {
		r = r*5 + uint64(i)*uint64(c)
	}
	for i, b := range []byte(s) {
		r = r*7 + uint64(b) + uint64(i)
	}
	m := map[string]int{s: 1, "a": 2}
	b := append([]byte(s), s...)
	m[string(b)]++
	copy(b[len(b)/2:], "xyz")
	if n < len(s) && s[n] < 0x80 && string(b[:n]) != s[n:] {
		r += uint64(s[n]) * uint64(m[string(b[:n])]+1)
	}
	switch string(b) {
	case s + s:
		r++
	case s[:len(s)/2] + "xyz":
		r += 2
	}
	return r*31 + hashString(string([]rune{rune(n), -1, 0x10ffff, 0xd800, 'x'}) + string(rune(n*1000)))
}

// merge takes from two channels what comes, in any order, until both are closed.
func merge(a, b []int) (total int) {
	c, d, quit := make(chan int, len(a)), make(chan int), make(chan struct{})
	for _, x := range a {
		c <- x
	}
	close(c)
	go func() {
		defer close(d)
		for _, x := range b {
			d <- x
		}
	}()
	var in <-chan int = d
	for open := 2; open > 0; {
		select {
		case x, ok := <-c:
			if !ok {
				c = nil
				open--
				break
			}
			total += x
		case x, ok := <-in:
			if ok {
				total += 3 * x
				continue
			}
			in = nil
			open--
		case <-quit:
			panic("nobody closes it")
		}
	}
	return total
}

// pulls takes values from an iterator one by one, perhaps not all.
func pulls[T any](seq func(func(T) bool), n int) (list []T) {
	next, stop := iter.Pull(seq)
	defer stop()
	for range n {
		x, ok := next()
		if !ok {
			break
		}
		list = append(list, x)
	}
	return list
}
