package main

import (
	"errors"
	"fmt"
	"runtime"
)

type node struct {
	left, right *node
	key         int
	text        string
}

func tree(depth, key int) *node {
	if depth == 0 {
		return nil
	}
	return &node{tree(depth-1, 2*key), tree(depth-1, 2*key+1), key, fmt.Sprint(key)}
}

func (n *node) check(key int) int {
	if n == nil {
		return 0
	}
	check(n.key == key && n.text == fmt.Sprint(key), "an object was freed or overwritten")
	return 1 + n.left.check(2*key) + n.right.check(2*key+1)
}

// torture: trees, maps and slices under collections, which the environment makes as frequent as it likes.
func torture(w *workload) {
	w.each(4, func(int) {
		t := tree(6, 1)
		m := map[string]*node{}
		for i := range 40 {
			m[fmt.Sprint("key", i)] = tree(2, i)
		}
		var s []*node
		for i := range 60 {
			s = append(s, tree(1, i))
		}
		check(t.check(1) == 63, "a tree lost nodes")
		for i := range 40 {
			check(m[fmt.Sprint("key", i)].check(i) == 3, "a map lost a tree")
		}
		for i, n := range s {
			check(n.check(i) == 1, "a slice lost a node")
		}
	})
}

func deep(n int, p *int) int {
	local := n
	if n == 0 {
		return *p
	}
	return deep(n-1, &local) + local - n + *p - *p
}

// stacks: they grow and shrink, at every depth, while the collector scans them.
func stacks(w *workload) {
	w.each(6, func(i int) {
		if i == 0 {
			runtime.GC()
			return
		}
		for _, n := range []int{10, 1000, 20000} {
			one := 1
			check(deep(n, &one) == 1, "a stack was damaged")
		}
	})
}

var errMine = errors.New("mine")

func fails(depth int) (err error) {
	defer func() {
		if r := recover(); r != nil {
			if e, ok := r.(runtime.Error); ok {
				err = e
				return
			}
			err = r.(error)
		}
	}()
	if depth > 0 {
		err = fails(depth - 1)
		panic(err)
	}
	panic(errMine)
}

// panics: nested, recovered, from faults and from runtime errors, and goroutines that exit.
func panics(w *workload) {
	w.each(8, func(i int) {
		check(fails(i) == errMine, "a panic was lost")
		func() {
			defer func() { check(recover() != nil, "a fault was no panic") }()
			var n *node
			n.key++
		}()
		func() {
			defer func() {
				_, ok := recover().(runtime.Error)
				check(ok, "no runtime error")
			}()
			s := make([]int, i)
			s[i] = 1
		}()
		done := make(chan bool)
		go func() {
			defer close(done)
			defer func() { check(recover() == nil, "Goexit is no panic") }()
			runtime.Goexit()
		}()
		<-done
	})
}
