package p
type T struct { a int; b, c string "x"; D; *E; p.F; *p.G `r`; H[int]; x [3]int; y []int; z [n]int; w [n, m]int }
type U struct { a, b; }
type V struct { a.b c }
type W struct { *[]int }
type X struct { a int = 3 }
type Y struct { func f() }
type Z struct { a: int }
type A struct { **T }
type B struct { a int 3 }
type C struct (a int)
type D struct { a [3 }
