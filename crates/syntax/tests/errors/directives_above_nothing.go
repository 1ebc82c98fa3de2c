package p

import _ "unsafe"

var x = 1 //go:noinline

//go:noinline

// a comment
func f() { //go:noinline
	//go:noinline
	_ = func() {}
	//go:unknown
	_ = x
	//go:noinline
}

//go:noinline
var (
	z int
	//go:noinline
)

//go:linkname 
//go:linkname a b c
//go:linkname g
func g()

/* */ //go:noinline
func h()

//go:embed
var e1 string

//go:embed a
//go:noinline
