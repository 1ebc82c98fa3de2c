package p

type signed interface{ ~int | ~int8 | ~int16 }
type unsigned interface{ ~uint | ~uint8 }
type integer interface{ signed | unsigned }
type exact interface{ int | string }
type none interface {
	int
	string
}
type keyed interface {
	comparable
	~int | ~[]byte
}
type methodical interface {
	~int
	String() string
}
type myInt int
type strung int

func (strung) String() string { return "" }

func f1[T integer](T)    {}
func f2[T exact](T)      {}
func f3[T none]()        {}
func f4[T keyed]()       {}
func f5[T methodical]()  {}
func f6[T comparable](T) {}
func f7[T any](T)        {}
func f8[T *int | []int](T) {}

func _[P signed, Q integer, R comparable, S any, U none](p P, q Q, r R, s S) {
	f1(p)
	f1(q)
	f1(r) // want `R does not satisfy integer`
	f1(s) // want `S does not satisfy integer`
	f1(myInt(1))
	f1(1.5) // want `float64 does not satisfy integer \(float64 missing in ~int \| ~int8 \| ~int16 \| ~uint \| ~uint8\)`
	f2(1)
	f2("x")
	f2(myInt(1)) // want `myInt does not satisfy exact \(possibly missing ~ for int in exact\)`
	f2(2.5) // want `float64 does not satisfy exact \(float64 missing in int \| string\)`
	f3[int]() // want `cannot satisfy none \(empty type set\)`
	f3[U]()
	f4[int]()
	f4[[]byte]() // want `\[\]byte does not satisfy keyed \(keyed mentions \[\]byte, but \[\]byte is not in the type set of keyed\)`
	f4[myInt]()
	f5[int]() // want `int does not satisfy methodical \(missing method String\)`
	f5[myInt]() // want `myInt does not satisfy methodical \(missing method String\)`
	f5[strung]()
	f5[P]() // want `P does not satisfy methodical \(missing method String\)`
	f6(1)
	f6(r)
	f6(s) // want `S does not satisfy comparable`
	f6[any](1)
	f6([]int{}) // want `\[\]int does not satisfy comparable`
	f6(struct{ f func() }{}) // want `struct\{f func\(\)\} does not satisfy comparable`
	f6([1]map[int]int{}) // want `\[1\]map\[int\]int does not satisfy comparable`
	f6[interface{ m() }](nil)
	f6[error](nil)
	f7[signed](nil) // want `cannot use type signed outside a type constraint: interface contains type constraints`
	f8(new(int))
	f8([]int{})
	f8(new(string)) // want `\*string does not satisfy \*int \| \[\]int \(\*string missing in \*int \| \[\]int\)`
}

type dup interface {
	m()
	m() // want `duplicate method m`
}
type dup2 interface {
	dup3
	dup4 // want `duplicate method m`
}
type dup3 interface{ m() }
type dup4 interface{ m() int }
type dup5 interface {
	dup3
	m()
}
type dup6 interface {
	dup3
	interface{ m() }
}

var _ signed // want `cannot use type signed outside a type constraint: interface contains type constraints`
var _ interface{ comparable } // want `cannot use type interface\{comparable\} outside a type constraint: interface is \(or embeds\) comparable`
var _ []integer // want `cannot use type integer outside a type constraint: interface contains type constraints`
var _ func(exact) // want `cannot use type exact outside a type constraint: interface contains type constraints`

func _(x any) {
	_ = x == x
	var e struct{ a []int }
	_ = e == e // want `invalid operation: e == e \(struct containing \[\]int cannot be compared\)`
	var g [2]func()
	_ = g == g // want `invalid operation: g == g \(\[2\]func\(\) cannot be compared\)`
	var h struct{ g [2]func() }
	_ = h == h // want `invalid operation: h == h \(struct containing \[2\]func\(\) cannot be compared\)`
}
