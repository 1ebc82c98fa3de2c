// Threads locks goroutines to operating system threads and asks the system which thread each runs on: a locked
// goroutine stays on its thread whatever it waits for, and no other runs there.
package main

import (
	"fmt"
	"runtime"
	"sync"
	"syscall"
	"time"
)

const (
	workers = 4
	rounds  = 50
)

// report is what a worker saw.
type report struct {
	worker int
	thread int
	stayed bool
}

// work waits in every way there is and looks after each wait where it runs.
func work(worker int, ready *sync.WaitGroup, start <-chan struct{}, reports chan<- report) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	thread := syscall.Gettid()
	// All are locked at the same time, so no thread can serve two of them in turn.
	ready.Done()
	<-start
	stayed := true
	for round := range rounds {
		switch round % 3 {
		case 0:
			runtime.Gosched()
		case 1:
			time.Sleep(100 * time.Microsecond)
		case 2:
			done := make(chan struct{})
			go close(done)
			<-done
		}
		stayed = stayed && syscall.Gettid() == thread
	}
	reports <- report{worker, thread, stayed}
}

func main() {
	var ready sync.WaitGroup
	ready.Add(workers)
	start := make(chan struct{})
	reports := make(chan report, workers)
	for worker := range workers {
		go work(worker, &ready, start, reports)
	}
	ready.Wait()
	close(start)

	threads := make(map[int]int)
	seen := make([]report, workers)
	for range workers {
		r := <-reports
		seen[r.worker] = r
		threads[r.thread]++
	}
	for _, r := range seen {
		fmt.Printf("worker %d: stayed on its thread: %t, alone there: %t\n", r.worker, r.stayed, threads[r.thread] == 1)
	}
	fmt.Println("threads of the workers:", len(threads))
}
