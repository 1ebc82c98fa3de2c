// The rows of `cargo xtask bench runtime`: prints one `name value unit` per line, the value being of one operation.
package main

import (
	"fmt"
	"io"
	"iter"
	"net"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// measure runs f(n) with n so large that it takes a while, and returns nanoseconds for one.
func measure(f func(n int)) float64 {
	for n := 1; ; n *= 2 {
		began := time.Now()
		f(n)
		if took := time.Since(began); took > 100*time.Millisecond || n > 1<<28 {
			return float64(took.Nanoseconds()) / float64(n)
		}
	}
}

func startJoin(n int) {
	done := make(chan bool)
	for range n {
		go func() { done <- true }()
		<-done
	}
}

func startJoinMany(n int) {
	var wg sync.WaitGroup
	for range n {
		wg.Add(1)
		go wg.Done()
	}
	wg.Wait()
}

func handOver(capacity int) func(n int) {
	return func(n int) {
		c := make(chan int, capacity)
		go func() {
			for i := range n {
				c <- i
			}
			close(c)
		}()
		for range c {
		}
	}
}

func mutexFree(n int) {
	var mu sync.Mutex
	for range n {
		mu.Lock()
		mu.Unlock()
	}
}

func mutexContended(n int) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	count := 0
	for range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for range n / 4 {
				mu.Lock()
				count++
				mu.Unlock()
			}
		}()
	}
	wg.Wait()
}

func selects(n int) {
	a, b, quit := make(chan int), make(chan int), make(chan bool)
	go func() {
		for i := range n {
			if i%2 == 0 {
				a <- i
			} else {
				b <- i
			}
		}
		close(quit)
	}()
	for {
		select {
		case <-a:
		case <-b:
		case <-quit:
			return
		}
	}
}

func timersSetStop(n int) {
	for range n {
		time.NewTimer(time.Hour).Stop()
	}
}

func timersFire(n int) {
	var wg sync.WaitGroup
	for range n {
		wg.Add(1)
		time.AfterFunc(time.Microsecond, wg.Done)
	}
	wg.Wait()
}

func echo(n int) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go func() {
		c, _ := l.Accept()
		io.Copy(struct{ io.Writer }{c}, struct{ io.Reader }{c})
		c.Close()
	}()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		panic(err)
	}
	buf := make([]byte, 64)
	for range n {
		c.Write(buf)
		io.ReadFull(c, buf)
	}
	c.Close()
	l.Close()
}

type node struct {
	next, other *node
	value       int
}

var sink *node

func smallAllocations(n int) {
	for i := range n {
		sink = &node{value: i}
	}
}

func recurse(n int) int {
	if n == 0 {
		return 0
	}
	return recurse(n-1) + 1
}

func deepRecursion(n int) {
	for n > 0 {
		done := make(chan int)
		go func() { done <- recurse(min(n, 1_000_000)) }()
		n -= max(<-done, 1)
	}
}

func withDefer(x *int) {
	defer func() { *x++ }()
}

func defers(n int) {
	x := 0
	for range n {
		withDefer(&x)
	}
}

func panicRecover() {
	defer func() { recover() }()
	panic("p")
}

func panics(n int) {
	for range n {
		panicRecover()
	}
}

func pulls(n int) {
	seq := func(yield func(int) bool) {
		for i := 0; i < n; i++ {
			if !yield(i) {
				return
			}
		}
	}
	next, stop := iter.Pull(iter.Seq[int](seq))
	for {
		if _, ok := next(); !ok {
			break
		}
	}
	stop()
}

// live returns a heap of small objects, so many megabytes of them.
func live(megabytes int) *node {
	var head *node
	for range megabytes << 20 / 24 {
		head = &node{next: head}
	}
	return head
}

func collection() float64 {
	head := live(256)
	runtime.GC()
	const n = 5
	began := time.Now()
	for range n {
		runtime.GC()
	}
	took := time.Since(began)
	runtime.KeepAlive(head)
	return float64(took.Milliseconds()) / n
}

func resident() float64 {
	text, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(text)) {
		var kb float64
		if n, _ := fmt.Sscanf(line, "VmRSS: %f", &kb); n == 1 {
			return kb * 1024
		}
	}
	return 0
}

// parked makes a million goroutines that wait; bytes and nanoseconds of each.
func parked() (bytes, ns float64) {
	const n = 1_000_000
	release := make(chan bool)
	var ready atomic.Int64
	before := resident()
	began := time.Now()
	for range n {
		go func() {
			ready.Add(1)
			<-release
		}()
	}
	for ready.Load() < n {
		time.Sleep(time.Millisecond)
	}
	took := time.Since(began)
	after := resident()
	close(release)
	return (after - before) / n, float64(took.Nanoseconds()) / n
}

// ticks measures how late a ticking goroutine is while all processors but one allocate: the 99.9th percentile in microseconds.
func ticks() float64 {
	head := live(480)
	var over atomic.Bool
	var wg sync.WaitGroup
	for range max(runtime.GOMAXPROCS(0)-1, 1) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			var local *node
			for i := 0; !over.Load(); i++ {
				local = &node{next: local}
				if i%1000 == 0 {
					local = nil
				}
			}
		}()
	}
	var late []float64
	for range 2000 {
		began := time.Now()
		time.Sleep(time.Millisecond)
		late = append(late, float64((time.Since(began) - time.Millisecond).Microseconds()))
	}
	over.Store(true)
	wg.Wait()
	runtime.KeepAlive(head)
	slices.Sort(late)
	return late[len(late)*999/1000]
}

var spin atomic.Bool

// loops measures how late a sleeping goroutine runs while a loop without calls runs on every processor: the longest in milliseconds.
func loops() float64 {
	for range runtime.GOMAXPROCS(0) {
		go func() {
			for !spin.Load() {
			}
		}()
	}
	longest := time.Duration(0)
	for range 100 {
		began := time.Now()
		time.Sleep(time.Millisecond)
		longest = max(longest, time.Since(began)-time.Millisecond)
	}
	spin.Store(true)
	return float64(longest.Microseconds()) / 1000
}

func main() {
	debug.SetMaxStack(1 << 30)
	ns := func(name string, f func(int)) func() {
		return func() { fmt.Printf("%s %.1f ns\n", name, measure(f)) }
	}
	rows := []func(){
		ns("start_join", startJoin),
		ns("start_join_many", startJoinMany),
		ns("channel", handOver(0)),
		ns("channel_buffered", handOver(128)),
		ns("mutex", mutexFree),
		ns("mutex_contended", mutexContended),
		ns("select", selects),
		ns("timer_set_stop", timersSetStop),
		ns("timer_fire", timersFire),
		ns("net_echo", echo),
		ns("small_allocation", smallAllocations),
		ns("deep_recursion", deepRecursion),
		ns("defer", defers),
		ns("panic_recover", panics),
		ns("iter_pull", pulls),
		func() { fmt.Printf("collection_256MB %.1f ms\n", collection()) },
		func() {
			bytes, ns := parked()
			fmt.Printf("parked_million %.0f bytes\nparked_million_start %.1f ns\n", bytes, ns)
		},
		func() { fmt.Printf("tick_delay_p999 %.1f us\n", ticks()) },
		func() { fmt.Printf("loop_delay %.2f ms\n", loops()) },
	}
	for _, row := range rows {
		row()
		runtime.GC()
	}
}
