// Promotion, numbers, copies, maps that change during iteration, goto, Goexit, select.
package main

import (
	"fmt"
	"math"
	"math/cmplx"
	"runtime"
	"strings"
	"sync"
	"time"
	"unsafe"
)

type A struct{ x int }

func (a A) Get() int     { return a.x }
func (a *A) Inc()        { a.x++ }
func (a A) Name() string { return "A" }

type B struct {
	A
	*C
	y int
}
type C struct{ z int }

func (c *C) Zed() int    { return c.z }
func (c C) Name() string { return "C" }

type D struct {
	B
	fmt.Stringer
}

func (b B) Name() string { return "B" + b.A.Name() + b.C.Name() }

type named interface{ Name() string }
type zedder interface {
	named
	Zed() int
	Get() int
}

type str string

func (s str) String() string { return "str:" + string(s) }

type F func(int) int

func (f F) Twice(x int) int { return f(f(x)) }

type M map[string]int

func (m M) Inc(k string) int { m[k]++; return m[k] }

type Arr [4]int

func (a Arr) Sum() (n int) {
	for _, v := range a {
		n += v
	}
	return
}
func (a *Arr) Set(i, v int) { a[i] = v }

const (
	big   = 1 << 100
	small = big >> 98
	mask  = ^uint32(0)
	fl    = 1.0 / 3
	c128  = 1 + 2i
)

type Weekday uint

const (
	Sun Weekday = iota
	Mon
	_
	Wed
	bits = 1 << (iota * 10)
)

func shifts(n uint, s int) {
	var i8 int8 = -128
	var u8 uint8 = 200
	fmt.Println(i8>>n, u8<<n, i8<<1, u8>>s, int8(i8-1), u8+100, -i8, i8/-1, i8%-1)
	var i64 int64 = math.MinInt64
	fmt.Println(i64/-1, i64%-1, -i64, i64>>70, uint64(i64)>>63, 1<<n, i64<<n)
	fmt.Println(7/-2, -7/2, -7%3, 7%-3, 7&^5, 6^3, ^5)
	x, y := 7, -2
	fmt.Println(x/y, -x/2, -x%3, x%(-3), x&^5, x^3, ^x)
}

func floats(z float64) {
	inf, nan := 1/z, z/z
	fmt.Println(inf, -inf, nan, nan == nan, nan < 1, nan != nan, inf > 1e308, math.Signbit(-z), 1/(-z))
	fmt.Println(min(1, 2.5, -1), max(nan, 1), min(z, -z), max("a", "b"), min(3, 1, 2))
	m := map[float64]int{nan: 1, 0: 2}
	m[nan] = 3
	m[-z] = 4
	fmt.Println(len(m), m[0], m[nan])
	fmt.Println(float32(0.1), float64(float32(0.1)), float32(16777217), int(-1.9+z), uint8(3.99+z))
	fmt.Println(math.Sqrt(2), math.FMA(2, 3, 4), math.Floor(-1.5), math.MaxUint64>>1)
}

func complexes(c complex128) {
	var d complex64 = complex64(c)
	fmt.Println(c*c, c/(1+1i), -c, real(c), imag(c), cmplx.Abs(3+4i), d*d, d == 1+2i, c != c)
	fmt.Println(c/0, complex(math.Inf(1), 0)*c)
	fmt.Printf("%v %.2f\n", c*2i+1, cmplx.Exp(c))
}

func copies() {
	a := []int{1, 2, 3, 4, 5}
	n := copy(a[1:], a)
	fmt.Println(n, a)
	n = copy(a, a[2:])
	fmt.Println(n, a)
	b := append([]byte("ab"), "cd"...)
	copy(b[1:], "xyz")
	fmt.Println(string(b), len(b))
	s := a[1:3]
	s = append(s, 99)
	fmt.Println(a, s, len(s), cap(s))
	s2 := a[1:3:3]
	s2 = append(s2, 77)
	fmt.Println(a, s2)
	a = append(a, a...)
	fmt.Println(a)
	arr := [5]int(a[:5])
	parr := (*[3]int)(a[2:])
	parr[0] = -1
	fmt.Println(arr, *parr, a[2])
	var nilS []int
	fmt.Println(nilS == nil, append(nilS, nilS...) == nil, len(nilS[:0]), nilS[:0] == nil, []int{} == nil)
	clear(a)
	fmt.Println(a)
	strs := []string{"x", "y"}
	for i, v := range strs {
		strs = append(strs, v+"'")
		strs[0] = "changed"
		fmt.Print(i, v, " ")
	}
	fmt.Println(strs)
	ar := [3]int{1, 2, 3}
	for i, v := range ar {
		ar[2] = 10
		fmt.Print(i, v, " ")
	}
	for i, v := range &ar {
		ar[2] = 20
		fmt.Print(i, v, " ")
	}
	fmt.Println()
}

func mapMutation() {
	m := map[int]int{}
	for i := 0; i < 100; i++ {
		m[i] = i
	}
	seen := 0
	for k := range m {
		seen++
		delete(m, k)
		delete(m, (k+1)%100)
		if k%7 == 0 {
			m[k+1000] = k
		}
	}
	fmt.Println(seen >= 50, len(m) < 60)
	type key struct {
		a string
		b [2]int
		c any
	}
	mk := map[key]string{{"a", [2]int{1, 2}, 3}: "x"}
	mk[key{"a", [2]int{1, 2}, "3"}] = "y"
	fmt.Println(mk[key{"a", [2]int{1, 2}, 3}], len(mk))
	func() {
		defer func() { fmt.Println(recover()) }()
		mk[key{"", [2]int{}, []int{}}] = "z"
	}()
	mm := map[string]map[string]int{}
	if mm["a"]["b"] == 0 && mm["a"] == nil {
		mm["a"] = map[string]int{"b": 1}
	}
	mm["a"]["b"] += 5
	mm["a"]["c"]++
	fmt.Println(mm)
	ms := map[string][]int{}
	ms["x"] = append(ms["x"], 1, 2)
	ms["x"][0]++
	fmt.Println(ms)
	var e map[string]int
	v, ok := e["q"]
	delete(e, "q")
	fmt.Println(v, ok, len(e))
}

func gotos() {
	i := 0
loop:
	if i < 3 {
		for j := 0; ; j++ {
			if j == 2 {
				i++
				goto loop
			}
			if i == 1 {
				i++
				continue
			}
			fmt.Print(i, j, " ")
		}
	}
	switch x := i; {
	case x > 2:
		fmt.Print("big ")
		fallthrough
	case x > 100:
		fmt.Print("fell ")
	default:
		fmt.Print("no")
	}
	fmt.Println()
}

func goexit() {
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		defer func() { fmt.Println("in goexit", recover()) }()
		func() {
			defer func() { runtime.Goexit() }()
			panic("swallowed by goexit")
		}()
		fmt.Println("never")
	}()
	wg.Wait()
}

func selects() {
	a, b := make(chan int, 1), make(chan string)
	done := make(chan struct{})
	go func() {
		for s := range b {
			fmt.Println("got", s)
		}
		close(done)
	}()
	for i := 0; i < 3; i++ {
		select {
		case a <- i:
			fmt.Println("sent", i)
		case v, ok := <-a:
			fmt.Println("recv", v, ok)
		}
	}
	b <- "x"
	close(b)
	<-done
	select {
	case <-time.After(time.Millisecond):
		fmt.Println("timeout")
	case a2 := <-(chan int)(nil):
		fmt.Println(a2)
	}
	var arr [3]int
	c := make(chan int, 1)
	c <- 5
	select {
	case arr[func() int { return 2 }()] = <-c:
	}
	fmt.Println(arr)
}

func main() {
	d := D{B{A{1}, &C{2}, 3}, str("s")}
	d.Inc()
	f := d.Get
	g := d.B.A.Inc
	g()
	g()
	var z zedder = d
	fmt.Println(d.x, f(), z.Zed(), z.Name(), d.String(), d.Stringer.String(), (*A).Get(&d.A), D.Get(d), zedder.Zed(z))
	fmt.Println(F(func(x int) int { return x * 3 }).Twice(2), M{}.Inc("a"), Arr{1, 2, 3, 4}.Sum())
	var ar Arr
	h := ar.Set
	h(2, 9)
	fmt.Println(ar, ar.Sum())
	fmt.Println(small, mask, fl, c128, Wed, bits, big/1e20)
	shifts(3, 4)
	floats(0)
	complexes(1 + 2i)
	copies()
	mapMutation()
	gotos()
	goexit()
	selects()
	fmt.Println(unsafe.Sizeof(d), unsafe.Offsetof(d.Stringer), strings.ToUpper("é"))
	var i any = d.A
	switch v := i.(type) {
	case interface{ Get() int }:
		fmt.Println("getter", v.Get())
	}
	switch i {
	case A{3}:
		fmt.Println("A3")
	case A{4}:
		fmt.Println("A4")
	}
	defer func() {
		r := recover()
		fmt.Printf("%T %v\n", r, r)
	}()
	var nn named
	nn.Name()
}
