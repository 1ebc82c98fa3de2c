package main

type Big struct {
	n    [10]int
	name string
}

func change(b Big) Big { b.n[3] = 33; b.name = "changed"; return b }

func (b Big) with(i int) Big { b.n[0] = i; return b }

func swap(a, b Big) (Big, Big) { return b, a }

type Node struct {
	big  Big
	next *Node
}

var global Big

func main() {
	a := Big{name: "a"}
	b := change(a)
	println(a.n[3], a.name, b.n[3], b.name)
	c := a
	c.n[1] = 5
	println(a.n[1], c.n[1])
	a, b = b, a
	println(a.name, b.name)
	a, b = swap(a, b)
	println(a.name, b.name)
	arr := []Big{a, b}
	for i, x := range arr {
		x.name = "loop"
		arr[i].n[2] = i + 1
	}
	println(arr[0].name, arr[1].n[2])
	m := a.with
	a.n[5] = 50
	println(m(9).n[0], m(9).n[5], a.n[0])
	var i any = a
	a.n[6] = 60
	println(i.(Big).n[6], a.n[6])
	n := Node{big: a}
	n.next = &n
	n.next.big.name = "through pointer"
	println(n.big.name)
	k := n
	k.big.n[0] = -1
	println(n.big.n[0], k.big.n[0], k.next == &n)
	f := func() Big { return a }
	a.name = "later"
	println(f().name)
	ch := make(chan Big, 1)
	ch <- a
	a.name = "after send"
	println((<-ch).name)
	global = a
	global.n[7] = 7
	a = global.with(1)
	println(a.n[7], a.n[0], global.n[0])
	defer func(b Big) { println("deferred", b.name) }(a)
	a.name = "end"
	grid := [3][3]int{{1, 2, 3}, {4, 5, 6}}
	row := grid[1]
	row[0] = 40
	grid[2] = row
	grid[0], grid[1] = grid[1], grid[0]
	println(grid[0][0], grid[1][0], grid[2][0], row[0])
	p := &grid
	for i := range p {
		p[i][2] *= 10
	}
	println(grid[0][2], grid[1][2], len(p), cap(p[0][:2]))
	type pair struct{ x, y [2]string }
	q := pair{x: [2]string{"a", "b"}}
	r := q
	r.y = r.x
	r.x[0] = "z"
	println(q == r, r.y[0], r.x[0], q.x[0])
	println(pair{} == pair{}, [2]pair{{}, r} == [2]pair{{}, r})
}
