// More threads than the system or debug.SetMaxThreads allows.
package main

import (
	"os"
	"runtime"
	"runtime/debug"
)

func main() {
	if len(os.Args) > 1 {
		debug.SetMaxThreads(20)
	}
	for range 100 {
		started := make(chan int)
		go func() {
			runtime.LockOSThread()
			started <- 1
			select {}
		}()
		<-started
	}
	println("no limit")
}
