// Coroutines: a pulled sequence runs in its caller's place, ends with it, and passes panics on.
package main

import (
	"fmt"
	"iter"
	"runtime"
)

func count(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		defer fmt.Println("sequence ends")
		for i := range n {
			if !yield(i) {
				return
			}
		}
	}
}

func bad(yield func(int) bool) {
	yield(1)
	panic("in the sequence")
}

func main() {
	next, stop := iter.Pull(count(3))
	for {
		v, ok := next()
		fmt.Println(v, ok)
		if !ok {
			break
		}
	}
	stop()
	fmt.Println(next())

	next, stop = iter.Pull(count(1 << 30))
	fmt.Println(next())
	stop()
	fmt.Println(next())

	next, _ = iter.Pull(bad)
	fmt.Println(next())
	func() {
		defer func() { fmt.Println("recovered:", recover()) }()
		next()
	}()

	// Many, with collections in between, on a goroutine that is tied to its thread.
	runtime.LockOSThread()
	sum := 0
	for i := range 200 {
		next, stop := iter.Pull(func(yield func(*int) bool) {
			for j := range 5 {
				if !yield(&j) {
					return
				}
			}
		})
		for p, ok := next(); ok; p, ok = next() {
			sum += *p
			if i%50 == 0 {
				runtime.GC()
			}
		}
		stop()
	}
	runtime.UnlockOSThread()
	fmt.Println(sum)
}
