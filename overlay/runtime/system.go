package runtime

import (
	"internal/runtime/syscall/linux"
	"unsafe"
)

//go:linkname os_runtime_args os.runtime_args
func os_runtime_args() []string { return stringsOf(sysarg) }

//go:linkname syscall_runtime_envs syscall.runtime_envs
func syscall_runtime_envs() []string { return stringsOf(sysenv) }

//go:linkname os_beforeExit os.runtime_beforeExit
func os_beforeExit(code int) {}

//go:linkname os_sigpipe os.sigpipe
func os_sigpipe() { exit(2) }

//go:linkname ignoreSIGSYS os.ignoreSIGSYS
func ignoreSIGSYS() {}

//go:linkname restoreSIGSYS os.restoreSIGSYS
func restoreSIGSYS() {}

//go:linkname syscall_runtimeSetenv syscall.runtimeSetenv
func syscall_runtimeSetenv(key, value string) {
	if key == "GODEBUG" {
		godebugEnv = value
		godebugNotify()
	}
}

//go:linkname syscall_runtimeUnsetenv syscall.runtimeUnsetenv
func syscall_runtimeUnsetenv(key string) { syscall_runtimeSetenv(key, "") }

//go:linkname syscall_runtimeClearenv syscall.runtimeClearenv
func syscall_runtimeClearenv(env map[string]int) { syscall_runtimeSetenv("GODEBUG", "") }

const (
	sysWrite = 1
	sysFcntl = 72
)

func write(fd uintptr, p unsafe.Pointer, n int32) int32 {
	r, _, errno := linux.Syscall6(sysWrite, fd, uintptr(p), uintptr(n), 0, 0, 0)
	if errno != 0 {
		return -int32(errno)
	}
	return int32(r)
}

func fcntl(fd, cmd, arg int32) (ret int32, errno int32) {
	r, _, err := linux.Syscall6(sysFcntl, uintptr(fd), uintptr(cmd), uintptr(arg), 0, 0, 0)
	if err != 0 {
		return -1, int32(err)
	}
	return int32(r), 0
}

func getAuxv() []uintptr { return nil }

func vgetrandom(p []byte, flags uint32) (ret int, supported bool) { return -1, false }

//go:linkname time_runtimeNow time.runtimeNow
func time_runtimeNow() (sec int64, nsec int32, mono int64) {
	s, ns := walltime()
	return s, int32(ns), nanotime()
}

//go:linkname time_now time.now
func time_now() (sec int64, nsec int32, mono int64) { return time_runtimeNow() }

//go:linkname time_runtimeIsBubbled time.runtimeIsBubbled
func time_runtimeIsBubbled() bool { return false }

// Settings of GODEBUG: package internal/godebug keeps them and is told when they change.

var (
	godebugUpdate func(string, string)
	godebugEnv    string
)

func godebugNotify() {
	if godebugUpdate != nil {
		godebugUpdate(godebugDefault, godebugEnv)
	}
}

//go:linkname godebug_setUpdate internal/godebug.setUpdate
func godebug_setUpdate(update func(string, string)) {
	godebugUpdate = update
	godebugEnv = getenv("GODEBUG")
	godebugNotify()
}

//go:linkname godebug_registerMetric internal/godebug.registerMetric
func godebug_registerMetric(name string, read func() uint64) {}

//go:linkname godebug_setNewIncNonDefault internal/godebug.setNewIncNonDefault
func godebug_setNewIncNonDefault(newIncNonDefault func(string) func()) {}

// Testing bubbles do not exist: nothing is ever in one.

//go:linkname synctest_isInBubble internal/synctest.IsInBubble
func synctest_isInBubble() bool { return false }

//go:linkname synctest_associate internal/synctest.associate
func synctest_associate(p unsafe.Pointer) int { return 0 }

//go:linkname synctest_disassociate internal/synctest.disassociate
func synctest_disassociate(b unsafe.Pointer) {}

//go:linkname synctest_isAssociated internal/synctest.isAssociated
func synctest_isAssociated(p unsafe.Pointer) bool { return false }

//go:linkname synctestRun internal/synctest.Run
func synctestRun(f func()) { throw("testing/synctest is not supported") }

//go:linkname synctestWait internal/synctest.Wait
func synctestWait() { throw("testing/synctest is not supported") }

//go:linkname synctest_acquire internal/synctest.acquire
func synctest_acquire() any { return nil }

//go:linkname synctest_release internal/synctest.release
func synctest_release(bubble any) {}

//go:linkname synctest_inBubble internal/synctest.inBubble
func synctest_inBubble(bubble any, f func()) { f() }

// FIPS 140 mode.

var fipsIndicators uint8

//go:linkname fips_getIndicator crypto/internal/fips140.getIndicator
func fips_getIndicator() uint8 { return fipsIndicators }

//go:linkname fips_setIndicator crypto/internal/fips140.setIndicator
func fips_setIndicator(i uint8) { fipsIndicators = i }

//go:linkname fips_fatal crypto/internal/fips140.fatal
func fips_fatal(s string) { fatal(s) }

//go:linkname sysrand_fatal crypto/internal/sysrand.fatal
func sysrand_fatal(s string) { fatal(s) }

//go:linkname rand_fatal crypto/rand.fatal
func rand_fatal(s string) { fatal(s) }

//go:linkname fips140_isBypassed crypto/fips140.isBypassed
func fips140_isBypassed() bool { return false }

//go:linkname fips140_setBypass crypto/fips140.setBypass
func fips140_setBypass() {}

//go:linkname fips140_unsetBypass crypto/fips140.unsetBypass
func fips140_unsetBypass() {}

//go:linkname sync_runtime_registerPoolCleanup sync.runtime_registerPoolCleanup
func sync_runtime_registerPoolCleanup(cleanup func()) {
	// Pools keep what they have: the collector does not call Go with the world stopped.
}
