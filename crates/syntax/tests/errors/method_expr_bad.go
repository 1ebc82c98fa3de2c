package p
func (t *T f() {}
func g() {}
