package runtime

import (
	"internal/goarch"
	"internal/goos"
	"unsafe"
)

// Compiler is the name of the toolchain that std takes this one for.
const Compiler = "gc"

// GOOS and GOARCH name the target.
const (
	GOOS   string = goos.GOOS
	GOARCH string = goarch.GOARCH
)

// MemProfileRate is how many bytes are allocated for each sample of the memory profile.
var MemProfileRate int = 512 * 1024

// The build gives them their values.
var buildVersion, defaultGOROOT string

// Version is the version of Go that the standard library is of.
func Version() string { return buildVersion }

// GOROOT is the root of the Go tree.
func GOROOT() string {
	if root := getenv("GOROOT"); root != "" {
		return root
	}
	return defaultGOROOT
}

// NumCPU is the number of processors that this process may use.
func NumCPU() int { return ncpu() }

// NumGoroutine is the number of goroutines.
func NumGoroutine() int { return numgoroutine() }

// NumCgoCall is 0: there is no cgo.
func NumCgoCall() int64 { return 0 }

// GOMAXPROCS sets how many goroutines run at the same time, and returns the former number.
func GOMAXPROCS(n int) int { return gomaxprocs(n) }

// SetDefaultGOMAXPROCS goes back to what the system lets run, and follows it from then on.
func SetDefaultGOMAXPROCS() { defaultgomaxprocs() }

// Stack writes a traceback to buf.
func Stack(buf []byte, all bool) int {
	if len(buf) == 0 {
		return 0
	}
	return stacktrace(unsafe.Pointer(&buf[0]), len(buf), all)
}

// A call, as the archive tells it.
type rawFrame struct {
	name, file string
	line       int
	entry      uintptr
	wrapper    int
}

const framesPerPC = 32

// Calls that were inlined share the return address of the call that was not. The highest byte of an address that Callers
// stores says how many of them, innermost first, do not count; no address of code has that byte.
const innerShift = 56

// Callers stores return addresses of the calling goroutine, one for each call; skip 0 is Callers itself.
func Callers(skip int, pc []uintptr) int { return collect("runtime.Callers", skip, pc) }

// collect stores the return addresses from the skip-th call outside the function name on.
func collect(name string, skip int, pc []uintptr) int {
	if len(pc) == 0 {
		return 0
	}
	physical := make([]uintptr, len(pc)+skip+8)
	physical = physical[:callers(0, unsafe.Pointer(&physical[0]), len(physical))]
	var raw [framesPerPC]rawFrame
	n, passed := 0, false
	for _, p := range physical {
		for inner, f := range raw[:framesat(p, unsafe.Pointer(&raw), len(raw))] {
			if f.wrapper != 0 {
				continue
			}
			passed = passed || f.name == name
			switch {
			case !passed:
			case skip > 0:
				skip--
			default:
				pc[n] = p | uintptr(inner)<<innerShift
				n++
				if n == len(pc) {
					return n
				}
			}
		}
	}
	return n
}

// Frame is a call.
type Frame struct {
	PC       uintptr
	Func     *Func
	Function string
	File     string
	Line     int

	startLine int
	Entry     uintptr
}

// Frames are the calls at return addresses.
type Frames struct{ pcs []uintptr }

// CallersFrames prepares to tell the calls at addresses that Callers returned.
func CallersFrames(callers []uintptr) *Frames { return &Frames{callers} }

// Next returns the next call.
func (f *Frames) Next() (frame Frame, more bool) {
	for len(f.pcs) > 0 && frame.PC == 0 {
		frame = frameAt(f.pcs[0])
		f.pcs = f.pcs[1:]
	}
	return frame, len(f.pcs) > 0
}

// frameAt returns the call at a return address, or none.
func frameAt(pc uintptr) Frame {
	var raw [framesPerPC]rawFrame
	inner := int(pc >> innerShift)
	n := framesat(pc&(1<<innerShift-1), unsafe.Pointer(&raw), len(raw))
	if inner >= n {
		return Frame{}
	}
	r := raw[inner]
	frame := Frame{PC: pc - 1, Function: r.name, File: r.file, Line: r.line, Entry: raw[n-1].entry}
	if frame.File == "" {
		// A function of the archive. Readers of profiles take a call without place for one that is not resolved.
		frame.File, frame.Line = "runtime", 1
	}
	if inner == n-1 {
		frame.Func = &Func{r.name, r.entry}
	}
	return frame
}

// Caller tells about a call on the calling goroutine's stack.
func Caller(skip int) (pc uintptr, file string, line int, ok bool) {
	var pcs [1]uintptr
	if collect("runtime.Caller", skip+1, pcs[:]) == 0 {
		return
	}
	frame := frameAt(pcs[0])
	return frame.PC, frame.File, frame.Line, frame.PC != 0
}

// Func is a function of the program.
type Func struct {
	name  string
	entry uintptr
}

// FuncForPC returns the function that contains an address: the innermost one, with the entry of the one that was not
// inlined.
func FuncForPC(pc uintptr) *Func {
	var raw rawFrame
	if !functionat(pc&(1<<innerShift-1), unsafe.Pointer(&raw)) {
		return nil
	}
	if frame := frameAt(pc + 1); pc != raw.entry && frame.PC != 0 {
		return &Func{frame.Function, raw.entry}
	}
	return &Func{raw.name, raw.entry}
}

// Name is the function's name.
func (f *Func) Name() string {
	if f == nil {
		return ""
	}
	return f.name
}

// Entry is the function's address.
func (f *Func) Entry() uintptr { return f.entry }

// FileLine tells the position of an address.
func (f *Func) FileLine(pc uintptr) (file string, line int) {
	frame := frameAt(pc + 1)
	if frame.PC == 0 {
		return "?", 0
	}
	return frame.File, frame.Line
}

// LockOSThread ties the goroutine to its thread until UnlockOSThread was called as often. A goroutine that ends before takes its
// thread with it.
func LockOSThread()

// UnlockOSThread undoes LockOSThread.
func UnlockOSThread()

// Breakpoint does nothing outside a debugger.
func Breakpoint() {}

// Pinner keeps objects where they are, which all do.
type Pinner struct{ refs []any }

// Pin keeps an object alive.
func (p *Pinner) Pin(pointer any) { p.refs = append(p.refs, pointer) }

// Unpin lets all go.
func (p *Pinner) Unpin() { p.refs = nil }
