package runtime

import (
	"internal/abi"
	"internal/unsafeheader"
	"unsafe"
)

//go:linkname resolveTypeOff reflect.resolveTypeOff
func resolveTypeOff(t unsafe.Pointer, off int32) unsafe.Pointer

// resolveTypes is the address of a name or type.
func resolveTypes(off int32) unsafe.Pointer { return resolveTypeOff(nil, off) }

// A count and as many offsets; the compiler fills it.
var typelinkTable struct {
	n    int
	offs [1 << 20]int32
}

//go:linkname reflect_typelinks reflect.typelinks
func reflect_typelinks() ([]unsafe.Pointer, [][]int32) {
	offs := typelinkTable.offs[:typelinkTable.n:typelinkTable.n]
	if len(offs) == 0 {
		return nil, nil
	}
	base := unsafe.Add(resolveTypes(offs[0]), -int(offs[0]))
	return []unsafe.Pointer{base}, [][]int32{offs}
}

func ifaceE2I(inter *abi.InterfaceType, src any, dst *[2]unsafe.Pointer) {
	e := efaceOf(&src)
	if e.typ == nil {
		panic(&TypeAssertionError{nil, nil, &inter.Type, ""})
	}
	itab := typeAssertItab(inter, e.typ)
	if itab == nil {
		panic(&TypeAssertionError{nil, e.typ, &inter.Type, missingMethod(e.typ, inter)})
	}
	dst[0], dst[1] = itab, e.data
}

//go:linkname reflect_ifaceE2I reflect.ifaceE2I
func reflect_ifaceE2I(inter *abi.InterfaceType, src any, dst *[2]unsafe.Pointer) {
	ifaceE2I(inter, src, dst)
}

//go:linkname reflectlite_ifaceE2I internal/reflectlite.ifaceE2I
func reflectlite_ifaceE2I(inter *abi.InterfaceType, src any, dst *[2]unsafe.Pointer) {
	ifaceE2I(inter, src, dst)
}

//go:linkname reflect_memmove reflect.memmove
func reflect_memmove(dst, src unsafe.Pointer, n uintptr) { memmove(dst, src, n) }

//go:linkname reflect_typedslicecopy reflect.typedslicecopy
func reflect_typedslicecopy(t *abi.Type, dst, src unsafeheader.Slice) int {
	n := min(dst.Len, src.Len)
	if n == 0 {
		return 0
	}
	if !t.Pointers() {
		memmove(dst.Data, src.Data, uintptr(n)*t.Size_)
		return n
	}
	return typedslicecopy(t, dst.Data, n, src.Data, n)
}

//go:linkname reflect_growslice reflect.growslice
func reflect_growslice(t *abi.Type, old unsafeheader.Slice, num int) unsafeheader.Slice {
	// The elements between length and capacity are kept.
	extra := old.Cap - old.Len
	data, newCap := growslice(old.Data, old.Cap+num-extra, old.Cap, num-extra, t)
	if !t.Pointers() {
		memclrNoHeapPointers(unsafe.Add(data, uintptr(old.Cap)*t.Size_), uintptr(newCap-old.Cap)*t.Size_)
	}
	return unsafeheader.Slice{Data: data, Len: old.Len, Cap: newCap}
}

//go:linkname reflect_unsafeslice reflect.unsafeslice
func reflect_unsafeslice(t *abi.Type, p unsafe.Pointer, n int) {
	switch {
	case n < 0:
		panicunsafeslicelen()
	case p == nil && n > 0 && t.Size_ > 0:
		panicunsafeslicenilptr()
	case t.Size_ > 0 && uintptr(n) > maxAlloc/t.Size_:
		panicunsafeslicelen()
	}
}

//go:linkname reflect_chansend0 reflect.chansend0
func reflect_chansend0(c, elem unsafe.Pointer, nb bool) bool {
	if nb {
		return selectnbsend(c, elem)
	}
	chansend1(c, elem)
	return true
}

//go:linkname reflect_chanrecv reflect.chanrecv
func reflect_chanrecv(c unsafe.Pointer, nb bool, elem unsafe.Pointer) (selected, received bool) {
	if nb {
		return selectnbrecv(elem, c)
	}
	return true, chanrecv2(c, elem)
}

// The declaration of reflect.runtimeSelect.
type runtimeSelect struct {
	dir  int
	typ  unsafe.Pointer
	ch   unsafe.Pointer
	elem unsafe.Pointer
}

const (
	selectSend    = 1
	selectRecv    = 2
	selectDefault = 3
)

//go:linkname reflect_rselect reflect.rselect
func reflect_rselect(cases []runtimeSelect) (int, bool) {
	if len(cases) == 0 {
		select {}
	}
	type entry struct{ ch, elem unsafe.Pointer }
	var list []entry
	var origin []int
	block, byDefault, sends := true, -1, 0
	for _, dir := range [2]int{selectSend, selectRecv} {
		for i, c := range cases {
			if c.dir == selectDefault {
				block, byDefault = false, i
			} else if c.dir == dir && c.ch != nil {
				list = append(list, entry{c.ch, c.elem})
				origin = append(origin, i)
			}
		}
		if dir == selectSend {
			sends = len(list)
		}
	}
	if len(list) == 0 {
		if block {
			select {}
		}
		return byDefault, false
	}
	order := make([]uint16, 2*len(list))
	chosen, ok := selectgo(unsafe.Pointer(&list[0]), unsafe.Pointer(&order[0]), sends, len(list)-sends, block)
	if chosen < 0 {
		return byDefault, false
	}
	return origin[chosen], ok
}

var staticuint64s = func() (t [256]uint64) {
	for i := range t {
		t[i] = uint64(i)
	}
	return
}()

func getStaticuint64s() *[256]uint64 { return &staticuint64s }

//go:linkname bytealg_MakeNoZero internal/bytealg.MakeNoZero
func bytealg_MakeNoZero(n int) []byte {
	if n < 0 || n > maxAlloc {
		panicmakeslicelen()
	}
	return unsafe.Slice((*byte)(mallocgc(uintptr(n), nil, false)), n)
}
