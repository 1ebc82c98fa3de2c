package main

import (
	"fmt"
	"os"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"sync"
)

type Tree struct{ l, r *Tree }

func build(d int) *Tree {
	if d == 0 {
		return &Tree{}
	}
	return &Tree{build(d - 1), build(d - 1)}
}
func (t *Tree) count() int {
	if t.l == nil {
		return 1
	}
	return 1 + t.l.count() + t.r.count()
}

type Node struct {
	key  string
	val  any
	next *Node
	big  [3]*Node
}

func trees(rounds int) {
	long := build(12)
	for i := 0; i < rounds; i++ {
		if n := build(8).count(); n != 511 {
			panic(n)
		}
	}
	if n := long.count(); n != 8191 {
		panic(n)
	}
}

func maps(rounds int) {
	m := map[string]*Node{}
	for i := 0; i < rounds*20; i++ {
		k := "k" + strconv.Itoa(i%1000)
		n := &Node{key: k, val: i, next: m[k]}
		if n.next != nil {
			n.next.next = nil
		}
		m[k] = n
		if i%7 == 0 {
			delete(m, "k"+strconv.Itoa(i%500))
		}
	}
	for k, n := range m {
		if n.key != k || (n.next != nil && n.next.key != k) {
			panic("map")
		}
		if _, ok := n.val.(int); !ok {
			panic("val")
		}
	}
}

// Pointers that move around in old objects, so that barriers matter.
func shuffle(rounds int) {
	const n = 2000
	nodes := make([]*Node, n)
	for i := range nodes {
		nodes[i] = &Node{key: strconv.Itoa(i), val: i}
	}
	x := uint32(1)
	for i := 0; i < rounds*500; i++ {
		x ^= x << 13
		x ^= x >> 17
		x ^= x << 5
		a, b := int(x%n), int(x>>11%n)%n
		nodes[a], nodes[b] = nodes[b], nodes[a]
		nodes[a].big[i%3], nodes[b].next = nodes[b].next, nodes[a].big[i%3]
		if i%64 == 0 {
			nodes[a] = &Node{key: nodes[a].key, val: nodes[a].val, big: nodes[a].big, next: nodes[a].next}
		}
		if i%1024 == 0 {
			runtime.Gosched()
		}
	}
	keys := []int{}
	for _, n := range nodes {
		k, _ := strconv.Atoi(n.key)
		keys = append(keys, k)
		for _, m := range append(n.big[:], n.next) {
			if m != nil {
				if _, err := strconv.Atoi(m.key); err != nil {
					panic(m.key)
				}
			}
		}
	}
	sort.Ints(keys)
	for i, k := range keys {
		if i != k {
			panic("lost")
		}
	}
}

func chans(rounds int) {
	c := make(chan *Node, 8)
	d := make(chan []string)
	go func() {
		for n := range c {
			d <- strings.Split(n.key, ",")
		}
		close(d)
	}()
	go func() {
		for i := 0; i < rounds*4; i++ {
			c <- &Node{key: strings.Repeat(strconv.Itoa(i)+",", 20)}
		}
		close(c)
	}()
	i := 0
	for s := range d {
		if len(s) != 21 || s[19] != strconv.Itoa(i) {
			panic("chan")
		}
		i++
	}
}

func slices(rounds int) {
	var s [][]byte
	for i := 0; i < rounds*10; i++ {
		s = append(s, []byte(fmt.Sprint("x", i)))
		if len(s) > 300 {
			s = append([][]byte(nil), s[150:]...)
		}
	}
	for _, b := range s {
		if b[0] != 'x' {
			panic("slice")
		}
	}
	big := make([]*Node, 100000)
	for i := range big {
		big[i] = &Node{val: i}
	}
	runtime.GC()
	for i, n := range big {
		if n.val != i {
			panic("big")
		}
	}
}

func main() {
	rounds := 100
	if len(os.Args) > 1 {
		rounds, _ = strconv.Atoi(os.Args[1])
	}
	var wg sync.WaitGroup
	for _, f := range []func(int){trees, maps, shuffle, chans, slices} {
		for range 2 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				f(rounds)
			}()
		}
	}
	wg.Wait()
	fmt.Println("ok")
}
