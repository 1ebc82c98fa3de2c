package p
func f() {
	go (f())
	defer ((f()))
	go
	defer x.y
	go func() {}
	defer -f()
	go (f)()
}
