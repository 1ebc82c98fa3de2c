package main

type c64 = complex64

func div(a, b int) int           { return a / b }
func rem(a, b int) int           { return a % b }
func div8(a, b int8) int8        { return a / b }
func udiv(a, b uint) uint        { return a / b }
func shl(a, n int) int           { return a << n }
func shr(a, n int) int           { return a >> n }
func shru(a uint8, n uint) uint8 { return a >> n }
func f2i(f float64) int64        { return int64(f) }
func f2u(f float64) uint64       { return uint64(f) }
func f2i8(f float64) int8        { return int8(f) }
func i2f(i int64) float32        { return float32(i) }
func u2f(i uint64) float64       { return float64(i) }

func main() {
	println(div(7, 2), div(-7, 2), rem(-7, 2), rem(7, -2))
	min := -1 << 63
	println(div(min, -1), rem(min, -1), div8(-128, -1))
	println(udiv(1<<63, 3))
	println(shl(1, 62), shl(1, 63), shl(1, 64), shr(-8, 1), shr(-8, 100), shru(255, 3), shru(255, 9))
	println(f2i(3.99), f2i(-3.99), f2i(1e300), f2u(1e19), f2i8(100.7))
	println(i2f(1<<24+1), u2f(1<<63+1<<11))
	var a, b uint8 = 200, 100
	println(a+b, a*b, b-a, ^a, a&^b, -a)
	var i8 int8 = 127
	i8++
	println(i8)
	var c complex128 = complex(1, 2)
	d := c * c
	println(real(d), imag(d), c == d, c+1i, -c)
	var e c64 = 3 + 4i
	e += 1
	e *= 2i
	println(e)
	println(1<<10, 0x1p-2, 1e3, 'a', 07, 0b11, 1_000)
	x := 0.1
	println(x+0.2, float32(x)+0.2)
	var z float64
	println(1/z, -1/z, z/z, z == -z, z/z == z/z)
	const big = 1 << 100
	println(big >> 98)
	println(max(3, 1, 2), min2(2.5, -0.5), max("a", "b"))
	h := uint32(1)
	h <<= 31
	h >>= 4
	h |= 3
	h &^= 1
	h ^= 0xff
	h %= 1000
	println(h)
	println(int8(uint8(255-a)), uint64(int32(-1+int32(a)-200)), int(int16(b)), uint8(i8))
	var u uintptr = 5
	println(u, ^uint16(0), -5>>1)
	func() {
		defer func() { println(recover() != nil) }()
		println(div(1, int(z)))
	}()
	func() {
		defer func() { println(recover() != nil) }()
		println(shl(1, -1*int(a)))
	}()
}

func min2(a, b float64) float64 { return min(a, b) }
