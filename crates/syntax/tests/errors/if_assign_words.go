package p
func f() {
	if a = b + c {
	}
	if a + 1 = b {
	}
	if a, b = 1, 2 {
	}
	if a <- b {
	}
	if a++ {
	}
	if a += 2 {
	}
	if a := b; a := c {
	}
	if f(T{1}, func() { x }, func() {}) = []int{1} {
	}
	if x := (T{}); x = struct{a, b int; c string "x"}{} {
	}
	if x = interface{ m(a, b int) (c int); ~int|T[int, b] } {
	}
	if x = a[1:2:3] {
	}
	if x = a[:](b...).(int).(<-chan chan<- (<-chan int)) {
	}
	if x = [...]int{} == map[a]*b{1} {
	}
	if x = -a * &T{} {
	}
	if x = 1i + 'a' + "s" + `r` {
	}
}
