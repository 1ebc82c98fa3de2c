// What every generated program has: a checksum, fuel that ends every run, and operations made total.

var sum uint64 = 14695981039346656037
var fuel int

// deep counts the references on the way of a checksum: values may hold themselves.
var deep int

func mix(h uint64) { sum = (sum^h)*1099511628211 + sum>>47 }

func tick() {
	fuel--
	if fuel < 0 {
		panic("out of fuel")
	}
}

func tr[T any](where uint64, x T) T {
	mix(where)
	return x
}

func id[T any](x T) T { return x }

//go:noinline
func opaque[T any](x T) T { return x }

func cond[T any](b bool, x, y T) T {
	if b {
		return x
	}
	return y
}

func at[T any](s []T, i int) (x T) {
	if uint(i) < uint(len(s)) {
		return s[i]
	}
	return x
}

func cut(s string) string {
	if len(s) > 40 {
		return s[:40]
	}
	return s
}

func sub(s string, i, j int) string {
	if i >= 0 && i <= j && j <= len(s) {
		return s[i:j]
	}
	return s
}

func limit[S ~[]T, T any](s S) S {
	if len(s) > 40 {
		return s[:7:7]
	}
	return s
}

func count(n int) func(func(int) bool) {
	return func(yield func(int) bool) {
		for i := 0; i < n; i++ {
			if !yield(i) {
				return
			}
		}
	}
}

func pairs[T any](s []T) func(func(int, T) bool) {
	return func(yield func(int, T) bool) {
		defer mix(77)
		for i, x := range s {
			if !yield(i, x) {
				return
			}
		}
	}
}

func fold[T, A any](s []T, a A, f func(A, T) A) A {
	for _, x := range s {
		a = f(a, x)
	}
	return a
}

func each[T, U any](s []T, f func(T) U) []U {
	var r []U
	for _, x := range s {
		r = append(r, f(x))
	}
	return r
}

func toInt(f float64) int64 {
	if f > -9e18 && f < 9e18 {
		return int64(f)
	}
	return 1
}

func toInt32(f float32) int32 {
	if f > -2e9 && f < 2e9 {
		return int32(f)
	}
	return 2
}

func toUint(f float64) uint64 {
	if f > -1 && f < 1.8e19 {
		return uint64(f)
	}
	return 3
}

func toByte(f float64) uint8 {
	if f > -1 && f < 255.9 {
		return uint8(f)
	}
	return 4
}

func hashFloat(f float64) uint64 {
	if f != f {
		return 5
	}
	return *(*uint64)(unsafe.Pointer(&f))
}

func hashComplex(c complex128) uint64 { return hashFloat(real(c))*31 + hashFloat(imag(c)) }

func hashBool(b bool) uint64 {
	if b {
		return 11
	}
	return 12
}

func hashString(s string) uint64 {
	h := uint64(len(s)) + 99
	for i := 0; i < len(s); i++ {
		h = h*131 + uint64(s[i])
	}
	return h
}

type integer interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uintptr
}

type number interface{ integer | ~float32 | ~float64 }

type ordered interface{ number | ~string }

type pair[A, B any] struct {
	a A
	b B
}

func (p pair[A, B]) first() A          { return p.a }
func (p pair[A, B]) swap() pair[B, A]  { return pair[B, A]{p.b, p.a} }
func (p *pair[A, B]) set(a A, b B)     { p.a, p.b = a, b }
func mkpair[A, B any](a A, b B) pair[A, B] { return pair[A, B]{a: a, b: b} }

type list[T any] struct {
	x    T
	next *list[T]
}

func (l *list[T]) push(x T) *list[T] { return &list[T]{x, l} }

func (l *list[T]) all() func(func(T) bool) {
	return func(yield func(T) bool) {
		for e := l; e != nil; e = e.next {
			if !yield(e.x) {
				return
			}
		}
	}
}

type problem struct{ code int }

func (p problem) Error() string { return "problem " + string(rune('a'+uint(p.code)%26)) }

type text string

func (t *text) Error() string { return string(*t) }

// rethrow makes another panic of one.
func rethrow(r any, code int) any {
	mix(hashAny(r))
	return problem{code}
}

func run(name string, f func()) {
	fuel, deep = 300, 0
	defer func() {
		if r := recover(); r != nil {
			mix(hashAny(r))
			switch r := r.(type) {
			case error:
				println(name, "recovered", r.Error())
			case string:
				println(name, "recovered", r)
			default:
				println(name, "recovered something")
			}
		}
		println(name, sum)
	}()
	f()
}
