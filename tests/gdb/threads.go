// Threads in every state: on a deep stack of many segments, in a system call, spinning, waiting for the network, idle.
package main

import (
	"net"
	"sync/atomic"
	"syscall"
	"time"
)

var spins atomic.Int64

//go:noinline
func deep(n int) int {
	var pad [200]byte
	if n == 0 {
		arrived() // stop: deep
		return 0
	}
	return deep(n-1) + int(pad[n%200])
}

//go:noinline
func arrived() {}

func spin() {
	for {
		spins.Add(1)
	}
}

func read(fd int) {
	syscall.Read(fd, make([]byte, 1))
}

func main() {
	var pipe [2]int
	syscall.Pipe(pipe[:])
	go read(pipe[0])
	listener, _ := net.Listen("tcp", "127.0.0.1:0")
	go listener.Accept()
	go spin()
	for spins.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(50 * time.Millisecond)
	deep(1000)
}
