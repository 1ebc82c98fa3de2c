package runtime

import _ "unsafe" // for linkname

// Package os/signal, and what else the standard library asks about signals. Numbers above 64 are no signals.

func sigenable(s uint32)
func sigdisable(s uint32)
func sigignore(s uint32)
func sigignored(s uint32) bool
func sigrecv() int
func sigidle() bool
func sigpipe()
func sigclear()
func ignoresigsys(on bool)
func setpanicfault(on bool) bool
func settraceback(level string)
func setmaxstack(n int) int
func setmaxthreads(n int) int

const maxSignal = 64

//go:linkname signal_enable os/signal.signal_enable
func signal_enable(s uint32) {
	if s <= maxSignal {
		sigenable(s)
	}
}

//go:linkname signal_disable os/signal.signal_disable
func signal_disable(s uint32) {
	if s <= maxSignal {
		sigdisable(s)
	}
}

//go:linkname signal_ignore os/signal.signal_ignore
func signal_ignore(s uint32) {
	if s <= maxSignal {
		sigignore(s)
	}
}

//go:linkname signal_ignored os/signal.signal_ignored
func signal_ignored(s uint32) bool { return s <= maxSignal && sigignored(s) }

//go:linkname signal_recv os/signal.signal_recv
func signal_recv() uint32 { return uint32(sigrecv()) }

//go:linkname signalWaitUntilIdle os/signal.signalWaitUntilIdle
func signalWaitUntilIdle() {
	for !sigidle() {
		Gosched()
	}
}

//go:linkname os_sigpipe os.sigpipe
func os_sigpipe() { sigpipe() }

//go:linkname os_ignoreSIGSYS os.ignoreSIGSYS
func os_ignoreSIGSYS() { ignoresigsys(true) }

//go:linkname os_restoreSIGSYS os.restoreSIGSYS
func os_restoreSIGSYS() { ignoresigsys(false) }

//go:linkname debug_setPanicOnFault runtime/debug.setPanicOnFault
func debug_setPanicOnFault(on bool) bool { return setpanicfault(on) }

//go:linkname debug_SetTraceback runtime/debug.SetTraceback
func debug_SetTraceback(level string) { settraceback(level) }
