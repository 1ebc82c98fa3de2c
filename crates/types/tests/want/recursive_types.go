// Types that contain or name themselves.
package p

import "unsafe"

type T0 T0 // want `invalid recursive type: T0 refers to itself`
type T1 T2 // want `invalid recursive type T1`
type T2 T1
type A1 = A1 // want `invalid recursive type: A1 refers to itself`
type A2 = A3 // want `invalid recursive type A2`
type A3 = A2

type S1 struct{ f S1 } // want `invalid recursive type: S1 refers to itself`
type S2 struct{ f S3 } // want `invalid recursive type S2`
type S3 struct{ f [2]S2 }
type P1 struct{ f *P1 }
type P2 []P2
type P3 func(P3) P3
type P4 map[string]P4
type P5 interface{ m(P5) P5 }
type P6 chan P6
type P7 *P7

type I1 interface{ I1 } // want `invalid recursive type: I1 refers to itself`
type I2 interface{ I3 } // want `invalid recursive type I2`
type I3 interface{ I2 }

type L1 [len(L1{})]int // want `invalid recursive type: L1 refers to itself`
type L2 [unsafe.Sizeof(L2{})]int // want `invalid recursive type: L2 refers to itself`
type L3 struct{ f [unsafe.Sizeof(L3{}.f)]int } // want `invalid recursive type: L3 refers to itself`

type G1[P any] struct{ f P }
type G2 struct{ f G1[G2] } // want `invalid recursive type G2`
type G3 struct{ f G1[*G3] }
type G4[P any] struct{ f *G4[P] }
type G5[P any] struct{ f G5[P] } // want `invalid recursive type: G5 refers to itself`

type V [len(v)]int // want `invalid recursive type V`
var v V

func local() {
	type T T // want `invalid recursive type: T refers to itself`
	type S struct{ s S } // want `invalid recursive type: S refers to itself`
	type P struct{ p *P }
}
