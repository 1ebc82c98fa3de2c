// Goroutines on every hart of a machine: one deep in a recursion over many stack segments, where it stops, the others spinning.
package main

import "sync/atomic"

var spins [3]atomic.Int64

//go:noinline
func deep(n int) int {
	var pad [200]byte
	if n == 0 {
		arrived() // stop: deep
		return 0
	}
	return deep(n-1) + int(pad[n%200])
}

//go:noinline
func arrived() {}

//go:noinline
func spin(i int) {
	for {
		spins[i].Add(1)
	}
}

func main() {
	for i := range spins {
		go spin(i)
	}
	for i := range spins {
		for spins[i].Load() == 0 {
		}
	}
	deep(1000)
}
