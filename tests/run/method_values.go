package main

type T struct{ n int }

func (t T) Get() int                 { return t.n }
func (t *T) Set(n int)               { t.n = n }
func (t *T) Add(a, b int) (int, int) { t.n += a + b; return t.n, a }

type Getter interface{ Get() int }

type Outer struct {
	T
	name string
}

type Deep struct{ *Outer }

type Wrap struct{ Getter }

type Num int

func (n Num) Double() Num { return n * 2 }

func main() {
	t := T{1}
	get, set := t.Get, t.Set
	set(5)
	println(get(), t.n, t.Get())
	var g Getter = t
	m := g.Get
	t.n = 9
	println(m())
	f := T.Get
	println(f(t))
	h := (*T).Set
	h(&t, 11)
	println(t.n)
	k := (*T).Get
	println(k(&t))
	i := Getter.Get
	println(i(t))
	o := Outer{T{3}, "o"}
	println(o.Get())
	o.Set(4)
	println(o.Get())
	p := o.Add
	x, y := p(1, 2)
	println(x, y, o.n)
	d := Deep{&o}
	println(d.Get())
	d.Set(20)
	println(o.n)
	dg := Deep.Get
	println(dg(d))
	w := Wrap{o}
	println(w.Get())
	g = w
	println(g.Get())
	g = d
	println(g.Get())
	println(Num(4).Double(), Num.Double(5))
	fs := []func() int{t.Get, o.Get, g.Get}
	for _, f := range fs {
		println(f())
	}
	defer t.Set(1)
	go o.Set(1)
	var ng Getter
	defer func() { println("nil interface", recover() != nil) }()
	_ = ng.Get
}
