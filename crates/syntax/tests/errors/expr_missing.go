package p
var a = 
var b = 3 +
var c = 3 + * 4
var d = (3
var e = f(
var g = 5
