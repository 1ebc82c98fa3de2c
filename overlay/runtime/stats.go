package runtime

import "unsafe"

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

// ReadMemStats fills what the allocator counts.
func ReadMemStats(m *MemStats) {
	s := new(heapStats)
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

// StackRecord is a stack.
type StackRecord struct{ Stack0 [32]uintptr }

// Stack is the part that is used.
func (r *StackRecord) Stack() []uintptr {
	for i, pc := range r.Stack0 {
		if pc == 0 {
			return r.Stack0[:i]
		}
	}
	return r.Stack0[:]
}

// MemProfileRecord is a line of a memory profile.
type MemProfileRecord struct {
	AllocBytes, FreeBytes     int64
	AllocObjects, FreeObjects int64
	Stack0                    [32]uintptr
}

// InUseBytes is what is not freed.
func (r *MemProfileRecord) InUseBytes() int64 { return r.AllocBytes - r.FreeBytes }

// InUseObjects is what is not freed.
func (r *MemProfileRecord) InUseObjects() int64 { return r.AllocObjects - r.FreeObjects }

// Stack is the part that is used.
func (r *MemProfileRecord) Stack() []uintptr { return (&StackRecord{r.Stack0}).Stack() }

// BlockProfileRecord is a line of a block profile.
type BlockProfileRecord struct {
	Count, Cycles int64
	StackRecord
}

// The profiles are empty.
func MemProfile(p []MemProfileRecord, inuseZero bool) (n int, ok bool) { return 0, true }
func BlockProfile(p []BlockProfileRecord) (n int, ok bool)             { return 0, true }
func MutexProfile(p []BlockProfileRecord) (n int, ok bool)             { return 0, true }
func ThreadCreateProfile(p []StackRecord) (n int, ok bool)             { return 0, true }
func GoroutineProfile(p []StackRecord) (n int, ok bool)                { return 0, true }
func SetBlockProfileRate(rate int)                                     {}
func SetMutexProfileFraction(rate int) int                             { return 0 }
func SetCPUProfileRate(hz int)                                         {}

// There is no trace.
func StartTrace() error { return plainError("tracing is not supported by rigo yet") }
func StopTrace()        {}
func ReadTrace() []byte { return nil }

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
