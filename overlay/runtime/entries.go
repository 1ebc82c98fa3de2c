// Package runtime is the Go face of rigo's runtime, which is written in Rust.
//
// Functions without a body are entries of the runtime archive. What builds Go values (errors, strings, interfaces) and
// what the standard library reaches by linkname is Go.
package runtime

import (
	"internal/abi"
	"unsafe"
)

func nanotime() int64
func walltime() (sec int64, nsec int64)
func rand() uint64
func randn(n uint32) uint32
func gomaxprocs(n int) int
func defaultgomaxprocs() int
func ncpu() int
func numgoroutine() int
func goid() uint64
func callers(skip int, pcs unsafe.Pointer, n int) int
func framesat(pc uintptr, frames unsafe.Pointer, n int) int
func functionat(pc uintptr, frame unsafe.Pointer) bool
func stacktrace(buf unsafe.Pointer, n int, all bool) int
func sysarg(i int) *byte
func sysenv(i int) *byte
func writeErr(p unsafe.Pointer, n int)
func throw(s string)
func fatal(s string)
func exit(code int)
func faultinfo() (kind int, addr uintptr)
func typeString(t *abi.Type) string
func typeAssertItab(inter *abi.InterfaceType, t *abi.Type) unsafe.Pointer
func mallocgc(size uintptr, t *abi.Type, zero bool) unsafe.Pointer
func growslice(old unsafe.Pointer, newLen, oldCap, num int, t *abi.Type) (unsafe.Pointer, int)
func typedmemmove(t *abi.Type, dst, src unsafe.Pointer)
func typedmemclr(t *abi.Type, p unsafe.Pointer)
func typedslicecopy(t *abi.Type, dst unsafe.Pointer, dstLen int, src unsafe.Pointer, srcLen int) int
func memmove(dst, src unsafe.Pointer, n uintptr)
func memclrNoHeapPointers(p unsafe.Pointer, n uintptr)
func chansend1(c, elem unsafe.Pointer)
func chanrecv2(c, elem unsafe.Pointer) bool
func selectnbsend(c, elem unsafe.Pointer) bool
func selectnbrecv(elem, c unsafe.Pointer) (selected, ok bool)
func selectgo(cases, order unsafe.Pointer, sends, recvs int, block bool) (int, bool)
func setgcpercent(percent int) int
func setmemorylimit(bytes int64) int64
func releasememory()
func heapstats(p unsafe.Pointer)
func efaceeqval(t1 *abi.Type, d1 unsafe.Pointer, t2 *abi.Type, d2 unsafe.Pointer) bool
func newtimer(when, period int64, f func(any, uintptr, int64), arg any, c unsafe.Pointer) unsafe.Pointer
func settimebase(local *unsafe.Pointer, start *int64)
func entersyscall()
func exitsyscall()

// GC runs a collection and waits for its end.
func GC()

// Gosched lets other goroutines run.
func Gosched()

// Goexit ends the calling goroutine after its deferred calls.
func Goexit()

// KeepAlive marks its argument as reachable.
func KeepAlive(x any) {}

type eface struct {
	typ  *abi.Type
	data unsafe.Pointer
}

func efaceOf(x *any) *eface { return (*eface)(unsafe.Pointer(x)) }

// goString copies a C string.
func goString(p *byte) string {
	if p == nil {
		return ""
	}
	n := 0
	for *(*byte)(unsafe.Add(unsafe.Pointer(p), n)) != 0 {
		n++
	}
	return string(unsafe.Slice(p, n))
}
