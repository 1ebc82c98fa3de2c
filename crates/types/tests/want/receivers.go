// What can have methods.
package p

import "strings"

type T struct{}
type P *int
type I interface{}
type G[A any] struct{ a A }
type Al = T
type Ga = G[int]
type Str = strings.Builder

func (T) m1()    {}
func (*T) m2()   {}
func (Al) m3()   {}
func (*Al) m1()  {} // want `method T\.m1 already declared`
func (P) m()     {} // want `invalid receiver type P \(pointer or interface type\)`
func (I) m()     {} // want `invalid receiver type I \(pointer or interface type\)`
func (*I) m()    {} // want `invalid receiver type I \(pointer or interface type\)` `method I\.m already declared`
func (int) m()   {} // want `cannot define new methods on non-local type int`
func (*int) m()  {} // want `cannot define new methods on non-local type int`
func ([]int) m() {} // want `invalid receiver type \[\]int`
func (Str) m()   {} // want `cannot define new methods on non-local type Str`
func (Undef) m() {} // want `undefined: Undef`
func (**T) m9()  {} // want `invalid receiver type \*\*T`
func (G) m1()    {} // want `cannot use generic type G\[A any\] without instantiation`
func (G[A]) m2() (a A) { return }
func (G[A, B]) m3() {} // want `receiver declares 2 type parameters, but receiver base type declares 1`
func (G[_]) m4() {}
func (Ga) m5()   {} // want `cannot define new methods on instantiated type G\[int\]`
func (G[[]int]) m6() {} // want `receiver type parameter \[\]int must be an identifier`
func (T[A]) m7() {} // want `T is not a generic type`
func (g *G[int]) m8() int { return g.a }
