package main

import (
	"fmt"
	"runtime"
)

type T struct{ a, b, c int }

type U struct{ a, b int }

type P *U

type S interface{ String() string }

func (t *T) String() string { return fmt.Sprint(t.a) }

var global T

func called(what string, set func(t *T, done chan string)) {
	done := make(chan string, 1)
	end := make(chan bool)
	go func() {
		set(&T{a: len(what)}, done)
		end <- true
	}()
	<-end
	for range 50 {
		runtime.GC()
		select {
		case s := <-done:
			fmt.Println(what, s)
			return
		default:
			runtime.Gosched()
		}
	}
	fmt.Println(what, "was not called")
}

func recovered(what string, f func()) {
	defer func() { fmt.Println(what, recover()) }()
	f()
}

func main() {
	called("pointer", func(t *T, done chan string) {
		runtime.SetFinalizer(t, func(t *T) { done <- t.String() })
	})
	called("named pointer type", func(t *T, done chan string) {
		runtime.SetFinalizer(&U{a: t.a}, func(p P) { done <- fmt.Sprint(p.a) })
	})
	called("interface", func(t *T, done chan string) {
		runtime.SetFinalizer(t, func(s S) { done <- s.String() })
	})
	called("empty interface", func(t *T, done chan string) {
		runtime.SetFinalizer(t, func(x any) { done <- x.(*T).String() })
	})
	called("results in registers", func(t *T, done chan string) {
		runtime.SetFinalizer(t, func(t *T) (int, string) { done <- t.String(); return 1, "x" })
	})
	called("results in memory", func(t *T, done chan string) {
		runtime.SetFinalizer(t, func(t *T) ([3]int, [9]string, int) {
			done <- t.String()
			return [3]int{1}, [9]string{8: "y"}, 2
		})
	})
	called("many results", func(t *T, done chan string) {
		runtime.SetFinalizer(t, func(t *T) (a, b, c string, d, e []int, f float64) {
			done <- t.String()
			return
		})
	})
	called("set again after it was taken back", func(t *T, done chan string) {
		runtime.SetFinalizer(t, func(t *T) { done <- "the first" })
		runtime.SetFinalizer(t, nil)
		runtime.SetFinalizer(t, func(t *T) { done <- "the second" })
	})
	called("resurrection", func(t *T, done chan string) {
		runtime.SetFinalizer(t, func(t *T) {
			runtime.SetFinalizer(t, func(t *T) { done <- t.String() })
		})
	})
	// What is no object of the heap is accepted and does nothing.
	runtime.SetFinalizer(&global, func(*T) {})
	runtime.SetFinalizer(&struct{}{}, func(*struct{}) {})
	runtime.AddCleanup(&global, func(int) {}, 1).Stop()

	t := new(T)
	recovered("nil", func() { runtime.AddCleanup((*T)(nil), func(int) {}, 1) })
	recovered("equal", func() { runtime.AddCleanup(t, func(*T) {}, t) })
	recovered("within", func() { runtime.AddCleanup(t, func(*int) {}, &t.b) })
	recovered("closure", func() { runtime.AddCleanup(t, func(int) { t.a++ }, 1) })
	runtime.KeepAlive(t)
}
