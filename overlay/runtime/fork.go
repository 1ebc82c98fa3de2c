package runtime

import (
	"internal/runtime/syscall/linux"
	"unsafe"
)

// Between fork and exec the child shares memory with its parent, so no signal may be handled there: all are blocked
// from before the fork until each process goes its own way. syscall.ForkLock is held.

const (
	sigBlock   = 0
	sigSetmask = 2
)

var (
	allSignals  = ^uint64(0)
	signalsKept uint64
)

//go:nosplit
func sigprocmask(how uintptr, set, old *uint64) {
	linux.Syscall6(sysSigprocmask, how, uintptr(unsafe.Pointer(set)), uintptr(unsafe.Pointer(old)), 8, 0, 0)
}

//go:linkname syscall_runtime_BeforeFork syscall.runtime_BeforeFork
//go:nosplit
func syscall_runtime_BeforeFork() { sigprocmask(sigBlock, &allSignals, &signalsKept) }

//go:linkname syscall_runtime_AfterFork syscall.runtime_AfterFork
//go:nosplit
func syscall_runtime_AfterFork() { sigprocmask(sigSetmask, &signalsKept, nil) }

//go:linkname syscall_runtime_AfterForkInChild syscall.runtime_AfterForkInChild
//go:nosplit
func syscall_runtime_AfterForkInChild() {
	sigclear()
	sigprocmask(sigSetmask, &signalsKept, nil)
}

//go:linkname syscall_runtime_BeforeExec syscall.runtime_BeforeExec
func syscall_runtime_BeforeExec() {}

//go:linkname syscall_runtime_AfterExec syscall.runtime_AfterExec
func syscall_runtime_AfterExec() {}
