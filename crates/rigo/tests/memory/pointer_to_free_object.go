package main

import (
	"runtime"
	"unsafe"
)

type T struct{ a [100]*int }

type holder struct {
	p    *T
	more [9]*T
}

var keep *holder

// Its neighbours, so that the memory stays in use.
var neighbours []*T

const mask = ^uintptr(0)

func main() {
	keep = new(holder)
	hidden := make(chan uintptr)
	go func() {
		neighbours = append(neighbours, new(T), new(T))
		lost := new(T)
		neighbours = append(neighbours, new(T), new(T))
		hidden <- uintptr(unsafe.Pointer(lost)) ^ mask
	}()
	h := <-hidden
	runtime.GC()
	runtime.GC()
	// A number is no pointer to the collector.
	*(*uintptr)(unsafe.Pointer(&keep.p)) = h ^ mask
	runtime.GC()
	println("not noticed")
}
