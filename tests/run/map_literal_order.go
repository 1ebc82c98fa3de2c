// Equal keys in one literal: gc enters what it knows beforehand first, then what it computes.
package main

import "fmt"

type K struct{ a int8 }
type V struct {
	n uint32
	x any
}

//go:noinline
func id[T any](x T) T { return x }

func main() {
	n := id(uint32(7))
	fmt.Println(map[K]V{K{}: V{n, nil}, K{1}: V{2, nil}, K{}: V{}})
	fmt.Println(map[K]V{K{}: V{n, nil}, K{1}: V{2, nil}, K{}: V{3, 4}})
	fmt.Println(map[K][1]any{K{}: {n}, K{}: {nil}})
	fmt.Println(map[K][1]any{K{}: {n}, K{}: {5}})
	fmt.Println(map[K][]int{K{}: {int(n)}, K{}: {}})
	fmt.Println(map[any]int{any(1): int(n), any(1): 5})
	fmt.Println(map[K]func() int{K{}: func() int { return int(n) }, K{}: nil}[K{}] == nil)
	fmt.Println(map[K]func() int{K{}: func() int { return int(n) }, K{}: func() int { return 3 }}[K{}]())
	fmt.Println(map[K]error{K{}: fmt.Errorf("%d", n), K{}: error(nil)})
	fmt.Println(map[K]map[int]int{K{}: {1: 1}, K{}: nil})
}
