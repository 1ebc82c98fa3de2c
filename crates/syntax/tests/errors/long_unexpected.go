package p
func f() {
	x := "abc" "def"
	y := 1.5e3 2i
	z := 'a' `raw`
	w := a b += c ++
	v := a <- b -> c
	u := ... x
	t := a...b
}
