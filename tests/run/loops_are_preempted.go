// Loops without calls on every processor: others run all the same, and the loops go on as if nothing had been.
package main

import (
	"fmt"
	"runtime"
	"sync/atomic"
	"time"
)

var (
	over  atomic.Bool
	count atomic.Int64
	flag  atomic.Pointer[int]
)

func main() {
	done := make(chan bool)
	for i := range runtime.GOMAXPROCS(0) * 2 {
		go func() {
			switch i % 3 {
			case 0:
				for !over.Load() {
				}
			case 1:
				for !over.Load() {
					count.Add(1)
				}
			case 2:
				for flag.Load() == nil {
				}
			}
			done <- true
		}()
	}
	for range 5 {
		time.Sleep(time.Millisecond)
	}
	over.Store(true)
	flag.Store(new(int))
	for range runtime.GOMAXPROCS(0) * 2 {
		<-done
	}
	fmt.Println("all ended")
}
