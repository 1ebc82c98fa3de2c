// runtime.LockOSThread: a goroutine stays on its thread, which nobody else uses, and takes it along when it ends.
package main

import (
	"fmt"
	"runtime"
	"sync"
	"syscall"
	"time"
)

var initThread = syscall.Gettid()

var results = make(chan string)

func init() {
	// Other goroutines run on other threads while packages are initialised.
	c := make(chan int)
	go func() { c <- syscall.Gettid() }()
	fmt.Println("init elsewhere:", <-c != initThread, "on the first thread:", syscall.Getpid() == initThread)
}

func main() {
	runtime.LockOSThread()
	own := syscall.Gettid()
	stays := true
	for i := range 50 {
		c := make(chan int)
		go func() { c <- syscall.Gettid() }()
		stays = stays && <-c != own && syscall.Gettid() == own
		if i%10 == 0 {
			time.Sleep(time.Millisecond)
			runtime.Gosched()
			stays = stays && syscall.Gettid() == own
		}
	}
	fmt.Println("stays:", stays)

	// Locks nest.
	runtime.LockOSThread()
	runtime.UnlockOSThread()
	time.Sleep(time.Millisecond)
	fmt.Println("still:", syscall.Gettid() == own)
	runtime.UnlockOSThread()
	runtime.UnlockOSThread() // one too many does nothing

	// A goroutine that ends while it is tied ends its thread.
	gone := make(chan int)
	go func() {
		runtime.LockOSThread()
		gone <- syscall.Gettid()
	}()
	tid := <-gone
	ended := false
	for deadline := time.Now().Add(5 * time.Second); !ended && time.Now().Before(deadline); {
		ended = syscall.Tgkill(syscall.Getpid(), tid, 0) == syscall.ESRCH || tid == syscall.Getpid()
		time.Sleep(100 * time.Microsecond)
	}
	fmt.Println("thread ended:", ended)

	// Many at once, each handing on to the next.
	const n = 20
	var wg sync.WaitGroup
	links := make([]chan int, n+1)
	for i := range links {
		links[i] = make(chan int)
	}
	for i := range n {
		wg.Add(1)
		go func() {
			defer wg.Done()
			runtime.LockOSThread()
			tid := syscall.Gettid()
			v := <-links[i]
			if syscall.Gettid() != tid {
				v = -1000
			}
			links[i+1] <- v + 1
			if i%2 == 0 {
				runtime.UnlockOSThread()
			}
		}()
	}
	links[0] <- 0
	fmt.Println("chain:", <-links[n])
	wg.Wait()

	// Threads are used again: many more than could exist at once.
	count := 0
	for range 3000 {
		done := make(chan bool)
		go func() {
			runtime.LockOSThread()
			done <- true
		}()
		if <-done {
			count++
		}
	}
	fmt.Println("ended threads:", count)
}
