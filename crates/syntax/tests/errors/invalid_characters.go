package p
var a = #
var b = 1 @ 2
var c$ int
var d = ?
var \
var é, ü = 1, 2
var x· = 1
var ١ = 2
var a１ = 3
var € = 1
