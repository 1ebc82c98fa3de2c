package runtime

import (
	"internal/abi"
	"unsafe"
)

type slice struct {
	data     unsafe.Pointer
	len, cap int
}

func growslice(old unsafe.Pointer, newLen, oldCap, num int, t *abi.Type) (data unsafe.Pointer, cap int)
func selectgo(cases *selectCase, order *uint16, nSends, nRecvs int, block bool) (int, bool)
func chansend1(c, elem unsafe.Pointer)
func chanrecv2(c, elem unsafe.Pointer) bool
func selectnbsend(c, elem unsafe.Pointer) bool
func selectnbrecv(elem, c unsafe.Pointer) (selected, ok bool)
func block()

//go:linkname reflect_growslice reflect.growslice
func reflect_growslice(t *abi.Type, old slice, num int) slice {
	// The length stays: reflect asks for room behind it, which is zero.
	num -= old.cap - old.len
	data, cap := growslice(old.data, old.cap+num, old.cap, num, t)
	if t.PtrBytes == 0 {
		from := uintptr(old.len) * t.Size_
		memclrNoHeapPointers(add(data, from), uintptr(cap)*t.Size_-from)
	}
	return slice{data, old.len, cap}
}

//go:linkname reflect_typedslicecopy reflect.typedslicecopy
func reflect_typedslicecopy(t *abi.Type, dst, src slice) int {
	n := min(dst.len, src.len)
	if n > 0 {
		memmove(dst.data, src.data, uintptr(n)*t.Size_)
	}
	return n
}

//go:linkname reflect_memmove reflect.memmove
func reflect_memmove(dst, src unsafe.Pointer, n uintptr) { memmove(dst, src, n) }

//go:linkname reflect_unsafeslice reflect.unsafeslice
func reflect_unsafeslice(t *abi.Type, p unsafe.Pointer, n int) {
	if n < 0 || t.Size_ != 0 && uintptr(n) > maxAlloc/t.Size_ {
		panicunsafeslicelen()
	}
	if p == nil && n > 0 {
		panicunsafeslicenilptr()
	}
}

// ifaceE2I stores src at dst as an interface of type t.
func ifaceE2I(t *abi.InterfaceType, src eface, dst *eface) {
	if src.typ == nil {
		panic(&TypeAssertionError{nil, nil, &t.Type, ""})
	}
	itab := typeAssertItab(t, src.typ)
	if itab == nil {
		panicdottypeI(src.typ, &t.Type, nil)
	}
	dst.typ = (*abi.Type)(unsafe.Pointer(itab))
	dst.data = src.data
}

//go:linkname reflect_ifaceE2I reflect.ifaceE2I
func reflect_ifaceE2I(t *abi.InterfaceType, src eface, dst *eface) { ifaceE2I(t, src, dst) }

//go:linkname reflectlite_ifaceE2I internal/reflectlite.ifaceE2I
func reflectlite_ifaceE2I(t *abi.InterfaceType, src eface, dst *eface) { ifaceE2I(t, src, dst) }

//go:linkname reflect_chansend reflect.chansend0
func reflect_chansend(c, elem unsafe.Pointer, nonblocking bool) bool {
	if nonblocking {
		return selectnbsend(c, elem)
	}
	chansend1(c, elem)
	return true
}

//go:linkname reflect_chanrecv reflect.chanrecv
func reflect_chanrecv(c unsafe.Pointer, nonblocking bool, elem unsafe.Pointer) (selected, received bool) {
	if nonblocking {
		return selectnbrecv(elem, c)
	}
	return true, chanrecv2(c, elem)
}

// A selectCase is a case as the archive takes it.
type selectCase struct{ c, elem unsafe.Pointer }

// A runtimeSelect is a case as package reflect makes it.
type runtimeSelect struct {
	dir  int // 1 send, 2 receive, 3 default
	typ  unsafe.Pointer
	ch   unsafe.Pointer
	elem unsafe.Pointer
}

//go:linkname reflect_rselect reflect.rselect
func reflect_rselect(cases []runtimeSelect) (chosen int, ok bool) {
	n := len(cases)
	if n == 0 {
		block()
	}
	sorted := make([]selectCase, n)
	origin := make([]int, n)
	order := make([]uint16, 2*n)
	// Sends first, receives behind them.
	nSends, nRecvs, dflt := 0, 0, -1
	for i, c := range cases {
		if c.dir == 1 {
			sorted[nSends], origin[nSends] = selectCase{c.ch, c.elem}, i
			nSends++
		}
	}
	for i, c := range cases {
		switch c.dir {
		case 2:
			at := nSends + nRecvs
			sorted[at], origin[at] = selectCase{c.ch, c.elem}, i
			nRecvs++
		case 3:
			dflt = i
		}
	}
	if nSends+nRecvs == 0 {
		if dflt < 0 {
			block()
		}
		return dflt, false
	}
	at, ok := selectgo(&sorted[0], &order[0], nSends, nRecvs, dflt < 0)
	if at < 0 {
		return dflt, false
	}
	return origin[at], ok
}

var staticuint64s = func() (t [256]uint64) {
	for i := range t {
		t[i] = uint64(i)
	}
	return
}()

func getStaticuint64s() *[256]uint64 { return &staticuint64s }

// The linker's table of unnamed types is not there yet: reflect then makes a type of its own where the program has one already.
//
//go:linkname reflect_typelinks reflect.typelinks
func reflect_typelinks() (sections []unsafe.Pointer, offset [][]int32) { return nil, nil }
