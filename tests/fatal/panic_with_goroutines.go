// GOTRACEBACK says whose stacks a panic shows.
package main

import "time"

func waits() { <-make(chan int) }

func main() {
	go waits()
	time.Sleep(5 * time.Millisecond)
	panic("all is lost")
}
