// Directives that stand where they mean nothing. gc reports some of these only if there is nothing else.
package p

import "strings"

//go:noinline
func ok() {}

/* */ //go:nosplit // want `misplaced compiler directive`
var x int

/* */ //go:noinline // want `misplaced compiler directive`
type T int

/* */ //go:embed a.txt // want `misplaced go:embed directive`
type U int

/* */ //go:unknown
type V strings.Builder

/* */ //go:linkname x y z // want `usage: //go:linkname localname \[linkname\]`
func f() {
	/* */ //go:noinline // want `misplaced compiler directive`
	g := func() {}
	g()
}
