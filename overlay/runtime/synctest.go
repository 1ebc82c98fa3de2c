package runtime

import (
	"internal/runtime/atomic"
	_ "unsafe" // for linkname
)

// Bubbles of package testing/synctest. The archive counts who is blocked; here is what panics, and what calls Go.

func bubblestart(f func()) bool
func bubblestep() int
func bubblewait() int
func bubbleid() uint64
func bubblehold() uintptr
func bubblerelease(b uintptr)
func bubbleenter(b uintptr) bool
func bubbleleave()

// 1 once there was a bubble: until then nobody asks the archive.
var hadBubble uint32

// What bubblestep and bubblewait tell.
const (
	bubbleGoesOn = iota
	bubbleOver
	bubbleAllBlocked
	bubbleRestBlocked

	waitNoBubble = 1
	waitTwice    = 2
)

//go:linkname synctest_Run internal/synctest.Run
func synctest_Run(f func()) {
	atomic.Store(&hadBubble, 1)
	if !bubblestart(f) {
		panic("synctest.Run called from within a synctest bubble")
	}
	for {
		switch bubblestep() {
		case bubbleOver:
			return
		case bubbleAllBlocked:
			panic(plainError("deadlock: all goroutines in bubble are blocked"))
		case bubbleRestBlocked:
			panic(plainError("deadlock: main bubble goroutine has exited but blocked goroutines remain"))
		}
	}
}

//go:linkname synctest_Wait internal/synctest.Wait
func synctest_Wait() {
	switch bubblewait() {
	case waitNoBubble:
		panic("goroutine is not in a bubble")
	case waitTwice:
		panic("wait already in progress")
	}
}

//go:linkname synctest_IsInBubble internal/synctest.IsInBubble
func synctest_IsInBubble() bool { return atomic.Load(&hadBubble) != 0 && bubbleid() != 0 }

//go:linkname time_runtimeIsBubbled time.runtimeIsBubbled
func time_runtimeIsBubbled() bool { return synctest_IsInBubble() }

// heldBubble is a reference that keeps a bubble from being idle.
type heldBubble uintptr

//go:linkname synctest_acquire internal/synctest.acquire
func synctest_acquire() any {
	if b := bubblehold(); b != 0 {
		return heldBubble(b)
	}
	return nil
}

//go:linkname synctest_release internal/synctest.release
func synctest_release(b any) { bubblerelease(uintptr(b.(heldBubble))) }

//go:linkname synctest_inBubble internal/synctest.inBubble
func synctest_inBubble(b any, f func()) {
	if !bubbleenter(uintptr(b.(heldBubble))) {
		panic("goroutine is already bubbled")
	}
	defer bubbleleave()
	f()
}
