package p

import "unsafe"

type (
	empty    struct{}
	padded   struct{ a int8; b int64; c int8 }
	trailing struct{ a int32; b struct{} }
	only     struct{ a, b empty }
	nested   struct{ p padded; q [3]trailing; r any; s string }
	words    struct{ f func(); m map[int]int; c chan int; p *int; s []int }
	cplx     struct{ b bool; c complex64; d complex128 }
	gen[T any] struct{ a byte; t T }
)

const (
	_ = uint(0 - unsafe.Sizeof(empty{}))
	_ = [1]int{}[24-unsafe.Sizeof(padded{})] // want `\[1\]int\{\}\[24 - unsafe\.Sizeof\(padded\{\}\)\] \(value of type int\) is not constant`
	_ = [1]int{}[8-unsafe.Sizeof(trailing{})] // want `\[1\]int\{\}\[8 - unsafe\.Sizeof\(trailing\{\}\)\] \(value of type int\) is not constant`
)

var (
	_ [24]int = [unsafe.Sizeof(padded{})]int{}
	_ [8]int  = [unsafe.Sizeof(trailing{})]int{}
	_ [0]int  = [unsafe.Sizeof(only{})]int{}
	_ [80]int = [unsafe.Sizeof(nested{})]int{}
	_ [56]int = [unsafe.Sizeof(words{})]int{}
	_ [32]int = [unsafe.Sizeof(cplx{})]int{}
	_ [4]int  = [unsafe.Offsetof(cplx{}.c)]int{}
	_ [8]int  = [unsafe.Alignof(cplx{})]int{}
	_ [4]int  = [unsafe.Alignof(cplx{}.c)]int{}
	_ [2]int  = [unsafe.Sizeof(gen[byte]{})]int{}
	_ [24]int = [unsafe.Sizeof(gen[string]{})]int{}
	_ [1]int  = [unsafe.Sizeof(gen[int32]{})]int{} // want `cannot use \[unsafe\.Sizeof\(gen\[int32\]\{\}\)\]int\{\} \(value of type \[8\]int\) as \[1\]int value in variable declaration`
	_ [7]int  = [unsafe.Sizeof([7]bool{})]int{}
)

func _[T any](t T) {
	const _ = unsafe.Sizeof(t) // want `unsafe\.Sizeof\(t\) \(value of type uintptr\) is not constant`
	var _ = unsafe.Sizeof(t)
	const _ = unsafe.Sizeof(&t)
}
