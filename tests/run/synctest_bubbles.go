// Bubbles of testing/synctest: the fake clock, Wait, timers, and the deadlocks that they report.
package main

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func clock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		fmt.Println(start.UTC())
		time.Sleep(90 * time.Minute)
		fmt.Println(time.Since(start))
		var list []string
		for i := range 3 {
			go func() {
				time.Sleep(time.Duration(3-i) * time.Hour)
				list = append(list, fmt.Sprint(i, " ", time.Since(start)))
			}()
		}
		time.Sleep(2 * time.Hour)
		synctest.Wait()
		fmt.Println(list)
		time.Sleep(2 * time.Hour)
		fmt.Println(list)
	})
}

func timers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		ticker := time.NewTicker(2 * time.Second)
		n := 0
		for ctx.Err() == nil {
			select {
			case <-ticker.C:
				n++
			case <-ctx.Done():
			}
		}
		fmt.Println(n, ctx.Err(), time.Since(start))
		ticker.Stop()
		timer := time.NewTimer(0)
		select {
		case at := <-timer.C:
			fmt.Println("at once", at.Sub(start))
		default:
			fmt.Println("not yet")
		}
		fmt.Println(timer.Stop(), timer.Reset(time.Second), timer.Stop())
		time.AfterFunc(time.Minute, func() { fmt.Println("after", time.Since(start)) })
		time.Sleep(time.Hour)
	})
}

func waiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		cond := sync.NewCond(&mu)
		c := make(chan int)
		var wg sync.WaitGroup
		state := make([]string, 3)
		wg.Go(func() { state[0] = fmt.Sprint(<-c) })
		wg.Go(func() { mu.Lock(); cond.Wait(); mu.Unlock(); state[1] = "woken" })
		wg.Go(func() {
			select {
			case v := <-c:
				state[2] = fmt.Sprint(v)
			case <-time.After(time.Second):
				state[2] = "late"
			}
		})
		synctest.Wait()
		fmt.Printf("%q\n", state)
		cond.Broadcast()
		synctest.Wait()
		fmt.Printf("%q\n", state)
		time.Sleep(2 * time.Second)
		c <- 1
		wg.Wait()
		fmt.Printf("%q\n", state)
	})
}

func deadlocks(t *testing.T) {
	try := func(f func(t *testing.T)) {
		defer func() { fmt.Println(recover()) }()
		synctest.Test(t, f)
	}
	try(func(t *testing.T) { <-make(chan int) })
	try(func(t *testing.T) { go func() { select {} }() })
	func() {
		defer func() { fmt.Println(recover()) }()
		synctest.Wait()
	}()
}

func main() {
	outside := make(chan string, 1)
	outside <- "from outside"
	more := func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) { fmt.Println(<-outside) })
	}
	testing.Main(func(string, string) (bool, error) { return true, nil }, []testing.InternalTest{
		{Name: "clock", F: clock}, {Name: "timers", F: timers}, {Name: "waiting", F: waiting}, {Name: "more", F: more},
		{Name: "deadlocks", F: deadlocks},
	}, nil, nil)
}
