package runtime

import (
	"internal/abi"
	"unsafe"
)

// An Error is what a failed check of the language panics with.
type Error interface {
	error

	// RuntimeError does nothing; it tells these errors from others.
	RuntimeError()
}

// A TypeAssertionError explains a failed type assertion.
type TypeAssertionError struct {
	inter, have, want *abi.Type
	missing           string // a method of want that have lacks
}

// RuntimeError makes it an [Error].
func (*TypeAssertionError) RuntimeError() {}

// Error says what was asserted of what.
func (e *TypeAssertionError) Error() string {
	inter := "interface"
	if e.inter != nil {
		inter = typeString(e.inter)
	}
	want := typeString(e.want)
	if e.have == nil {
		return "interface conversion: " + inter + " is nil, not " + want
	}
	have := typeString(e.have)
	if e.missing != "" {
		return "interface conversion: " + have + " is not " + want + ": missing method " + e.missing
	}
	msg := "interface conversion: " + inter + " is " + have + ", not " + want
	if have == want {
		if pkgPath(e.have) != pkgPath(e.want) {
			msg += " (types from different packages)"
		} else {
			msg += " (types from different scopes)"
		}
	}
	return msg
}

// A PanicNilError is what panic(nil) panics with.
type PanicNilError struct {
	_ [0]func() // not comparable
}

func (*PanicNilError) Error() string {
	return "panic called with nil argument (use GODEBUG=panicnil=1 to disable)"
}

// RuntimeError makes it an [Error].
func (*PanicNilError) RuntimeError() {}

// An errorString is an Error with a text of its own.
type errorString string

func (e errorString) RuntimeError() {}
func (e errorString) Error() string { return "runtime error: " + string(e) }

// A plainError is an Error whose text has no prefix.
type plainError string

func (e plainError) RuntimeError() {}
func (e plainError) Error() string { return string(e) }

// An addrError is a fault at an address that is not nil.
type addrError struct {
	msg  string
	addr uintptr
}

func (e addrError) RuntimeError() {}
func (e addrError) Error() string { return "runtime error: " + e.msg }

// Addr returns the address that was not there.
func (e addrError) Addr() uintptr { return e.addr }

// A boundsError is an index or bound out of range.
type boundsError struct {
	x      int64
	y      int
	signed bool // x is signed
	check  check
}

type check uint8

const (
	checkIndex check = iota
	checkSliceAlen
	checkSliceAcap
	checkSliceB
	checkSlice3Alen
	checkSlice3Acap
	checkSlice3B
	checkSlice3C
	checkConvert
)

// What failed; x and y stand for the numbers. The second text is for a negative x.
var checkTexts = [...][2]string{
	checkIndex:      {"index out of range [x] with length y", "index out of range [x]"},
	checkSliceAlen:  {"slice bounds out of range [:x] with length y", "slice bounds out of range [:x]"},
	checkSliceAcap:  {"slice bounds out of range [:x] with capacity y", "slice bounds out of range [:x]"},
	checkSliceB:     {"slice bounds out of range [x:y]", "slice bounds out of range [x:]"},
	checkSlice3Alen: {"slice bounds out of range [::x] with length y", "slice bounds out of range [::x]"},
	checkSlice3Acap: {"slice bounds out of range [::x] with capacity y", "slice bounds out of range [::x]"},
	checkSlice3B:    {"slice bounds out of range [:x:y]", "slice bounds out of range [:x:]"},
	checkSlice3C:    {"slice bounds out of range [x:y:]", "slice bounds out of range [x::]"},
	checkConvert: {"cannot convert slice with length x to array or pointer to array with length y",
		"cannot convert slice with length x to array or pointer to array with length y"},
}

func (e boundsError) RuntimeError() {}

func (e boundsError) Error() string {
	text := checkTexts[e.check][0]
	x := utoa(uint64(e.x))
	if e.signed && e.x < 0 {
		text = checkTexts[e.check][1]
		x = itoa(e.x)
	}
	// The placeholders stand alone between brackets, colons, blanks and the ends.
	msg := "runtime error: "
	start := 0
	for i := 0; i < len(text); i++ {
		if text[i] != 'x' && text[i] != 'y' || i > 0 && isLetter(text[i-1]) || i+1 < len(text) && isLetter(text[i+1]) {
			continue
		}
		msg += text[start:i]
		if text[i] == 'x' {
			msg += x
		} else {
			msg += itoa(int64(e.y))
		}
		start = i + 1
	}
	return msg + text[start:]
}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' }

func panicIndex(x int, y int)        { panic(boundsError{int64(x), y, true, checkIndex}) }
func panicIndexU(x uint, y int)      { panic(boundsError{int64(x), y, false, checkIndex}) }
func panicSliceAlen(x int, y int)    { panic(boundsError{int64(x), y, true, checkSliceAlen}) }
func panicSliceAlenU(x uint, y int)  { panic(boundsError{int64(x), y, false, checkSliceAlen}) }
func panicSliceAcap(x int, y int)    { panic(boundsError{int64(x), y, true, checkSliceAcap}) }
func panicSliceAcapU(x uint, y int)  { panic(boundsError{int64(x), y, false, checkSliceAcap}) }
func panicSliceB(x int, y int)       { panic(boundsError{int64(x), y, true, checkSliceB}) }
func panicSliceBU(x uint, y int)     { panic(boundsError{int64(x), y, false, checkSliceB}) }
func panicSlice3Alen(x int, y int)   { panic(boundsError{int64(x), y, true, checkSlice3Alen}) }
func panicSlice3AlenU(x uint, y int) { panic(boundsError{int64(x), y, false, checkSlice3Alen}) }
func panicSlice3Acap(x int, y int)   { panic(boundsError{int64(x), y, true, checkSlice3Acap}) }
func panicSlice3AcapU(x uint, y int) { panic(boundsError{int64(x), y, false, checkSlice3Acap}) }
func panicSlice3B(x int, y int)      { panic(boundsError{int64(x), y, true, checkSlice3B}) }
func panicSlice3BU(x uint, y int)    { panic(boundsError{int64(x), y, false, checkSlice3B}) }
func panicSlice3C(x int, y int)      { panic(boundsError{int64(x), y, true, checkSlice3C}) }
func panicSlice3CU(x uint, y int)    { panic(boundsError{int64(x), y, false, checkSlice3C}) }
func panicSliceConvert(x int, y int) { panic(boundsError{int64(x), y, true, checkConvert}) }

var (
	divideError   = error(errorString("integer divide by zero"))
	overflowError = error(errorString("integer overflow"))
	shiftError    = error(errorString("negative shift amount"))
	memoryError   = error(errorString("invalid memory address or nil pointer dereference"))
)

func panicdivide()             { panic(divideError) }
func panicshift()              { panic(shiftError) }
func panicmem()                { panic(memoryError) }
func panicmakeslicelen()       { panic(errorString("makeslice: len out of range")) }
func panicmakeslicecap()       { panic(errorString("makeslice: cap out of range")) }
func panicunsafeslicelen()     { panic(errorString("unsafe.Slice: len out of range")) }
func panicunsafeslicenilptr()  { panic(errorString("unsafe.Slice: ptr is nil and len is not zero")) }
func panicunsafestringlen()    { panic(errorString("unsafe.String: len out of range")) }
func panicunsafestringnilptr() { panic(errorString("unsafe.String: ptr is nil and len is not zero")) }
func panicnil()                { panic(new(PanicNilError)) }
func panicuncomparable(t *abi.Type) {
	panic(errorString("comparing uncomparable type " + typeString(t)))
}

func panicdottypeE(have, want, inter *abi.Type) {
	panic(&TypeAssertionError{inter, have, want, ""})
}

func panicdottypeI(have, want, inter *abi.Type) {
	missing := ""
	if have != nil {
		missing = missingMethod(want, have)
	}
	panic(&TypeAssertionError{nil, have, want, missing})
}

// panicentry is called by an entry of the archive that must panic; the codes are abi's PanicCode.
func panicentry(code uint64, x, y uintptr) {
	switch code {
	case 0:
		panic(plainError("send on closed channel"))
	case 1:
		panic(plainError("close of closed channel"))
	case 2:
		panic(plainError("close of nil channel"))
	case 3:
		panic(plainError("makechan: size out of range"))
	case 4, 7:
		panicmakeslicelen()
	case 5:
		panicmakeslicecap()
	case 6:
		panic(errorString("growslice: len out of range"))
	}
	throw("string concatenation too long")
}

func faultinfo() (kind uint64, addr uintptr)

// sigpanic is called from where compiled Go faulted.
func sigpanic() {
	kind, addr := faultinfo()
	switch {
	case kind == faultArithmetic:
		panicdivide()
	case addr < 0x1000:
		panicmem()
	case panicOnFault:
		panic(addrError{"invalid memory address or nil pointer dereference", addr})
	}
	print("unexpected fault address ", addr, "\n")
	throw("fault")
}

const faultArithmetic = 3

var panicOnFault bool

// Entries of the archive about types.

func typeString(t *abi.Type) string
func typeAssertItab(inter *abi.InterfaceType, t *abi.Type) *abi.ITab
func missingMethodName(inter, t *abi.Type) string
func typePkgPath(t *abi.Type) string

func missingMethod(inter, t *abi.Type) string { return missingMethodName(inter, t) }
func pkgPath(t *abi.Type) string              { return typePkgPath(t) }

// The texts of panics are asked of their values by the archive; this keeps the methods in the image.
func textOf(v any) string {
	switch v := v.(type) {
	case error:
		return v.Error()
	case interface{ String() string }:
		return v.String()
	}
	return ""
}

var textOfAny func(any) string

func init() {
	textOfAny = textOf
}

type eface struct {
	typ  *abi.Type
	data unsafe.Pointer
}

func efaceOf(p *any) *eface { return (*eface)(unsafe.Pointer(p)) }
