// Where `fallthrough`, `break` and `continue` may stand.
package p

func f(x int, e any) {
	fallthrough // want `fallthrough statement out of place`
	if x > 0 {
		fallthrough // want `fallthrough statement out of place`
	}
	switch x {
	case 1:
		fallthrough
	case 2:
		fallthrough // want `fallthrough statement out of place`
		x++
	case 3:
		if x > 0 {
			fallthrough // want `fallthrough statement out of place`
		}
	case 4:
	L:
		fallthrough
	case 5:
		fallthrough;
		;
	case 6:
		for {
			fallthrough // want `fallthrough statement out of place`
		}
	case 7:
		goto L2
	L2:
		goto L // want `goto L jumps into block starting at`
	case 8:
		fallthrough // want `cannot fallthrough final case in switch`
	}
	switch e.(type) {
	case int:
		fallthrough // want `cannot fallthrough in type switch`
	case string:
		fallthrough // want `cannot fallthrough in type switch`
	}
	select {
	default:
		fallthrough // want `fallthrough statement out of place`
	}
	break // want `break is not in a loop, switch, or select`
	continue // want `continue is not in a loop`
	switch {
	case x > 0:
		break
		continue // want `continue is not in a loop`
	}
	for {
		func() {
			break // want `break is not in a loop, switch, or select`
			continue // want `continue is not in a loop`
		}()
		if x > 0 {
			break
		}
		continue
	}
}
