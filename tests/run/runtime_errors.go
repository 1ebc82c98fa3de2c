package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
)

type shape interface{ Area() float64 }
type sq struct{}

func (*sq) Area() float64 { return 1 }

func try(name string, f func()) {
	defer func() {
		e := recover()
		_, isRuntime := e.(runtime.Error)
		fmt.Printf("%s: %v (%T) %v\n", name, e, e, isRuntime)
	}()
	f()
}

func main() {
	var (
		m    map[string]int
		p    *int
		any1 any = "x"
		s    shape
		zero int
		a    = []int{1, 2, 3}
		n    = 5
		fn   func()
		ch   chan int
	)
	try("nil map", func() { m["a"] = 1 })
	try("nil deref", func() { fmt.Println(*p) })
	try("index", func() { fmt.Println(a[n]) })
	try("slice", func() { fmt.Println(a[n:]) })
	try("slice2", func() { fmt.Println(a[2:n]) })
	try("slice3", func() { fmt.Println(a[1:2:n]) })
	try("divide", func() { fmt.Println(1 / zero) })
	try("assert", func() { fmt.Println(any1.(int)) })
	try("assert iface", func() { fmt.Println(any1.(shape)) })
	try("assert nil", func() { fmt.Println(s.(*sq)) })
	try("method of nil", func() { s.Area() })
	try("nil func", func() { fn() })
	try("unhashable", func() { fmt.Println(map[any]int{}[[]int{}]) })
	try("uncomparable", func() { fmt.Println(any(a) == any(a)) })
	try("close nil", func() { close(ch) })
	try("close twice", func() { ch = make(chan int); close(ch); close(ch) })
	try("send closed", func() { ch <- 1 })
	try("make", func() { fmt.Println(make([]int, n-10)) })
	try("shift", func() { fmt.Println(1 << (n - 10)) })
	try("convert", func() { fmt.Println([4]int(a)) })
	try("panic nil", func() { panic(nil) })
	try("error", func() { panic(errors.New("mine")) })
	try("string", func() { fmt.Println("abc"[n]) })
	fmt.Fprintln(os.Stderr, "last")
	panic(fmt.Errorf("wrapped: %w", os.ErrNotExist))
}
