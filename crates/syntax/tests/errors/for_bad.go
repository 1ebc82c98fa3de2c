package p
func f() {
	for i := 0; i < 10 {
	}
	for i := 0; i < 10; i := 2 {
	}
	for var i = 0; i < 10; i++ {
	}
	for i := 0; {
	}
	for i := range {
	}
	for a, b, c := range x {
	}
	for a, b {
	}
	for i = 0 {
	}
	for ;; i++; {
	}
	for x
	{
	}
	for range x, y {
	}
}
