package main

import (
	"errors"
	"fmt"
	"unsafe"
)

type point struct{ x, y int }

type node struct {
	name  string
	left  *node
	right *node
	any   any
	big   [5]int32
}

var (
	number                 = 1 << 40
	float     float32      = 1.5
	text                   = "text"
	list                   = []point{{1, 2}, 3: {3, 4}}
	pointers               = []*point{{5, 6}, nil, {7, 8}}
	array                  = [...]string{2: "two", 0: "zero"}
	tree                   = &node{"root", &node{name: "left"}, nil, point{9, 10}, [5]int32{1, 2, 3, 4, 5}}
	function               = double
	closure                = func(n int) int { return n + len(text) }
	stringer  fmt.Stringer = named(3)
	failure   error        = &problem{"static"}
	dynamic                = errors.New("dynamic")
	cut                    = array[1:]
	bytes                  = []byte("bytes")
	alias                  = &number
	size                   = unsafe.Sizeof(tree)
	pair                   = [2]any{1, "one"}
	table                  = map[string][]int{"a": {1}, "b": {2, 3}}
	unused                 = map[string]*node{"never": {name: "seen"}}
	empty                  = &struct{}{}
	method                 = point.sum
	bound                  = (&point{20, 22}).sum
	complexes              = []complex128{1 + 2i}
	_                      = announce("blank")
)

// The order of initialisation is by dependency: late reads what changer has changed.
var (
	late    = start + 1
	changed = changer()
	start   = 10
	after   = start
)

func changer() int { start = 100; return start }

type named int

func (n named) String() string { return fmt.Sprint("named ", int(n)) }

type problem struct{ text string }

func (p *problem) Error() string { return p.text }

func (p point) sum() int { return p.x + p.y }

func double(n int) int { return 2 * n }

func announce(s string) string { println("announce", s); return s }

func main() {
	fmt.Println(number, float, text, list, len(list), cap(list))
	fmt.Println(*pointers[0], pointers[1], *pointers[2], array, len(array))
	fmt.Println(tree.name, tree.left.name, tree.right, tree.any, tree.big, tree.left.big)
	fmt.Println(function(4), closure(4), stringer, failure, dynamic, cut, string(bytes), *alias, size, pair)
	fmt.Println(table["b"], len(table), empty, method(point{1, 1}), bound(), complexes)
	fmt.Println(late, changed, start, after)

	// What is in data can be changed, and holds what the collector must find.
	tree.right = &node{name: "right"}
	list[1].x = 11
	pointers[1] = &point{12, 13}
	text = "longer text"
	bytes[0] = 'B'
	pair[0] = func() string { return "called" }
	garbage := make([][]byte, 0)
	for i := range 2000 {
		garbage = append(garbage, make([]byte, 1000+i))
		if i%100 == 0 {
			garbage = nil
		}
	}
	fmt.Println(tree.right.name, list[1], *pointers[1], closure(0), string(bytes), pair[0].(func() string)(), len(garbage))
}
