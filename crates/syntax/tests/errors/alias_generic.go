package p
type A[P any] = []P
type B[P any] := int
type C[P any]
type D[P
type E[P any int
