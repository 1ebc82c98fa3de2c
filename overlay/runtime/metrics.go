package runtime

import (
	"internal/godebugs"
	"internal/runtime/atomic"
	"internal/runtime/syscall/linux"
	"unsafe"
)

func schedstats(p unsafe.Pointer)

// timeBuckets is how many buckets the archive's histograms of times have: four for each power of two from 64 ns on, one below and one above.
const (
	timeBuckets   = 4*timePowers + 2
	timePowers    = 32
	timeLowest    = 64
	timesPerPower = 4
)

// schedStats is what the archive counts of goroutines and times; it declares the same.
type schedStats struct {
	threads, created, syscalls, runnable, running, waiting, procs uint64
	lockWait                                                      int64
	assist, background, idle, pause, available                    uint64
	live                                                          uint64
	limit                                                         int64
	globals                                                       uint64
	queued, called                                                [2]uint64
	stopping, total                                               [2][timeBuckets]uint64
	latencies                                                     [timeBuckets]uint64
}

// A sample and its value, as package runtime/metrics declares them.
type metricSample struct {
	name    string
	kind    int
	scalar  uint64
	pointer unsafe.Pointer
}

const (
	metricBad = iota
	metricUint64
	metricFloat64
	metricHistogram
)

type metricHistogramData struct {
	counts  []uint64
	buckets []float64
}

// What a read of metrics is computed from.
type metricSource struct {
	heap  heapStats
	sched schedStats
	mem   MemStats
	user  uint64 // nanoseconds of processor time
}

// The counters of GODEBUG settings, in the order of their first use; 1 while somebody changes or reads them.
var (
	godebugMetrics []godebugMetric
	godebugBusy    atomic.Uint32
)

type godebugMetric struct {
	name string
	read func() uint64
}

//go:linkname godebug_registerMetric internal/godebug.registerMetric
func godebug_registerMetric(name string, read func() uint64) {
	for !godebugBusy.CompareAndSwap(0, 1) {
		Gosched()
	}
	godebugMetrics = append(godebugMetrics, godebugMetric{name, read})
	godebugBusy.Store(0)
}

//go:linkname metrics_readMetrics runtime/metrics.runtime_readMetrics
func metrics_readMetrics(p unsafe.Pointer, n, c int) {
	s := new(metricSource)
	heapstats(unsafe.Pointer(&s.heap))
	schedstats(unsafe.Pointer(&s.sched))
	ReadMemStats(&s.mem)
	s.user = processTime()
	samples := unsafe.Slice((*metricSample)(p), n)
	for i := range samples {
		samples[i].read(s)
	}
}

func (m *metricSample) read(s *metricSource) {
	for _, part := range [...]func(*metricSample, *metricSource) bool{
		(*metricSample).readGC, (*metricSample).readMemory, (*metricSample).readSched, (*metricSample).readCPU, (*metricSample).readGodebug,
	} {
		if part(m, s) {
			return
		}
	}
	m.kind, m.scalar, m.pointer = metricBad, 0, nil
}

func (m *metricSample) set(v uint64) bool {
	m.kind, m.scalar = metricUint64, v
	return true
}

func (m *metricSample) setSeconds(ns uint64) bool {
	f := float64(ns) / 1e9
	m.kind, m.scalar = metricFloat64, *(*uint64)(unsafe.Pointer(&f))
	return true
}

// setHistogram uses the room of the last read if the buckets are the same.
func (m *metricSample) setHistogram(counts []uint64, buckets func() []float64) bool {
	h := (*metricHistogramData)(m.pointer)
	if m.kind != metricHistogram || h == nil || len(h.counts) != len(counts) {
		h = &metricHistogramData{counts: make([]uint64, len(counts)), buckets: buckets()}
	}
	copy(h.counts, counts)
	m.kind, m.pointer = metricHistogram, unsafe.Pointer(h)
	return true
}

func (m *metricSample) readGC(s *metricSource) bool {
	switch m.name {
	case "/gc/cleanups/executed:cleanups":
		return m.set(s.sched.called[1])
	case "/gc/cleanups/queued:cleanups":
		return m.set(s.sched.queued[1])
	case "/gc/cycles/automatic:gc-cycles":
		return m.set(s.heap.collections - s.heap.forced)
	case "/gc/cycles/forced:gc-cycles":
		return m.set(s.heap.forced)
	case "/gc/cycles/total:gc-cycles":
		return m.set(s.heap.collections)
	case "/gc/finalizers/executed:finalizers":
		return m.set(s.sched.called[0])
	case "/gc/finalizers/queued:finalizers":
		return m.set(s.sched.queued[0])
	case "/gc/gogc:percent":
		return m.set(s.heap.percent)
	case "/gc/gomemlimit:bytes":
		return m.set(uint64(s.sched.limit))
	case "/gc/heap/allocs-by-size:bytes":
		return m.setHistogram(bySize(&s.heap.mallocs, s.heap.large), s.sizeBuckets)
	case "/gc/heap/frees-by-size:bytes":
		return m.setHistogram(bySize(&s.heap.frees, s.heap.frees[0]), s.sizeBuckets)
	case "/gc/heap/allocs:bytes":
		return m.set(s.mem.TotalAlloc)
	case "/gc/heap/allocs:objects":
		return m.set(s.mem.Mallocs)
	case "/gc/heap/frees:bytes":
		return m.set(s.mem.TotalAlloc - s.mem.HeapAlloc)
	case "/gc/heap/frees:objects":
		return m.set(s.mem.Frees)
	case "/gc/heap/goal:bytes":
		return m.set(s.heap.goal)
	case "/gc/heap/live:bytes":
		return m.set(s.sched.live)
	case "/gc/heap/objects:objects":
		return m.set(s.mem.HeapObjects)
	case "/gc/heap/tiny/allocs:objects":
		// No objects share a block.
		return m.set(0)
	case "/gc/limiter/last-enabled:gc-cycle":
		// There is no limiter.
		return m.set(0)
	case "/gc/pauses:seconds":
		return m.setHistogram(s.sched.total[0][:], secondBuckets)
	case "/gc/scan/globals:bytes":
		return m.set(s.sched.globals)
	case "/gc/scan/heap:bytes":
		return m.set(s.sched.live)
	case "/gc/scan/stack:bytes":
		return m.set(s.mem.StackInuse)
	case "/gc/scan/total:bytes":
		return m.set(s.sched.globals + s.sched.live + s.mem.StackInuse)
	case "/gc/stack/starting-size:bytes":
		return m.set(2048)
	}
	return false
}

func (m *metricSample) readMemory(s *metricSource) bool {
	switch m.name {
	case "/memory/classes/heap/free:bytes":
		return m.set(s.mem.HeapIdle - s.mem.HeapReleased)
	case "/memory/classes/heap/objects:bytes":
		return m.set(s.mem.HeapAlloc)
	case "/memory/classes/heap/released:bytes":
		return m.set(s.mem.HeapReleased)
	case "/memory/classes/heap/stacks:bytes":
		return m.set(s.mem.StackInuse)
	case "/memory/classes/heap/unused:bytes":
		return m.set(s.mem.HeapInuse - s.mem.HeapAlloc)
	case "/memory/classes/metadata/other:bytes":
		return m.set(s.mem.GCSys)
	case "/memory/classes/other:bytes":
		return m.set(s.mem.OtherSys)
	case "/memory/classes/metadata/mcache/free:bytes", "/memory/classes/metadata/mcache/inuse:bytes",
		"/memory/classes/metadata/mspan/free:bytes", "/memory/classes/metadata/mspan/inuse:bytes",
		"/memory/classes/os-stacks:bytes", "/memory/classes/profiling/buckets:bytes":
		// They are part of the other classes.
		return m.set(0)
	case "/memory/classes/total:bytes":
		return m.set(s.mem.Sys)
	}
	return false
}

func (m *metricSample) readSched(s *metricSource) bool {
	t := &s.sched
	switch m.name {
	case "/cgo/go-to-c-calls:calls":
		return m.set(0)
	case "/sched/gomaxprocs:threads":
		return m.set(t.procs)
	case "/sched/goroutines-created:goroutines":
		return m.set(t.created)
	case "/sched/goroutines/not-in-go:goroutines":
		return m.set(t.syscalls)
	case "/sched/goroutines/runnable:goroutines":
		return m.set(t.runnable)
	case "/sched/goroutines/running:goroutines":
		return m.set(t.running)
	case "/sched/goroutines/waiting:goroutines":
		return m.set(t.waiting)
	case "/sched/goroutines:goroutines":
		return m.set(uint64(numgoroutine()))
	case "/sched/latencies:seconds":
		return m.setHistogram(t.latencies[:], secondBuckets)
	case "/sched/pauses/stopping/gc:seconds":
		return m.setHistogram(t.stopping[0][:], secondBuckets)
	case "/sched/pauses/stopping/other:seconds":
		return m.setHistogram(t.stopping[1][:], secondBuckets)
	case "/sched/pauses/total/gc:seconds":
		return m.setHistogram(t.total[0][:], secondBuckets)
	case "/sched/pauses/total/other:seconds":
		return m.setHistogram(t.total[1][:], secondBuckets)
	case "/sched/threads/total:threads":
		return m.set(t.threads)
	case "/sync/mutex/wait/total:seconds":
		return m.setSeconds(uint64(t.lockWait))
	}
	return false
}

func (m *metricSample) readCPU(s *metricSource) bool {
	t := &s.sched
	marking := t.assist + t.background + t.idle + t.pause
	user := s.user - min(s.user, marking)
	switch m.name {
	case "/cpu/classes/gc/mark/assist:cpu-seconds":
		return m.setSeconds(t.assist)
	case "/cpu/classes/gc/mark/dedicated:cpu-seconds":
		return m.setSeconds(t.background)
	case "/cpu/classes/gc/mark/idle:cpu-seconds":
		return m.setSeconds(t.idle)
	case "/cpu/classes/gc/pause:cpu-seconds":
		return m.setSeconds(t.pause)
	case "/cpu/classes/gc/total:cpu-seconds":
		return m.setSeconds(marking)
	case "/cpu/classes/idle:cpu-seconds":
		return m.setSeconds(t.available - min(t.available, marking+user))
	case "/cpu/classes/scavenge/assist:cpu-seconds", "/cpu/classes/scavenge/background:cpu-seconds", "/cpu/classes/scavenge/total:cpu-seconds":
		// It is part of the user's time.
		return m.setSeconds(0)
	case "/cpu/classes/total:cpu-seconds":
		return m.setSeconds(t.available)
	case "/cpu/classes/user:cpu-seconds":
		return m.setSeconds(min(user, t.available-min(t.available, marking)))
	}
	return false
}

func (m *metricSample) readGodebug(*metricSource) bool {
	const prefix, suffix = godebugPrefix, godebugSuffix
	if len(m.name) < len(prefix)+len(suffix) || m.name[:len(prefix)] != prefix || m.name[len(m.name)-len(suffix):] != suffix {
		return false
	}
	info := godebugs.Lookup(m.name[len(prefix) : len(m.name)-len(suffix)])
	if info == nil || info.Opaque {
		return false
	}
	for !godebugBusy.CompareAndSwap(0, 1) {
		Gosched()
	}
	list := godebugMetrics
	godebugBusy.Store(0)
	for _, g := range list {
		if g.name == m.name {
			return m.set(g.read())
		}
	}
	return m.set(0)
}

// metricNames are the metrics that readGC, readMemory, readSched and readCPU know.
var metricNames = [...]string{
	"/cgo/go-to-c-calls:calls",
	"/cpu/classes/gc/mark/assist:cpu-seconds",
	"/cpu/classes/gc/mark/dedicated:cpu-seconds",
	"/cpu/classes/gc/mark/idle:cpu-seconds",
	"/cpu/classes/gc/pause:cpu-seconds",
	"/cpu/classes/gc/total:cpu-seconds",
	"/cpu/classes/idle:cpu-seconds",
	"/cpu/classes/scavenge/assist:cpu-seconds",
	"/cpu/classes/scavenge/background:cpu-seconds",
	"/cpu/classes/scavenge/total:cpu-seconds",
	"/cpu/classes/total:cpu-seconds",
	"/cpu/classes/user:cpu-seconds",
	"/gc/cleanups/executed:cleanups",
	"/gc/cleanups/queued:cleanups",
	"/gc/cycles/automatic:gc-cycles",
	"/gc/cycles/forced:gc-cycles",
	"/gc/cycles/total:gc-cycles",
	"/gc/finalizers/executed:finalizers",
	"/gc/finalizers/queued:finalizers",
	"/gc/gogc:percent",
	"/gc/gomemlimit:bytes",
	"/gc/heap/allocs-by-size:bytes",
	"/gc/heap/allocs:bytes",
	"/gc/heap/allocs:objects",
	"/gc/heap/frees-by-size:bytes",
	"/gc/heap/frees:bytes",
	"/gc/heap/frees:objects",
	"/gc/heap/goal:bytes",
	"/gc/heap/live:bytes",
	"/gc/heap/objects:objects",
	"/gc/heap/tiny/allocs:objects",
	"/gc/limiter/last-enabled:gc-cycle",
	"/gc/pauses:seconds",
	"/gc/scan/globals:bytes",
	"/gc/scan/heap:bytes",
	"/gc/scan/stack:bytes",
	"/gc/scan/total:bytes",
	"/gc/stack/starting-size:bytes",
	"/memory/classes/heap/free:bytes",
	"/memory/classes/heap/objects:bytes",
	"/memory/classes/heap/released:bytes",
	"/memory/classes/heap/stacks:bytes",
	"/memory/classes/heap/unused:bytes",
	"/memory/classes/metadata/mcache/free:bytes",
	"/memory/classes/metadata/mcache/inuse:bytes",
	"/memory/classes/metadata/mspan/free:bytes",
	"/memory/classes/metadata/mspan/inuse:bytes",
	"/memory/classes/metadata/other:bytes",
	"/memory/classes/os-stacks:bytes",
	"/memory/classes/other:bytes",
	"/memory/classes/profiling/buckets:bytes",
	"/memory/classes/total:bytes",
	"/sched/gomaxprocs:threads",
	"/sched/goroutines-created:goroutines",
	"/sched/goroutines/not-in-go:goroutines",
	"/sched/goroutines/runnable:goroutines",
	"/sched/goroutines/running:goroutines",
	"/sched/goroutines/waiting:goroutines",
	"/sched/goroutines:goroutines",
	"/sched/latencies:seconds",
	"/sched/pauses/stopping/gc:seconds",
	"/sched/pauses/stopping/other:seconds",
	"/sched/pauses/total/gc:seconds",
	"/sched/pauses/total/other:seconds",
	"/sched/threads/total:threads",
	"/sync/mutex/wait/total:seconds",
}

// Package runtime/metrics compares its descriptions with them.
//
//go:linkname readMetricNames runtime/metrics_test.runtime_readMetricNames
func readMetricNames() []string {
	list := append([]string(nil), metricNames[:]...)
	for _, info := range godebugs.All {
		if !info.Opaque {
			list = append(list, godebugPrefix+info.Name+godebugSuffix)
		}
	}
	return list
}

const godebugPrefix, godebugSuffix = "/godebug/non-default-behavior/", ":events"

func infinity() float64 {
	bits := uint64(0x7ff << 52)
	return *(*float64)(unsafe.Pointer(&bits))
}

// bySize puts the counts of the size classes, which begin at 1, before that of large objects.
func bySize(classes *[sizeClasses]uint64, large uint64) []uint64 {
	return append(append(make([]uint64, 0, sizeClasses), classes[1:]...), large)
}

func (s *metricSource) sizeBuckets() []float64 {
	buckets := []float64{1}
	for _, size := range s.heap.sizes[1:] {
		buckets = append(buckets, float64(size+1))
	}
	return append(buckets, infinity())
}

func secondBuckets() []float64 {
	buckets := []float64{0}
	for power := range timePowers {
		for step := range timesPerPower {
			ns := float64(uint64(timeLowest) << power)
			buckets = append(buckets, ns*(1+float64(step)/timesPerPower)/1e9)
		}
	}
	return append(buckets, float64(uint64(timeLowest)<<timePowers)/1e9, infinity())
}

// processTime is the processor time of the program in nanoseconds.
func processTime() uint64 {
	const processClock = 2
	var t [2]uint64
	linux.Syscall6(sysClockGettime, processClock, uintptr(unsafe.Pointer(&t)), 0, 0, 0, 0)
	return t[0]*1e9 + t[1]
}
