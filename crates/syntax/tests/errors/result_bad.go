package p
func f() int, string {
}
func g() (int string) {
}
func h() (a int, string) { return }
func i() (a, b) { return }
