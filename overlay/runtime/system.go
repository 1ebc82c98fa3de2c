package runtime

import (
	"internal/cpu"
	"internal/runtime/atomic"
	"internal/runtime/syscall/linux"
	"unsafe"
)

//go:linkname os_runtime_args os.runtime_args
func os_runtime_args() []string {
	var list []string
	for i := 0; ; i++ {
		p := sysarg(i)
		if p == nil {
			return list
		}
		list = append(list, goString(p))
	}
}

//go:linkname syscall_runtime_envs syscall.runtime_envs
func syscall_runtime_envs() []string {
	var list []string
	for i := 0; ; i++ {
		p := sysenv(i)
		if p == nil {
			return list
		}
		list = append(list, goString(p))
	}
}

func getenv(key string) string {
	for _, s := range syscall_runtime_envs() {
		if len(s) > len(key) && s[len(key)] == '=' && s[:len(key)] == key {
			return s[len(key)+1:]
		}
	}
	return ""
}

// cpuinit finds out what the processor can do. It runs before everything else in programs that ask for it.
func cpuinit() { cpu.Initialize(getenv("GODEBUG")) }

//go:linkname os_runtime_beforeExit os.runtime_beforeExit
func os_runtime_beforeExit(code int) { runExitHooks(code) }

//go:linkname rawSyscallNoError syscall.rawSyscallNoError
//go:nosplit
func rawSyscallNoError(trap, a1, a2, a3 uintptr) (r1, r2 uintptr) {
	r1, r2, _ = linux.Syscall6(trap, a1, a2, a3, 0, 0, 0)
	return
}

// syscall_gettimeofday is called by assembly of golang.org/x/sys/unix, too.
//
//go:linkname syscall_gettimeofday syscall.gettimeofday
//go:nosplit
func syscall_gettimeofday(tv unsafe.Pointer) uintptr {
	_, _, errno := linux.Syscall6(sysGettimeofday, uintptr(tv), 0, 0, 0, 0, 0)
	return errno
}

func fcntl(fd, cmd, arg int32) (int32, int32) {
	r, _, errno := linux.Syscall6(linux.SYS_FCNTL, uintptr(fd), uintptr(cmd), uintptr(arg), 0, 0, 0)
	if errno != 0 {
		return -1, int32(errno)
	}
	return int32(r), 0
}

func write(fd uintptr, p unsafe.Pointer, n int32) int32 {
	r, _, errno := linux.Syscall6(sysWrite, fd, uintptr(p), uintptr(n), 0, 0, 0)
	if errno != 0 {
		return -int32(errno)
	}
	return int32(r)
}

func vgetrandom(p []byte, flags uint32) (ret int, supported bool) { return -1, false }

func getAuxv() []uintptr { return nil }

//go:linkname syscall_runtimeSetenv syscall.runtimeSetenv
func syscall_runtimeSetenv(k, v string) {
	if k == "GODEBUG" {
		updateGodebug(v)
	}
}

//go:linkname syscall_runtimeUnsetenv syscall.runtimeUnsetenv
func syscall_runtimeUnsetenv(k string) { syscall_runtimeSetenv(k, "") }

//go:linkname syscall_runtimeClearenv syscall.runtimeClearenv
func syscall_runtimeClearenv(env map[string]int) { syscall_runtimeSetenv("GODEBUG", "") }

var godebugUpdate func(string, string)

//go:linkname godebug_setUpdate internal/godebug.setUpdate
func godebug_setUpdate(update func(string, string)) {
	godebugUpdate = update
	updateGodebug(getenv("GODEBUG"))
}

// updateGodebug takes the value that GODEBUG has from now on.
func updateGodebug(v string) {
	timersAreAsync = godebugHas(v, "asynctimerchan=2")
	noteNilPanics(v)
	if godebugUpdate != nil {
		godebugUpdate("", v)
	}
}

// What panic(nil) does, by GODEBUG.
const (
	nilPanicsUnknown = iota // nobody has asked
	nilPanicsAreErrors
	nilPanicsAreNil
)

var nilPanics atomic.Uint32

func noteNilPanics(godebug string) {
	if godebugHas(godebug, "panicnil=1") {
		nilPanics.Store(nilPanicsAreNil)
	} else {
		nilPanics.Store(nilPanicsAreErrors)
	}
}

// panicnil is called before panic(nil) begins, which goes on with nil if it returns.
func panicnil() {
	if nilPanics.Load() == nilPanicsUnknown {
		noteNilPanics(getenv("GODEBUG"))
	}
	if nilPanics.Load() == nilPanicsAreErrors {
		panic(new(PanicNilError))
	}
}

// godebugHas reports whether a setting is in GODEBUG, separated from others by commas.
func godebugHas(list, setting string) bool {
	for start, i := 0, 0; i <= len(list); i++ {
		if i == len(list) || list[i] == ',' {
			if list[start:i] == setting {
				return true
			}
			start = i + 1
		}
	}
	return false
}

//go:linkname godebug_setNewIncNonDefault internal/godebug.setNewIncNonDefault
func godebug_setNewIncNonDefault(f func(string) func()) {}

//go:linkname time_runtimeNow time.runtimeNow
func time_runtimeNow() (sec int64, nsec int32, mono int64) {
	sec, ns := walltime()
	if ns >= 1<<32 {
		// The clock of a bubble.
		return sec, int32(ns - 1<<32), 0
	}
	return sec, int32(ns), nanotime()
}

// Tests of package time read it: whether sleeps end within a millisecond of their moment.
var haveHighResSleep = true

//go:linkname time_now time.now
func time_now() (sec int64, nsec int32, mono int64) { return time_runtimeNow() }

// What crypto/internal/fips140 keeps of each goroutine: the indicator, and above it whether enforcement is bypassed.
const fipsBypassed = 1 << 8

func cryptostate() uint64
func setcryptostate(state uint64)

//go:linkname fips_getIndicator crypto/internal/fips140.getIndicator
func fips_getIndicator() uint8 { return uint8(cryptostate()) }

//go:linkname fips_setIndicator crypto/internal/fips140.setIndicator
func fips_setIndicator(i uint8) { setcryptostate(cryptostate()&^0xff | uint64(i)) }

//go:linkname fips_isBypassed crypto/fips140.isBypassed
func fips_isBypassed() bool { return cryptostate()&fipsBypassed != 0 }

//go:linkname fips_setBypass crypto/fips140.setBypass
func fips_setBypass() { setcryptostate(cryptostate() | fipsBypassed) }

//go:linkname fips_unsetBypass crypto/fips140.unsetBypass
func fips_unsetBypass() { setcryptostate(cryptostate() &^ fipsBypassed) }

// Only arm64 has a switch for timing that does not depend on data.

//go:linkname subtle_setDITEnabled crypto/subtle.setDITEnabled
func subtle_setDITEnabled() bool { return false }

//go:linkname subtle_setDITDisabled crypto/subtle.setDITDisabled
func subtle_setDITDisabled() {}

//go:linkname fips_fatal crypto/internal/fips140.fatal
func fips_fatal(s string) { fatal(s) }

//go:linkname sysrand_fatal crypto/internal/sysrand.fatal
func sysrand_fatal(s string) { fatal(s) }

//go:linkname rand_fatal crypto/rand.fatal
func rand_fatal(s string) { fatal(s) }
