package p

import "fmt"

func f(a int, b string) (int, string) { return 0, "" }
func v(a int, b ...string)            {}
func g[T any](x T) T                  { return x }
func h[T, U any](x T) (u U)           { return }
func n()                              {}
func two() (a int, err error)         { return 0, nil }
func cc[T ~int | ~string](x T)        {}
func k(func(int) int)                 {}
func k2[T any](func(T) int, func(int) T) {
}
func vg[T any](x ...T) {}

type S struct{}

func (S) m(int)   {}
func (*S) p()     {}

func _(i int, s string, sl []int, e error) {
	_ = f(1) // want `^assignment mismatch: 1 variable but f returns 2 values` `^not enough arguments in call to f`
	f(1) // want `^not enough arguments in call to f`
	f(1, "a", 2) // want `^too many arguments in call to f`
	f("a", 1) // want `^cannot use "a" \(untyped string constant\) as int value in argument to f` `^cannot use 1 \(untyped int constant\) as string value in argument to f`
	f() // want `^not enough arguments in call to f`
	v() // want `^not enough arguments in call to v`
	v(1)
	v(1, sl...) // want `^cannot use sl \(variable of type \[\]int\) as \[\]string value in argument to v`
	v(1, "a", sl...) // want `^too many arguments in call to v`
	v(1, []string{}...)
	f(1, "a"...) // want `^cannot use \.\.\. in call to non-variadic f`
	f(two()) // want `^cannot use two\(\) \(value of interface type error\) as string value in argument to f`
	v(two()) // want `^cannot use two\(\) \(value of interface type error\) as string value in argument to v`
	v(two()...) // want `^cannot use \.\.\. with 2-valued two\(\)`
	n() + 1 // want `^n\(\) \(no value\) used as value`
	_ = n() // want `^n\(\) \(no value\) used as value`
	i() // want `^invalid operation: cannot call i \(variable of type int\): int is not a function`
	nil() // want `^invalid operation: cannot call nil: untyped nil is not a function`
	"a"() // want `^invalid operation: cannot call "a" \(untyped string constant\): untyped string is not a function`
	n()() // want `^n\(\) \(no value\) used as value or type`
	f(n(), 1) // want `^n\(\) \(no value\) used as value` `^cannot use 1 \(untyped int constant\) as string value in argument to f`
	f(f(1, "a"))
	f(f(1, "a"), 1) // want `^multiple-value f\(1, "a"\) \(value of type \(int, string\)\) in single-value context` `^cannot use 1 \(untyped int constant\) as string value in argument to f`
	_ = two() + 1 // want `^multiple-value two\(\) \(value of type \(a int, err error\)\) in single-value context`
	var _ string = two() // want `^multiple-value two\(\) \(value of type \(a int, err error\)\) in single-value context`
	_ = f[int] // want `^cannot index f \(value of type func\(a int, b string\) \(int, string\)\)`
	_ = g // want `^cannot use generic function g without instantiation`
	_ = (g)(1) // want `^cannot use generic function g without instantiation`
	_ = g[int, int] // want `^got 2 type arguments but want 1`
	_ = g[undefined] // want `^undefined: undefined`
	_ = g[int]
	g[int]("a") // want `^cannot use "a" \(untyped string constant\) as int value in argument to g\[int\]`
	g[string]("a")
	h(1) // want `^in call to h, cannot infer U \(declared at .*\)`
	h[int](1) // want `^in call to h\[int\], cannot infer U \(declared at .*\)`
	_ = h[int] // want `^cannot infer U \(declared at .*\)`
	_ = h[int, string](1) + 1 // want `^invalid operation: h\[int, string\]\(1\) \+ 1 \(mismatched types string and untyped int\)`
	cc(1.5) // want `^float64 does not satisfy ~int \| ~string \(float64 missing in ~int \| ~string\)`
	cc[float64](1) // want `^float64 does not satisfy ~int \| ~string \(float64 missing in ~int \| ~string\)`
	cc("x")
	k(g)
	k(g[int])
	k(g[string]) // want `^cannot use g\[string\] \(value of type func\(x string\) string\) as func\(int\) int value in argument to k`
	k(h)
	k(h[int])
	k2(g, g)
	g(g) // want `^in call to g, cannot infer T \(declared at .*\)`
	g(nil) // want `^in call to g, cannot infer T \(declared at .*\)`
	g(g[int])
	vg() // want `^in call to vg, cannot infer T \(declared at .*\)`
	vg(1, 2.5)
	vg(1, "a") // want `^in call to vg, mismatched types untyped int and untyped string \(cannot infer T\)`
	vg(sl...)
	vg(1, sl...) // want `^too many arguments in call to vg`
	vg[any](1, "a")
	var _ func(int) string = h
	var _ func(int) int = g
	var _ func(int) string = h[int]
	var _ int = g // want `^cannot use generic function g without instantiation`
	_ = []func(int) int{g} // want `^cannot use generic function g without instantiation`
	S{}.m("x") // want `^cannot use "x" \(untyped string constant\) as int value in argument to S\{\}\.m`
	S{}.p() // want `^cannot call pointer method p on S`
	S.m(S{}, 1)
	S.m(1) // want `^not enough arguments in call to S\.m`
	(*S).p(&S{})
	fmt.Println(fmt.Println, fmt) // want `^use of package fmt not in selector`
	fmt.Println(int) // want `^int \(type\) is not an expression`
	fmt.Println(n()) // want `^n\(\) \(no value\) used as value`
	fmt.Println(len) // want `^len \(built-in\) must be called`
	fmt.Sprintf(1) // want `^cannot use 1 \(untyped int constant\) as string value in argument to fmt\.Sprintf`
	defer f // want `^expression in defer must be function call`
	go f(1) // want `^not enough arguments in call to f`
	func(a int) {}("x") // want `^cannot use "x" \(untyped string constant\) as int value in argument to func\(a int\) \{\}`
	func() {}(1) // want `^too many arguments in call to func\(\) \{\}`
	undefined(i, s, e) // want `^undefined: undefined`
	_ = undefined.x(i) // want `^undefined: undefined`
	interface{ m() }.m(1) // want `^cannot use 1 \(constant of type int\) as interface\{m\(\)\} value in argument to interface\{m\(\)\}\.m: int does not implement interface\{m\(\)\} \(missing method m\)`
}
