package runtime

import (
	"internal/abi"
	"unsafe"
)

// MemProfileRate is kept for programs that set it; nothing is profiled.
var MemProfileRate int = 512 * 1024

// zeroVal is what a map access of a missing key points to.
var zeroVal [1024]byte

type heapStats struct {
	inUse, allocated, goal, collections, pauseNs uint64
}

func heapstats(s *heapStats)
func setgcpercent(percent int) int
func mallocgc(size uintptr, t *abi.Type, needzero bool) unsafe.Pointer
func newobject(t *abi.Type) unsafe.Pointer
func newarray(t *abi.Type, n int) unsafe.Pointer
func typedmemmove(t *abi.Type, dst, src unsafe.Pointer)
func typedmemclr(t *abi.Type, p unsafe.Pointer)

// A MemStats says how memory is used.
type MemStats struct {
	Alloc         uint64
	TotalAlloc    uint64
	Sys           uint64
	Lookups       uint64
	Mallocs       uint64
	Frees         uint64
	HeapAlloc     uint64
	HeapSys       uint64
	HeapIdle      uint64
	HeapInuse     uint64
	HeapReleased  uint64
	HeapObjects   uint64
	StackInuse    uint64
	StackSys      uint64
	MSpanInuse    uint64
	MSpanSys      uint64
	MCacheInuse   uint64
	MCacheSys     uint64
	BuckHashSys   uint64
	GCSys         uint64
	OtherSys      uint64
	NextGC        uint64
	LastGC        uint64
	PauseTotalNs  uint64
	PauseNs       [256]uint64
	PauseEnd      [256]uint64
	NumGC         uint32
	NumForcedGC   uint32
	GCCPUFraction float64
	EnableGC      bool
	DebugGC       bool
	BySize        [61]struct {
		Size    uint32
		Mallocs uint64
		Frees   uint64
	}
}

// ReadMemStats fills m with what the collector knows.
func ReadMemStats(m *MemStats) {
	var s heapStats
	heapstats(&s)
	*m = MemStats{
		Alloc: s.allocated, TotalAlloc: s.allocated, Sys: s.inUse,
		HeapAlloc: s.allocated, HeapSys: s.inUse, HeapInuse: s.inUse,
		NextGC: s.goal, PauseTotalNs: s.pauseNs, NumGC: uint32(s.collections), EnableGC: true,
	}
}

// SetFinalizer checks nothing and keeps nothing: finalizers do not run.
func SetFinalizer(obj any, finalizer any) {}

// A Cleanup is a handle to a cleanup call.
type Cleanup struct{ id uint64 }

// Stop cancels the cleanup.
func (c Cleanup) Stop() {}

// AddCleanup returns a handle; cleanups do not run.
func AddCleanup[T, S any](ptr *T, cleanup func(S), arg S) Cleanup { return Cleanup{} }

// A Pinner keeps objects where they are; objects never move.
type Pinner struct{ refs []any }

// Pin keeps an object reachable.
func (p *Pinner) Pin(pointer any) { p.refs = append(p.refs, pointer) }

// Unpin lets all objects go.
func (p *Pinner) Unpin() { p.refs = nil }

//go:linkname bytealg_MakeNoZero internal/bytealg.MakeNoZero
func bytealg_MakeNoZero(n int) []byte {
	if n < 0 {
		panicmakeslicelen()
	}
	return unsafe.Slice((*byte)(mallocgc(uintptr(n), nil, false)), n)
}

//go:linkname setGCPercent runtime/debug.setGCPercent
func setGCPercent(percent int32) int32 { return int32(setgcpercent(int(percent))) }

//go:linkname freeOSMemory runtime/debug.freeOSMemory
func freeOSMemory() { GC() }

//go:linkname setMaxStack runtime/debug.setMaxStack
func setMaxStack(n int) int { return 1000000000 }

//go:linkname setMaxThreads runtime/debug.setMaxThreads
func setMaxThreads(n int) int { return 10000 }

//go:linkname setMemoryLimit runtime/debug.setMemoryLimit
func setMemoryLimit(n int64) int64 { return 1<<63 - 1 }

//go:linkname setPanicOnFault runtime/debug.setPanicOnFault
func setPanicOnFault(on bool) (former bool) {
	former, panicOnFault = panicOnFault, on
	return
}

//go:linkname setTraceback runtime/debug.SetTraceback
func setTraceback(level string) {}

//go:linkname debug_modinfo runtime/debug.modinfo
func debug_modinfo() string { return modinfo }

func setCrashFD(fd uintptr) uintptr { return ^uintptr(0) }

// Weak pointers hold strongly: what they lead to is never freed.

//go:linkname weak_register weak.runtime_registerWeakPointer
func weak_register(p unsafe.Pointer) unsafe.Pointer {
	if p == nil {
		return nil
	}
	return weakHandle(p)
}

//go:linkname weak_strong weak.runtime_makeStrongFromWeak
func weak_strong(handle unsafe.Pointer) unsafe.Pointer {
	if handle == nil {
		return nil
	}
	return *(*unsafe.Pointer)(handle)
}

// Handles by object: two weak pointers to one object compare equal.
var weakHandles map[unsafe.Pointer]*unsafe.Pointer

var weakLock spinLock

func weakHandle(p unsafe.Pointer) unsafe.Pointer {
	weakLock.lock()
	defer weakLock.unlock()
	handle := weakHandles[p]
	if handle == nil {
		if weakHandles == nil {
			weakHandles = make(map[unsafe.Pointer]*unsafe.Pointer)
		}
		handle = &p
		weakHandles[p] = handle
	}
	return unsafe.Pointer(handle)
}
