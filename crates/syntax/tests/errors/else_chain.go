package p
func f() {
	if a {
	} else if {
	} else if b; c {
	} else
	{
	}
}
