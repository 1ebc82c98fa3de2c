package p
func f(a, b int, c) {}
func g(a int, string) {}
func h(a, b) {}
func i(a.b, c int) {}
func j(int, s string, x) {}
