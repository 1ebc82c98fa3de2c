package main

type A struct{ x int }

func (a A) Val() int  { return a.x }
func (a *A) Inc()     { a.x++ }
func (a *A) Self() *A { return a }

type B struct {
	A
	y int
}
type C struct {
	*B
	z int
}
type I interface {
	Val() int
	Inc()
}
type D struct {
	I
	n int
}

func (d D) Val() int { return d.I.Val() * 100 }

type E struct {
	D
	C2
}
type C2 struct{ w int }

func (c C2) Other() int { return c.w }

type F func(int) int

func (f F) Call(n int) int { return f(n) }

type M []int

func (m M) Len() int    { return len(m) }
func (m *M) Push(n int) { *m = append(*m, n) }

type G[T any] struct {
	val T
	*A
}

func (g *G[T]) Get() T { return g.val }

type H struct {
	G[string]
	h int
}

func main() {
	c := C{&B{A{1}, 2}, 3}
	c.Inc()
	println(c.Val(), c.x, c.B.A.x, c.Self().x, c.y)
	var i I = c
	i.Inc()
	println(i.Val(), c.x)
	d := D{i, 5}
	d.Inc()
	println(d.Val(), c.x)
	e := E{d, C2{9}}
	println(e.Val(), e.Other(), e.w, e.n)
	var j I = e
	j.Inc()
	println(j.Val())
	f := F(func(n int) int { return n * 2 })
	println(f.Call(4), F.Call(f, 5))
	var m M
	m.Push(1)
	m.Push(2)
	println(m.Len(), m[1])
	push := m.Push
	push(3)
	println(m.Len())
	h := H{G[string]{"gen", &A{4}}, 1}
	h.Inc()
	println(h.Get(), h.Val(), h.val)
	get := h.Get
	h.val = "changed"
	println(get())
	var k interface{ Get() string } = &h
	println(k.Get())
	type local struct{ A }
	l := local{A{7}}
	l.Inc()
	var v interface{ Val() int } = l
	println(v.Val(), (*local).Val(&l), local.Val(l))
	inc := (*local).Inc
	inc(&l)
	println(l.x)
}
