//go:build opensbi

// Package mmio reads and writes the registers of devices, 8 to 64 bits wide.
//
// Each access is one instruction of that width, and happens after every access, to memory or to a device, that comes before it in
// the goroutine, and before every one that comes after it. So a driver needs no barriers of its own. An
// access that no device answers panics.
//
//	uart, err := mmio.Map(0x10000000, 0x100)
//	...
//	for uart.Load8(5)&0x20 == 0 {
//	}
//	uart.Store8(0, 'x')
package mmio

import (
	"strconv"
	"syscall"
	"unsafe"
)

// Registers are the registers of one device.
type Registers struct {
	base, size uintptr
}

// System calls of the kernel: `runtime/platform-opensbi/src/devices.rs`.
const (
	sysMap   = 0x72696700
	sysLoad  = 0x72696701
	sysStore = 0x72696702
)

// Map gives access to size bytes of registers at a physical address. Memory is refused.
func Map(physical, size uintptr) (Registers, error) {
	base, _, errno := syscall.RawSyscall(sysMap, physical, size, 0)
	if errno != 0 {
		return Registers{}, errno
	}
	return Registers{base, size}, nil
}

// Size returns how many bytes of registers there are.
func (r Registers) Size() uintptr { return r.size }

// Load8 reads the 8-bit register at off.
func (r Registers) Load8(off uintptr) uint8 { return uint8(r.load(off, 1)) }

// Load16 reads the 16-bit register at off, which is a multiple of 2.
func (r Registers) Load16(off uintptr) uint16 { return uint16(r.load(off, 2)) }

// Load32 reads the 32-bit register at off, which is a multiple of 4.
func (r Registers) Load32(off uintptr) uint32 { return uint32(r.load(off, 4)) }

// Load64 reads the 64-bit register at off, which is a multiple of 8.
func (r Registers) Load64(off uintptr) uint64 { return r.load(off, 8) }

// Store8 writes the 8-bit register at off.
func (r Registers) Store8(off uintptr, value uint8) { r.store(off, 1, uint64(value)) }

// Store16 writes the 16-bit register at off, which is a multiple of 2.
func (r Registers) Store16(off uintptr, value uint16) { r.store(off, 2, uint64(value)) }

// Store32 writes the 32-bit register at off, which is a multiple of 4.
func (r Registers) Store32(off uintptr, value uint32) { r.store(off, 4, uint64(value)) }

// Store64 writes the 64-bit register at off, which is a multiple of 8.
func (r Registers) Store64(off uintptr, value uint64) { r.store(off, 8, value) }

func (r Registers) load(off, width uintptr) uint64 {
	var value uint64
	r.check(off, width)
	_, _, errno := syscall.RawSyscall(sysLoad, r.base+off, width, uintptr(unsafe.Pointer(&value)))
	answered(errno, off)
	return value
}

func (r Registers) store(off, width uintptr, value uint64) {
	r.check(off, width)
	_, _, errno := syscall.RawSyscall(sysStore, r.base+off, width, uintptr(value))
	answered(errno, off)
}

func answered(errno syscall.Errno, off uintptr) {
	if errno != 0 {
		panic("mmio: no device answers at offset " + strconv.Itoa(int(off)))
	}
}

func (r Registers) check(off, width uintptr) {
	if off > r.size || width > r.size-off || off%width != 0 {
		panic("mmio: no register of " + strconv.Itoa(int(8*width)) + " bits at offset " + strconv.Itoa(int(off)))
	}
}
