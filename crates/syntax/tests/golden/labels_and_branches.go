package p

func f() {
L:
	for {
		break L
		continue
		goto M
	}
M:
	N: switch {
	case a:
		fallthrough
	default:
	}
E:
}
