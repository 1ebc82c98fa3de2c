// Initialisation that needs itself.
package p

var a = b // want `initialization cycle for a`
var b = a
var c = c // want `initialization cycle: c refers to itself`
var d = f() // want `initialization cycle for d`
func f() int { return d }
var x, y = g() // want `initialization cycle for x` `initialization cycle for y`
func g() (int, int) { return x, y }
var h = func() int { return h2() } // want `initialization cycle for h`
func h2() int { return h() }
const k1 = k2 // want `initialization cycle for k1`
const k2 = k1
type T struct{}
func (T) m() int { return t }
var t = T{}.m() // want `initialization cycle for t`
var ok1 = func() int { return ok2 }()
var ok2 = 1
var p = &p2 // want `initialization cycle for p`
var p2 = &p
func rec() { rec() }
