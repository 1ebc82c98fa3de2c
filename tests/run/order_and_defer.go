// Order of evaluation, deferred calls and recovery.
package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

// order of evaluation
var trace []string

func t(name string, v int) int                  { trace = append(trace, name); return v }
func ts(name string, v []int) []int             { trace = append(trace, name); return v }
func tm(name string, v map[int]int) map[int]int { trace = append(trace, name); return v }
func tp(name string, v *int) *int               { trace = append(trace, name); return v }
func flush(what string)                         { fmt.Println(what, strings.Join(trace, " ")); trace = nil }

type S struct{ a, b, c int }

func two() (int, int)   { trace = append(trace, "two"); return 1, 2 }
func modify(p *int) int { *p += 10; return *p }

type T struct{ n int }

func (t T) val(x int) int { trace = append(trace, fmt.Sprint("val", t.n, x)); return t.n }
func (t *T) ptr(x int) *T { trace = append(trace, fmt.Sprint("ptr", t.n, x)); t.n++; return t }
func (t *T) set(n int) *T { t.n = n; return t }

func order() {
	x := 1
	y := x + modify(&x) + x
	fmt.Println(x, y)
	a := []int{1, 2, 3}
	i := 0
	i, a[i] = 1, 9
	fmt.Println(i, a)
	a[t("i", 0)], a[t("j", 1)] = t("v", 5), t("w", 6)
	flush("assign")
	m := map[int]int{}
	m[t("k", 1)], *tp("p", &x) = t("v", 2), t("w", 3)
	flush("map")
	s := S{c: t("c", 1), a: t("a", 2), b: t("b", 3)}
	flush(fmt.Sprint("lit", s))
	arr := [...]int{2: t("2", 2), 0: t("0", 0), 1: t("1", 1)}
	flush(fmt.Sprint(arr))
	mm := map[int]int{t("k1", 1): t("v1", 1), t("k2", 2): t("v2", 2)}
	flush(fmt.Sprint(mm))
	v := T{1}
	f := v.val
	v.n = 5
	f(3)
	v.ptr(1).ptr(2).set(7).ptr(v.n)
	flush("chain")
	_ = ts("s", a)[t("lo", 0):t("hi", 2):t("max", 3)]
	flush("slice")
	g := func() func(int, int) {
		trace = append(trace, "g")
		return func(int, int) { trace = append(trace, "call") }
	}
	g()(t("x", 1), t("y", 2))
	flush("callee")
	defer func() { flush("deferred") }()
	defer g()(t("d1", 1), t("d2", 2))
	flush("defer")
	ch := make(chan int, 3)
	ch <- t("send", 1)
	select {
	case ch <- t("sel", 4):
	default:
	}
	flush("chan")
	b := []int{1, 2, 3}
	b = append(b[:1], b[2:]...)
	fmt.Println(b, len(b), cap(b))
	q := []int{1}
	q = append(q, t("q", 1), len(q))
	fmt.Println(q)
	h := func() int { q = append(q, 100); return len(q) }
	r := append(q, h())
	fmt.Println(r)
	flush("append")
	z := 1
	inc := func() int { z++; return z }
	fmt.Println(z, inc(), z, inc())
	arr2 := [3]int{z, inc(), z}
	fmt.Println(arr2)
	w := z + inc()*z
	fmt.Println(w)
	if t("l", 1) == 1 || t("r", 2) == 2 {
		flush("or")
	}
	p := &z
	*p, z = 5, 6
	fmt.Println(*p, z)
	var np *S
	func() {
		defer func() { fmt.Println(recover()); flush("nil") }()
		np.a = t("rhs", 1)
	}()
	func() {
		defer func() { fmt.Println(recover()); flush("nilmap") }()
		var nm map[int]int
		nm[t("key", 1)] = t("rhs", 1)
	}()
	func() {
		defer func() { fmt.Println(recover()); flush("oob") }()
		a[t("idx", 7)] = t("rhs", 1)
	}()
	func() {
		defer func() { fmt.Println(recover()); flush("div") }()
		zero := 0
		fmt.Println(t("x", 1) / zero * t("y", 2))
	}()
	func() {
		defer func() { fmt.Println(recover()); flush("assert") }()
		var e any = "s"
		fmt.Println(t("x", 1), e.(int), t("y", 2))
	}()
}

// defer/recover nesting
func nest() (s string, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("outer %v", r)
		}
	}()
	defer func() {
		defer func() {
			fmt.Println("inner recovered", recover())
			panic("third")
		}()
		fmt.Println("not direct", func() any { return recover() }())
		panic("second")
	}()
	s = "set"
	panic("first")
}

func loopDefer() (n int) {
	for i := 0; i < 4; i++ {
		defer func() { n = n*10 + i }()
	}
	return 0
}

type myErr struct{ code int }

func (e *myErr) Error() string { return fmt.Sprint("code ", e.code) }

func mayFail(n int) (res int, err error) {
	defer func() {
		var me *myErr
		if errors.As(err, &me) {
			res = me.code
		}
	}()
	if n > 2 {
		return 0, fmt.Errorf("wrapped: %w", &myErr{n})
	}
	return n, nil
}

func repanic() {
	defer func() { fmt.Println("got", recover()) }()
	defer func() {
		r := recover()
		panic(fmt.Sprint("again ", r))
	}()
	panic("once")
}

func main() {
	order()
	fmt.Println(nest())
	fmt.Println(loopDefer())
	fmt.Println(mayFail(1))
	fmt.Println(mayFail(5))
	repanic()
	var e error = (*myErr)(nil)
	fmt.Println(e == nil, e != nil)
	os.Exit(3)
}
