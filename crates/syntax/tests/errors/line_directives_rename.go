package p
var a = $
//line foo.go:10
var b = $
//line foo.go:20:5
var c = $ /* x */ ?
var d = $ /*line bar.go:30:7*/ $ ?
var e = $
//line :50:3
var g = $
//line /abs/x.go:60
var h = /*line :70:9*/ $ /*line :80:1*/ $
var i = $
//line C:\foo.go:90
var j = $
//line a b.go:100:x
var k = $
//line foo.go:1:2:3
var l = $
//line /up.go:7
var m = $
