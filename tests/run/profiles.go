// The profiles of runtime/pprof: what was allocated, who waited and where goroutines are, exact where the rate is 1; the CPU
// profile names the function that the time was spent in, and its labels.
package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/pprof"
	"strings"
	"sync"
	"time"
)

var kept [][]byte

//go:noinline
func keep(n int) {
	for range n {
		kept = append(kept, make([]byte, 5000))
	}
}

var dropped []byte

//go:noinline
func drop(n int) {
	for range n {
		dropped = make([]byte, 6000)
	}
	dropped = nil
}

// names returns the functions of the program on a stack.
func names(stack []uintptr) string {
	var list []string
	frames := runtime.CallersFrames(stack)
	for {
		frame, more := frames.Next()
		if strings.HasPrefix(frame.Function, "main.") {
			list = append(list, frame.Function)
		}
		if !more {
			return strings.Join(list, " < ")
		}
	}
}

func memory() {
	runtime.GC()
	keep(100)
	drop(200)
	runtime.GC()
	runtime.GC()
	records := make([]runtime.MemProfileRecord, 2000)
	n, ok := runtime.MemProfile(records, true)
	var keptObjects, droppedObjects, freed int64
	for _, r := range records[:n] {
		switch name := names(r.Stack()); {
		case strings.HasPrefix(name, "main.keep < ") && r.AllocBytes == r.AllocObjects*5376:
			keptObjects += r.InUseObjects()
		case strings.HasPrefix(name, "main.drop < "):
			droppedObjects += r.AllocObjects
			freed += r.FreeObjects
		}
	}
	fmt.Println("memory", ok, keptObjects, droppedObjects, freed)
}

func contention() {
	runtime.SetBlockProfileRate(1)
	runtime.SetMutexProfileFraction(1)
	c := make(chan int)
	go func() { time.Sleep(10 * time.Millisecond); c <- 1 }()
	<-c
	var mu sync.Mutex
	mu.Lock()
	done := make(chan bool)
	go func() { mu.Lock(); mu.Unlock(); close(done) }()
	time.Sleep(10 * time.Millisecond)
	mu.Unlock()
	<-done
	runtime.SetBlockProfileRate(0)
	fmt.Println("fraction", runtime.SetMutexProfileFraction(0), runtime.SetMutexProfileFraction(-1))
	show := func(what string, profile func([]runtime.BlockProfileRecord) (int, bool)) {
		records := make([]runtime.BlockProfileRecord, 100)
		n, ok := profile(records)
		found := map[string]bool{}
		for _, r := range records[:n] {
			if r.Cycles > 0 && r.Count > 0 {
				found[names(r.Stack())] = true
			}
		}
		fmt.Println(what, ok, found)
	}
	show("block", runtime.BlockProfile)
	show("mutex", runtime.MutexProfile)
}

//go:noinline
func parked(c chan int) { <-c }

func goroutines() {
	c := make(chan int)
	for range 3 {
		pprof.Do(context.Background(), pprof.Labels("who", "parked"), func(context.Context) { go parked(c) })
	}
	for {
		var text bytes.Buffer
		pprof.Lookup("goroutine").WriteTo(&text, 1)
		if strings.Contains(text.String(), "\n3 @ ") && strings.Contains(text.String(), "main.parked+") {
			fmt.Println("goroutines", strings.Contains(text.String(), `# labels: {"who":"parked"}`))
			break
		}
		runtime.Gosched()
	}
	fmt.Println(pprof.Lookup("goroutine").Count() == runtime.NumGoroutine())
	close(c)
}

//go:noinline
func burn(until time.Time) (n int) {
	for time.Now().Before(until) {
		for i := range 100000 {
			n += i * i % 7
		}
	}
	return n
}

func cpu() {
	var profile bytes.Buffer
	fmt.Println("cpu", pprof.StartCPUProfile(&profile), pprof.StartCPUProfile(&profile))
	pprof.Do(context.Background(), pprof.Labels("phase", "burning"), func(context.Context) {
		burn(time.Now().Add(500 * time.Millisecond))
	})
	pprof.StopCPUProfile()
	r, err := gzip.NewReader(&profile)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	text, err := io.ReadAll(r)
	fmt.Println(err, bytes.Contains(text, []byte("main.burn")), bytes.Contains(text, []byte("burning")))
}

func main() {
	runtime.MemProfileRate = 1
	memory()
	contention()
	goroutines()
	cpu()
}
