package main

import (
	"fmt"
	"runtime"
	"sync"
	"time"
	"unique"
	"weak"
)

type T struct {
	n    int
	next *T
}

//go:noinline
func make1(done chan int) weak.Pointer[T] {
	t := &T{n: 1}
	runtime.SetFinalizer(t, func(t *T) { done <- t.n })
	return weak.Make(t)
}

//go:noinline
func chain(done chan int) {
	a := &T{n: 10}
	b := &T{n: 11, next: a}
	runtime.SetFinalizer(a, func(t *T) { done <- t.n })
	runtime.SetFinalizer(b, func(t *T) int { done <- t.n; return 1 })
}

//go:noinline
func clean(done chan int) {
	x := &T{n: 20}
	runtime.AddCleanup(x, func(n int) { done <- n }, 21)
	c := runtime.AddCleanup(x, func(n int) { done <- n }, 22)
	c.Stop()
}

//go:noinline
func deep(n int) int {
	var a [64]int
	if n == 0 {
		return 0
	}
	a[n%64] = n
	return deep(n-1) + a[n%64]
}

// On a stack of its own, so that nothing of it stays behind.
func apart(f func()) {
	end := make(chan bool)
	go func() {
		f()
		end <- true
	}()
	<-end
}

func wait(done chan int) {
	for i := 0; i < 20; i++ {
		deep(20)
		runtime.GC()
		select {
		case n := <-done:
			fmt.Println("done", n)
			return
		case <-time.After(10 * time.Millisecond):
		}
	}
	fmt.Println("not done")
}

func main() {
	done := make(chan int, 10)
	var w weak.Pointer[T]
	apart(func() { w = make1(done) })
	wait(done)
	fmt.Println(w.Value())
	apart(func() { chain(done) })
	wait(done)
	wait(done)
	apart(func() { clean(done) })
	wait(done)
	h := unique.Make("hello")
	fmt.Println(h == unique.Make("hel"+string([]byte("lo"))))
	var p sync.Pool
	p.Put(new(int))
	runtime.GC()
	runtime.GC()
	fmt.Println(p.Get())
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	fmt.Println(m.NumGC > 3, m.Mallocs > m.Frees, m.HeapAlloc > 0, runtime.NumGoroutine())
}
