// A deadlock is found though a descriptor was waited for before and timers have run.
package main

import (
	"fmt"
	"os"
	"time"
)

func main() {
	r, w, _ := os.Pipe()
	go func() {
		time.Sleep(time.Millisecond)
		w.Write([]byte("x"))
	}()
	buf := make([]byte, 1)
	n, _ := r.Read(buf)
	fmt.Println(n)
	r.Close()
	w.Close()
	<-make(chan int)
}
