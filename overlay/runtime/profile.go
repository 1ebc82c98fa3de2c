package runtime

import (
	"internal/abi"
	"internal/profilerecord"
	"internal/runtime/atomic"
	"unsafe"
)

// Profiles. The archive counts and samples physical stacks; here inlined calls are added and records made.

func profile(kind int, buf unsafe.Pointer, room int) int
func setblockrate(ns int)
func setmutexfraction(n int) int
func goroutineprofile(buf unsafe.Pointer, room int) int
func setlabels(p unsafe.Pointer)
func labels() unsafe.Pointer
func nthreads() int
func setcpurate(hz int, system, collector uintptr)
func readcpu(buf unsafe.Pointer, room int) (words, lost int)

// What profile is asked for.
const (
	memoryProfile = iota
	blockProfile
	mutexProfile
)

// recordHead is the number of words before the stack of a record.
const recordHead = 5

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

// record is what the archive counted for a stack: objects allocated, freed and the size of one, or events,
// nanoseconds and how many calls are left out.
type record struct {
	counts [4]int64
	pcs    []uintptr
}

// records returns the archive's records of a kind. Their stacks are physical.
func records(kind int) []record {
	var words []uintptr
	for n := profile(kind, nil, 0); n > len(words); n = profile(kind, unsafe.Pointer(&words[0]), len(words)) {
		words = make([]uintptr, n+n/4+64)
	}
	var list []record
	for len(words) > 0 && words[0] != 0 {
		n := recordHead + int(words[0])
		var r record
		for i := range r.counts {
			r.counts[i] = int64(words[1+i])
		}
		r.pcs = words[recordHead:n]
		list = append(list, r)
		words = words[n:]
	}
	return list
}

// expand returns the calls of a physical stack, those that were inlined too, as Callers does.
func expand(physical []uintptr) []uintptr {
	var raw [framesPerPC]rawFrame
	stack := make([]uintptr, 0, len(physical)+8)
	for _, p := range physical {
		for inner, f := range raw[:framesat(p, unsafe.Pointer(&raw), len(raw))] {
			if f.wrapper == 0 {
				stack = append(stack, p|uintptr(inner)<<innerShift)
			}
		}
	}
	return stack
}

// finishSweep has what died counted.
func finishSweep() {
	for gcsweep() {
	}
}

//go:linkname pprof_memProfileInternal
func pprof_memProfileInternal(p []profilerecord.MemProfileRecord, inuseZero bool) (n int, ok bool) {
	return memProfile(len(p), inuseZero, func(i int, r *profilerecord.MemProfileRecord) { p[i] = *r })
}

// MemProfile returns what is allocated and what was, by stack: one record for about MemProfileRate bytes.
func MemProfile(p []MemProfileRecord, inuseZero bool) (n int, ok bool) {
	return memProfile(len(p), inuseZero, func(i int, r *profilerecord.MemProfileRecord) {
		p[i] = MemProfileRecord{
			AllocBytes: r.AllocBytes, FreeBytes: r.FreeBytes, AllocObjects: r.AllocObjects, FreeObjects: r.FreeObjects,
		}
		copy(p[i].Stack0[:], r.Stack)
	})
}

func memProfile(room int, inuseZero bool, put func(int, *profilerecord.MemProfileRecord)) (n int, ok bool) {
	// It keeps the variable in the program; without it the archive samples nothing.
	_ = memProfileRate()
	finishSweep()
	list := records(memoryProfile)
	shown := list[:0]
	for _, r := range list {
		if r.counts[0] != 0 && (inuseZero || r.counts[0] != r.counts[1]) {
			shown = append(shown, r)
		}
	}
	if len(shown) > room {
		return len(shown), false
	}
	for i, r := range shown {
		allocated, freed, size := r.counts[0], r.counts[1], r.counts[2]
		put(i, &profilerecord.MemProfileRecord{
			AllocBytes: allocated * size, FreeBytes: freed * size, AllocObjects: allocated, FreeObjects: freed,
			Stack: expand(r.pcs),
		})
	}
	return len(shown), true
}

//go:noinline
func memProfileRate() int { return MemProfileRate }

//go:linkname pprof_blockProfileInternal
func pprof_blockProfileInternal(p []profilerecord.BlockProfileRecord) (n int, ok bool) {
	return waitProfile(blockProfile, p)
}

//go:linkname pprof_mutexProfileInternal
func pprof_mutexProfileInternal(p []profilerecord.BlockProfileRecord) (n int, ok bool) {
	return waitProfile(mutexProfile, p)
}

func waitProfile(kind int, p []profilerecord.BlockProfileRecord) (n int, ok bool) {
	list := records(kind)
	if len(list) > len(p) {
		return len(list), false
	}
	for i, r := range list {
		stack := expand(r.pcs)
		// The first calls are package sync's own.
		stack = stack[min(len(stack), int(r.counts[2])):]
		p[i] = profilerecord.BlockProfileRecord{Count: r.counts[0], Cycles: r.counts[1], Stack: stack}
	}
	return len(list), true
}

// BlockProfile returns how long goroutines have waited, by stack.
func BlockProfile(p []BlockProfileRecord) (n int, ok bool) { return copyWaits(p, blockProfile) }

// MutexProfile returns how long goroutines were made to wait for locks, by the stack that unlocked.
func MutexProfile(p []BlockProfileRecord) (n int, ok bool) { return copyWaits(p, mutexProfile) }

func copyWaits(p []BlockProfileRecord, kind int) (n int, ok bool) {
	list := make([]profilerecord.BlockProfileRecord, len(p))
	n, ok = waitProfile(kind, list)
	if ok {
		for i, r := range list[:n] {
			p[i] = BlockProfileRecord{Count: r.Count, Cycles: r.Cycles}
			copy(p[i].Stack0[:], r.Stack)
		}
	}
	return n, ok
}

// SetBlockProfileRate makes the block profile a sample of one event in rate nanoseconds of waiting; 0 ends it.
func SetBlockProfileRate(rate int) { setblockrate(rate) }

// SetMutexProfileFraction makes the mutex profile a sample of one in rate waits; 0 ends it. It returns the former rate.
func SetMutexProfileFraction(rate int) int { return setmutexfraction(rate) }

//go:linkname pprof_threadCreateInternal
func pprof_threadCreateInternal(p []profilerecord.StackRecord) (n int, ok bool) {
	n = nthreads()
	if n > len(p) {
		return n, false
	}
	clear(p[:n])
	return n, true
}

// ThreadCreateProfile returns a record for each thread. Nobody asked for them where a stack would show it.
func ThreadCreateProfile(p []StackRecord) (n int, ok bool) {
	n = nthreads()
	if n > len(p) {
		return n, false
	}
	clear(p[:n])
	return n, true
}

//go:linkname pprof_goroutineProfileWithLabels
func pprof_goroutineProfileWithLabels(p []profilerecord.StackRecord, list []unsafe.Pointer) (n int, ok bool) {
	return goroutineProfile(len(p), func(i int, stack []uintptr, label unsafe.Pointer) {
		p[i].Stack = stack
		if list != nil {
			list[i] = label
		}
	})
}

// GoroutineProfile returns the stacks of all goroutines.
func GoroutineProfile(p []StackRecord) (n int, ok bool) {
	return goroutineProfile(len(p), func(i int, stack []uintptr, _ unsafe.Pointer) {
		p[i] = StackRecord{}
		copy(p[i].Stack0[:], stack)
	})
}

func goroutineProfile(room int, put func(i int, stack []uintptr, label unsafe.Pointer)) (n int, ok bool) {
	if room < numgoroutine() {
		return numgoroutine(), false
	}
	// Pointers, because the labels are.
	var words []unsafe.Pointer
	for n := 1024; n > len(words); n = goroutineprofile(unsafe.Pointer(&words[0]), len(words)) {
		words = make([]unsafe.Pointer, n+n/4)
	}
	type found struct {
		pcs   []unsafe.Pointer
		label unsafe.Pointer
	}
	var list []found
	for len(words) > 0 && words[0] != nil {
		n := 2 + int(uintptr(words[0]))
		list = append(list, found{words[2:n], words[1]})
		words = words[n:]
	}
	if len(list) > room {
		return len(list), false
	}
	for i, f := range list {
		physical := make([]uintptr, len(f.pcs))
		for i, pc := range f.pcs {
			physical[i] = uintptr(pc)
		}
		put(i, expand(physical), f.label)
	}
	return len(list), true
}

// Leaked goroutines are looked for by an experiment of gc that rigo does not have.

//go:linkname pprof_goroutineLeakProfileWithLabels
func pprof_goroutineLeakProfileWithLabels(p []profilerecord.StackRecord, list []unsafe.Pointer) (n int, ok bool) {
	return 0, true
}

//go:linkname pprof_goroutineleakcount runtime/pprof.runtime_goroutineleakcount
func pprof_goroutineleakcount() int { return 0 }

//go:linkname pprof_goroutineLeakGC runtime/pprof.runtime_goroutineLeakGC
func pprof_goroutineLeakGC() { GC() }

//go:linkname pprof_makeProfStack
func pprof_makeProfStack() []uintptr { return make([]uintptr, 128) }

//go:linkname pprof_fpunwindExpand
func pprof_fpunwindExpand(dst, src []uintptr) int { return copy(dst, src) }

//go:linkname pprof_cyclesPerSecond runtime/pprof.runtime_cyclesPerSecond
func pprof_cyclesPerSecond() int64 { return 1e9 }

//go:linkname pprof_setProfLabel runtime/pprof.runtime_setProfLabel
func pprof_setProfLabel(p unsafe.Pointer) { setlabels(p) }

//go:linkname pprof_getProfLabel runtime/pprof.runtime_getProfLabel
func pprof_getProfLabel() unsafe.Pointer { return labels() }

//go:linkname pprof_FrameStartLine runtime/pprof.runtime_FrameStartLine
func pprof_FrameStartLine(f *Frame) int { return f.startLine }

//go:linkname pprof_FrameSymbolName runtime/pprof.runtime_FrameSymbolName
func pprof_FrameSymbolName(f *Frame) string { return f.Function }

// A stack that was cut off may end inside a frame: pprof_expandFinalInlineFrame adds the calls that its last address stands for.
//
//go:linkname pprof_expandFinalInlineFrame runtime/pprof.runtime_expandFinalInlineFrame
func pprof_expandFinalInlineFrame(stack []uintptr) []uintptr {
	if len(stack) == 0 {
		return stack
	}
	last := stack[len(stack)-1]
	pc := last & (1<<innerShift - 1)
	var raw [framesPerPC]rawFrame
	n := framesat(pc, unsafe.Pointer(&raw), len(raw))
	for inner := int(last>>innerShift) + 1; inner < n; inner++ {
		if raw[inner].wrapper == 0 {
			stack = append(stack, pc|uintptr(inner)<<innerShift)
		}
	}
	return stack
}

// The CPU profile: its rate, whether its head is still to be read, and the rate of the profile that is read.
var (
	cpuRate    atomic.Int32
	cpuHead    atomic.Int32
	cpuReading atomic.Int32
)

// SetCPUProfileRate begins a CPU profile of so many samples in a second of processor time, or ends it.
func SetCPUProfileRate(hz int) {
	hz = min(max(hz, 0), 1000000)
	if hz != 0 && (cpuRate.Load() != 0 || cpuReading.Load() != 0) {
		print("runtime: cannot set CPU profile rate until previous profile has finished.\n")
		return
	}
	if hz != 0 {
		cpuHead.Store(int32(hz))
		cpuReading.Store(1)
	}
	cpuRate.Store(int32(hz))
	setcpurate(hz, abi.FuncPCABIInternal(_System), abi.FuncPCABIInternal(_GC))
}

// CPUProfile is there for old programs.
func CPUProfile() []byte { panic("CPUProfile no longer available") }

// What samples outside goroutines are shown as.

//go:noinline
func _System() { _GC() }

//go:noinline
func _GC() { lostSamples() }

//go:noinline
func lostSamples() {}

const (
	cpuPollNs   = 20_000_000
	cpuWords    = 1 << 14
	sampleHead  = 3
	sampledHead = 2
)

//go:linkname sleepNs time.Sleep
func sleepNs(ns int64)

// readProfile waits for samples: records of their length, the time, the count and the stack, and a label for each.
//
//go:linkname readProfile runtime/pprof.readProfile
func readProfile() (data []uint64, tags []unsafe.Pointer, eof bool) {
	if hz := cpuHead.Load(); hz != 0 {
		cpuHead.Store(0)
		return []uint64{sampleHead, 0, uint64(hz)}, []unsafe.Pointer{nil}, false
	}
	words := make([]unsafe.Pointer, cpuWords)
	for {
		ended := cpuRate.Load() == 0
		n, lost := readcpu(unsafe.Pointer(&words[0]), len(words))
		if n == 0 && lost == 0 {
			if ended {
				cpuReading.Store(0)
				return nil, nil, true
			}
			sleepNs(cpuPollNs)
			continue
		}
		if lost > 0 {
			data = append(data, sampleHead+1, 0, 0, uint64(lost))
			tags = append(tags, nil)
		}
		for list := words[:n]; len(list) > 0; {
			end := sampledHead + int(uintptr(list[0]))
			physical := make([]uintptr, 0, end)
			for _, pc := range list[sampledHead:end] {
				physical = append(physical, uintptr(pc))
			}
			stack := expand(physical)
			if len(stack) == 0 {
				stack = append(stack, abi.FuncPCABIInternal(_System)+1)
			}
			data = append(data, uint64(sampleHead+len(stack)), 0, 1)
			for _, pc := range stack {
				data = append(data, uint64(pc))
			}
			tags = append(tags, list[1])
			list = list[end:]
		}
		return data, tags, false
	}
}
