package runtime

import "unsafe"

// A rawFrame is a call as the archive describes it.
type rawFrame struct {
	name, file string
	line       uintptr
	entry      uintptr // 0 for an inlined call
	isWrapper  uintptr
}

func callers(skip int, buf *uintptr, n int) int
func framesat(pc uintptr, buf *rawFrame, n int) int
func functionat(pc uintptr, buf *rawFrame) bool
func stacktrace(buf *byte, n int, all bool) int

// Caller reports where the function that calls it, or one that skip frames above it, is.
func Caller(skip int) (pc uintptr, file string, line int, ok bool) {
	var pcs [1]uintptr
	if Callers(skip+2, pcs[:]) < 1 {
		return
	}
	frame, _ := CallersFrames(pcs[:]).Next()
	return frame.PC, frame.File, frame.Line, frame.PC != 0
}

// Callers fills pc with the return addresses of calls; 0 is Callers itself, 1 its caller.
func Callers(skip int, pc []uintptr) int {
	if len(pc) == 0 {
		return 0
	}
	// The archive counts from this function.
	return callers(skip, &pc[0], len(pc))
}

// Stack writes a traceback of this goroutine, or of all, and returns its length.
func Stack(buf []byte, all bool) int {
	if len(buf) == 0 {
		return 0
	}
	return stacktrace(&buf[0], len(buf), all)
}

// Frames walks calls by their return addresses.
type Frames struct {
	callers []uintptr
	pending []Frame
}

// A Frame is one call, physical or inlined.
type Frame struct {
	PC       uintptr
	Func     *Func
	Function string
	File     string
	Line     int
	Entry    uintptr

	startLine int
}

// CallersFrames takes what [Callers] returned.
func CallersFrames(callers []uintptr) *Frames { return &Frames{callers: callers} }

// Next returns the next call and whether more follow.
func (f *Frames) Next() (frame Frame, more bool) {
	for len(f.pending) == 0 && len(f.callers) > 0 {
		pc := f.callers[0]
		f.callers = f.callers[1:]
		var raw [32]rawFrame
		n := framesat(pc, &raw[0], len(raw))
		for _, r := range raw[:n] {
			if r.isWrapper != 0 {
				continue
			}
			frame := Frame{PC: pc - 1, Function: r.name, File: r.file, Line: int(r.line), Entry: r.entry}
			if r.entry != 0 {
				frame.Func = FuncForPC(r.entry)
				frame.startLine = frame.Func.line
			}
			f.pending = append(f.pending, frame)
		}
	}
	if len(f.pending) == 0 {
		return Frame{}, false
	}
	frame, f.pending = f.pending[0], f.pending[1:]
	return frame, len(f.pending) > 0 || len(f.callers) > 0
}

// A Func is a function of the program.
type Func struct {
	name  string
	file  string
	line  int
	entry uintptr
}

// FuncForPC returns the function that holds an address, or nil.
func FuncForPC(pc uintptr) *Func {
	var raw rawFrame
	if !functionat(pc, &raw) {
		return nil
	}
	return &Func{raw.name, raw.file, int(raw.line), raw.entry}
}

// Name returns the function's name.
func (f *Func) Name() string {
	if f == nil {
		return ""
	}
	return f.name
}

// Entry returns the function's address.
func (f *Func) Entry() uintptr { return f.entry }

// FileLine returns where the instruction at pc comes from.
func (f *Func) FileLine(pc uintptr) (file string, line int) {
	var raw [32]rawFrame
	n := framesat(pc+1, &raw[0], len(raw))
	if n == 0 {
		return f.file, f.line
	}
	return raw[n-1].file, int(raw[n-1].line)
}

//go:linkname runtime_FrameStartLine runtime/pprof.runtime_FrameStartLine
func runtime_FrameStartLine(f *Frame) int { return f.startLine }

//go:linkname runtime_FrameSymbolName runtime/pprof.runtime_FrameSymbolName
func runtime_FrameSymbolName(f *Frame) string { return f.Function }

//go:linkname runtime_expandFinalInlineFrame runtime/pprof.runtime_expandFinalInlineFrame
func runtime_expandFinalInlineFrame(stk []uintptr) []uintptr { return stk }

var _ = unsafe.Sizeof(rawFrame{})
