package runtime

import "unsafe"

func heapdump(fd uintptr, stats unsafe.Pointer, n int, arch string) int
func everythread(words unsafe.Pointer)
func crashfd(fd uintptr) uintptr

//go:linkname debug_WriteHeapDump runtime/debug.WriteHeapDump
func debug_WriteHeapDump(fd uintptr) {
	var m MemStats
	ReadMemStats(&m)
	stats := []uint64{
		m.Alloc, m.TotalAlloc, m.Sys, m.Lookups, m.Mallocs, m.Frees, m.HeapAlloc, m.HeapSys, m.HeapIdle, m.HeapInuse, m.HeapReleased,
		m.HeapObjects, m.StackInuse, m.StackSys, m.MSpanInuse, m.MSpanSys, m.MCacheInuse, m.MCacheSys, m.BuckHashSys, m.GCSys, m.OtherSys,
		m.NextGC, m.LastGC, m.PauseTotalNs,
	}
	stats = append(append(stats, m.PauseNs[:]...), uint64(m.NumGC))
	finishSweep()
	for heapdump(fd, unsafe.Pointer(&stats[0]), len(stats), GOARCH) == 0 {
	}
}

// setCrashFD has a copy of the last words of the program written to fd, or to nothing if that is ^0. It returns the former descriptor.
func setCrashFD(fd uintptr) uintptr { return crashfd(fd) }

//go:linkname syscall_runtime_doAllThreadsSyscall syscall.runtime_doAllThreadsSyscall
func syscall_runtime_doAllThreadsSyscall(trap, a1, a2, a3, a4, a5, a6 uintptr) (r1, r2, err uintptr) {
	words := new([9]uintptr)
	*words = [9]uintptr{trap, a1, a2, a3, a4, a5, a6}
	everythread(unsafe.Pointer(words))
	return words[7], 0, words[8]
}
