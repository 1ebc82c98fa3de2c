package p
type T interface { m(); n(int) (a, b string); U; p.V; ~int | ~string; W[int]; *X; []int; func(); a.b[c] | d }
type I2 interface { m() int | string }
type I3 interface { m, n() }
type I4 interface { m int }
type I5 interface { ~m() }
type I6 interface { (m) }
type I7 interface { m[P any]() }
type I8 interface { m[P, Q any](P) Q; n() }
type I9 interface { m[int]() }
type I10 interface { m[a, b] | c }
type I11 interface { m[] | c }
type I12 interface { x "tag" }
