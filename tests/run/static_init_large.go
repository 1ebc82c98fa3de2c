// Variables and objects that are too large for the image are made when the program runs.
package main

var table = [1 << 19]int{5, 1 << 18: 7}

var object = new([4 << 20]byte)

var slice = []int{1 << 20: 3}

func main() {
	println(table[0], table[1<<18], len(table))
	object[1<<20] = 1
	println(len(object), object[1<<20], len(slice), slice[1<<20])
}
