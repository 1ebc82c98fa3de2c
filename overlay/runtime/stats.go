package runtime

import (
	"internal/runtime/atomic"
	"unsafe"
)

// MemStats are numbers of the allocator.
type MemStats struct {
	Alloc, TotalAlloc, Sys, Lookups, Mallocs, Frees                    uint64
	HeapAlloc, HeapSys, HeapIdle, HeapInuse, HeapReleased, HeapObjects uint64
	StackInuse, StackSys, MSpanInuse, MSpanSys, MCacheInuse, MCacheSys uint64
	BuckHashSys, GCSys, OtherSys                                       uint64
	NextGC, LastGC, PauseTotalNs                                       uint64
	PauseNs, PauseEnd                                                  [256]uint64
	NumGC, NumForcedGC                                                 uint32
	GCCPUFraction                                                      float64
	EnableGC, DebugGC                                                  bool
	BySize                                                             [61]struct {
		Size           uint32
		Mallocs, Frees uint64
	}
}

const (
	sizeClasses = 68
	pauses      = 256
)

// heapStats is what the archive counts; it declares the same.
type heapStats struct {
	inUse, released, ready, collections, forced, goal uint64
	pauseTotal, lastEnd, stacks, other, table         uint64
	cpuFraction                                       float64
	large, largeBytes, freedLargeBytes                uint64
	queued, called, percent                           uint64
	mallocs, frees, sizes                             [sizeClasses]uint64
	pauses, pauseEnds                                 [pauses]uint64
}

// Where ReadMemStats gathers, so that it does not count what it allocates itself; 1 while somebody does.
var (
	statsRoom heapStats
	statsBusy uint32
)

// ReadMemStats fills what the allocator counts.
func ReadMemStats(m *MemStats) {
	s := &statsRoom
	if !atomic.Cas(&statsBusy, 0, 1) {
		s = new(heapStats)
	}
	heapstats(unsafe.Pointer(s))
	*m = MemStats{
		EnableGC: true, NextGC: s.goal, LastGC: s.lastEnd, PauseTotalNs: s.pauseTotal,
		PauseNs: s.pauses, PauseEnd: s.pauseEnds, NumGC: uint32(s.collections), NumForcedGC: uint32(s.forced),
		GCCPUFraction: s.cpuFraction,
		HeapSys:       s.ready, HeapInuse: s.inUse, HeapIdle: s.ready - s.inUse, HeapReleased: s.released,
		StackInuse: s.stacks, StackSys: s.stacks, GCSys: s.table, OtherSys: s.other,
	}
	freed := s.freedLargeBytes
	m.Mallocs, m.Frees, m.TotalAlloc = s.large, s.frees[0], s.largeBytes
	for class := 1; class < sizeClasses; class++ {
		m.Mallocs += s.mallocs[class]
		m.Frees += s.frees[class]
		m.TotalAlloc += s.mallocs[class] * s.sizes[class]
		freed += s.frees[class] * s.sizes[class]
		if class < len(m.BySize) {
			by := &m.BySize[class]
			by.Size, by.Mallocs, by.Frees = uint32(s.sizes[class]), s.mallocs[class], s.frees[class]
		}
	}
	m.HeapAlloc = m.TotalAlloc - freed
	m.Alloc = m.HeapAlloc
	m.HeapObjects = m.Mallocs - m.Frees
	m.Sys = m.HeapSys + m.StackSys + m.GCSys + m.OtherSys
	if s == &statsRoom {
		atomic.Store(&statsBusy, 0)
	}
}

//go:linkname debug_readGCStats runtime/debug.readGCStats
func debug_readGCStats(list *[]uint64) {
	s := new(heapStats)
	heapstats(unsafe.Pointer(s))
	if cap(*list) < 2*pauses+3 {
		throw("short slice passed to readGCStats")
	}
	// The latest first, then when each ended, then three numbers.
	n := int(min(s.collections, pauses))
	p := (*list)[:2*n+3]
	for i := range n {
		slot := (s.collections - 1 - uint64(i)) % pauses
		p[i], p[n+i] = s.pauses[slot], s.pauseEnds[slot]
	}
	p[2*n], p[2*n+1], p[2*n+2] = s.lastEnd, s.collections, s.pauseTotal
	*list = p
}

//go:linkname debug_setGCPercent runtime/debug.setGCPercent
func debug_setGCPercent(percent int32) int32 { return int32(setgcpercent(int(percent))) }

//go:linkname debug_freeOSMemory runtime/debug.freeOSMemory
func debug_freeOSMemory() {
	GC()
	releasememory()
}

//go:linkname debug_modinfo runtime/debug.modinfo
func debug_modinfo() string { return "" }

//go:linkname debug_setMaxStack runtime/debug.setMaxStack
func debug_setMaxStack(n int) int { return setmaxstack(n) }

//go:linkname debug_setMaxThreads runtime/debug.setMaxThreads
func debug_setMaxThreads(n int) int { return setmaxthreads(n) }

//go:linkname debug_setMemoryLimit runtime/debug.setMemoryLimit
func debug_setMemoryLimit(n int64) int64 { return setmemorylimit(n) }
