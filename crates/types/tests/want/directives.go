// Directives that do not begin their line.
package p

import "strings"

//go:noinline
func ok() {}

/* */ //go:nosplit // want `misplaced compiler directive`
var x int

/* */ //go:noinline // want `misplaced compiler directive`
type T int

/* */ //go:embed a.txt // want `misplaced compiler directive`
type U int

/* */ //go:unknown // want `misplaced compiler directive`
type V strings.Builder

/* */ //go:linkname x y z // want `misplaced compiler directive`
func f() {
	/* */ //go:noinline // want `misplaced compiler directive`
	g := func() {}
	g()
}
