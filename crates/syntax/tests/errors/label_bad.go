package p
func f() {
	L:
	case 3:
	M: }
