// Timers and tickers with channels, as they are since Go 1.23: no stale values, no buffer to see, garbage when nobody refers to them.
package main

import (
	"fmt"
	"runtime"
	"sync"
	"time"
	"weak"
)

const short = 2 * time.Millisecond

func received(c <-chan time.Time) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// Nothing is there after Stop and Reset, even if the moment had come.
func stale() {
	t := time.NewTimer(short)
	fmt.Println("len and cap", len(t.C), cap(t.C))
	time.Sleep(2 * short)
	fmt.Println("len when due", len(t.C))
	fmt.Println("stop when due", t.Stop(), received(t.C), t.Stop())
	fmt.Println("reset when stopped", t.Reset(short))
	time.Sleep(2 * short)
	fmt.Println("reset when due", t.Reset(time.Hour), received(t.C))
	fmt.Println("reset when active", t.Reset(0))
	time.Sleep(short)
	fmt.Println("due", received(t.C), received(t.C), t.Stop(), t.Reset(time.Hour), t.Stop())
	k := time.NewTicker(short)
	time.Sleep(3 * short)
	k.Reset(time.Hour)
	fmt.Println("ticker after reset", received(k.C))
	k.Reset(short)
	time.Sleep(3 * short)
	k.Stop()
	fmt.Println("ticker after stop", received(k.C))
}

// The value is the moment when the timer was due, not when it was received.
func moments() {
	began := time.Now()
	t, k := time.NewTimer(short), time.NewTicker(short)
	time.Sleep(20 * short)
	at, tick, next := <-t.C, <-k.C, <-k.C
	for _, d := range []time.Duration{at.Sub(began), tick.Sub(began)} {
		if d < short || d > 10*short {
			fmt.Println("a moment is wrong by", d)
		}
	}
	if d := next.Sub(began); d < 20*short || d > 200*short {
		fmt.Println("the next tick is wrong", d)
	}
	if at.Location() != time.Local || at.Round(0).Sub(began.Round(0)) > 10*short {
		fmt.Println("the wall clock or the zone is wrong", at)
	}
	k.Stop()
}

// Several wait for one ticker, by themselves and in selects that something else may decide.
func waiters() {
	k := time.NewTicker(100 * time.Microsecond)
	var wg sync.WaitGroup
	other := make(chan int)
	for i := range 6 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for n := 0; n < 20; {
				if i%2 == 0 {
					<-k.C
					n++
					continue
				}
				select {
				case <-k.C:
					n++
				case <-other:
				case <-time.After(time.Hour):
					panic("an hour is over")
				}
			}
		}()
	}
	stop := make(chan bool)
	go func() {
		for {
			select {
			case other <- 1:
			case <-stop:
				return
			}
			time.Sleep(50 * time.Microsecond)
		}
	}()
	wg.Wait()
	close(stop)
	k.Stop()
	fmt.Println("waiters done")
}

// One goroutine sets a timer again and again for which another waits.
func resets() {
	t := time.NewTimer(time.Hour)
	go func() {
		for range 50 {
			t.Reset(time.Hour)
			time.Sleep(20 * time.Microsecond)
			t.Stop()
		}
		t.Reset(time.Millisecond)
	}()
	<-t.C
	fmt.Println("resets done", t.Stop())
}

// Many set one timer at the same time.
func races() {
	calls := make(chan bool, 1)
	call := func() {
		select {
		case calls <- true:
		default:
		}
	}
	t := time.AfterFunc(time.Hour, call)
	var wg sync.WaitGroup
	for range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range 3000 {
				t.Reset(time.Hour + time.Duration(i%7)*time.Second)
			}
		}()
	}
	wg.Wait()
	fmt.Println("stopped once", t.Stop(), t.Stop())
	t.Reset(short)
	<-calls
	fmt.Println("called")
}

// Timers that nobody refers to are collected though they were not stopped.
func garbage() {
	var timers []weak.Pointer[time.Timer]
	var tickers []weak.Pointer[time.Ticker]
	func() {
		for range 100 {
			t, k := time.NewTimer(time.Hour), time.NewTicker(time.Hour)
			received(t.C)
			select {
			case <-k.C:
			case <-time.After(time.Microsecond):
			}
			timers = append(timers, weak.Make(t))
			tickers = append(tickers, weak.Make(k))
		}
	}()
	alive := 0
	for range 5 {
		runtime.GC()
		alive = 0
		for i := range timers {
			if timers[i].Value() != nil {
				alive++
			}
			if tickers[i].Value() != nil {
				alive++
			}
		}
	}
	fmt.Println("collected", alive < 10)
}

func main() {
	stale()
	moments()
	waiters()
	resets()
	races()
	garbage()
}
