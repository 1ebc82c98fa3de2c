package main

import (
	"fmt"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

type tree struct {
	Name     string
	Children []*tree
	Weights  map[string]float64
	hidden   int
}

func main() {
	a := &tree{"root", []*tree{{Name: "x"}, {Name: "y"}}, map[string]float64{"w": 1}, 1}
	b := &tree{"root", []*tree{{Name: "x"}, {Name: "z"}}, map[string]float64{"w": 1.0000001}, 2}
	ignore := cmpopts.IgnoreUnexported(tree{})
	fmt.Println(cmp.Equal(a, a, ignore), cmp.Equal(a, b, ignore))
	fmt.Println(cmp.Equal(a.Weights, b.Weights, cmpopts.EquateApprox(0, 1e-3)))
	fmt.Println(len(cmp.Diff(a, b, ignore)) > 0, cmp.Diff([]int{1, 2, 3}, []int{1, 2, 3}) == "")
	defer func() { fmt.Println(recover() != nil) }()
	cmp.Equal(a, b)
}
