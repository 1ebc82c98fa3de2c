package p
func f() {
	for {}
	for ;; {}
	for x {}
	for ;x; {}
	for x := range 10 {}
	for range 10 {}
	for x, y = range z {}
	for range f(func() {}) {}
	for x.y, z[1] = range w {}
	for x, y := range z, w {}
	for i := 0; i < 1; i++, j++ {}
	for i := 0, i < 1; i++ {}
	for x := range y; z {}
	for x := y; range z {}
	for ; range z; {}
	for x = y {}
	for x := y; z = 1; {}
	for a; b; c = d {}
	for func() {} {}
	for T{} {}
	for (T{}) {}
	for _, x := range []int{1} {}
	for range x { break } else {}
}
