package p
func f() {
	switch {
	x := 1
	case 1: y
	}
	switch x
	{
	}
	switch x {
	case 1
		a()
	default 3:
	case:
	}
	switch x := 1 {
	}
	switch a; b; c {
	}
}
