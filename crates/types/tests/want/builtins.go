package p

import "unsafe"

type S struct {
	a int
	*E
	F
}
type E struct{ e int }
type F struct{ f int }

func (S) m() {}

func g[T any](x T) T  { return x }
func f() int          { return 0 }
func two() (int, int) { return 0, 0 }

func _(s string, i int, sl []int, bs []byte, m map[string]int, e any, c chan int, rc <-chan int, sc chan<- int, a [3]int, pa *[3]int, fl float64, f32 float32, st S, up unsafe.Pointer) {
	len(1) // want `^invalid argument: 1 \(untyped int constant\) for built-in len`
	_ = len(1) // want `^invalid argument: 1 \(untyped int constant\) for built-in len`
	_ = len() // want `^invalid operation: not enough arguments for len\(\) \(expected 1, found 0\)`
	_ = len(s, s) // want `^invalid operation: too many arguments for len\(s, s\) \(expected 1, found 2\)`
	_ = len(sl...) // want `^invalid operation: invalid use of \.\.\. with built-in len`
	_ = len(nil) // want `^invalid argument: nil for built-in len`
	_ = cap(m) // want `^invalid argument: m \(variable of type map\[string\]int\) for built-in cap`
	_ = cap(s) // want `^invalid argument: s \(variable of type string\) for built-in cap`
	const c1 = len(a)
	const c2 = len(pa)
	const c3 = len("abc")
	const c4 = len([3]int{f()}) // want `^len\(\[3\]int\{…\}\) \(value of type int\) is not constant`
	const c5 = cap([1]func(){func() { f() }})
	const c6 = len(s) // want `^len\(s\) \(value of type int\) is not constant`
	_ = append(1) // want `^invalid append: argument must be a slice; have 1 \(untyped int constant\)`
	_ = append(nil, 1) // want `^invalid append: argument must be a slice; have untyped nil`
	_ = append(sl, "a") // want `^cannot use "a" \(untyped string constant\) as int value in argument to append`
	_ = append(sl, 1.5) // want `^cannot use 1\.5 \(untyped float constant\) as int value in argument to append \(truncated\)`
	_ = append() // want `^invalid operation: not enough arguments for append\(\) \(expected 1, found 0\)`
	_ = append(sl)
	_ = append(sl...) // want `^not enough arguments in call to append`
	append(sl, 1) // want `^append\(sl, 1\) \(value of type \[\]int\) is not used`
	_ = append(bs, s...)
	_ = append(bs, "abc"...)
	_ = append(sl, "abc"...) // want `^cannot use "abc" \(untyped string constant\) as \[\]int value in argument to append`
	_ = append(sl, sl) // want `^cannot use sl \(variable of type \[\]int\) as int value in argument to append`
	_ = append(sl, sl...)
	_ = append(sl, 1, sl...) // want `^too many arguments in call to append`
	_ = append([]func(int) int{}, g) // want `^cannot use generic function g without instantiation`
	_ = append(two()) // want `^invalid append: argument must be a slice; have two\(\) \(value of type int\)`
	_ = make(int) // want `^invalid argument: cannot make int: type must be slice, map, or channel`
	_ = make([]int) // want `^invalid operation: make\(\[\]int\) expects 2 or 3 arguments; found 1`
	_ = make([]int, -1) // want `^invalid argument: index -1 \(constant of type int\) must not be negative`
	_ = make([]int, 2, 1) // want `^invalid argument: length and capacity swapped`
	_ = make([]int, 1.5) // want `^1\.5 \(untyped float constant\) truncated to int`
	_ = make([]int, 1, 2, 3) // want `^invalid operation: make\(\[\]int, 1, 2, 3\) expects 2 or 3 arguments; found 4`
	_ = make(map[string]int, "a") // want `^cannot convert "a" \(untyped string constant\) to type int`
	_ = make(c) // want `^c \(parameter\) is not a type`
	_ = make(chan int, 1<<63) // want `^1 << 63 \(untyped int constant 9223372036854775808\) overflows int`
	_ = make() // want `^invalid operation: not enough arguments for make\(\) \(expected 1, found 0\)`
	make([]int, 1) // want `^make\(\[\]int, 1\) \(value of type \[\]int\) is not used`
	_ = new(1, 2) // want `^invalid operation: too many arguments for new\(1, 2\) \(expected 1, found 2\)`
	_ = new(1)
	_ = new(nil) // want `^use of untyped nil in argument to new`
	_ = new(g) // want `^cannot use generic function g without instantiation`
	_ = new(len) // want `^len \(built-in\) must be called`
	_ = *new(i)
	new(int) // want `^new\(int\) \(value of type \*int\) is not used`
	delete(sl, 1) // want `^invalid argument: sl \(variable of type \[\]int\) is not a map`
	delete(m) // want `^invalid operation: not enough arguments for delete\(m\) \(expected 2, found 1\)`
	delete(m, 1) // want `^cannot use 1 \(untyped int constant\) as string value in argument to delete`
	delete(m, "x")
	_ = delete(m, "x") // want `^delete\(m, "x"\) \(no value\) used as value`
	copy(sl, s) // want `^invalid copy: arguments sl \(variable of type \[\]int\) and s \(variable of type string\) have different element types int and byte`
	copy(bs, s)
	copy(i, s) // want `^invalid copy: argument must be a slice; have i \(variable of type int\)`
	copy(sl, 1) // want `^invalid copy: argument must be a slice; have 1 \(untyped int constant\)`
	copy(sl, []string{}) // want `^invalid copy: arguments sl \(variable of type \[\]int\) and \[\]string\{\} \(value of type \[\]string\) have different element types int and string`
	_ = copy(bs, "abc")
	close(i) // want `^invalid operation: cannot close non-channel i \(variable of type int\)`
	close(rc) // want `^invalid operation: cannot close receive-only channel rc \(variable of type <-chan int\)`
	close(sc)
	clear(i) // want `^invalid argument: cannot clear i \(variable of type int\): argument must be \(or constrained by\) map or slice`
	clear(m)
	clear(a) // want `^invalid argument: cannot clear a \(variable of type \[3\]int\): argument must be \(or constrained by\) map or slice`
	panic() // want `^invalid operation: not enough arguments for panic\(\) \(expected 1, found 0\)`
	panic(1, 2) // want `^invalid operation: too many arguments for panic\(1, 2\) \(expected 1, found 2\)`
	panic(nil)
	_ = panic(1) // want `^panic\(1\) \(no value\) used as value`
	print(nil) // want `^use of untyped nil in argument to built-in print`
	print(1 << i)
	println(g) // want `^cannot use generic function g without instantiation`
	recover(1) // want `^invalid operation: too many arguments for recover\(1\) \(expected 0, found 1\)`
	_ = recover() + 1 // want `^invalid operation: recover\(\) \+ 1 \(mismatched types interface\{\} and untyped int\)`
	_ = complex(1, "a") // want `^invalid operation: complex\(1, "a"\) \(mismatched types untyped float and untyped string\)`
	_ = complex(i, i) // want `^invalid argument: arguments have type int, expected floating-point`
	_ = complex(fl, f32) // want `^invalid operation: complex\(fl, f32\) \(mismatched types float64 and float32\)`
	_ = complex(fl, 1)
	_ = complex(1, 2i) // want `^invalid operation: complex\(1, 2i\) \(mismatched types untyped float and untyped complex\)`
	_ = complex(1, 2)
	_ = complex(1) // want `^invalid operation: not enough arguments for complex\(1\) \(expected 2, found 1\)`
	_ = complex(two()) // want `^invalid argument: arguments have type int, expected floating-point`
	_ = real(i) // want `^invalid argument: argument has type int, expected complex type`
	_ = real("a") // want `^invalid argument: argument has type untyped string, expected complex type`
	_ = real(1)
	_ = imag(1i) + 2
	_ = min(1, "a") // want `^invalid argument: mismatched types untyped int \(previous argument\) and untyped string \(type of "a"\)`
	_ = max(i, fl) // want `^invalid argument: mismatched types int \(previous argument\) and float64 \(type of fl\)`
	_ = min(e) // want `^invalid argument: e \(variable of interface type any\) cannot be ordered`
	_ = min() // want `^invalid operation: not enough arguments for min\(\) \(expected 1, found 0\)`
	_ = max(1, 2.5, 'a')
	_ = max("a", "b") + 1 // want `^invalid operation: max\("a", "b"\) \+ 1 \(mismatched types untyped string and untyped int\)`
	_ = min(i, 1.5) // want `^1\.5 \(untyped float constant\) truncated to int`
	_ = min(sl...) // want `^invalid operation: invalid use of \.\.\. with built-in min`
	max(1, 2) // want `^max\(1, 2\) \(untyped int constant 2\) is not used`
	_ = unsafe.Offsetof(i) // want `^invalid argument: i is not a selector expression`
	_ = unsafe.Offsetof(st.a)
	_ = unsafe.Offsetof(st.e) // want `^invalid argument: field e is embedded via a pointer in S`
	_ = unsafe.Offsetof(st.f)
	_ = unsafe.Offsetof(st.m) // want `^invalid argument: st\.m is a method value`
	_ = unsafe.Offsetof(st.zz) // want `^invalid argument: S has no single field zz`
	_ = unsafe.Sizeof() // want `^invalid operation: not enough arguments for unsafe\.Sizeof\(\) \(expected 1, found 0\)`
	_ = unsafe.Sizeof(nil) // want `^use of untyped nil in argument to unsafe\.Sizeof`
	const c7 = unsafe.Sizeof(i)
	const c8 = unsafe.Alignof(st)
	_ = unsafe.Slice(i, 1) // want `^invalid argument: i \(variable of type int\) is not a pointer`
	_ = unsafe.Slice(&i, -1) // want `^invalid argument: length -1 \(constant of type int\) must not be negative`
	_ = unsafe.Slice(&i, 1.5) // want `^1\.5 \(untyped float constant\) truncated to int`
	_ = unsafe.SliceData(i) // want `^invalid argument: i \(variable of type int\) is not a slice`
	_ = unsafe.String(&bs[0], s) // want `^invalid argument: length s \(variable of type string\) must be integer`
	_ = unsafe.String(&i, 1) // want `^cannot use &i \(value of type \*int\) as \*byte value in argument to unsafe\.String`
	_ = unsafe.StringData(i) // want `^cannot use i \(variable of type int\) as string value in argument to unsafe\.StringData`
	_ = unsafe.Add(up, 1.5) // want `^1\.5 \(untyped float constant\) truncated to int`
	_ = unsafe.Add(i, 1) // want `^cannot use i \(variable of type int\) as unsafe\.Pointer value in argument to unsafe\.Add`
	_ = unsafe.Add(up, -1)
	_ = unsafe.Foo // want `^undefined: unsafe\.Foo`
	_ = unsafe.Sizeof // want `^unsafe\.Sizeof \(built-in\) must be called`
	unsafe.Sizeof(1) // want `^unsafe\.Sizeof\(1\) \(constant 8 of type uintptr\) is not used`
	_ = len // want `^len \(built-in\) must be called`
	_ = len + 1 // want `^len \(built-in\) must be called`
	len = 1 // want `^len \(built-in\) must be called`
	_ = (len)(s)
	go len(s) // want `^go discards result of len\(s\) \(value of type int\)`
	defer append(sl, 1) // want `^defer discards result of append\(sl, 1\) \(value of type \[\]int\)`
	defer recover()
}

func _[T []int | []string, U string | []byte, V chan int | chan<- int, W ~float32 | ~float64, X any, Y comparable, Z ~int](t T, u U, v V, w W, x X, y Y, z Z) {
	_ = len(t)
	_ = cap(t)
	_ = len(u)
	_ = cap(u) // want `^invalid argument: u \(variable of type U constrained by string \| \[\]byte\) for built-in cap`
	_ = len(x) // want `^invalid argument: x \(variable of type X constrained by any\) for built-in len`
	_ = append(t, 1) // want `^invalid append: mismatched slice element types int and string in t \(variable of type T constrained by \[\]int \| \[\]string\)`
	_ = make(T, 1) // want `^invalid argument: cannot make T: \[\]int and \[\]string have different underlying types`
	copy(t, t) // want `^invalid copy: mismatched slice element types int and string in t \(variable of type T constrained by \[\]int \| \[\]string\)`
	clear(t)
	close(v)
	_ = complex(w, w) // want `^w \(variable of type W constrained by ~float32 \| ~float64\) not supported as argument to built-in complex for go1\.18 \(see go\.dev/issue/50937\)`
	_ = max(w, 1)
	_ = min(z, 1.5) // want `^cannot convert 1\.5 \(untyped float constant\) to type Z`
	_ = max(x) // want `^invalid argument: x \(variable of type X constrained by any\) cannot be ordered`
	_ = unsafe.Sizeof(t)
	const c = unsafe.Sizeof(z) // want `^unsafe\.Sizeof\(z\) \(value of type uintptr\) is not constant`
	_ = new(X)
	_ = new(x)
	_ = append(u, 'x') // want `^invalid append: argument must be a slice; have u \(variable of type U constrained by string \| \[\]byte\)`
}
