package p
var m map[string
var n map int
var o map[]int
var p [...]int = 3
var q [3 int
