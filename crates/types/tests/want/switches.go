// Switches on values.
package p

type B bool
type I interface{ M() }

func two() (int, int) { return 1, 2 }

func f(x int, s []int, e any, i I, b B, g func(), u uint8) {
	switch x {
	case 1, 2, 1: // want `duplicate case 1 \(constant of type int\) in expression switch`
	case 1.0: // want `duplicate case 1\.0 \(constant 1 of type int\) in expression switch`
	case "a": // want `cannot convert "a" \(untyped string constant\) to type int`
	case s: // want `invalid case s in switch on x \(mismatched types \[\]int and int\)`
	case 3.5, nil: // want `3\.5 \(untyped float constant\) truncated to int` `cannot convert nil to type int`
	case x, x:
	}
	switch {
	case 1: // want `cannot convert 1 \(untyped int constant\) to type bool`
	case b: // want `invalid case b in switch on true \(mismatched types B and bool\)`
	case true, true:
	case x: // want `invalid case x in switch on true \(mismatched types int and bool\)`
	case e:
	case i: // want `invalid case i in switch on true \(mismatched types I and bool\)`
	case x > 1 && x < 2:
	}
	switch s {
	case nil:
	case s: // want `invalid case s in switch on s \(slice can only be compared to nil\)`
	}
	switch g {
	case nil:
	}
	switch two() { // want `multiple-value two\(\) \(value of type \(int, int\)\) in single-value context`
	}
	switch nil { // want `use of untyped nil in switch expression`
	}
	switch (struct{ f func() }{}) { // want `cannot switch on \(struct\{f func\(\)\}\{\}\) \(value of type struct\{f func\(\)\}\) \(struct\{f func\(\)\} is not comparable\)`
	}
	switch "a" {
	case "a", "b", "a": // want `duplicate case "a" \(constant of type string\) in expression switch`
	}
	switch e {
	case 1, int8(1), 1, "a", "a", 1.5, 1.5, nil, nil, true, true: // want `duplicate case 1 \(constant of type int\) in expression switch` `duplicate case "a" \(constant of type string\) in expression switch` `duplicate case 1\.5 \(constant of type float64\) in expression switch`
	}
	switch u {
	case 256, -1, 'a', 97: // want `256 \(untyped int constant\) overflows uint8` `-1 \(untyped int constant\) overflows uint8` `duplicate case 97 \(constant of type uint8\) in expression switch`
	}
	switch x {
	default:
	case 1:
	default: // want `multiple defaults \(first at`
	}
	switch y := x; y {
	case undefined: // want `undefined: undefined`
	}
	switch y := x; { // want `declared and not used: y`
	}
}
