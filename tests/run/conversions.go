package main

import "unsafe"

type Celsius float64
type ID string
type IDs []ID
type Fn func(int) string
type S1 struct {
	a int `x:"1"`
}
type S2 struct {
	a int `y:"2"`
}
type Ptr *int

func main() {
	c := Celsius(36.6)
	println(float64(c)+0.4, int(c), Celsius(int8(3)))
	id := ID("id")
	println(string(id), len(IDs{id, "x"}), []byte(id)[0], []rune(id)[1])
	println(ID([]byte{104, 105}), string([]rune{0x4e16, -1, 'x'}))
	s := S2(S1{5})
	println(s.a)
	p := (*S2)(&S1{6})
	println(p.a)
	x := 7
	q := Ptr(&x)
	*q = 8
	println(x, *(*int)(q))
	u := unsafe.Pointer(&x)
	n := uintptr(u)
	println(*(*int)(unsafe.Pointer(n)) == 8, n == uintptr(unsafe.Pointer(q)))
	arr := [4]int32{1, 2, 3, 4}
	third := (*int32)(unsafe.Add(unsafe.Pointer(&arr), 8))
	println(*third, unsafe.Sizeof(arr), unsafe.Alignof(arr[0]))
	sl := unsafe.Slice(&arr[1], 2)
	println(len(sl), sl[1], *unsafe.SliceData(sl))
	b := []byte("bytes")
	str := unsafe.String(&b[0], 3)
	println(str, *unsafe.StringData(str))
	type T struct {
		a byte
		b int64
		c [3]int16
	}
	var t T
	println(unsafe.Offsetof(t.b), unsafe.Offsetof(t.c), unsafe.Sizeof(t))
	f := *(*float64)(unsafe.Pointer(&[]uint64{0x3ff0000000000000}[0]))
	println(f)
	var i8 int8 = -1
	println(uint8(i8), uint16(i8), uint32(i8), uint64(i8), int64(uint8(i8)), uintptr(i8) > 1<<62)
	var f32 float32 = 16777216
	println(f32+1 == f32, float64(f32)+1, int32(f32), uint8(int(f32)>>20))
	println(int64(float32(1<<30)), uint32(float64(1<<31)), float32(0.1), float64(float32(0.1)))
	var cc complex64 = 1
	println(complex128(cc), complex64(complex(2, 3)))
	var e interface{ M() } = nil
	println(any(e) == nil)
	println(string(rune(65)), string(rune(0x10ffff+1)) == "\ufffd")
	a3 := [3]int([]int{1, 2, 3})
	pa := (*[3]int)([]int{4, 5, 6})
	println(a3[2], pa[1], (*[0]int)(nil) == nil, (*[0]int)([]int{}) != nil)
	fn := Fn(func(int) string { return "fn" })
	println(fn(1), (func(int) string)(fn)(2))
	var ch chan int = make(chan int, 2)
	var r <-chan int = ch
	(chan<- int)(ch) <- 3
	println(<-r, cap(r), len(ch))
	const k = 'a' + 1.0
	var kk rune = k
	println(kk, k, 7/2, 7/2.0, 1<<3.0)
}
