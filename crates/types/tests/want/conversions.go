package p

type I interface{ m() }
type C interface{ ~int | ~string }
type MyInt int
type S struct{ a int }
type S2 struct {
	a int `tag`
}

func _(s string, fl float64, i int, sl []int, c complex64, p *int, e any, bs []byte, st S, f func()) {
	_ = uint8(300) // want `^constant 300 overflows uint8`
	_ = uint8(-1) // want `^constant -1 overflows uint8`
	_ = int(1.5) // want `^cannot convert 1\.5 \(untyped float constant\) to type int`
	_ = uint(-1.0) // want `^cannot convert -1\.0 \(untyped float constant -1\) to type uint`
	_ = string(1.5) // want `^cannot convert 1\.5 \(untyped float constant\) to type string`
	_ = string(fl) // want `^cannot convert fl \(variable of type float64\) to type string`
	_ = string(65)
	_ = string('a')
	_ = string(-1)
	_ = []int(s) // want `^cannot convert s \(variable of type string\) to type \[\]int`
	_ = []byte(s)
	_ = []rune(s)
	_ = string(bs)
	_ = int(nil) // want `^cannot convert nil to type int`
	_ = (*int)(nil)
	_ = int(1, 2) // want `^too many arguments in conversion to int`
	_ = int() // want `^missing argument in conversion to int`
	_ = int(s) // want `^cannot convert s \(variable of type string\) to type int`
	_ = float32(1e40) // want `^cannot convert 1e40 \(untyped float constant 1e\+40\) to type float32`
	_ = float64(1e400) // want `^cannot convert 1e400 \(untyped float constant 1e\+400\) to type float64`
	_ = complex64(1)
	_ = complex64(fl) // want `^cannot convert fl \(variable of type float64\) to type complex64`
	_ = int(c) // want `^cannot convert c \(variable of type complex64\) to type int`
	_ = S2(st)
	_ = S(S2{})
	_ = I(st) // want `^cannot convert st \(variable of struct type S\) to type I: S does not implement I \(missing method m\)`
	_ = I(nil)
	_ = any(1)
	_ = C(1) // want `^cannot use interface C in conversion \(contains specific type constraints or is comparable\)`
	_ = MyInt(s) // want `^cannot convert s \(variable of type string\) to type MyInt`
	_ = MyInt(fl)
	_ = *int(p) // want `^cannot convert p \(variable of type \*int\) to type int`
	_ = [2]int(sl)
	_ = (*[2]int)(sl)
	_ = [2]string(sl) // want `^cannot convert sl \(variable of type \[\]int\) to type \[2\]string`
	_ = func()(f) // want `^func\(\) f \(type\) is not an expression` `^f \(parameter\) is not a type`
	_ = bool(1) // want `^cannot convert 1 \(untyped int constant\) to type bool`
	_ = bool(i == 1)
	_ = string(sl...) // want `^invalid use of \.\.\. in conversion to string`
	_ = uintptr(p) // want `^cannot convert p \(variable of type \*int\) to type uintptr`
	_ = chan<- int(make(chan int))
	_ = (chan<- int)(make(<-chan int)) // want `^cannot convert make\(<-chan int\) \(value of type <-chan int\) to type chan<- int`
	_ = int(f()) // want `^f\(\) \(no value\) used as value`
	_ = float32(0.1) == 0.1
	const big = 1 << 100
	_ = int64(big) // want `^constant 1267650600228229401496703205376 overflows int64`
	_ = float64(big)
	_ = int8(big >> 93) // want `^constant 128 overflows int8`
	_ = rune(0x7fffffff + 1) // want `^constant 2147483648 overflows rune`
	_ = string(big)
}

func _[T C, U any, V ~[]byte](x T, y U, z V) {
	_ = T(1)
	_ = T(1.5) // want `^cannot convert 1\.5 \(untyped float value\) to type T: cannot convert 1\.5 \(untyped float constant\) to type int \(in T\)`
	_ = string(x)
	_ = []byte(x) // want `^cannot convert x \(variable of type T constrained by C\) to type \[\]byte: cannot convert int \(in T\) to type \[\]byte`
	_ = U(x) // want `^cannot convert x \(variable of type T constrained by C\) to type U`
	_ = U(1) // want `^cannot convert 1 \(untyped int value\) to type U: U does not contain specific types`
	_ = int(y) // want `^cannot convert y \(variable of type U constrained by any\) to type int`
	_ = string(z)
	_ = V("abc")
	_ = any(x)
	_ = T("x") // want `^cannot convert "x" \(untyped string value\) to type T: cannot convert "x" \(untyped string constant\) to type int \(in T\)`
}
