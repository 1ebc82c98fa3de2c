// syscall.AllThreadsSyscall makes a system call on every thread, and on those that begin later it holds too.
package main

import (
	"fmt"
	"runtime"
	"sync"
	"syscall"
)

const (
	getKeepCaps = 7
	setKeepCaps = 8
)

// count asks n threads whether they keep their capabilities.
func count(n int) int {
	var ready, done sync.WaitGroup
	var mu sync.Mutex
	total := 0
	ready.Add(n)
	for range n {
		done.Go(func() {
			runtime.LockOSThread()
			ready.Done()
			ready.Wait()
			r, _, _ := syscall.RawSyscall(syscall.SYS_PRCTL, getKeepCaps, 0, 0)
			mu.Lock()
			total += int(r)
			mu.Unlock()
		})
	}
	done.Wait()
	return total
}

func main() {
	stop := make(chan bool)
	for range 3 {
		go func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			<-stop
		}()
	}
	fmt.Println(count(8))
	r, _, err := syscall.AllThreadsSyscall(syscall.SYS_PRCTL, setKeepCaps, 1, 0)
	fmt.Println(r, err, count(8))
	r, _, err = syscall.AllThreadsSyscall(syscall.SYS_PRCTL, setKeepCaps, 0, 0)
	fmt.Println(r, err, count(8))
	_, _, err = syscall.AllThreadsSyscall(syscall.SYS_PRCTL, setKeepCaps, 7, 0)
	fmt.Println(err)
	fmt.Println(syscall.Setuid(syscall.Getuid()), syscall.Setgid(syscall.Getgid()))
	close(stop)
}
