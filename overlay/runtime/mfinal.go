package runtime

import (
	"internal/abi"
	"internal/goarch"
	"internal/runtime/atomic"
	"unsafe"
)

func objectbase(p unsafe.Pointer) (base unsafe.Pointer, size uintptr)
func isstatic(p unsafe.Pointer) bool
func addfinalizer(p, fn unsafe.Pointer, ptrType, fnType *abi.Type) bool
func removefinalizer(p unsafe.Pointer)
func nextspecial(cleanups bool, call *specialCall)

// specialCall is a finalizer or cleanup that is to be called; the archive fills it.
type specialCall struct {
	fn, obj         unsafe.Pointer
	ptrType, fnType *abi.Type
}

// Whether the goroutine that calls finalizers was started.
var finalizersStarted atomic.Uint32

// SetFinalizer has finalizer(obj) called some time after obj has become unreachable; nil takes it back.
func SetFinalizer(obj any, finalizer any) {
	e := efaceOf(&obj)
	ptrType := e.typ
	if ptrType == nil {
		throw("runtime.SetFinalizer: first argument is nil")
	}
	if ptrType.Kind() != abi.Pointer {
		throw("runtime.SetFinalizer: first argument is " + typeString(ptrType) + ", not pointer")
	}
	elem := (*abi.PtrType)(unsafe.Pointer(ptrType)).Elem
	if elem == nil {
		throw("nil elem type!")
	}
	base, _ := objectbase(e.data)
	if base == nil {
		if isstatic(e.data) {
			return
		}
		throw("runtime.SetFinalizer: pointer not in allocated block")
	}
	// gc puts several tiny objects without pointers into one block and accepts any of them.
	if e.data != base && (elem.Pointers() || elem.Size_ >= 16) {
		throw("runtime.SetFinalizer: pointer not at beginning of allocated block")
	}
	f := efaceOf(&finalizer)
	if f.typ == nil {
		removefinalizer(e.data)
		return
	}
	if f.typ.Kind() != abi.Func {
		throw("runtime.SetFinalizer: second argument is " + typeString(f.typ) + ", not a function")
	}
	fnType := (*abi.FuncType)(unsafe.Pointer(f.typ))
	cannot := "runtime.SetFinalizer: cannot pass " + typeString(ptrType) + " to finalizer " + typeString(f.typ)
	if fnType.IsVariadic() {
		throw(cannot + " because dotdotdot")
	}
	if fnType.InCount != 1 || !takes(fnType.In(0), ptrType, elem) {
		throw(cannot)
	}
	if finalizersStarted.CompareAndSwap(0, 1) {
		go runFinalizers()
	}
	if !addfinalizer(e.data, f.data, ptrType, f.typ) {
		throw("runtime.SetFinalizer: finalizer already set")
	}
}

// takes tells whether a parameter takes a pointer: the type itself, one of the same element if one of the two has neither name nor
// methods, or an interface.
func takes(param, ptrType, elem *abi.Type) bool {
	switch {
	case param == ptrType:
		return true
	case param.Kind() == abi.Pointer:
		sameElem := (*abi.PtrType)(unsafe.Pointer(param)).Elem == elem
		return sameElem && (param.Uncommon() == nil || ptrType.Uncommon() == nil)
	case param.Kind() == abi.Interface:
		inter := (*abi.InterfaceType)(unsafe.Pointer(param))
		return len(inter.Methods) == 0 || typeAssertItab(inter, ptrType) != nil
	}
	return false
}

// runFinalizers is the goroutine that calls finalizers, one after the other.
func runFinalizers() {
	for {
		var call specialCall
		nextspecial(false, &call)
		call.finalize()
	}
}

// The registers of arguments and results, by processor (`abi::call`).
const (
	intArgs      = goarch.IsAmd64*6 + goarch.IsRiscv64*8
	intResults   = goarch.IsAmd64*8 + goarch.IsRiscv64*2
	floatResults = goarch.IsAmd64*8 + goarch.IsRiscv64*2
)

// callRegs are the registers around a call, as in overlay/reflect/call.go.
type callRegs struct {
	ints   [8]unsafe.Pointer
	floats [8]uint64
	stack  [32]unsafe.Pointer
}

//go:linkname callCode reflect.callCode
func callCode(code unsafe.Pointer, regs *callRegs, words uintptr)

// finalize calls the function with the object. Its results are dropped, but those in memory need room.
func (c *specialCall) finalize() {
	fnType := (*abi.FuncType)(unsafe.Pointer(c.fnType))
	args := make([]unsafe.Pointer, 0, 16)
	args = append(args, c.fn)
	ints, floats, room := 0, 0, uintptr(0)
	for _, t := range fnType.OutSlice() {
		i, f, ok := countScalars(t)
		if !ok {
			room = max(room, t.Size_)
			continue
		}
		ints += i
		floats += f
	}
	if n := max(ints-intResults, 0) + max(floats-floatResults, 0); n > 0 {
		args = append(args, unsafe.Pointer(unsafe.SliceData(make([]uint64, n))))
	}
	if room > 0 {
		// Pointers in results keep nothing alive: nobody reads them.
		memory := unsafe.Pointer(unsafe.SliceData(make([]uint64, (room+7)/8)))
		for _, t := range fnType.OutSlice() {
			if _, _, ok := countScalars(t); !ok {
				args = append(args, memory)
			}
		}
	}
	switch param := fnType.In(0); {
	case param.Kind() == abi.Pointer:
		args = append(args, c.obj)
	case len((*abi.InterfaceType)(unsafe.Pointer(param)).Methods) == 0:
		args = append(args, unsafe.Pointer(c.ptrType), c.obj)
	default:
		args = append(args, typeAssertItab((*abi.InterfaceType)(unsafe.Pointer(param)), c.ptrType), c.obj)
	}
	var regs callRegs
	n := copy(regs.ints[:intArgs], args)
	words := copy(regs.stack[:], args[n:])
	if n+words < len(args) {
		throw("runtime.SetFinalizer: finalizer with too many results")
	}
	code := *(*unsafe.Pointer)(c.fn)
	*c = specialCall{}
	clear(args)
	callCode(code, &regs, uintptr(words+1)&^1)
}

// countScalars tells how many registers a value of a type takes; false if it travels by pointer.
func countScalars(t *abi.Type) (ints, floats int, ok bool) {
	ok = true
	add := func(t *abi.Type) {
		i, f, o := countScalars(t)
		ints, floats, ok = ints+i, floats+f, ok && o
	}
	switch t.Kind() {
	case abi.Float32, abi.Float64:
		floats = 1
	case abi.Complex64, abi.Complex128:
		floats = 2
	case abi.String, abi.Interface:
		ints = 2
	case abi.Slice:
		ints = 3
	case abi.Array:
		if a := (*abi.ArrayType)(unsafe.Pointer(t)); t.Size_ != 0 {
			add(a.Elem)
			ok = ok && a.Len == 1
		}
	case abi.Struct:
		for _, f := range (*abi.StructType)(unsafe.Pointer(t)).Fields {
			add(f.Typ)
		}
	default:
		ints = 1
	}
	return ints, floats, ok && ints+floats <= 4
}
