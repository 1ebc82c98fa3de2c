package p
func f[P any](x P) { g[int, ](x); h[](x); g[int](x)[3].y[:] }
type T[P any,] struct{ x P; T[int]; *U[int]; q.V[int] }
type U[P interface{ ~int|string }] = map[string]P
type V[P ~int|~string, Q *P] func(P, ...Q) (P, error)
type W[P ...int] int
type X[P int, P2 ...int] int
type Y[P func()] int
type Z[P any Q] int
type A[P []int | map[int]P, Q chan P, R <-chan P | chan<- Q] int
type B[P (interface{})] int
type C[P,] int
type D[P interface{},] int
type E[P *T|string | ~U, Q any] int
type F[(P any)] int
type G[_ any, _ comparable] int
type H[P * 3] int
type I[P + 3] int
type J[P * Q + 3] int
type K[P(3)] int
type L[P(Q, R)] int
type M[P(Q...)] int
type N[P.Q] int
type O[P.Q | R] int
type R[P Q.S] int
type S[P Q[int] | R] int
func ([]int) m() {}
func (*T[P]) m() {}
func (T[P, Q]) m() {}
func (r *T[_]) m() {}
func (r T[P any]) m() {}
