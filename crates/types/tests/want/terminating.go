// Functions with results end in a terminating statement.
package p

func f0() int {} // want `missing return`
func f1() int { panic(1) }
func f2() int { (panic)(1) }
func f3(panic func(int)) int { panic(1) } // want `missing return`
func f4() int {
	for {
	}
}
func f5() int {
	for {
		break
	}
} // want `missing return`
func f6(x bool) int {
	for x {
	}
} // want `missing return`
func f7(x bool) int {
	if x {
		return 1
	} else if !x {
		return 2
	}
} // want `missing return`
func f8(x bool) int {
	if x {
		return 1
	} else if !x {
		return 2
	} else {
		goto L
	}
L:
	{
		return 3
	}
}
func f9(x int) int {
	switch x {
	case 1:
		fallthrough
	default:
		return 1
	}
}
func f10(x int) int {
	switch x {
	case 1:
		return 1
	}
} // want `missing return`
func f11(x int) int {
	switch x {
	case 1:
		break
	default:
		return 1
	}
} // want `missing return`
func f12(c chan int) int {
	select {
	case <-c:
		return 1
	}
}
func f13(c chan int) int {
L:
	for {
		select {
		case <-c:
			break L
		}
	}
} // want `missing return`
func f14(c chan int) int {
L:
	for {
		for {
			continue L
		}
		switch {
		default:
			break
		}
	}
	;
}
func f15(x any) int {
	switch x.(type) {
	default:
		return 1
	case int:
	}
} // want `missing return`
func f16(x []int) int {
	for range x {
		return 1
	}
} // want `missing return`
func f17() int {
	select {}
}
func f18() int {
	_ = func() int { for { if true { break } } } // want `missing return`
	return 1
}
