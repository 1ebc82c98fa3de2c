package p

var a = b || c && d == e + f*g
var h = i*j + k == l && m || n
var o = p - q - r
var s = -t * !u &^ <-v
var w = *x.y + (&z)[1]
