// What modules take from the runtime by linkname: maps, memory, random numbers, hashes, itabs.
package main

import (
	"fmt"
	"reflect"
	"sort"
	"unsafe"
)

type hiter struct {
	key, elem, typ, it unsafe.Pointer
}

type eface struct{ typ, data unsafe.Pointer }

func unpack(x any) *eface { return (*eface)(unsafe.Pointer(&x)) }

//go:linkname mapiterinit runtime.mapiterinit
func mapiterinit(t, m unsafe.Pointer, it *hiter)

//go:linkname mapiternext runtime.mapiternext
func mapiternext(it *hiter)

//go:linkname reflectmapiterinit reflect.mapiterinit
func reflectmapiterinit(t, m unsafe.Pointer, it *hiter)

//go:linkname reflectmapiternext reflect.mapiternext
func reflectmapiternext(it *hiter)

//go:linkname mapassign runtime.mapassign
func mapassign(t, m, key unsafe.Pointer) unsafe.Pointer

//go:linkname mapassign_faststr runtime.mapassign_faststr
func mapassign_faststr(t, m unsafe.Pointer, key string) unsafe.Pointer

//go:linkname mapaccess2_faststr runtime.mapaccess2_faststr
func mapaccess2_faststr(t, m unsafe.Pointer, key string) (unsafe.Pointer, bool)

//go:linkname makemap_small runtime.makemap_small
func makemap_small() unsafe.Pointer

//go:linkname makemap runtime.makemap
func makemap(t unsafe.Pointer, n int, m unsafe.Pointer) unsafe.Pointer

//go:linkname unsafe_New reflect.unsafe_New
func unsafe_New(t unsafe.Pointer) unsafe.Pointer

//go:linkname unsafe_NewArray reflect.unsafe_NewArray
func unsafe_NewArray(t unsafe.Pointer, n int) unsafe.Pointer

//go:linkname typedmemmove reflect.typedmemmove
func typedmemmove(t, dst, src unsafe.Pointer)

//go:linkname rtypedmemmove runtime.typedmemmove
func rtypedmemmove(t, dst, src unsafe.Pointer)

//go:linkname mallocgc runtime.mallocgc
func mallocgc(size uintptr, t unsafe.Pointer, zero bool) unsafe.Pointer

//go:linkname newarray runtime.newarray
func newarray(t unsafe.Pointer, n int) unsafe.Pointer

//go:linkname memmove runtime.memmove
func memmove(dst, src unsafe.Pointer, n uintptr)

//go:linkname fastrand runtime.fastrand
func fastrand() uint32

//go:linkname fastrandn runtime.fastrandn
func fastrandn(n uint32) uint32

//go:linkname cheaprandn runtime.cheaprandn
func cheaprandn(n uint32) uint32

//go:linkname nanotime runtime.nanotime
func nanotime() int64

//go:linkname procPin runtime.procPin
func procPin() int

//go:linkname procUnpin runtime.procUnpin
func procUnpin()

//go:linkname memhash runtime.memhash
func memhash(p unsafe.Pointer, seed, n uintptr) uintptr

//go:linkname strhash runtime.strhash
func strhash(p unsafe.Pointer, seed uintptr) uintptr

//go:linkname stringHash runtime.stringHash
func stringHash(s string, seed uintptr) uintptr

//go:linkname convT64 runtime.convT64
func convT64(v uint64) unsafe.Pointer

//go:linkname convTstring runtime.convTstring
func convTstring(v string) unsafe.Pointer

//go:linkname getitab runtime.getitab
func getitab(inter, typ unsafe.Pointer, canFail bool) unsafe.Pointer

//go:linkname ifaceE2I reflect.ifaceE2I
func ifaceE2I(t unsafe.Pointer, src any, dst unsafe.Pointer)

//go:linkname goyield runtime.goyield
func goyield()

type named int

func (n named) String() string { return fmt.Sprintf("n%d", int(n)) }

func main() {
	m := map[string]int{"a": 1, "b": 2, "c": 3}
	e := unpack(m)
	var keys []string
	var it hiter
	for mapiterinit(e.typ, e.data, &it); it.key != nil; mapiternext(&it) {
		keys = append(keys, fmt.Sprint(*(*string)(it.key), *(*int)(it.elem)))
	}
	it = hiter{}
	for reflectmapiterinit(e.typ, e.data, &it); it.key != nil; reflectmapiternext(&it) {
		keys = append(keys, fmt.Sprint(*(*string)(it.key), *(*int)(it.elem)))
	}
	sort.Strings(keys)
	fmt.Println(keys)
	k := "d"
	*(*int)(mapassign(e.typ, e.data, unsafe.Pointer(&k))) = 4
	*(*int)(mapassign_faststr(e.typ, e.data, "e")) = 5
	p, ok := mapaccess2_faststr(e.typ, e.data, "e")
	fmt.Println(*(*int)(p), ok)
	_, ok = mapaccess2_faststr(e.typ, e.data, "zz")
	fmt.Println(ok, m)
	e2 := eface{e.typ, makemap(e.typ, 10, nil)}
	*(*int)(mapassign_faststr(e2.typ, e2.data, "x")) = 9
	e3 := eface{e.typ, makemap_small()}
	fmt.Println(*(*any)(unsafe.Pointer(&e2)), *(*any)(unsafe.Pointer(&e3)))
	st := unpack("text")
	ps := unsafe_New(st.typ)
	typedmemmove(st.typ, ps, st.data)
	pa := unsafe_NewArray(st.typ, 3)
	rtypedmemmove(st.typ, unsafe.Add(pa, 16), st.data)
	fmt.Println(*(*string)(ps), *(*[3]string)(pa), *(*[2]string)(newarray(st.typ, 2)))
	raw := mallocgc(16, nil, true)
	memmove(raw, unsafe.Pointer(unsafe.StringData("hello")), 5)
	fmt.Println(string((*[16]byte)(raw)[:5]))
	fastrand()
	fmt.Println(fastrandn(1), cheaprandn(1), nanotime() > 0, procPin() >= 0)
	procUnpin()
	s := "hash"
	fmt.Println(strhash(unsafe.Pointer(&s), 1) == memhash(unsafe.Pointer(unsafe.StringData(s)), 1, 4), stringHash(s, 1) == strhash(unsafe.Pointer(&s), 1))
	fmt.Println(*(*uint64)(convT64(7)), *(*uint64)(convT64(7e9)), *(*string)(convTstring("x")))
	inter := unpack(reflect.TypeFor[fmt.Stringer]()).data
	iface := [2]unsafe.Pointer{getitab(inter, unpack(named(3)).typ, false), unpack(named(3)).data}
	fmt.Println((*(*fmt.Stringer)(unsafe.Pointer(&iface))).String(), getitab(inter, st.typ, true) == nil)
	var str fmt.Stringer
	ifaceE2I(inter, named(4), unsafe.Pointer(&str))
	fmt.Println(str)
	goyield()
}
