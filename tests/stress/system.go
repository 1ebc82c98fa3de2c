package main

import (
	"io"
	"net"
	"os"
	"runtime"
	"syscall"
	"time"
)

// syscalls: short ones, and ones that block in a pipe and in the kernel.
func syscalls(w *workload) {
	w.each(8, func(i int) {
		switch i % 3 {
		case 0:
			for range 50 {
				check(syscall.Getpid() > 0, "getpid")
			}
		case 1:
			r, out, err := os.Pipe()
			check(err == nil, "a pipe")
			go func() {
				out.Write([]byte("through"))
				out.Close()
			}()
			text, err := io.ReadAll(r)
			check(err == nil && string(text) == "through", "a pipe lost bytes")
			r.Close()
		case 2:
			var p [2]int
			check(syscall.Pipe(p[:]) == nil, "a pipe of the kernel")
			go func() {
				time.Sleep(100 * time.Microsecond)
				syscall.Write(p[1], []byte{42})
			}()
			// Blocks the thread, which gives its processor away.
			var b [1]byte
			n, _ := syscall.Read(p[0], b[:])
			check(n == 1 && b[0] == 42, "a blocking read")
			syscall.Close(p[0])
			syscall.Close(p[1])
		}
	})
}

// threads: each operation makes a thread and sees it end.
func threads(w *workload) {
	w.each(4, func(int) {
		started := make(chan int)
		go func() {
			runtime.LockOSThread()
			started <- syscall.Gettid()
		}()
		tid := <-started
		for syscall.Tgkill(syscall.Getpid(), tid, 0) == nil && tid != syscall.Getpid() && !w.done() {
			runtime.Gosched()
		}
	})
}

// sockets: as many goroutines as there are descriptors wait for one byte each, which comes in another order.
func sockets(w *workload) {
	var limit syscall.Rlimit
	check(syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit) == nil, "getrlimit")
	n := int(min(limit.Cur, 20000)-64) / 2
	l, err := net.Listen("unix", "@rigo-stress-"+time.Now().String())
	check(err == nil, "listen")
	var near, far []net.Conn
	for range n {
		c, err := net.Dial("unix", l.Addr().String())
		check(err == nil, "dial")
		s, err := l.Accept()
		check(err == nil, "accept")
		near, far = append(near, c), append(far, s)
	}
	for !w.done() {
		got := make(chan bool, n)
		for _, c := range near {
			go func() {
				var b [1]byte
				_, err := c.Read(b[:])
				got <- err == nil && b[0] == 7
			}()
		}
		for i := range far {
			far[(i*7919)%n].Write([]byte{7})
		}
		if n%7919 == 0 {
			panic("stress: choose another prime")
		}
		for range n {
			check(<-got, "a socket lost a byte")
			w.ops.Add(1)
		}
	}
}
