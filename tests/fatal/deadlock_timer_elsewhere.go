// A timer that nobody waits for keeps no program alive; one that somebody waits for does, and so does one that calls.
package main

import "time"

func main() {
	called := make(chan bool)
	time.AfterFunc(5*time.Millisecond, func() { called <- true })
	<-called
	println("called")
	k := time.NewTicker(10 * time.Millisecond)
	<-k.C
	println("ticked")
	t := time.NewTimer(time.Hour)
	select {
	case <-make(chan int):
	case <-k.C:
		println("ticked again")
	}
	t.Reset(2 * time.Hour)
	select {}
}
