package p
var f = func(a b c) {}
var g = func {}
var h = func() { return 
