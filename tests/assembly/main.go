// A program with assembly of its own: every kind of argument and result, calls back into Go with deep stacks, collections,
// panics and faults below.
package main

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
)

type pair struct {
	a uint8
	b [3]uint16
	c float64
}

const factor = 3

//go:noescape
func sum(p []int32) int64

func mixed(a int8, b uint16, c float32, d float64, e string, f uint32) (n int64, x float64, ok bool)

// Neither the arguments nor the results fit into registers.
func reverse(a, b, c, d, e, f, k, l, m int) (r1, r2, r3, r4, r5, r6, r7, r8, r9 int)

// Go passes a pair in memory.
func change(p pair, k int) (q pair, n int)

// call has Go's callback do what it is asked for.
func call(n int, p *[4]int, s string) (m int, t string)

// back has Go's nine and memory do the same for reverse and change.
func back(k int) (n int)

func fault(p *int) int

var counter int64

func count() int64

func nine(a, b, c, d, e, f, k, l, m int) (r1, r2, r3, r4, r5, r6, r7, r8, r9 int) {
	return m, l, k, f, e, d, c, b, a
}

func memory(p pair, k int) (q pair, n int) {
	p.a, p.b[2], p.c = p.a+1, p.b[0], p.c*2
	return p, k + 1
}

const (
	collect = 0
	panics  = -1
	names   = -2
)

var depth int

// callback is called by assembly, and calls it again until n is 0.
func callback(n int, p *[4]int, s string) (m int, t string) {
	switch n {
	case collect:
		runtime.GC()
		list := make([][]byte, 0)
		for range 1000 {
			list = append(list, make([]byte, 1000))
		}
		runtime.GC()
		p[1] = len(list)
		return p[0], strings.Repeat(s, 2)
	case panics:
		panic(errors.New("from below"))
	case names:
		return 0, functions()
	}
	// Only frames of Go and of assembly hold it.
	q := &[4]int{p[0] + 1}
	var pad [200]byte
	pad[n%200] = 1
	m, t = call(n-1, q, s)
	if pad[n%200] != 1 {
		panic("the stack was written over")
	}
	p[1] += q[1] + 1
	return m, t
}

// functions lists those of this program that are being called.
func functions() string {
	buf := make([]byte, 4096)
	buf = buf[:runtime.Stack(buf, false)]
	var found []string
	for line := range strings.Lines(string(buf)) {
		if name, _, ok := strings.Cut(line, "("); ok && strings.HasPrefix(name, "main.") {
			found = append(found, name)
		}
	}
	return strings.Join(found, " ")
}

func recovered(f func()) (err any) {
	defer func() { err = recover() }()
	f()
	return nil
}

func main() {
	fmt.Println(sum([]int32{1, 2, -7}))
	fmt.Println(mixed(-5, 60000, 1.5, 2.25, "hello", 7))
	fmt.Println(reverse(1, 2, 3, 4, 5, 6, 7, 8, 9))
	fmt.Println(change(pair{1, [3]uint16{2, 3, 4}, 5.5}, 9))
	fmt.Println(back(10))

	var p [4]int
	m, t := call(1000, &p, "xy")
	fmt.Println(m, t, p)
	done := make(chan int)
	for i := range 8 {
		go func() {
			var p [4]int
			m, t := call(100+i, &p, strings.Repeat("z", i))
			done <- m + len(t) + p[1]
		}()
	}
	total := 0
	for range 8 {
		total += <-done
	}
	fmt.Println(total)

	fmt.Println(recovered(func() { call(panics, &p, "") }))
	fmt.Println(recovered(func() { fault(nil) }))
	x := 42
	fmt.Println(fault(&x))
	_, t = call(names, &p, "")
	fmt.Println(t)
	counter = 10
	fmt.Println(count(), count(), counter)

	defer fmt.Println("deferred")
	fault(nil)
}
