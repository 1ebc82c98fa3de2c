package p

import (
	"fmt"
	"strings"
)

type S struct{ a int }
type I interface{ m() }
type A struct{ x int }
type B struct{ x int }
type AB struct {
	A
	B
}
type P struct{ *A }

func (s *S) pm() {}
func (s S) vm()  {}

func _(s S, ps *S, ii I, pi *I, ab AB, pp **S, bu strings.Builder, p P, i int) {
	_ = s._ // want `^s\._ undefined \(type S has no field or method _\)`
	_ = s.foo // want `^s\.foo undefined \(type S has no field or method foo\)`
	_ = s.A // want `^s\.A undefined \(type S has no field or method A, but does have field a\)`
	_ = s.Pm // want `^s\.Pm undefined \(type S has no field or method Pm, but does have method pm\)`
	_ = s.VM // want `^s\.VM undefined \(type S has no field or method VM, but does have method vm\)`
	_ = ps.A // want `^ps\.A undefined \(type \*S has no field or method A, but does have field a\)`
	_ = pp.a // want `^pp\.a undefined \(type \*\*S has no field or method a\)`
	_ = ii.M // want `^ii\.M undefined \(type I has no field or method M, but does have method m\)`
	_ = ii.foo // want `^ii\.foo undefined \(type I has no field or method foo\)`
	pi.m() // want `^pi\.m undefined \(type \*I is pointer to interface, not interface\)`
	_ = ab.x // want `^ambiguous selector ab\.x`
	_ = ab.A.x
	_ = p.x
	_ = i.x // want `^i\.x undefined \(type int has no field or method x\)`
	len.x() // want `^invalid use of len \(built-in\) in selector expression`
	_ = fmt.foo // want `^undefined: fmt\.foo`
	_ = fmt.println // want `^undefined: fmt\.println \(but have Println\)`
	_ = fmt.Foo // want `^undefined: fmt\.Foo`
	_ = fmt.PrintLn // want `^undefined: fmt\.PrintLn \(but have Println\)`
	_ = fmt // want `^use of package fmt not in selector`
	_ = bu.buf // want `^bu\.buf undefined \(cannot refer to unexported field buf\)`
	_ = bu.string() // want `^bu\.string undefined \(type strings\.Builder has no field or method string, but does have method String\)`
	_ = bu.Buf // want `^bu\.Buf undefined \(type strings\.Builder has no field or method Buf, but does have unexported field buf\)`
	_ = bu.Addr // want `^bu\.Addr undefined \(type strings\.Builder has no field or method Addr, but does have unexported field addr\)`
	S{}.pm() // want `^cannot call pointer method pm on S`
	(&S{}).pm()
	s.pm()
	_ = S.pm // want `^invalid method expression S\.pm \(needs pointer receiver \(\*S\)\.pm\)`
	_ = (*S).pm
	_ = (*S).vm
	_ = S.a // want `^S\.a undefined \(type S has no method a\)`
	_ = S.zz // want `^S\.zz undefined \(type S has no field or method zz\)`
	_ = I.m
	_ = I.zz // want `^I\.zz undefined \(type I has no field or method zz\)`
	_ = int.x // want `^int\.x undefined \(type int has no field or method x\)`
	_ = &S.a // want `^S\.a undefined \(type S has no method a\)`
	s.vm = nil // want `^cannot assign to s\.vm \(neither addressable nor a map index expression\)`
	_ = s.a.b // want `^s\.a\.b undefined \(type int has no field or method b\)`
	_ = undefined.x // want `^undefined: undefined`
	_ = fmt.Stringer.String
	_ = (fmt.Stringer)(nil)
	_ = nil.x // want `^nil\.x undefined \(type untyped nil has no field or method x\)`
	_ = 1.0.x // want `^1\.0\.x undefined \(type untyped float has no field or method x\)`
	_ = "x".y // want `^"x"\.y undefined \(type untyped string has no field or method y\)`
	_ = two().x // want `^multiple-value two\(\) \(value of type \(a int, b int\)\) in single-value context`
	var _ fmt.stringer // want `^undefined: fmt\.stringer \(but have Stringer\)`
	var _ fmt.Println // want `^fmt\.Println \(value of type func\(a \.\.\.any\) \(n int, err error\)\) is not a type`
	var _ s.a // want `^s\.a is not a type`
}

func two() (a, b int) { return 0, 0 }

func _[T I, U *S, V interface{ *S; pm() }](t T, u U, v V, pt *T) {
	t.m()
	t.n() // want `^t\.n undefined \(type T has no field or method n\)`
	u.pm() // want `^u\.pm undefined \(type U has no field or method pm\)`
	_ = u.a // want `^u\.a undefined \(type U has no field or method a\)`
	v.pm()
	pt.m() // want `^pt\.m undefined \(type \*T is pointer to type parameter, not type parameter\)`
}
