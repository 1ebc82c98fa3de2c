// Package runtime is the Go face of rigo's runtime.
//
// The runtime itself - goroutines, channels, memory, panics - is the archive that every image is linked
// with. Here stands what has to be Go: values that implement error, functions that return slices and strings,
// and the exported interface. A function without a body is an entry of the archive under its link name
// (abi::entry); a body under the name of an entry replaces it.
package runtime

import (
	"internal/goarch"
	"internal/goos"
	"unsafe"
)

// Compiler is the compiler toolchain as build constraints know it: rigo selects files as gc does.
const Compiler = "gc"

// GOOS is the running program's operating system target.
const GOOS string = goos.GOOS

// GOARCH is the running program's architecture target.
const GOARCH string = goarch.GOARCH

// Filled by the linker.
var (
	buildVersion   = "go1.26"
	defaultGOROOT  string
	godebugDefault string
	modinfo        string
)

// Version returns the version of Go whose standard library the program was built with.
func Version() string { return buildVersion }

// GOROOT returns the root of the Go tree, as the environment or else the build says.
func GOROOT() string {
	if s := getenv("GOROOT"); s != "" {
		return s
	}
	return defaultGOROOT
}

// Entries of the archive.

func nanotime() int64
func walltime() (sec int64, nsec int64)
func rand() uint64
func randn(n uint32) uint32
func gomaxprocs(n int) int
func ncpu() int
func numgoroutine() int
func goid() uint64
func sysarg(i int) *byte
func sysenv(i int) *byte
func writeErr(p *byte, n int)
func throw(s string)
func fatal(s string)
func exit(code int)
func memmove(dst, src unsafe.Pointer, n uintptr)
func memclrNoHeapPointers(p unsafe.Pointer, n uintptr)
func memequal(p, q unsafe.Pointer, n uintptr) bool

// GC runs a collection and waits for it.
func GC()

// Gosched lets other goroutines run.
func Gosched()

// Goexit ends the goroutine that calls it, after its deferred calls.
func Goexit()

// GOMAXPROCS sets how many goroutines run at once, if n is positive, and returns the former number.
func GOMAXPROCS(n int) int { return gomaxprocs(n) }

// SetDefaultGOMAXPROCS sets GOMAXPROCS to the number of processors.
func SetDefaultGOMAXPROCS() { gomaxprocs(ncpu()) }

// NumCPU returns how many processors the program may use.
func NumCPU() int { return ncpu() }

// NumCgoCall returns 0: there is no cgo.
func NumCgoCall() int64 { return 0 }

// NumGoroutine returns how many goroutines there are.
func NumGoroutine() int { return numgoroutine() }

// KeepAlive keeps x reachable until this call.
//
//go:noinline
func KeepAlive(x any) { keptAlive(x) }

//go:noinline
func keptAlive(x any) {}

// Breakpoint does nothing: debuggers set their own.
func Breakpoint() {}

func add(p unsafe.Pointer, n uintptr) unsafe.Pointer { return unsafe.Pointer(uintptr(p) + n) }

// gostring copies a C string.
func gostring(p *byte) string {
	if p == nil {
		return ""
	}
	n := 0
	for *(*byte)(add(unsafe.Pointer(p), uintptr(n))) != 0 {
		n++
	}
	return string(unsafe.Slice(p, n))
}

func stringsOf(get func(int) *byte) []string {
	n := 0
	for get(n) != nil {
		n++
	}
	list := make([]string, n)
	for i := range list {
		list[i] = gostring(get(i))
	}
	return list
}

func getenv(name string) string {
	for i := 0; ; i++ {
		p := sysenv(i)
		if p == nil {
			return ""
		}
		s := gostring(p)
		if len(s) > len(name) && s[len(name)] == '=' && s[:len(name)] == name {
			return s[len(name)+1:]
		}
	}
}

func itoa(n int64) string {
	if n < 0 {
		return "-" + utoa(uint64(-n))
	}
	return utoa(uint64(n))
}

func utoa(n uint64) string {
	var buf [20]byte
	i := len(buf)
	for {
		i--
		buf[i] = byte('0' + n%10)
		n /= 10
		if n == 0 {
			return string(buf[i:])
		}
	}
}
