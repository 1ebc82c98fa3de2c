// Of two shortest decimals that are as near, println takes the even one.
package main

func main() {
	println(float32(2396738.25), float32(2396738.75), 9007199254740993.0, 4503599627370497.5, float32(16777218), 5e-324)
	println(complex64(2396738.25-2396738.75i), float32(8388607.5), 2251799813685248.25, 1.0/3)
}
