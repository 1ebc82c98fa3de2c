// runtime/metrics knows every metric, and what belongs together agrees with runtime.MemStats.
package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

var kept [][]byte

func read(name string) metrics.Value {
	s := []metrics.Sample{{Name: name}}
	metrics.Read(s)
	return s[0].Value
}

func count(name string) (n uint64) {
	h := read(name).Float64Histogram()
	for _, c := range h.Counts {
		n += c
	}
	if len(h.Buckets) != len(h.Counts)+1 {
		fmt.Println("wrong buckets", name)
	}
	return n
}

func main() {
	for _, d := range metrics.All() {
		if kind := read(d.Name).Kind(); kind != d.Kind {
			fmt.Println("wrong kind", d.Name, kind)
		}
	}
	fmt.Println(read("/no/such:metric").Kind() == metrics.KindBad, read("/godebug/non-default-behavior/nothing:events").Kind() == metrics.KindBad)

	before := count("/gc/heap/allocs-by-size:bytes")
	for range 1000 {
		kept = append(kept, make([]byte, 1000))
	}
	fmt.Println(count("/gc/heap/allocs-by-size:bytes")-before > 900)
	cycles := read("/gc/cycles/forced:gc-cycles").Uint64()
	runtime.GC()
	fmt.Println(read("/gc/cycles/forced:gc-cycles").Uint64() - cycles)
	fmt.Println(count("/gc/pauses:seconds") > 0, count("/sched/pauses/total/gc:seconds") > 0)
	fmt.Println(read("/gc/heap/live:bytes").Uint64() >= 1000*1000)

	fmt.Println(read("/sched/gomaxprocs:threads").Uint64() == uint64(runtime.GOMAXPROCS(0)))
	debug.SetGCPercent(50)
	debug.SetMemoryLimit(1 << 40)
	fmt.Println(read("/gc/gogc:percent").Uint64(), read("/gc/gomemlimit:bytes").Uint64())

	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	fmt.Println(m.HeapInuse+m.HeapIdle == m.HeapSys, m.HeapReleased <= m.HeapIdle, m.Mallocs-m.Frees == m.HeapObjects)
	fmt.Println(m.Sys == m.HeapSys+m.StackSys+m.MSpanSys+m.MCacheSys+m.BuckHashSys+m.GCSys+m.OtherSys)
	var total uint64
	for _, d := range metrics.All() {
		if v := read(d.Name); len(d.Name) > 16 && d.Name[:16] == "/memory/classes/" && d.Name != "/memory/classes/total:bytes" {
			total += v.Uint64()
		}
	}
	sum := read("/memory/classes/total:bytes").Uint64()
	fmt.Println(total > sum-sum/10 && total < sum+sum/10)
	var g debug.GCStats
	debug.ReadGCStats(&g)
	fmt.Println(g.NumGC > 0, len(g.Pause) == int(g.NumGC), g.PauseTotal > 0)
	runtime.KeepAlive(kept)
}
