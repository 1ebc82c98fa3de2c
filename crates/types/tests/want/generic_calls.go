package p

import "strings"

type Number interface {
	~int | ~int64 | ~float64
}
type List[T any] struct{ items []T }
type Pair[K comparable, V any] struct {
	key K
	val V
}

func (l *List[T]) Push(x T)                 { l.items = append(l.items, x) }
func (l List[T]) Map(f func(T) T) List[T]   { return l }
func Map[T, U any](xs []T, f func(T) U) []U { return nil }
func Sum[T Number](xs ...T) (sum T)         { return }
func Keys[M ~map[K]V, K comparable, V any](m M) []K {
	return nil
}
func Ptr[T any, PT interface {
	*T
	M()
}](x T) {
}
func Cmp[T interface{ Less(T) bool }](a, b T) bool { return a.Less(b) }
func Id[T any](x T) T                              { return x }
func Apply[A, B any](a A, f func(A) B) B           { return f(a) }
func Chan[T any](c <-chan T)                       {}
func Fn[F func(int) | func(string)](f F)           { f(1) } // want `^invalid operation: cannot call f \(variable of type F constrained by func\(int\) \| func\(string\)\): func\(int\) and func\(string\) have different underlying types`
func Fn2[F ~func(int) int](f F) int                { return f(1) }

type X int

func (*X) M()            {}
func (x X) Less(y X) bool { return x < y }

type Ints []int
type SMap map[string]X

func _(l List[int], pl *List[string], p Pair[string, int], c chan int) {
	l.Push("x") // want `^cannot use "x" \(untyped string constant\) as int value in argument to l\.Push`
	l.Push(1)
	List[int]{}.Push(1) // want `^cannot call pointer method Push on List\[int\]`
	pl.Push(1) // want `^cannot use 1 \(untyped int constant\) as string value in argument to pl\.Push`
	pl.Push("x")
	_ = l.Map(Id)
	_ = l.Map(Id[string]) // want `^cannot use Id\[string\] \(value of type func\(x string\) string\) as func\(int\) int value in argument to l\.Map`
	_ = l.Map(strings.ToUpper) // want `^cannot use strings\.ToUpper \(value of type func\(s string\) string\) as func\(int\) int value in argument to l\.Map`
	_ = l.items[0] + "x" // want `^invalid operation: l\.items\[0\] \+ "x" \(mismatched types int and untyped string\)`
	_ = p.key + p.val // want `^invalid operation: p\.key \+ p\.val \(mismatched types string and int\)`
	_ = Map([]int{1}, func(i int) string { return "" })
	_ = Map([]int{1}, func(s string) string { return "" }) // want `^in call to Map, type func\(s string\) string of func\(s string\) string \{…\} does not match inferred type func\(int\) U for func\(T\) U`
	_ = Map([]int{1}, Id)
	_ = Map(Ints{}, Id[int])
	_ = Map(1, Id[int]) // want `^cannot use 1 \(untyped int constant\) as \[\]int value in argument to Map`
	_ = Map([]int{1}) // want `^not enough arguments in call to Map`
	_ = Map[int]([]int{1}, nil) // want `^in call to Map\[int\], cannot infer U \(declared at .*\)`
	_ = Map[int, string]([]int{1}, nil)
	_ = Sum(1, 2.5)
	_ = Sum(1, "x") // want `^in call to Sum, mismatched types untyped int and untyped string \(cannot infer T\)`
	_ = Sum("x") // want `^string does not satisfy Number \(string missing in ~int \| ~int64 \| ~float64\)`
	_ = Sum[int](1, 2.5) // want `^cannot use 2\.5 \(untyped float constant\) as int value in argument to Sum\[int\] \(truncated\)`
	_ = Sum[X]()
	_ = Sum() // want `^in call to Sum, cannot infer T \(declared at .*\)`
	_ = Keys(SMap{})
	_ = Keys(map[string]int{}) == nil
	_ = Keys(Ints{}) // want `^in call to Keys, M \(type Ints\) does not satisfy ~map\[K\]V`
	var _ []int = Keys(SMap{}) // want `^cannot use Keys\(SMap\{\}\) \(value of type \[\]string\) as \[\]int value in variable declaration`
	Ptr(X(1))
	Ptr(1) // want `^\*int does not satisfy interface\{M\(\); \*int\} \(missing method M\)`
	_ = Cmp(X(1), X(2))
	_ = Cmp(1, 2) // want `^int does not satisfy interface\{Less\(int\) bool\} \(missing method Less\)`
	_ = Cmp(X(1), 2)
	_ = Apply(1, Id)
	_ = Apply("x", strings.ToUpper) + 1 // want `^invalid operation: Apply\("x", strings\.ToUpper\) \+ 1 \(mismatched types string and untyped int\)`
	_ = Apply(1, strings.ToUpper) // want `^cannot use 1 \(untyped int constant\) as string value in argument to Apply`
	Chan(c)
	Chan(make(chan<- int)) // want `^cannot use make\(chan<- int\) \(value of type chan<- int\) as <-chan int value in argument to Chan`
	Chan(1) // want `^in call to Chan, cannot infer T \(declared at .*\)`
	Fn(func(int) {})
	Fn(nil) // want `^in call to Fn, cannot infer F \(declared at .*\)`
	_ = Fn2(func(i int) int { return i })
	_ = Fn2(Id)
	_ = Fn2(Id[string]) // want `^in call to Fn2, F \(type func\(x string\) string\) does not satisfy ~func\(int\) int`
	_ = Pair[[]int, int]{} // want `^\[\]int does not satisfy comparable`
	_ = Pair[int]{} // want `^not enough type arguments for type Pair: have 1, want 2`
	_ = Pair[int, int]{1, "x"} // want `^cannot use "x" \(untyped string constant\) as int value in struct literal`
	_ = Pair{1, 2} // want `^cannot use generic type Pair\[K comparable, V any\] without instantiation`
	_ = List[int].Map
	_ = (*List[int]).Push
	_ = List[int].Push // want `^invalid method expression List\[int\]\.Push \(needs pointer receiver \(\*List\[int\]\)\.Push\)`
	_ = List.Map // want `^cannot use generic type List without instantiation`
	var _ List[string] = l // want `^cannot use l \(variable of struct type List\[int\]\) as List\[string\] value in variable declaration`
	var _ func(List[int], func(int) int) List[int] = List[int].Map
	f := Id[int]
	f("x") // want `^cannot use "x" \(untyped string constant\) as int value in argument to f`
	g := Id // want `^cannot use generic function Id without instantiation`
	_ = g
	var h func(string) string = Id
	h(1) // want `^cannot use 1 \(untyped int constant\) as string value in argument to h`
	_ = []func(int) int{Id[int], Id[string]} // want `^cannot use Id\[string\] \(value of type func\(x string\) string\) as func\(int\) int value in array or slice literal`
	_ = Id[int](Id[string]("x")) // want `^cannot use Id\[string\]\("x"\) \(value of type string\) as int value in argument to Id\[int\]`
	_ = Id(Id)(1) // want `^in call to Id, cannot infer T \(declared at .*\)`
	_ = Id[func(int) int](Id)(1)
	return Id // want `^cannot use generic function Id without instantiation`
}

func _() func(int) int { return Id }
func _() (func(int) int, func(string) int) { return Id, Id } // want `^inferred type func\(x string\) string for func\(x T\) T does not match type func\(string\) int of .*`

func _[T Number](x T, y int) T {
	_ = x + y // want `^invalid operation: x \+ y \(mismatched types T and int\)`
	_ = x + T(y)
	_ = x * 2
	_ = x * 2.5 // want `^cannot convert 2\.5 \(untyped float constant\) to type T`
	_ = x % 2 // want `^invalid operation: operator % not defined on x \(variable of type T constrained by Number\)`
	_ = x << 1 // want `^invalid operation: shifted operand x \(variable of type T constrained by Number\) must be integer`
	_ = float64(x)
	_ = string(x) // want `^cannot convert x \(variable of type T constrained by Number\) to type string: cannot convert float64 \(in T\) to type string`
	_ = any(x).(int)
	_ = x.(int) // want `^invalid operation: cannot use type assertion on type parameter value x \(variable of type T constrained by Number\)`
	switch any(x).(type) {
	case int, T:
	}
	switch x.(type) { // want `^cannot use type switch on type parameter value x \(variable of type T constrained by Number\)`
	}
	var z T = 1
	z = 1.5 // want `^cannot use 1\.5 \(untyped float constant\) as T value in assignment`
	z = "x" // want `^cannot use "x" \(untyped string constant\) as T value in assignment`
	z = nil // want `^cannot use nil as T value in assignment`
	z = y // want `^cannot use y \(variable of type int\) as T value in assignment`
	y = z // want `^cannot use z \(variable of type T constrained by Number\) as int value in assignment`
	return 1
}
