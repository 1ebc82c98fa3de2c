package runtime

import (
	"internal/abi"
	"unsafe"
)

// Error is what the runtime panics with.
type Error interface {
	error
	RuntimeError()
}

// TypeAssertionError says why a type assertion failed.
type TypeAssertionError struct {
	static, dynamic, want *abi.Type
	method                string
}

func (*TypeAssertionError) RuntimeError() {}

func (e *TypeAssertionError) Error() string {
	static := "interface"
	if e.static != nil {
		static = typeString(e.static)
	}
	want := typeString(e.want)
	if e.dynamic == nil {
		return "interface conversion: " + static + " is nil, not " + want
	}
	dynamic := typeString(e.dynamic)
	if e.method != "" {
		return "interface conversion: " + dynamic + " is not " + want + ": missing method " + e.method
	}
	text := "interface conversion: " + static + " is " + dynamic + ", not " + want
	if dynamic == want {
		if pkgPath(e.dynamic) != pkgPath(e.want) {
			return text + " (types from different packages)"
		}
		return text + " (types from different scopes)"
	}
	return text
}

func pkgPath(t *abi.Type) string {
	if u := t.Uncommon(); u != nil {
		return nameAt(resolveTypes(int32(u.PkgPath)))
	}
	switch t.Kind() {
	case abi.Struct:
		return nameAt(unsafe.Pointer((*abi.StructType)(unsafe.Pointer(t)).PkgPath.Bytes))
	case abi.Interface:
		return nameAt(unsafe.Pointer((*abi.InterfaceType)(unsafe.Pointer(t)).PkgPath.Bytes))
	}
	return ""
}

func nameAt(p unsafe.Pointer) string {
	if p == nil {
		return ""
	}
	return abi.Name{Bytes: (*byte)(p)}.Name()
}

// errorString is a text without address.
type errorString string

func (errorString) RuntimeError() {}

func (e errorString) Error() string { return "runtime error: " + string(e) }

// plainError is an error without the words "runtime error".
type plainError string

func (plainError) RuntimeError() {}

func (e plainError) Error() string { return string(e) }

// addressError is a fault at an address.
type addressError struct {
	text string
	addr uintptr
}

func (addressError) RuntimeError() {}

func (e addressError) Error() string { return "runtime error: " + e.text }

// Addr is the address of the fault.
func (e addressError) Addr() uintptr { return e.addr }

// PanicNilError is what panic(nil) panics with.
type PanicNilError struct {
	_ [0]func() // not comparable
}

func (*PanicNilError) Error() string {
	return "panic called with nil argument"
}

func (*PanicNilError) RuntimeError() {}

var (
	divideError   = error(errorString("integer divide by zero"))
	overflowError = error(errorString("integer overflow"))
	shiftError    = error(errorString("negative shift amount"))
	memoryError   = error(errorString("invalid memory address or nil pointer dereference"))
)

//go:linkname mapsErrNilAssign internal/runtime/maps.errNilAssign
var mapsErrNilAssign error = plainError("assignment to entry in nil map")

// boundsError is a failed check of an index or bound.
type boundsError struct {
	x      int64
	y      int
	signed bool
	form   uint8
}

const (
	formIndex = iota
	formSliceAlen
	formSliceAcap
	formSliceB
	formSlice3Alen
	formSlice3Acap
	formSlice3B
	formSlice3C
	formConvert
)

// The texts; % is the first number, $ the second.
var boundsTexts = [...]string{
	formIndex:      "index out of range [%] with length $",
	formSliceAlen:  "slice bounds out of range [:%] with length $",
	formSliceAcap:  "slice bounds out of range [:%] with capacity $",
	formSliceB:     "slice bounds out of range [%:$]",
	formSlice3Alen: "slice bounds out of range [::%] with length $",
	formSlice3Acap: "slice bounds out of range [::%] with capacity $",
	formSlice3B:    "slice bounds out of range [:%:$]",
	formSlice3C:    "slice bounds out of range [%:$:]",
	formConvert:    "cannot convert slice with length % to array or pointer to array with length $",
}

// The texts for a negative first number.
var negativeTexts = [...]string{
	formIndex:      "index out of range [%]",
	formSliceAlen:  "slice bounds out of range [:%]",
	formSliceAcap:  "slice bounds out of range [:%]",
	formSliceB:     "slice bounds out of range [%:]",
	formSlice3Alen: "slice bounds out of range [::%]",
	formSlice3Acap: "slice bounds out of range [::%]",
	formSlice3B:    "slice bounds out of range [:%:]",
	formSlice3C:    "slice bounds out of range [%::]",
	formConvert:    "cannot convert slice with length % to array or pointer to array with length $",
}

func (boundsError) RuntimeError() {}

func (e boundsError) Error() string {
	text := boundsTexts[e.form]
	if e.signed && e.x < 0 {
		text = negativeTexts[e.form]
	}
	b := []byte("runtime error: ")
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '%':
			b = appendNumber(b, e.x, e.signed)
		case '$':
			b = appendNumber(b, int64(e.y), true)
		default:
			b = append(b, text[i])
		}
	}
	return string(b)
}

func appendNumber(b []byte, n int64, signed bool) []byte {
	u := uint64(n)
	if signed && n < 0 {
		b = append(b, '-')
		u = -u
	}
	var digits [20]byte
	at := len(digits)
	for {
		at--
		digits[at] = byte('0' + u%10)
		u /= 10
		if u == 0 {
			return append(b, digits[at:]...)
		}
	}
}

func itoa(n int) string { return string(appendNumber(nil, int64(n), true)) }

func panicBounds(x int64, signed bool, y int, form uint8) {
	panic(boundsError{x, y, signed, form})
}

func panicIndex(x int, y int)        { panicBounds(int64(x), true, y, formIndex) }
func panicIndexU(x uint, y int)      { panicBounds(int64(x), false, y, formIndex) }
func panicSliceAlen(x int, y int)    { panicBounds(int64(x), true, y, formSliceAlen) }
func panicSliceAlenU(x uint, y int)  { panicBounds(int64(x), false, y, formSliceAlen) }
func panicSliceAcap(x int, y int)    { panicBounds(int64(x), true, y, formSliceAcap) }
func panicSliceAcapU(x uint, y int)  { panicBounds(int64(x), false, y, formSliceAcap) }
func panicSliceB(x int, y int)       { panicBounds(int64(x), true, y, formSliceB) }
func panicSliceBU(x uint, y int)     { panicBounds(int64(x), false, y, formSliceB) }
func panicSlice3Alen(x int, y int)   { panicBounds(int64(x), true, y, formSlice3Alen) }
func panicSlice3AlenU(x uint, y int) { panicBounds(int64(x), false, y, formSlice3Alen) }
func panicSlice3Acap(x int, y int)   { panicBounds(int64(x), true, y, formSlice3Acap) }
func panicSlice3AcapU(x uint, y int) { panicBounds(int64(x), false, y, formSlice3Acap) }
func panicSlice3B(x int, y int)      { panicBounds(int64(x), true, y, formSlice3B) }
func panicSlice3BU(x uint, y int)    { panicBounds(int64(x), false, y, formSlice3B) }
func panicSlice3C(x int, y int)      { panicBounds(int64(x), true, y, formSlice3C) }
func panicSlice3CU(x uint, y int)    { panicBounds(int64(x), false, y, formSlice3C) }
func panicSliceConvert(x int, y int) { panicBounds(int64(x), true, y, formConvert) }

func panicdivide()             { panic(divideError) }
func panicshift()              { panic(shiftError) }
func panicmem()                { panic(memoryError) }
func panicmakeslicelen()       { panic(errorString("makeslice: len out of range")) }
func panicmakeslicecap()       { panic(errorString("makeslice: cap out of range")) }
func panicunsafeslicelen()     { panic(errorString("unsafe.Slice: len out of range")) }
func panicunsafeslicenilptr()  { panic(errorString("unsafe.Slice: ptr is nil and len is not zero")) }
func panicunsafestringlen()    { panic(errorString("unsafe.String: len out of range")) }
func panicunsafestringnilptr() { panic(errorString("unsafe.String: ptr is nil and len is not zero")) }
func panicuncomparable(t *abi.Type) {
	panic(errorString("comparing uncomparable type " + typeString(t)))
}

// panicwrap says that a wrapper found no value to call a method of.
func panicwrap(text string) { panic(plainError(text)) }

// What entries of the archive panic with, by abi::entry::PanicCode.
var entryErrors = [...]error{
	plainError("send on closed channel"),
	plainError("close of closed channel"),
	plainError("close of nil channel"),
	plainError("makechan: size out of range"),
	errorString("makeslice: len out of range"),
	errorString("makeslice: cap out of range"),
	errorString("growslice: len out of range"),
	errorString("makeslice: len out of range"),
	errorString("string concatenation too long"),
}

func panicentry(code, x, y uint) { panic(entryErrors[code]) }

func panicdottypeE(have, want, iface *abi.Type) {
	panic(&TypeAssertionError{iface, have, want, ""})
}

func panicdottypeI(have, want, iface *abi.Type) {
	if have == nil {
		panic(&TypeAssertionError{nil, nil, want, ""})
	}
	panic(&TypeAssertionError{nil, have, want, missingMethod(have, (*abi.InterfaceType)(unsafe.Pointer(want)))})
}

// missingMethod names the first method of the interface that the type has not.
func missingMethod(t *abi.Type, inter *abi.InterfaceType) string {
	for _, want := range inter.Methods {
		name := nameAt(resolveTypes(int32(want.Name)))
		if !hasMethod(t, name, int32(want.Typ)) {
			return name
		}
	}
	return ""
}

func hasMethod(t *abi.Type, name string, typ int32) bool {
	u := t.Uncommon()
	if u == nil {
		return false
	}
	for _, m := range u.Methods() {
		if int32(m.Mtyp) == typ && nameAt(resolveTypes(int32(m.Name))) == name {
			return true
		}
	}
	return false
}

// What faultinfo answers.
const (
	faultNil = iota
	faultAddress
	faultDivide
	faultFloat
)

// sigpanic is called where a fault happened that can be recovered; faultinfo ends the program if it is another.
func sigpanic() {
	switch kind, addr := faultinfo(); kind {
	case faultDivide:
		panic(divideError)
	case faultFloat:
		panic(errorString("floating point error"))
	case faultAddress:
		panic(addressError{"invalid memory address or nil pointer dereference", addr})
	default:
		panic(memoryError)
	}
}

// panicrangestate ends a range over a function that breaks the rules; the states are those of internal/abi.
func panicrangestate(state int) {
	switch abi.RF_State(state) {
	case abi.RF_DONE:
		panic(errorString("range function continued iteration after function for loop body returned false"))
	case abi.RF_PANIC:
		panic(errorString("range function continued iteration after loop body panic"))
	case abi.RF_EXHAUSTED:
		panic(errorString("range function continued iteration after whole loop exit"))
	case abi.RF_MISSING_PANIC:
		panic(errorString("range function recovered a loop body panic and did not resume panicking"))
	}
	throw("unexpected state of a range function")
}
