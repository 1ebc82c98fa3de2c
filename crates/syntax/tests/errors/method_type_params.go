package p
func (T) m[P any]() {}
type I interface { m[P any](x P) }
type J interface { m[](); T[]; U[int] }
var f = func[P any](x P) {}
var g func[P any](x P)
