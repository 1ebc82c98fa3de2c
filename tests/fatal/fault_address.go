// A fault away from 0 cannot be recovered.
package main

import "unsafe"

func main() {
	defer func() { recover() }()
	addr := uintptr(0x123000)
	println(*(*int)(unsafe.Pointer(addr)))
}
