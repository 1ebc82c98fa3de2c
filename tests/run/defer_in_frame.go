// Deferred calls whose records and closures lie in the frame: order, panics at every point, recovery, Goexit.
package main

import (
	"errors"
	"fmt"
	"runtime"
	"sync"
)

var sink []string

func note(s string) { sink = append(sink, s) }

func flush(name string) {
	fmt.Println(name, sink)
	sink = nil
}

// Some of the statements run, and the function panics after n of them.
func partly(a, b bool, n int) (result string, err error) {
	step := 0
	next := func() {
		if step == n {
			panic(fmt.Sprint("step ", step))
		}
		step++
	}
	defer func() {
		if r := recover(); r != nil {
			err = errors.New(fmt.Sprint(r))
		}
		note("first")
	}()
	next()
	if a {
		defer note("a")
	}
	next()
	if b {
		x := "b"
		defer func() { note(x); result += x }()
		x = "B"
	}
	next()
	defer func(s string) { note(s) }("argument")
	next()
	return "done", nil
}

// The second panic replaces the first, while the first's deferred calls go on.
func replaced() (text string) {
	defer func() { text = fmt.Sprint(recover()) }()
	defer func() { panic("second") }()
	defer note("before")
	panic("first")
}

// A deferred call recovers a panic of its own and leaves the one that runs it alone.
func nested() (text string) {
	defer func() { text = fmt.Sprint(recover()) }()
	defer func() {
		defer func() { note(fmt.Sprint("inner ", recover())) }()
		panic("inner")
	}()
	panic("outer")
}

// What comes after a recovery in the middle still runs, and is out of the panic.
func middle() {
	defer func() { note(fmt.Sprint("last ", recover())) }()
	defer func() { note(fmt.Sprint("middle ", recover())) }()
	defer func() { note(fmt.Sprint("early ", recover() != nil)); panic("again") }()
	panic("p")
}

// A panic in a deferred call at a normal return.
func atReturn() (n int) {
	defer func() { recover(); n++ }()
	defer func() { n *= 10; panic("at return") }()
	defer func() { n++ }()
	return 4
}

func nilFunc() {
	defer func() { note(fmt.Sprint(recover())) }()
	var f func()
	defer f()
	note("not yet")
}

func exits() {
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		defer func() { note(fmt.Sprint("goexit ", recover())) }()
		x := 1
		defer func() { note(fmt.Sprint("x ", x)) }()
		x++
		runtime.Goexit()
	}()
	wg.Wait()
}

func jumps(n int) {
again:
	defer note(fmt.Sprint("jump ", n))
	if n--; n > 0 {
		goto again
	}
	for i := range 2 {
		defer func() { note(fmt.Sprint("loop ", i)) }()
	}
	defer note("single")
}

func recursive(n, top int) (sum int) {
	defer func() {
		if r := recover(); r != nil {
			sum = r.(int) + n
			if n < top {
				panic(sum)
			}
		}
	}()
	if n == 0 {
		panic(0)
	}
	return recursive(n-1, top)
}

type counter struct{ mu sync.Mutex }

func (c *counter) locked(f func()) (err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	f()
	return nil
}

type shape interface{ area(*int) }

type square int

func (s square) area(sum *int) { *sum += int(s * s) }

func many(s shape, n *int) (sum int) {
	defer func() { *n += sum }()
	defer s.area(&sum)
	var c counter
	c.mu.Lock()
	defer c.mu.Unlock()
	return 1
}

// Objects that only closures in the frame hold: each turn of a loop has its own.
func turns() (sum int) {
	var fs [3]func() int
	for i := range 3 {
		n := i
		f := func() int { n += 10; return n }
		f()
		sum += f() + n
		fs[i] = f
	}
	for _, f := range fs {
		sum += f()
	}
	return sum
}

func apply(n int, f func(int) *int) int {
	if n > 0 {
		return apply(n-1, f)
	}
	return *f(n)
}

var kept *int

// The closure stays in the frame, what it gives away does not.
func givesAway() int {
	x := 40
	got := apply(3, func(int) *int { kept = &x; return &x })
	x++
	return got + *kept
}

func main() {
	for n := range 5 {
		for _, ab := range [][2]bool{{false, false}, {true, false}, {true, true}} {
			result, err := partly(ab[0], ab[1], n)
			flush(fmt.Sprint(n, ab, result, err))
		}
	}
	flush(replaced())
	flush(nested())
	middle()
	flush("middle")
	flush(fmt.Sprint("return ", atReturn()))
	nilFunc()
	flush("nil")
	exits()
	flush("exit")
	jumps(3)
	flush("jumps")
	fmt.Println(recursive(3, 3), recursive(6, 6))
	c := new(counter)
	fmt.Println(c.locked(func() { panic("locked") }), c.locked(func() {}))
	n := 0
	fmt.Println(many(square(5), &n), n, turns(), givesAway(), *kept)
}
