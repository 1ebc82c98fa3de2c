package runtime

import (
	"internal/abi"
	"internal/runtime/atomic"
	"unsafe"
)

func addcleanup(p, fn unsafe.Pointer) uint64
func removecleanup(p uintptr, id uint64)
func cleanupsqueued() uint64

var (
	// Whether the goroutine that calls cleanups was started.
	cleanupsStarted atomic.Uint32
	// How many calls of cleanups have ended.
	cleanupsEnded atomic.Uint64
)

// Cleanup is a handle of AddCleanup.
type Cleanup struct {
	id  uint64
	ptr uintptr
}

// AddCleanup has cleanup(arg) called some time after the object of ptr has become unreachable.
func AddCleanup[T, S any](ptr *T, cleanup func(S), arg S) Cleanup {
	ptr = abi.Escape(ptr)
	if ptr == nil {
		panic("runtime.AddCleanup: ptr is nil")
	}
	var argPtr unsafe.Pointer
	if kind := abi.TypeOf(arg).Kind(); kind == abi.Pointer || kind == abi.UnsafePointer {
		argPtr = *(*unsafe.Pointer)(unsafe.Pointer(&arg))
		if argPtr == unsafe.Pointer(ptr) {
			panic("runtime.AddCleanup: ptr is equal to arg, cleanup will never run")
		}
	}
	return attachCleanup(unsafe.Pointer(ptr), argPtr, *(*unsafe.Pointer)(unsafe.Pointer(&cleanup)), func() { cleanup(arg) })
}

// attachCleanup is what AddCleanup does for all types: fn calls the function with the argument.
func attachCleanup(ptr, arg, cleanup unsafe.Pointer, fn func()) Cleanup {
	base, size := objectbase(ptr)
	if base == nil {
		if isstatic(ptr) {
			return Cleanup{}
		}
		panic("runtime.AddCleanup: ptr not in allocated block")
	}
	inside := func(p uintptr) bool { return p-uintptr(base) < size }
	if arg != nil && inside(uintptr(arg)) {
		panic("runtime.AddCleanup: ptr is within arg, cleanup will never run")
	}
	// What the function has captured follows its code.
	if closure, n := objectbase(cleanup); closure != nil {
		for off := uintptr(8); off < n; off += 8 {
			if inside(*(*uintptr)(unsafe.Add(closure, off))) {
				panic("runtime.AddCleanup: cleanup function closes over ptr, cleanup will never run")
			}
		}
	}
	if cleanupsStarted.CompareAndSwap(0, 1) {
		go runCleanups()
	}
	id := addcleanup(ptr, *(*unsafe.Pointer)(unsafe.Pointer(&fn)))
	return Cleanup{id, uintptr(ptr)}
}

// Stop cancels a cleanup that is not yet queued to be called.
func (c Cleanup) Stop() {
	if c.id != 0 {
		removecleanup(c.ptr, c.id)
	}
}

// runCleanups is the goroutine that calls cleanups.
func runCleanups() {
	for {
		var call specialCall
		nextspecial(true, &call)
		fn := *(*func())(unsafe.Pointer(&call.fn))
		call = specialCall{}
		fn()
		cleanupsEnded.Add(1)
	}
}

// blockUntilEmptyCleanupQueue waits until every cleanup that is queued by now has been called, for timeout nanoseconds at most;
// true if they were.
func blockUntilEmptyCleanupQueue(timeout int64) bool {
	begin, queued := nanotime(), cleanupsqueued()
	for cleanupsEnded.Load() < queued {
		if nanotime()-begin > timeout {
			return false
		}
		Gosched()
	}
	return true
}

// Tests of the standard library wait for cleanups.

//go:linkname sync_test_blockUntilEmptyCleanupQueue sync_test.runtime_blockUntilEmptyCleanupQueue
func sync_test_blockUntilEmptyCleanupQueue(timeout int64) bool {
	return blockUntilEmptyCleanupQueue(timeout)
}

//go:linkname unique_blockUntilEmptyCleanupQueue unique.runtime_blockUntilEmptyCleanupQueue
func unique_blockUntilEmptyCleanupQueue(timeout int64) bool {
	return blockUntilEmptyCleanupQueue(timeout)
}
