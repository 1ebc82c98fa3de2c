package p
var a [3, 4]int
var b [,]int
var c [3,]int
