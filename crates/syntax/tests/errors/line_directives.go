package p
//line x.go:0
//line x.go:a
//line x.go:10:0
//line x.go:10:b
//line x.go:
//line x.go
//line :99999999999
	//line x.go:0
var x = /*line y.go:0*/ 1
var y = /*line y.go:1:0*/ 1
