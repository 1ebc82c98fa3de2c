package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"time"
)

var sink []byte

func stats() (m runtime.MemStats) {
	runtime.ReadMemStats(&m)
	return
}

func garbage(bytes int) {
	for n := 0; n < bytes; n += 1 << 10 {
		sink = make([]byte, 1<<10)
	}
}

// hold makes as much memory reachable, on a stack that is gone afterwards.
func hold(bytes int) (release func()) {
	ready, end := make(chan bool), make(chan bool)
	go func() {
		var list [][]byte
		for n := 0; n < bytes; n += 64 << 10 {
			list = append(list, make([]byte, 64<<10))
		}
		ready <- true
		<-end
		runtime.KeepAlive(list)
		ready <- true
	}()
	<-ready
	return func() { end <- true; <-ready }
}

func check(what string, ok bool, args ...any) {
	if !ok {
		fmt.Println(append([]any{"wrong:", what}, args...)...)
		os.Exit(1)
	}
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "limit" {
		garbage(400 << 20)
		m := stats()
		// Without a limit it would be 400 MB. On a loaded machine a collection may begin late.
		check("limit", m.Sys-m.HeapReleased < 256<<20 && m.NumGC > 3, m.Sys, m.HeapReleased, m.NumGC)
		check("the limit is read", debug.SetMemoryLimit(-1) == 64<<20)
		return
	}
	if len(os.Args) > 1 && os.Args[1] == "off" {
		garbage(50 << 20)
		m := stats()
		check("off", m.NumGC == 0 && m.HeapAlloc > 50<<20, m.NumGC, m.HeapAlloc)
		check("percent", debug.SetGCPercent(50) == -1)
		check("percent was set", debug.SetGCPercent(100) == 50)
		garbage(50 << 20)
		check("on again", stats().NumGC > 0)
		return
	}
	a := stats()
	release := hold(64 << 20)
	b := stats()
	check("alloc", b.HeapAlloc-a.HeapAlloc >= 64<<20 && b.HeapAlloc-a.HeapAlloc < 80<<20, a.HeapAlloc, b.HeapAlloc)
	check("total", b.TotalAlloc-a.TotalAlloc >= 64<<20)
	check("objects", b.Mallocs-a.Mallocs >= 1024 && b.HeapObjects == b.Mallocs-b.Frees)
	check("in use", b.HeapInuse >= b.HeapAlloc && b.HeapSys >= b.HeapInuse && b.Sys >= b.HeapSys)
	check("idle", b.HeapIdle == b.HeapSys-b.HeapInuse && b.HeapReleased <= b.HeapIdle)
	release()
	debug.FreeOSMemory()
	c := stats()
	check("freed", c.HeapAlloc < 8<<20 && c.Frees-b.Frees >= 1000, c.HeapAlloc)
	check("released", c.HeapReleased >= 60<<20, c.HeapReleased)
	check("forced", c.NumForcedGC == a.NumForcedGC+1 && c.NumGC > a.NumGC, a.NumForcedGC, c.NumForcedGC)
	var gc debug.GCStats
	debug.ReadGCStats(&gc)
	check("pauses", gc.NumGC == int64(c.NumGC) && len(gc.Pause) == len(gc.PauseEnd) && len(gc.Pause) == int(gc.NumGC))
	check("last", time.Since(gc.LastGC) < time.Minute && gc.PauseTotal > 0)
	check("goal", c.NextGC >= 4<<20 && c.NextGC < 64<<20, c.NextGC)
	n := testing(func() { sink = make([]byte, 100) })
	check("one allocation", n == 1, n)
}

// testing counts the allocations of f.
func testing(f func()) uint64 {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	f()
	before := stats().Mallocs
	for range 100 {
		f()
	}
	after := stats().Mallocs
	return (after - before) / 100
}
