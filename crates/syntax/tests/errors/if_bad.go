package p
func f() {
	if {
	}
	if x := 1 {
	}
	if x := 1; {
	}
	if x = 1 {
	}
	if x == 1
	{
	}
	if var x = 1; x {
	}
	if a; b; c {
	}
	if x {
	} else x {
	}
	if x {
	}
	else {
	}
}
