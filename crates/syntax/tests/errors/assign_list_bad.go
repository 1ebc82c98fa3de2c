package p
func f() {
	a, b
	a, b += 1, 2
	a, b++
	a, = 1
	a, b <- c
	a, b := 
}
