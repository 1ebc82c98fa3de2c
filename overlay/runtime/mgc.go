package runtime

import _ "unsafe"

func gcwait()
func gcstop()
func gcmark()
func gcsweep() (more bool)

var poolCleanup func()

//go:linkname sync_runtime_registerPoolCleanup sync.runtime_registerPoolCleanup
func sync_runtime_registerPoolCleanup(f func()) { poolCleanup = f }

func init() {
	go gcLoop()
	// It is to wait for the first collection before anybody needs one. Until it does it counts as one of the program's goroutines; perhaps another
	// processor has it.
	for NumGoroutine() > 1 {
		Gosched()
	}
}

// gcLoop is the goroutine of the collector. The archive does the work; what is Go and must happen while the world is stopped happens here.
func gcLoop() {
	for {
		gcwait()
		gcstop()
		if poolCleanup != nil {
			poolCleanup()
		}
		gcmark()
		for gcsweep() {
			Gosched()
		}
	}
}
