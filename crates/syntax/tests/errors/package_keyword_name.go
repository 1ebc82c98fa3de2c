package func
func f() {}
