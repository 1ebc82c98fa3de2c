// complex64 is multiplied and divided in complex128 and rounded once, as gc does.
package main

import "math"

//go:noinline
func opaque(x complex64) complex64 { return x }

func show(c complex64) { println(math.Float32bits(real(c)), math.Float32bits(imag(c))) }

func main() {
	a, b := opaque(7.3-1e10i), opaque(-2.75+0.7i)
	c, d := opaque(1.1+0.1i), opaque(1e30+0.5i)
	for _, x := range []complex64{a, b, c, d} {
		for _, y := range []complex64{a, b, c, d} {
			show(x * y)
			show(x / y)
		}
	}
	c *= d
	show(c)
}
