package runtime

import (
	"internal/runtime/syscall/linux"
	"unsafe"
)

// sysHwprobe is riscv_hwprobe (Linux, Documentation/arch/riscv/hwprobe.rst).
const sysHwprobe = 258

// hwprobePair is a question, and its answer.
type hwprobePair struct {
	key   int64
	value uint64
}

// cpu_riscvHWProbe asks the kernel what every processor has, and reports whether it answered.
//
//go:linkname cpu_riscvHWProbe internal/cpu.riscvHWProbe
func cpu_riscvHWProbe(pairs []hwprobePair, flags uint) bool {
	if len(pairs) == 0 {
		return false
	}
	first := uintptr(unsafe.Pointer(&pairs[0]))
	_, _, errno := linux.Syscall6(sysHwprobe, first, uintptr(len(pairs)), 0, 0, uintptr(flags), 0)
	return errno == 0
}
