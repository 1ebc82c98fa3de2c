package p
func {
}
func () f() {}
func (a, b T) g() {}
func (T) {}
func 3() {}
