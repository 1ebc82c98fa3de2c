// Memory for stacks, goroutines or threads comes to its end.
package main

import (
	"os"
	"runtime"
	"runtime/debug"
)

func deep(n int) int { return deep(n+1) + 1 }

func main() {
	switch os.Args[1] {
	case "stack":
		debug.SetMaxStack(1 << 40)
		println(deep(0))
	case "goroutines":
		for {
			started := make(chan bool)
			go func() {
				started <- true
				select {}
			}()
			<-started
		}
	case "threads":
		debug.SetMaxThreads(1 << 20)
		for {
			started := make(chan bool)
			go func() {
				runtime.LockOSThread()
				started <- true
				select {}
			}()
			<-started
		}
	}
}
