package p
func f() {
	x
	case 1:
	y
}
func g() { default: }
