package p
type T1[P *C] struct{}
type T2[P *C,] struct{}
type T3[P *struct{}] struct{}
type T4[P interface{}] struct{}
type T5[P *C|Q] struct{}
type T6[P *C|~Q] struct{}
type T7[P (C)] struct{}
type T8[P ([]int)] struct{}
type T9[P []int] struct{}
type T10[P,] struct{}
type T11[3, 4] int
type T12[x, y] int
