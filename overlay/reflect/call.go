package reflect

import (
	"internal/abi"
	"internal/goarch"
	"sync"
	"unsafe"
)

// Calls between reflect's frames in memory and the registers of compiled code. The rules are those of the compiler
// (its crate abi, module call): a type of at most four scalars, without arrays of two or more elements, travels as scalars, any other by
// pointer; context, result area and pointers for results come first.

const (
	maxScalars   = 4
	intArgs      = goarch.IsAmd64*6 + goarch.IsRiscv64*8
	floatArgs    = 8
	intResults   = goarch.IsAmd64*8 + goarch.IsRiscv64*2
	floatResults = goarch.IsAmd64*8 + goarch.IsRiscv64*2
	stackWords   = 32
	regularWord  = unsafe.Sizeof(uintptr(0))
)

// callRegs are the registers around a call; the compiler knows this layout.
type callRegs struct {
	ints   [8]unsafe.Pointer
	floats [8]uint64
	stack  [stackWords]unsafe.Pointer
}

// callCode calls code with the registers and so many words of the stack, and stores the result registers. The compiler has the body.
func callCode(code unsafe.Pointer, regs *callRegs, words uintptr)

type scalar struct {
	off, size uintptr
	float     bool
}

// scalarsOf appends the scalars of a type; false if it travels by pointer.
func scalarsOf(t *abi.Type, base uintptr, list []scalar) ([]scalar, bool) {
	put := func(off, size uintptr, float bool) { list = append(list, scalar{base + off, size, float}) }
	ok := true
	switch t.Kind() {
	case abi.Float32, abi.Float64:
		put(0, t.Size_, true)
	case abi.Complex64, abi.Complex128:
		put(0, t.Size_/2, true)
		put(t.Size_/2, t.Size_/2, true)
	case abi.String, abi.Interface:
		put(0, 8, false)
		put(8, 8, false)
	case abi.Slice:
		put(0, 8, false)
		put(8, 8, false)
		put(16, 8, false)
	case abi.Array:
		a := (*abi.ArrayType)(unsafe.Pointer(t))
		switch {
		case t.Size_ == 0:
		case a.Len == 1:
			list, ok = scalarsOf(a.Elem, base, list)
		default:
			ok = false
		}
	case abi.Struct:
		for _, f := range (*abi.StructType)(unsafe.Pointer(t)).Fields {
			if ok {
				list, ok = scalarsOf(f.Typ, base+f.Offset, list)
			}
		}
	default:
		put(0, t.Size_, false)
	}
	return list, ok && len(list) <= maxScalars
}

func flatten(t *abi.Type) ([]scalar, bool) {
	list, ok := scalarsOf(t, 0, make([]scalar, 0, maxScalars))
	if !ok {
		return nil, false
	}
	return list, true
}

// placer hands out registers, then words of the stack.
type placer struct {
	ints, floats, words int
	maxInts, maxFloats  int
}

// next is the place of the next scalar in regs.
func (p *placer) next(regs *callRegs, float bool) unsafe.Pointer {
	switch {
	case float && p.floats < p.maxFloats:
		p.floats++
		return unsafe.Pointer(&regs.floats[p.floats-1])
	case !float && p.ints < p.maxInts:
		p.ints++
		return unsafe.Pointer(&regs.ints[p.ints-1])
	}
	if p.words == stackWords {
		panic("reflect: a call with more arguments than rigo's reflect passes")
	}
	p.words++
	return unsafe.Pointer(&regs.stack[p.words-1])
}

func readScalar(p unsafe.Pointer, size uintptr) uintptr {
	switch size {
	case 1:
		return uintptr(*(*uint8)(p))
	case 2:
		return uintptr(*(*uint16)(p))
	case 4:
		return uintptr(*(*uint32)(p))
	}
	return *(*uintptr)(p)
}

// copyScalar copies a scalar between a place of a register and memory.
func copyScalar(dst, src unsafe.Pointer, s scalar, toRegister bool) {
	switch {
	case s.size == 8 && !s.float:
		*(*unsafe.Pointer)(dst) = *(*unsafe.Pointer)(src)
	case toRegister && s.float && s.size == 4:
		// riscv64 takes a register for a float of 32 bits only with ones above it; amd64 does not look there.
		*(*uint64)(dst) = uint64(*(*uint32)(src)) | 0xffffffff<<32
	case toRegister:
		*(*uintptr)(dst) = readScalar(src, s.size)
	case s.size == 1:
		*(*uint8)(dst) = *(*uint8)(src)
	case s.size == 2:
		*(*uint16)(dst) = *(*uint16)(src)
	case s.size == 4:
		*(*uint32)(dst) = *(*uint32)(src)
	default:
		*(*uint64)(dst) = *(*uint64)(src)
	}
}

// item is a parameter or result of a frame.
type item struct {
	typ     *abi.Type
	off     uintptr
	scalars []scalar
	inRegs  bool
}

func itemsOf(types []*abi.Type, off uintptr) ([]item, uintptr) {
	var items []item
	for _, t := range types {
		off = align(off, uintptr(t.Align_))
		scalars, ok := flatten(t)
		items = append(items, item{t, off, scalars, ok})
		off += t.Size_
	}
	return items, off
}

// wordsOfArea is how many scalars of results have no register; they go to an area that the caller gives.
func wordsOfArea(results []item) int {
	ints, floats := 0, 0
	for _, r := range results {
		for _, s := range r.scalars {
			if s.float {
				floats++
			} else {
				ints++
			}
		}
	}
	return max(ints-intResults, 0) + max(floats-floatResults, 0)
}

var layoutKeys sync.Map // from *abi.Type of a frame to layoutKey

func layoutKeyOf(frametype *abi.Type) layoutKey {
	if k, ok := layoutKeys.Load(frametype); ok {
		return k.(layoutKey)
	}
	var found layoutKey
	layoutCache.Range(func(k, v any) bool {
		if v.(layoutType).t == frametype {
			found = k.(layoutKey)
			return false
		}
		return true
	})
	layoutKeys.Store(frametype, found)
	return found
}

//go:linkname callFrame runtime.reflectcall
func callFrame(frametype *abi.Type, fn, frame unsafe.Pointer, argSize, retOffset, frameSize uint32, _ *abi.RegArgs) {
	key := layoutKeyOf(frametype)
	if key.ftyp == nil {
		panic("reflect: a call with an unknown frame")
	}
	var regs callRegs
	p := placer{maxInts: intArgs, maxFloats: floatArgs}
	results, _ := itemsOf(key.ftyp.OutSlice(), uintptr(retOffset))
	first := uintptr(0)
	if key.rcvr == nil {
		*(*unsafe.Pointer)(p.next(&regs, false)) = fn
	}
	var area unsafe.Pointer
	if n := wordsOfArea(results); n > 0 {
		area = unsafe.Pointer(unsafe.SliceData(make([]unsafe.Pointer, n)))
		*(*unsafe.Pointer)(p.next(&regs, false)) = area
	}
	for _, r := range results {
		if !r.inRegs {
			*(*unsafe.Pointer)(p.next(&regs, false)) = unsafe.Add(frame, r.off)
		}
	}
	if key.rcvr != nil {
		*(*unsafe.Pointer)(p.next(&regs, false)) = *(*unsafe.Pointer)(frame)
		first = regularWord
	}
	params, _ := itemsOf(key.ftyp.InSlice(), first)
	for _, a := range params {
		if !a.inRegs {
			*(*unsafe.Pointer)(p.next(&regs, false)) = unsafe.Add(frame, a.off)
			continue
		}
		for _, s := range a.scalars {
			copyScalar(p.next(&regs, s.float), unsafe.Add(frame, a.off+s.off), s, true)
		}
	}
	callCode(*(*unsafe.Pointer)(fn), &regs, uintptr(p.words+1)&^1)
	moveResults(&regs, area, frame, results, false)
}

// moveResults moves results from the registers to the frame, or from the frame to the registers.
func moveResults(regs *callRegs, area, frame unsafe.Pointer, results []item, toRegisters bool) {
	ints, floats, words := 0, 0, uintptr(0)
	for _, r := range results {
		if !r.inRegs {
			// What a callee wrote there it wrote as to a stack.
			typedmemmove(r.typ, unsafe.Add(frame, r.off), unsafe.Add(frame, r.off))
			continue
		}
		for _, s := range r.scalars {
			var place unsafe.Pointer
			switch {
			case s.float && floats < floatResults:
				place = unsafe.Pointer(&regs.floats[floats])
				floats++
			case !s.float && ints < intResults:
				place = unsafe.Pointer(&regs.ints[ints])
				ints++
			default:
				place = unsafe.Add(area, words)
				words += regularWord
			}
			at := unsafe.Add(frame, r.off+s.off)
			if toRegisters {
				copyScalar(place, at, s, true)
			} else {
				copyScalar(at, place, s, false)
			}
		}
	}
}

// enterMakeFunc is where the code of MakeFunc's functions goes on.
func enterMakeFunc(c *makeFuncImpl, regs *callRegs) {
	enter(c.ftyp, regs, func(frame unsafe.Pointer, valid *bool) {
		callReflect(c, frame, valid, new(abi.RegArgs))
	})
}

// enterMethodValue is where the code of method values that reflect makes goes on.
func enterMethodValue(c *methodValue, regs *callRegs) {
	_, typ, _ := methodReceiver("call", c.rcvr, c.method)
	enter((*funcType)(unsafe.Pointer(typ)), regs, func(frame unsafe.Pointer, valid *bool) {
		callMethod(c, frame, valid, new(abi.RegArgs))
	})
}

// enter makes a frame of the arguments, runs call, and leaves the results where the caller expects them.
func enter(ftyp *funcType, regs *callRegs, call func(frame unsafe.Pointer, valid *bool)) {
	frametype, _, abid := funcLayout(ftyp, nil)
	frame := unsafe_New(frametype)
	results, _ := itemsOf(ftyp.OutSlice(), abid.retOffset)
	params, _ := itemsOf(ftyp.InSlice(), 0)
	p := placer{maxInts: intArgs, maxFloats: floatArgs}
	p.next(regs, false) // the context
	var area unsafe.Pointer
	if wordsOfArea(results) > 0 {
		area = *(*unsafe.Pointer)(p.next(regs, false))
	}
	outs := make([]unsafe.Pointer, len(results))
	for i, r := range results {
		if !r.inRegs {
			outs[i] = *(*unsafe.Pointer)(p.next(regs, false))
		}
	}
	for _, a := range params {
		if !a.inRegs {
			typedmemmove(a.typ, unsafe.Add(frame, a.off), *(*unsafe.Pointer)(p.next(regs, false)))
			continue
		}
		for _, s := range a.scalars {
			copyScalar(unsafe.Add(frame, a.off+s.off), p.next(regs, s.float), s, false)
		}
	}
	if p.words > 0 {
		panic("reflect: a function of MakeFunc with arguments on the stack, which rigo's reflect cannot take yet")
	}
	valid := false
	call(frame, &valid)
	for i, r := range results {
		if !r.inRegs {
			typedmemmove(r.typ, outs[i], unsafe.Add(frame, r.off))
		}
	}
	moveResults(regs, area, frame, results, true)
}
