package p

type T1[P *C,] struct{}
type T2[P *struct{}] int
type T3[P interface{ *C }] int
type T4[P *C | ~Q] int
type T5[P, Q any, R ~[]P | map[P]Q] int
type T6[P []int] int
type A1[P * C] int
type A2[n] int
type A3[n + 1] int
type A4[f(n)] int
type A5[p.N] int
type G[P any] = []P

func f[P, Q any, R interface{ m() }](p P) R { return g[P, Q](p) }
