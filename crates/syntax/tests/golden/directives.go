package p

import _ "embed"

//go:noinline
//go:nosplit
func f()

//go:embed a b
var s string

var (
	//go:embed c
	t string
	u string
)
