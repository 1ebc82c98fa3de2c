package runtime

// Signals for package os/signal.

func sigenable(sig uint32)
func sigdisable(sig uint32)
func sigignore(sig uint32)
func sigignored(sig uint32) bool
func sigrecv() uint32

//go:linkname signal_enable os/signal.signal_enable
func signal_enable(sig uint32) { sigenable(sig) }

//go:linkname signal_disable os/signal.signal_disable
func signal_disable(sig uint32) { sigdisable(sig) }

//go:linkname signal_ignore os/signal.signal_ignore
func signal_ignore(sig uint32) { sigignore(sig) }

//go:linkname signal_ignored os/signal.signal_ignored
func signal_ignored(sig uint32) bool { return sigignored(sig) }

//go:linkname signal_recv os/signal.signal_recv
func signal_recv() uint32 { return sigrecv() }

//go:linkname signalWaitUntilIdle os/signal.signalWaitUntilIdle
func signalWaitUntilIdle() { Gosched() }
