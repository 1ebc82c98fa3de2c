// The workloads of `cargo xtask stress`: `stress NAME SECONDS` does one of them for so long, checks what it does, and prints how often it did it.
package main

import (
	"fmt"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// work is what a workload is made of: it does its thing once and dies if something is wrong.
var workloads = map[string]func(w *workload){
	"locks":      locks,
	"notes":      notes,
	"channels":   channels,
	"timers":     timers,
	"goroutines": goroutines,
	"torture":    torture,
	"syscalls":   syscalls,
	"stacks":     stacks,
	"panics":     panics,
	"threads":    threads,
	"sockets":    sockets,
}

// workload counts operations until its time is over.
type workload struct {
	end  time.Time
	over atomic.Bool
	ops  atomic.Int64
}

func (w *workload) done() bool { return w.over.Load() }

// each runs f(i) on n goroutines, again and again until the end.
func (w *workload) each(n int, f func(i int)) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for !w.done() {
				f(i)
				w.ops.Add(1)
			}
		}()
	}
	wg.Wait()
}

func check(ok bool, what string) {
	if !ok {
		panic("stress: " + what)
	}
}

func main() {
	seconds, err := strconv.ParseFloat(os.Args[2], 64)
	check(err == nil, "usage: stress NAME SECONDS")
	w := &workload{}
	time.AfterFunc(time.Duration(seconds*float64(time.Second)), func() { w.over.Store(true) })
	workloads[os.Args[1]](w)
	fmt.Println(w.ops.Load())
}
