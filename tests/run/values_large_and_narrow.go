// Elements larger than the runtime's zeros, floats that do not fit, fields compared in gc's order.
package main

import (
	"fmt"
	"math"
)

type large struct {
	a, b [100]string
	n    int
}

type twoStrings struct{ s, t string }

type mixed struct {
	s string
	i any
	t string
	n int
}

func narrow(f float64) {
	g := float32(f)
	fmt.Println(int8(f), int16(f), int32(f), int64(f), uint8(f), uint16(f), uint32(f))
	fmt.Println(int8(g), int16(g), int32(g), int64(g), uint8(g), uint16(g), uint32(g))
}

func equal(name string, a, b any) {
	defer func() {
		if err := recover(); err != nil {
			fmt.Println(name, err)
		}
	}()
	fmt.Println(name, a == b)
}

func main() {
	m := map[int]large{}
	fmt.Println(m[1] == large{}, m[1].n)
	v, ok := m[2]
	fmt.Println(v == large{}, ok)
	m[3] = large{n: 4}
	v, ok = m[3]
	fmt.Println(v.n, ok, m[3].n)

	for _, f := range []float64{1.5, -1.5, 300, -300, 70000, 3e9, -3e9, 1e30, -1e30, math.Inf(1), math.NaN()} {
		narrow(f)
	}

	f := func() {}
	equal("lengths first", twoStrings{"aaaa", "b"}, twoStrings{"aaaa", "bb"})
	equal("an interface stays", mixed{"a", f, "b", 1}, mixed{"a", f, "b", 2})
	equal("after a difference", mixed{"a", f, "b", 1}, mixed{"b", f, "b", 1})
	equal("before a difference", mixed{"a", 1, "b", 1}, mixed{"a", 1, "b", 2})
}
