// Maps whose keys have four bytes, eight bytes, a pointer, a string, or something else; operations on their elements.
package main

import "fmt"

type pair struct{ a, b int32 }
type half struct{ a, b int16 }
type wrapped struct{ p *int }
type large [200]byte

var x, y int

// try counts what a map has of elements after each step, reads, changes and deletes.
func try[K comparable](name string, k1, k2, k3 K) {
	m := map[K]int{}
	m[k1]++
	m[k2] += 5
	m[k1] <<= 3
	m[k2] |= 8
	_, ok := m[k3]
	fmt.Print(name, " ", len(m), m[k1], m[k2], m[k3], ok)
	delete(m, k1)
	delete(m, k3)
	_, ok = m[k1]
	fmt.Println(" ", len(m), m[k1], m[k2], ok)
	for i := range 40 {
		m[k3] += i
	}
	fmt.Println(name, len(m), m[k3])

	s := map[K]string{k2: "s"}
	s[k2] += "t"
	s[k1] += "u"
	fmt.Println(name, len(s), s[k1]+s[k2]+s[k3])

	big := map[K]large{}
	v := big[k1]
	v[199] = 7
	big[k2] = v
	w, ok := big[k2]
	fmt.Println(name, len(big), w[199], big[k1][199], ok)

	var none map[K]float64
	fmt.Println(name, none[k1], panicOf(func() { none[k1]++ }))
}

func panicOf(f func()) (text any) {
	defer func() { text = recover() }()
	f()
	return nil
}

func main() {
	try[int32]("int32", 1, -2, 3)
	try[rune]("rune", 'a', 'b', 'c')
	try[uint32]("uint32", 1, 1<<31, 3)
	try[half]("half", half{1, 2}, half{-1, 2}, half{2, 1})
	try[[4]byte]("bytes", [4]byte{1}, [4]byte{0, 1}, [4]byte{})
	try[int]("int", 1, -2, 3)
	try[uint64]("uint64", 1, 1<<63, 3)
	try[uintptr]("uintptr", 1, 2, 3)
	try[pair]("pair", pair{1, 2}, pair{2, 1}, pair{-1, -1})
	try[[2]int32]("array", [2]int32{1}, [2]int32{0, 1}, [2]int32{})
	try[*int]("pointer", &x, &y, nil)
	try[wrapped]("wrapped", wrapped{&x}, wrapped{}, wrapped{&y})
	try[chan int]("chan", make(chan int), make(chan int), nil)
	try[string]("string", "", "b", "a longer string, of more than a word")
	try[float64]("float64", 1, -0.5, 3)
	try[float32]("float32", 1, -0.5, 3)
	try[uint8]("uint8", 1, 2, 3)
	try[bool]("bool", true, false, false)
	try[any]("any", 1, "1", 1.0)
	try[[3]int]("ints", [3]int{1}, [3]int{0, 1}, [3]int{})

	// What panics leaves the map as it is.
	m := map[string]int{"a": 6}
	zero, none := 0, []int{}
	fmt.Println(panicOf(func() { m["b"] /= zero }), panicOf(func() { m["c"] %= zero }), len(m))
	fmt.Println(panicOf(func() { m["d"] += none[zero] }), len(m))
	m["a"] /= 4
	m["a"] -= len(m)
	fmt.Println(m)
	// An element that the right side changes or deletes.
	m["a"] += func() int { m["a"] = 100; return 1 }()
	fmt.Println(m)
	m["a"] += func() int { delete(m, "a"); return 1 }()
	fmt.Println(m)
	c := map[int]complex128{}
	c[1] += 2i
	c[1] *= 1i
	fmt.Println(c)
}
