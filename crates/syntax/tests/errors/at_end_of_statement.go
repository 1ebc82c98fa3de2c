package p
func f() {
	a b
	a := 1 b := 2
	return 1 2
	break 3
	goto 3
	goto
	x++ y
	x = y z
	continue L M
	fallthrough x
}
