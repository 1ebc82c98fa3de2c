package runtime

import "unsafe"

func weakhandle(p, fresh unsafe.Pointer) unsafe.Pointer
func strongof(handle unsafe.Pointer) unsafe.Pointer

// A weak handle is a word without pointers in the collector's eyes: the address of the object, 0 once it is gone.

//go:linkname weak_register weak.runtime_registerWeakPointer
func weak_register(p unsafe.Pointer) unsafe.Pointer {
	if p == nil {
		return nil
	}
	if base, _ := objectbase(p); base == nil {
		return immortals.handle(p)
	}
	h := weakhandle(p, nil)
	if h == nil {
		h = weakhandle(p, unsafe.Pointer(new(uintptr)))
	}
	KeepAlive(p)
	return h
}

//go:linkname weak_strong weak.runtime_makeStrongFromWeak
func weak_strong(h unsafe.Pointer) unsafe.Pointer {
	if h == nil {
		return nil
	}
	return strongof(h)
}

// Handles of what is not in the heap and never dies.
var immortals handleTable

type handleTable struct {
	sema     chan struct{}
	byObject map[unsafe.Pointer]*uintptr
}

func (t *handleTable) handle(p unsafe.Pointer) unsafe.Pointer {
	t.sema <- struct{}{}
	defer func() { <-t.sema }()
	h := t.byObject[p]
	if h == nil {
		h = new(uintptr)
		*h = uintptr(p)
		if t.byObject == nil {
			t.byObject = map[unsafe.Pointer]*uintptr{}
		}
		t.byObject[p] = h
	}
	return unsafe.Pointer(h)
}

func init() { immortals.sema = make(chan struct{}, 1) }
