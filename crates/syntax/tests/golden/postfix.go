package p

var a = b.c[d](e, f...)[g:h][i:j:k][:].(T).(*p.U)
var l = m[int, string](n)
var o = p[q]
