package main

type Shape interface {
	Area() int
	Name() string
}
type Named interface{ Name() string }
type Sq struct{ n int }
type Rect struct{ w, h int }

func (s Sq) Area() int       { return s.n * s.n }
func (s Sq) Name() string    { return "square" }
func (r *Rect) Area() int    { return r.w * r.h }
func (r *Rect) Name() string { return "rect" }

type Both interface {
	Shape
	interface{ Extra() }
}
type Full struct {
	Sq
	*Rect2
}
type Rect2 struct{ z int }

func (r *Rect2) Extra() { println("extra", r.z) }

type Big struct{ a, b, c, d, e, f int }

func (b Big) Name() string  { return "big" }
func (b Big) Sum(x Big) Big { b.a += x.a; return b }

func main() {
	shapes := []Shape{Sq{3}, &Rect{2, 5}}
	for _, s := range shapes {
		println(s.Name(), s.Area())
		if r, ok := s.(*Rect); ok {
			println("w", r.w)
		}
	}
	var b Both = Full{Sq{2}, &Rect2{6}}
	b.Extra()
	println(b.Area())
	var x any = Big{a: 1}
	y, ok := x.(Big)
	println(y.a, ok)
	_, ok = x.(int)
	println(ok)
	n, ok := x.(interface{ Sum(Big) Big })
	if ok {
		println(n.Sum(Big{a: 10}).a)
	}
	var named Named = shapes[0]
	println(named.Name())
	println(x == any(Big{a: 1}), named == Named(Sq{3}), any(1) == any("1"), any(nil) == nil)
	var np *Rect
	var s Shape = np
	println(s == nil, s != nil, s == Shape(np))
	defer func() { println(recover().(error).Error()) }()
	_ = x.(string)
}
