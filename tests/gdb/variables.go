// Variables of many types, in scopes that hide each other.
package main

import "fmt"

type point struct {
	X, Y int
	Name string
}

type celsius float64

//go:noinline
func scale(by int, temp celsius, label string) int {
	sum := by + 1
	for i := 0; i < 2; i++ {
		sum := sum * 10
		sum += i
		use(sum, label) // stop: inner
	}
	return sum // stop: outer
}

//go:noinline
func use(args ...any) {
	fmt.Sprint(args...)
}

func main() {
	p := point{1, 2, "here"}
	q := &p
	list := []int{3, 4, 5}
	pair := [2]uint8{6, 7}
	yes := true
	var err error
	small := int8(-8)
	shared := 9
	f := func() { shared++ }
	f()
	use(p, q, list, pair, yes, err, small, shared) // stop: main
	use(scale(shared, 36.6, "warm"))
	use(p.X + 1)
}
