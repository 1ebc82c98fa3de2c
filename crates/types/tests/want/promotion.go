package p

type a struct{ x, y int }
type b struct{ x, z int }
type c struct {
	a
	*b
	w int
}
type d struct {
	c
	y string
}
type e struct {
	*e
	q int
}
type ptr *a
type iface interface{ m() }
type f struct{ iface }
type g struct {
	f
	h
}
type h struct{ iface }

func (a) value()    {}
func (*a) pointer() {}
func (b) z2()       {}
func (ptr2) m()     {}

type ptr2 struct{}
type named ptr2

type box[T any] struct{ item T }

func (b *box[T]) get() T  { return b.item }
func (b box[T]) put(T)    {}

type crate struct{ box[int] }
type shelf[U any] struct {
	*box[U]
	n int
}

func _(v c, dd d, ee e, p ptr, pp *ptr, ff f, gg g, cr crate, sh shelf[string]) {
	_ = v.x // want `ambiguous selector v\.x`
	_ = v.y
	_ = v.z
	_ = v.w
	_ = v.missing // want `v\.missing undefined \(type c has no field or method missing\)`
	v.value()
	v.pointer()
	var _ int = dd.y // want `cannot use dd\.y \(variable of type string\) as int value in variable declaration`
	var _ string = dd.y
	_ = ee.q
	_ = ee.e.e.q
	_ = ee.r // want `ee\.r undefined \(type e has no field or method r\)`
	_ = p.x
	p.value() // want `p\.value undefined \(type ptr has no field or method value\)`
	p.pointer() // want `p\.pointer undefined \(type ptr has no field or method pointer\)`
	_ = pp.x // want `pp\.x undefined \(type \*ptr has no field or method x\)`
	ff.m()
	gg.m() // want `ambiguous selector gg\.m`
	gg.f.m()
	named{}.m() // want `named\{\}\.m undefined \(type named has no field or method m\)`
	ptr2{}.m()
	c{}.pointer() // want `cannot call pointer method pointer on c`
	a{}.pointer() // want `cannot call pointer method pointer on a`
	(&a{}).pointer()
	_ = a.value
	_ = a.pointer // want `invalid method expression a\.pointer \(needs pointer receiver \(\*a\)\.pointer\)`
	_ = (*a).pointer
	var _ func(*a) = (*a).value
	var _ int = cr.get()
	var _ string = cr.get() // want `cannot use cr\.get\(\) \(value of type int\) as string value in variable declaration`
	cr.put("x") // want `cannot use "x" \(untyped string constant\) as int value in argument to cr\.put`
	var _ string = sh.get()
	var _ int = sh.item // want `cannot use sh\.item \(variable of type string\) as int value in variable declaration`
	_ = sh.N // want `sh\.N undefined \(type shelf\[string\] has no field or method N, but does have field n\)`
	_ = v.X // want `v\.X undefined \(type c has no field or method X\)`
	_ = v.Value // want `v\.Value undefined \(type c has no field or method Value, but does have method value\)`
	var i *iface
	i.m() // want `i\.m undefined \(type \*iface is pointer to interface, not interface\)`
	_ = i.x // want `i\.x undefined \(type \*iface is pointer to interface, not interface\)`
}

func _[T iface, U any, V interface{ *a }](t T, u U, tp *T, v V) {
	t.m()
	u.m() // want `u\.m undefined \(type U has no field or method m\)`
	tp.m() // want `tp\.m undefined \(type \*T is pointer to type parameter, not type parameter\)`
	_ = v.x // want `v\.x undefined \(type V has no field or method x\)`
	v.value() // want `v\.value undefined \(type V has no field or method value\)`
}
