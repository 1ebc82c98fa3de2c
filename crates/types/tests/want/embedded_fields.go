// What can be embedded in a struct.
package p

import "unsafe"

type T struct{}
type P *T
type I interface{ m() }
type C interface{ ~int }
type U unsafe.Pointer

type S1 struct{ P } // want `embedded field type cannot be a pointer`
type S2 struct{ *P } // want `embedded field type cannot be a pointer`
type S3 struct{ I }
type S4 struct{ *I } // want `embedded field type cannot be a pointer to an interface`
type S5 struct{ C } // want `cannot use type C outside a type constraint: interface contains type constraints`
type S6 struct{ U } // want `embedded field type cannot be unsafe\.Pointer`
type S7 struct{ unsafe.Pointer } // want `embedded field type cannot be unsafe\.Pointer`
type S8 struct {
	*T
	int
	*string
	error
}
type S9[A any] struct{ A } // want `embedded field type cannot be a \(pointer to a\) type parameter`
type S10[A any] struct{ *A } // want `embedded field type cannot be a \(pointer to a\) type parameter`
type S11 struct {
	T
	*T // want `T redeclared`
}
