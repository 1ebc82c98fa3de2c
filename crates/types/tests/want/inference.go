package p

func one[T any](T)              {}
func two[T any](T, T)           {}
func list[T any](...T) T        { panic(0) }
func keys[M ~map[K]V, K comparable, V any](M) []K {
	return nil
}
func apply[S, T any](S, func(S) T) T { panic(0) }
func result[T any]() T               { panic(0) }
func ident[T any](x T) T             { return x }
func send[T any](chan<- T)           {}

type ints []int
type table map[string]float64
type number interface{ ~int | ~float64 }
type stringer interface{ String() string }
type named int

func (named) String() string { return "" }

func sum[N number](...N) N                    { panic(0) }
func text[T stringer](T)                      {}
func first[S ~[]E, E any](S) E                { panic(0) }
func elem[S interface{ ~[]E }, E any](E) S    { panic(0) }
func cyclic[T interface{ *T }]()              {}
func pair[A, B any](A, func(B)) (a A, b B)    { return }
func conv[To, From any](From) (t To)          { return }
func nested[T any](map[string][]func(T) *T)   {}

func _() {
	one(1)
	one("x")
	one(nil) // want `in call to one, cannot infer T \(declared at .*\)`
	two(1, 2.5)
	two(1, "x") // want `in call to two, mismatched types untyped int and untyped string \(cannot infer T\)`
	two(1, 'a')
	var i int
	var f float64
	two(i, f) // want `in call to two, type float64 of f does not match inferred type int for T`
	two(i, 2)
	two(i, 2.5) // want `cannot use 2\.5 \(untyped float constant\) as int value in argument to two \(truncated\)`
	var _ float64 = list(1, 2, 3.0)
	var _ int = list(1, 2, 3.0) // want `cannot use list\(1, 2, 3\.0\) \(value of type float64\) as int value in variable declaration`
	var _ []string = keys(table{})
	var _ []int = keys(table{}) // want `cannot use keys\(table\{\}\) \(value of type \[\]string\) as \[\]int value in variable declaration`
	_ = keys(1) // want `in call to keys, cannot infer K \(declared at .*\)`
	_ = apply(1, func(x int) string { return "" })
	_ = apply(1, func(x string) string { return "" }) // want `cannot use 1 \(untyped int constant\) as string value in argument to apply`
	_ = apply(1, ident)
	_ = apply(ident, 1) // want `in call to apply, cannot infer S \(declared at .*\)`
	_ = result() // want `in call to result, cannot infer T \(declared at .*\)`
	_ = result[int]()
	var _ func(int) int = ident
	var _ func(int) string = ident // want `inferred type func\(x int\) int for func\(x T\) T does not match type func\(int\) string of _`
	_ = ident // want `cannot use generic function ident without instantiation`
	var c chan int
	send(c)
	var r <-chan int
	send(r) // want `cannot use r \(variable of type <-chan int\) as chan<- int value in argument to send`
	_ = sum(1, 2.5)
	_ = sum("x") // want `string does not satisfy number \(string missing in ~int \| ~float64\)`
	_ = sum(named(1), 2)
	text(named(1))
	text(1) // want `int does not satisfy stringer \(missing method String\)`
	text[int](1) // want `int does not satisfy stringer \(missing method String\)`
	_ = first(ints{})
	_ = first([]string{})
	_ = first(1) // want `in call to first, cannot infer E \(declared at .*\)`
	_ = elem(1) // want `in call to elem, cannot infer S \(declared at .*\)`
	_ = elem[[]int](1)
	cyclic() // want `in call to cyclic, cannot infer T \(declared at .*\)`
	_, _ = pair(1, func(string) {})
	_, _ = pair(1, nil) // want `in call to pair, cannot infer B \(declared at .*\)`
	_ = conv[string](1)
	_ = conv(1) // want `in call to conv, cannot infer To \(declared at .*\)`
	_ = conv[string, int, int](1) // want `got 3 type arguments but want 2`
	nested(map[string][]func(int) *int{})
	nested(map[string][]func(int) *string{}) // want `in call to nested, type map\[string\]\[\]func\(int\) \*string of map\[string\]\[\]func\(int\) \*string\{\} does not match inferred type map\[string\]\[\]func\(int\) \*int for map\[string\]\[\]func\(T\) \*T`
}

func recursive[T any](x T, n int) {
	recursive(x, n)
	recursive(&n, n)
	recursive([]T{x}, n)
}
