package
func f() {}
