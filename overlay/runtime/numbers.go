package runtime

import "internal/goarch"

// System calls that internal/runtime/syscall/linux does not name, by processor.
const (
	sysWrite        = goarch.IsAmd64*1 + goarch.IsRiscv64*64
	sysSigprocmask  = goarch.IsAmd64*14 + goarch.IsRiscv64*135
	sysGettimeofday = goarch.IsAmd64*96 + goarch.IsRiscv64*169
	sysClockGettime = goarch.IsAmd64*228 + goarch.IsRiscv64*113
)
