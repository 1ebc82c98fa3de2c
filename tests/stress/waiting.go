package main

import (
	"runtime"
	"sync"
	"time"
)

// locks: mutexes, read-write mutexes and conditions; what they guard is never seen half-written.
func locks(w *workload) {
	var mu sync.Mutex
	var rw sync.RWMutex
	cond := sync.NewCond(&mu)
	var a, b, tickets int
	w.each(16, func(i int) {
		switch i % 4 {
		case 0:
			mu.Lock()
			a++
			b++
			mu.Unlock()
		case 1:
			mu.Lock()
			check(a == b, "a mutex let two in")
			tickets++
			mu.Unlock()
			cond.Signal()
		case 2:
			mu.Lock()
			for tickets == 0 && !w.done() {
				cond.Wait()
			}
			tickets = max(tickets-1, 0)
			mu.Unlock()
			if w.done() {
				cond.Broadcast()
			}
		case 3:
			rw.RLock()
			rw.RUnlock()
			rw.Lock()
			rw.Unlock()
		}
		if w.done() {
			cond.Broadcast()
		}
	})
}

// notes: goroutines that are tied to threads hand a ball to and fro; every pass is a sleep and a wake-up of threads.
func notes(w *workload) {
	w.each(3, func(int) {
		const n = 50
		to, fro := make(chan int), make(chan int)
		go func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			for ball := range to {
				fro <- ball + 1
			}
		}()
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		for i := range n {
			to <- i
			check(<-fro == i+1, "a ball was lost")
		}
		close(to)
	})
}

// channels: numbers through unbuffered and buffered channels and selects arrive once each.
func channels(w *workload) {
	w.each(4, func(int) {
		const n = 200
		in, mid, out := make(chan int), make(chan int, 7), make(chan int)
		quit := make(chan struct{})
		go func() {
			for i := range n {
				in <- i
			}
			close(in)
		}()
		for range 3 {
			go func() {
				for v := range in {
					select {
					case mid <- v:
					case out <- v:
					}
				}
				quit <- struct{}{}
			}()
		}
		sum, ended := 0, 0
		for ended < 3 {
			select {
			case v := <-mid:
				sum += v
			case v := <-out:
				sum += v
			case <-quit:
				ended++
			}
		}
		for len(mid) > 0 {
			sum += <-mid
		}
		check(sum == n*(n-1)/2, "a channel lost or doubled a value")
	})
}

// timers: sleeps are never short, stopped timers do not strike, tickers tick.
func timers(w *workload) {
	w.each(32, func(i int) {
		began := time.Now()
		d := time.Duration(i*10) * time.Microsecond
		switch i % 4 {
		case 0:
			time.Sleep(d)
			check(time.Since(began) >= d, "a sleep was short")
		case 1:
			t := time.NewTimer(time.Hour)
			check(t.Stop(), "a timer was not active")
			t.Reset(d)
			<-t.C
			check(time.Since(began) >= d, "a timer was early")
		case 2:
			done := make(chan bool)
			time.AfterFunc(d, func() { close(done) })
			<-done
		case 3:
			t := time.NewTicker(100 * time.Microsecond)
			for range 3 {
				<-t.C
			}
			t.Stop()
		}
	})
}

// goroutines: many short ones, from many.
func goroutines(w *workload) {
	w.each(8, func(int) {
		var wg sync.WaitGroup
		results := make([]int, 64)
		for i := range results {
			wg.Add(1)
			go func() {
				results[i] = i * i
				wg.Done()
			}()
		}
		wg.Wait()
		for i, r := range results {
			check(r == i*i, "a goroutine did not run")
		}
	})
}
