package main

import "runtime"

type T struct {
	a [4]int
	b int
	p *int
}

func main() {
	x := new(T)
	runtime.SetFinalizer(x, func(int) {})
}
