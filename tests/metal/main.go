// What is measured on bare machines: `metal MODE [NUMBER]` does one thing and prints its figures (`cargo xtask bench metal`, the tests of booting).
package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"
)

func main() {
	entered := sinceReset()
	number := 0
	if len(os.Args) > 2 {
		number, _ = strconv.Atoi(os.Args[2])
	}
	switch os.Args[1] {
	case "boot":
		fmt.Println("main after", entered.Microseconds(), "us")
	case "parallel":
		parallel(number)
	case "goroutines":
		shares(number, func() {})
	case "threads":
		shares(number, runtime.LockOSThread)
	case "sleep":
		sleep(number)
	case "idle":
		fmt.Println("idle")
		time.Sleep(time.Duration(number) * time.Second)
		fmt.Println("awake")
	}
}

// sinceReset reads the machine's time, which begins at its reset.
func sinceReset() time.Duration {
	var ts syscall.Timespec
	const monotonic = 1
	syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, monotonic, uintptr(unsafe.Pointer(&ts)), 0)
	return time.Duration(ts.Nano())
}

// parallel does the same work in 64 goroutines, however many harts there are.
func parallel(rounds int) {
	start := time.Now()
	var sums [64]uint64
	var wg sync.WaitGroup
	for i := range sums {
		wg.Go(func() {
			x := uint64(i + 1)
			for range rounds {
				x ^= x << 13
				x ^= x >> 7
				x ^= x << 17
			}
			sums[i] = x
		})
	}
	wg.Wait()
	sum := uint64(0)
	for _, x := range sums {
		sum ^= x
	}
	fmt.Println("took", time.Since(start).Microseconds(), "us, sum", sum)
}

// block is a computation that goes wrong if a register is not kept.
func block(x float64) float64 {
	y := 1 - x
	for range 1000 {
		x, y = 3.75*x*(1-x), y+x/3
	}
	return x + y
}

// shares lets sixteen goroutines compute without end for so many seconds and prints how often each did its block.
func shares(seconds int, prepare func()) {
	var counts [16]struct {
		atomic.Int64
		_ [56]byte
	}
	for i := range counts {
		from := float64(i+1) / 20
		want := block(from)
		go func() {
			prepare()
			for {
				if got := block(from); got != want {
					panic(fmt.Sprint("block ", i, " gives ", got, ", not ", want))
				}
				counts[i].Add(1)
			}
		}()
	}
	time.Sleep(time.Duration(seconds) * time.Second)
	for i := range counts {
		fmt.Println("share", i, counts[i].Load())
	}
}

// sleep prints the shortest and the longest of so many sleeps of 50 ms.
func sleep(n int) {
	shortest, longest := time.Hour, time.Duration(0)
	for range n {
		start := time.Now()
		time.Sleep(50 * time.Millisecond)
		took := time.Since(start)
		shortest, longest = min(shortest, took), max(longest, took)
	}
	fmt.Println("slept", shortest.Microseconds(), "to", longest.Microseconds(), "us")
}
