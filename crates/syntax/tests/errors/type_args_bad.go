package p
var a T[]
var b T[int,]
var c T[int, 3]
var d = f[int](x)
var e = f[]
var g p.T[int].x
type S struct { T[]; U[int,]; V[3]; W[a, b] }
