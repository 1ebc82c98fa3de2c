// Labels, and the statements that name them.
package p

func f(x bool) {
L:
	for {
		break L
		continue M // want `continue label not defined: M`
		goto N // want `label N not defined`
	}
M: // want `label M defined and not used`
	for {
	}
	{
	O:
	}
	for {
		break O // want `invalid break label O`
		continue L // want `invalid continue label L`
	}
L: // want `label L already defined at`
P:
	switch {
	case x:
		break P
		continue P // want `invalid continue label P`
	}
	func() {
		break P // want `break label not defined: P`
		goto P // want `label P not defined`
	}()
Q:
	if x {
		break Q // want `invalid break label Q`
	}
R:
S:
	for {
		break R // want `invalid break label R`
		break S
	}
_:
	for {
		break _ // want `break label not defined: _`
	}
T:
	select {
	default:
		break T
	}
U: // want `label U defined and not used`
}
