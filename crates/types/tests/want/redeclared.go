// Names declared twice.
package p

import "fmt" // want `"fmt" imported and not used`
import fmt "os" // want `fmt redeclared in this block` `"os" imported as fmt and not used`

var x int
func x() {} // want `x redeclared in this block`
type x struct{} // want `x redeclared in this block`
const x = 1 // want `x redeclared in this block`

var a, a int // want `a redeclared in this block`
func f(p, p int) (p int) { return 0 } // want `p redeclared in this block`
func g[T any](T int) {} // want `T redeclared in this block`
func h[T, T any]() {} // want `T redeclared in this block`

type S struct {
	a, b int
	a    string // want `a redeclared`
	_, _ int
	T
	T string // want `T redeclared`
}
type T int

func (S) m() {}
func (*S) m() {} // want `method S\.m already declared`
func (S) b() {} // want `field and method with the same name b`

type I interface {
	m()
	m() // want `duplicate method m`
	_() // want `methods must have a unique non-blank name`
}

func init() {}
func init() {}
func main() {}
var init = 1 // want `cannot declare init - must be func`

func local() {
	var v int
	var v string // want `v redeclared in this block`
	const c = 1
	type c int // want `c redeclared in this block`
	_ = v
}
