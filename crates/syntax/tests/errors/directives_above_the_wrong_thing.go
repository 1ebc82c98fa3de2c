//go:build linux

//go:noinline
package p

//go:noinline
import _ "unsafe"

//go:build x

//go:noinline
const a = 1

//go:nosplit
type T int

//go:noinline
var x = 1

//go:noinline
//go:nosplit
//go:unknown
func f() {
	//go:noinline
	var y int
	_ = y
}

var (
	//go:noinline
	z int
)

//go:embed a.txt
func k()
