package p

type (
	ints   []int
	ints2  []int
	fn     func(int) string
	ch     chan int
	str    struct{ a int `t` }
	str2   struct{ a int }
	word   string
	rec    struct{ next *rec }
	ptrInt *int
	list[T any] []T
	same   = ints
)

func _(i ints, j ints2, s []int, f func(x int) (y string), c chan int, d ch, r <-chan int) {
	i = s
	s = i
	i = j // want `cannot use j \(variable of slice type ints2\) as ints value in assignment`
	i = ints(j)
	var _ same = i
	var _ fn = f
	var _ func(int) = f // want `cannot use f \(variable of type func\(x int\) \(y string\)\) as func\(int\) value in variable declaration`
	var _ <-chan int = c
	var _ chan<- int = d
	var _ ch = c
	var _ chan int = r // want `cannot use r \(variable of type <-chan int\) as chan int value in variable declaration`
	var _ <-chan string = c // want `cannot use c \(variable of type chan int\) as <-chan string value in variable declaration`
	type send chan<- int
	var _ send = d // want `cannot use d \(variable of chan type ch\) as send value in variable declaration`
	var _ str = str2{} // want `cannot use str2\{\} \(value of struct type str2\) as str value in variable declaration`
	var _ str = str(str2{})
	var _ struct{ a int } = str2{}
	var _ struct{ b int } = str2{} // want `cannot use str2\{\} \(value of struct type str2\) as struct\{b int\} value in variable declaration`
	var _ word = "x"
	var _ word = string("x") // want `cannot use string\("x"\) \(constant "x" of type string\) as word value in variable declaration`
	var _ []byte = "x" // want `cannot use "x" \(untyped string constant\) as \[\]byte value in variable declaration`
	var _ []byte = []byte("x")
	var _ []rune = []rune(word("x"))
	var _ string = string([]int{}) // want `cannot convert \[\]int\{\} \(value of type \[\]int\) to type string`
	var _ int = nil // want `cannot use nil as int value in variable declaration`
	var _ *int = nil
	var _ func() = nil
	var _ [2]int = nil // want `cannot use nil as \[2\]int value in variable declaration`
	var _ [2]int = [3]int{} // want `cannot use \[3\]int\{\} \(value of type \[3\]int\) as \[2\]int value in variable declaration`
	var _ [2]int = [2]int(s)
	var _ *[2]int = (*[2]int)(s)
	var _ *[2]string = (*[2]string)(s) // want `cannot convert s \(variable of type \[\]int\) to type \*\[2\]string`
	var _ *rec = &rec{&rec{}}
	var _ ptrInt = new(int)
	var _ *int = ptrInt(nil)
	var _ *uint = (*uint)(ptrInt(nil)) // want `cannot convert ptrInt\(nil\) \(value of pointer type ptrInt\) to type \*uint`
	var _ list[int] = s
	var _ list[string] = s // want `cannot use s \(variable of type \[\]int\) as list\[string\] value in variable declaration`
	var _ list[byte] = list[uint8](nil)
	var _ map[string]int = map[word]int{} // want `cannot use map\[word\]int\{\} \(value of type map\[word\]int\) as map\[string\]int value in variable declaration`
	var _ uint8 = byte(1)
	var _ int32 = 'a'
	var _ float32 = 1.5 + 2i // want `cannot use 1\.5 \+ 2i \(untyped complex constant \(1\.5 \+ 2i\)\) as float32 value in variable declaration \(overflows\)`
	var _ complex64 = complex64(1)
	var _ int = int(f) // want `cannot convert f \(variable of type func\(x int\) \(y string\)\) to type int`
	var _ uintptr = uintptr(1.0)
	var x interface{ m() } = i // want `cannot use i \(variable of slice type ints\) as interface\{m\(\)\} value in variable declaration: ints does not implement interface\{m\(\)\} \(missing method m\)`
	_ = x
}

func _[T ~[]int, U []int | []string, V any, W chan int | chan string](t T, u U, v V, w W, s []int, n ints) {
	t = s
	s = t
	u = s // want `cannot use s \(variable of type \[\]int\) as U value in assignment: cannot assign \[\]int to \[\]string \(in U\)`
	s = u // want `cannot use u \(variable of type U constrained by \[\]int \| \[\]string\) as \[\]int value in assignment: cannot assign \[\]string \(in U\) to \[\]int`
	t = n // want `cannot use n \(variable of slice type ints\) as T value in assignment`
	v = s // want `cannot use s \(variable of type \[\]int\) as V value in assignment`
	v = nil // want `cannot use nil as V value in assignment`
	t = nil
	var _ any = v
	_ = T(s)
	_ = []int(t)
	_ = U(s) // want `cannot convert s \(variable of type \[\]int\) to type U: cannot convert \[\]int to type \[\]string \(in U\)\n\tcannot assign \[\]int to \[\]string \(in U\)`
	_ = V(s) // want `cannot convert s \(variable of type \[\]int\) to type V`
	_ = U(t) // want `cannot convert t \(variable of type T constrained by ~\[\]int\) to type U: cannot convert \[\]int \(in T\) to type \[\]string \(in U\)`
	_ = T(n)
	_ = string(v) // want `cannot convert v \(variable of type V constrained by any\) to type string`
	w = make(chan int) // want `cannot use make\(chan int\) \(value of type chan int\) as W value in assignment: cannot assign chan int to chan string \(in W\)`
	var _ <-chan int = w // want `cannot use w \(variable of type W constrained by chan int \| chan string\) as <-chan int value in variable declaration: cannot assign chan string \(in W\) to <-chan int`
}

func _[T ~string | ~[]byte, I ~int8 | ~int16](t T, i I) {
	_ = string(t)
	_ = []byte(t)
	_ = []rune(t) // want `cannot convert t \(variable of type T constrained by ~string \| ~\[\]byte\) to type \[\]rune: cannot convert \[\]byte \(in T\) to type \[\]rune\n\tcannot assign string \(in T\) to \[\]rune`
	_ = T("x")
	_ = I(1)
	_ = I(1000) // want `cannot convert 1000 \(untyped int value\) to type I: constant 1000 overflows int8 \(in I\)`
	_ = float64(i)
	_ = int(t) // want `cannot convert t \(variable of type T constrained by ~string \| ~\[\]byte\) to type int: cannot convert string \(in T\) to type int`
	_ = T(i) // want `cannot convert i \(variable of type I constrained by ~int8 \| ~int16\) to type T: cannot convert int8 \(in I\) to type \[\]byte \(in T\)`
}
