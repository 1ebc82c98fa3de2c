// debug.SetTraceback does what GOTRACEBACK does.
package main

import (
	"runtime/debug"
	"time"
)

func waits() { <-make(chan int) }

func main() {
	debug.SetTraceback("all")
	go waits()
	time.Sleep(5 * time.Millisecond)
	panic("all is lost")
}
