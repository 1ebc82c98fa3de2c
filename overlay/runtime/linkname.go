package runtime

import (
	"internal/abi"
	"internal/runtime/maps"
	"unsafe"
)

// What modules take from the runtime by linkname. gc keeps these names and signatures for their sake; its sources list
// who uses which ("hall of shame"). Those that are entries of the runtime, or that the overlay needs itself, stand elsewhere.

// linknameIter is the iterator of old: key and elem are read in place.
type linknameIter struct {
	key  unsafe.Pointer
	elem unsafe.Pointer
	typ  *abi.MapType
	it   *maps.Iter
}

func (it *linknameIter) next() {
	it.it.Next()
	it.key, it.elem = it.it.Key(), it.it.Elem()
}

//go:linkname mapiterinit
func mapiterinit(t *abi.MapType, m *maps.Map, it *linknameIter) {
	it.typ, it.it = t, new(maps.Iter)
	it.it.Init(t, m)
	it.next()
}

//go:linkname mapiternext
func mapiternext(it *linknameIter) { it.next() }

//go:linkname reflect_mapiterinit reflect.mapiterinit
func reflect_mapiterinit(t *abi.MapType, m *maps.Map, it *linknameIter) { mapiterinit(t, m, it) }

//go:linkname reflect_mapiternext reflect.mapiternext
func reflect_mapiternext(it *linknameIter) { it.next() }

//go:linkname reflect_mapiterkey reflect.mapiterkey
func reflect_mapiterkey(it *linknameIter) unsafe.Pointer { return it.it.Key() }

//go:linkname reflect_mapiterelem reflect.mapiterelem
func reflect_mapiterelem(it *linknameIter) unsafe.Pointer { return it.it.Elem() }

//go:linkname makemap_small
func makemap_small() *maps.Map { return maps.NewEmptyMap() }

//go:linkname fastrand
func fastrand() uint32 { return uint32(rand()) }

//go:linkname fastrandn
func fastrandn(n uint32) uint32 { return randn(n) }

//go:linkname fastrand64
func fastrand64() uint64 { return rand() }

//go:linkname cheaprand
func cheaprand() uint32 { return uint32(rand()) }

//go:linkname cheaprandn
func cheaprandn(n uint32) uint32 { return randn(n) }

//go:linkname cheaprand64
func cheaprand64() int64 { return int64(rand()) }

//go:linkname sync_procPin sync.runtime_procPin
func sync_procPin() int

//go:linkname sync_procUnpin sync.runtime_procUnpin
func sync_procUnpin()

//go:linkname procPin
func procPin() int { return sync_procPin() }

//go:linkname procUnpin
func procUnpin() { sync_procUnpin() }

//go:linkname goyield
func goyield() { Gosched() }

//go:linkname add
func add(p unsafe.Pointer, x uintptr) unsafe.Pointer { return unsafe.Add(p, x) }

//go:linkname stringHash
func stringHash(s string, seed uintptr) uintptr { return strhash(unsafe.Pointer(&s), seed) }

//go:linkname convT64
func convT64(val uint64) unsafe.Pointer {
	p := new(uint64)
	*p = val
	return unsafe.Pointer(p)
}

//go:linkname convTstring
func convTstring(val string) unsafe.Pointer {
	p := new(string)
	*p = val
	return unsafe.Pointer(p)
}

//go:linkname convTslice
func convTslice(val []byte) unsafe.Pointer {
	p := new([]byte)
	*p = val
	return unsafe.Pointer(p)
}

//go:linkname getitab
func getitab(inter *abi.InterfaceType, t *abi.Type, canFail bool) unsafe.Pointer {
	itab := typeAssertItab(inter, t)
	if itab == nil && !canFail {
		panic(&TypeAssertionError{nil, t, &inter.Type, missingMethod(t, inter)})
	}
	return itab
}
