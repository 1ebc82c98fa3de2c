// What every generated program has: a checksum, fuel that ends every run, and operations made total.

var sum uint64 = 14695981039346656037
var fuel int

// deep counts the references on the way of a checksum: values may hold themselves.
var deep int

func mix(h uint64) { sum = (sum^h)*1099511628211 + sum>>47 }

func tick() {
	fuel--
	if collects && fuel%61 == 17 {
		runtime.GC()
	}
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

// exact hides how much was allocated.
func exact[S ~[]T, T any](s S) S { return s[:len(s):len(s)] }

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

func toInt16(f float32) int16 {
	if f > -32769 && f < 32768 {
		return int16(f)
	}
	return 5
}

func toInt8(f float64) int8 {
	if f > -129 && f < 128 {
		return int8(f)
	}
	return 6
}

func toUint32(f float32) uint32 {
	if f > -1 && f < 4.2e9 {
		return uint32(f)
	}
	return 7
}

func toUint16(f float64) uint16 {
	if f > -1 && f < 65536 {
		return uint16(f)
	}
	return 8
}

// split is 3 bytes of a string, by way of its address.
func split(s string) string {
	if len(s) < 4 {
		return s
	}
	b := unsafe.Slice(unsafe.StringData(s), len(s))
	return unsafe.String((*byte)(unsafe.Add(unsafe.Pointer(&b[0]), 1)), 3)
}

func low(x uint64) uint32 { return *(*uint32)(unsafe.Pointer(&x)) }

func rotate(x uint32, n uint32) uint32 { return x<<(n&31) | x>>(32-n&31) }

func carry(a, b, c uint64) uint64 {
	x, k := bits.Add64(a, b, c&1)
	y, k := bits.Add64(b, c, k)
	z, k := bits.Sub64(x, y, k)
	h, l := bits.Mul64(x^k, y)
	if c == 0 {
		return h ^ l ^ z
	}
	q, r := bits.Div64(h%c, l, c)
	return q*3 + r ^ z
}

// deepen makes stacks grow, with arrays and pointers into them.
func deepen(n int, a [40]int, p *int) int {
	a[n%40] += n
	*p += a[(n+1)%40]
	if n <= 0 {
		return a[3] + *p
	}
	q := n
	return deepen(n-1, a, &q)*3 + q + a[n%40]
}

// pipeline sends numbers through goroutines, one for each stage.
func pipeline(stages, n int, step func(int) int) (total int) {
	in := make(chan int)
	go func() {
		defer close(in)
		for i := range n {
			in <- i
		}
	}()
	var from <-chan int = in
	for i := range stages {
		to := make(chan int, i)
		go func(from <-chan int) {
			defer close(to)
			for x := range from {
				select {
				case to <- step(x):
				}
				runtime.Gosched()
			}
		}(from)
		from = to
	}
	for x := range from {
		total = total*31 + x
	}
	return total
}

// wrong panics in the way of its number.
func wrong(n int) {
	var m map[string]int
	var ch chan int
	var p *problem
	var f func()
	var i any
	var e error
	s := []int{1, 2, 3}
	switch n {
	case 0:
		m["a"] = n
	case 1:
		close(ch)
	case 2:
		ch = make(chan int)
		close(ch)
		close(ch)
	case 3:
		ch = make(chan int, 1)
		close(ch)
		ch <- 1
	case 4:
		p.code = n
	case 5:
		f()
	case 6:
		_ = i.(error)
	case 7:
		i = p
		_ = i.(interface{ Missing() })
	case 8:
		_ = opaque(e).Error()
	case 9:
		_ = make([]int, opaque(-n))
	case 10:
		_ = s[opaque(n):]
	case 11:
		_ = s[opaque(n-7) : opaque(n-9)]
	case 12:
		_ = s[:2:opaque(n)]
	case 13:
		_ = [4]int(s)
	case 14:
		_ = 1 << opaque(-n)
	case 15:
		// gc calls the method directly where it sees the type, and panics in other words.
		e = p
		_ = opaque(e).Error()
	case 16:
		panic(nil)
	case 17:
		panic(e)
	case 18:
		i = s
		_ = i == i
	case 19:
		_ = map[any]int{s: 1}
	case 20:
		_ = "abc"[opaque(n)]
	case 21:
		_ = make(chan int, opaque(-n))
	}
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

// run gives new fuel to one part of the program.
func run(name string, f func()) {
	fuel, deep = 300, 0
	try(name, f)
	println(name, sum)
}

func try(name string, f func()) {
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
	}()
	f()
}
