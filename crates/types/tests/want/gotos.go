// Where `goto` may jump to.
package p

func f(x bool) {
	goto A // want `goto A jumps over declaration of a at`
	var a int
A:
	goto B // want `goto B jumps over declaration of b, c at`
	b, c := 1, 2
	{
		d := 1
		_ = d
	}
B:
	_, _, _ = a, b, c
	goto C // want `goto C jumps into block starting at`
	{
	C:
	}
	if x {
		goto D // want `goto D jumps into block starting at`
	} else {
	D:
	}
	for {
		goto E
	}
E:
	for i := 0; i < 1; i++ {
	F:
		goto F
	}
	goto G // want `goto G jumps into block starting at`
	switch {
	case x:
		goto H // want `goto H jumps into block starting at`
	case !x:
	G:
	H:
	}
	goto I
	const k = 1
	type T int
I:
	goto J
J:
	e := 1
	goto J
	_ = e
	{
		goto K
		g := 1
		_ = g
	}
K:
}
