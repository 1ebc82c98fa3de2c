package p
func f( {
}
func g(a int {
}
