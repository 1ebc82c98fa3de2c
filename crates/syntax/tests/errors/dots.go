package p
func f(a ...int, b int) {}
func g() (a ...int) { return }
func h(...) {}
func i(a ...) {}
func (r ...T) m() {}
var x ...int
