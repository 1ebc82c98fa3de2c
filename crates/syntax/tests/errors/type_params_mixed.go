package p
type A[P any, Q] struct{}
type B[P, Q any, int.x] struct{}
func f[P any, Q]() {}
func g[]() {}
func h[P]() {}
type C[*P] int
type D[P *T, Q] int
func k[int.x any]() {}
