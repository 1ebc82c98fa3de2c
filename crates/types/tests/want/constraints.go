// Constraint interfaces and unions.
package p

import "fmt"

type My int
type C1 interface{ int | string }
type C2 interface{ ~My } // want `invalid use of ~ \(underlying type of My is int\)`
type C3 interface{ int | int } // want `overlapping terms int and int`
type C4 interface{ int | ~int } // want `overlapping terms ~int and int`
type C5 interface{ fmt.Stringer | int } // want `cannot use fmt\.Stringer in union \(fmt\.Stringer contains methods\)`
type C6 interface{ comparable | int } // want `cannot use comparable in union`
type C7 interface{ ~error } // want `invalid use of ~ \(error is an interface\)`
type C8 interface{ any | int }
type C9 interface {
	int
	m()
}
type C10 interface{ C9 | string } // want `cannot use p\.C9 in union \(p\.C9 contains methods\)`

type G1[P interface{ P }] struct{} // want `term cannot be a type parameter`
type G2[P int | Q, Q any] struct{} // want `term cannot be a type parameter`
type G3[P Q, Q any] struct{} // want `cannot use a type parameter as constraint`
type G4[P ~int] struct{}
type G5[P ~[]E, E any] struct{}

var v1 C1 // want `cannot use type C1 outside a type constraint: interface contains type constraints`
var v2 []C1 // want `cannot use type C1 outside a type constraint: interface contains type constraints`
var v3 comparable // want `cannot use type comparable outside a type constraint: interface is \(or embeds\) comparable`
var v4 struct{ f C1 } // want `cannot use type C1 outside a type constraint: interface contains type constraints`
func f1(C1) {} // want `cannot use type C1 outside a type constraint: interface contains type constraints`
func f2() C1 { panic(0) } // want `cannot use type C1 outside a type constraint: interface contains type constraints`
func f3[P C1](P) {}
var v5 G4[string] // want `string does not satisfy ~int \(string missing in ~int\)`
var v6 G4[My]
var v7 G5[[]int, string] // want `\[\]int does not satisfy ~\[\]string \(\[\]int missing in ~\[\]string\)`
var v8 G5[[]int, int]
var v9 G4 // want `cannot use generic type G4\[P ~int\] without instantiation`
var v10 G4[int, int] // want `too many type arguments for type G4: have 2, want 1`
var v11 My[int] // want `invalid operation: My\[int\] \(My is not a generic type\)`
var v12 G5[[]int] // want `not enough type arguments for type G5: have 1, want 2`
var v13 fmt[int] // want `fmt \(package name\) is not a type`
type Al[P any] = []P
var v14 Al[int] = []int{1}
var v15 Al // want `cannot use generic type Al\[P any\] without instantiation`
type Bad[P any] P // want `cannot use a type parameter as RHS in type declaration`
type Bad2[P any] = P // want `cannot use type parameter declared in alias declaration as RHS`
