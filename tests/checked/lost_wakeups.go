// A thread comes back from the kernel without a processor just when the last one that looks for work goes to wait for descriptors: its goroutine must
// not be forgotten. No timer is set, whose end would wake somebody.
package main

import (
	"fmt"
	"os"
	"syscall"
)

func main() {
	r, w, err := os.Pipe()
	if err != nil {
		panic(err)
	}
	sum := make(chan int)
	go func() {
		n, b := 0, make([]byte, 16)
		for {
			k, err := r.Read(b)
			if err != nil {
				break
			}
			n += k
		}
		sum <- n
	}()
	const n = 3000
	for i := range int64(n) {
		w.Write([]byte{1})
		// The reader gets the processor meanwhile.
		pause := syscall.Timespec{Nsec: 20000 + i*977%200000}
		syscall.Nanosleep(&pause, nil)
	}
	w.Close()
	if got := <-sum; got != n {
		panic(fmt.Sprint("lost bytes: ", got))
	}
	fmt.Println("ok")
}
