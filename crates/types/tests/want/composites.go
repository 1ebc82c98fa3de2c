package p

import "strings"

type S struct {
	a int
	b string
}
type G[T any] struct{ x T }
type T1 struct {
	X, x int
}

func g[T any](x T) T { return x }

func _(i int) {
	_ = S{1}
	_ = S{1, "a", 3}
	_ = S{a: 1, a: 2}
	_ = S{a: 1, 2}
	_ = S{1, b: "x"}
	_ = S{c: 1}
	_ = S{A: 1}
	_ = S{"x", 1}
	_ = S{a: "x"}
	_ = S{1: 2}
	_ = T1{y: 1}
	_ = &S{zz: 1}
	_ = strings.Reader{1, 2, 3}
	_ = strings.Reader{s: "x"}
	_ = strings.Reader{S: "x"}
	_ = strings.Replacer{Once: 1}
	_ = strings.Builder{nil, nil}
	_ = [2]int{1, 2, 3}
	_ = [2]int{5: 1}
	_ = [...]int{0: 1, 0: 2}
	_ = [...]int{5: 1, "a"}
	_ = [...]int{1, 2, 3}[3]
	_ = []int{"a"}
	_ = []int{1.5: 1}
	_ = []int{-1: 1}
	_ = []int{i: 1}
	_ = []int{"a": 1}
	_ = []*S{{1}, {2, "b"}, {a: 3}}
	_ = [][]int{{1}, {"x"}, 3}
	_ = map[string]int{"a": 1, "a": 2}
	_ = map[string]int{1}
	_ = map[string]int{1: 1}
	_ = map[string]int{"a": "b"}
	_ = map[any]int{1: 1, 1.0: 2, "1": 3, 1: 4}
	_ = map[float64]int{1: 1, 1.0: 2}
	_ = map[S]int{{1, "a"}: 1, {1, "a"}: 2}
	_ = map[S][]int{{1, "a"}: {1}, {2}: {"x"}}
	_ = map[bool]int{true: 1, false: 2, true: 3}
	_ = int{1}
	_ = G{}
	_ = G[int]{"x"}
	_ = G[int]{x: 1}
	_ = undefined{i: i}
	_ = []undefined{{1}}
	_ = struct{ x, y int }{1}
	_ = [...]string{2: "a", "b", 1: "c"}
	_ = [3]int{2: 1, 2}
	_ = []int{{1}}
	_ = []func(int) int{g}
	_ = S{a: nil}
	_ = []S{S{}, nil, &S{}}
	_ = interface{}{1} // want `^syntax error: unexpected \{ at end of statement`
	_ = (S){1, "a"} // want `^syntax error: non-declaration statement outside function body`
	_ = *S{}
	_ = []interface{ m() }{1}
	_ = chan int{1}
}

func _[P []int | []string, Q ~[]int, R struct{ x int }]() {
	_ = P{}
	_ = Q{1, "a"}
	_ = R{x: 1}
	_ = R{y: 1}
}
