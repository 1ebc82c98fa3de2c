// The values of `return`.
package p

func two() (int, string) { return 1, "a" }
func none()              {}

func r0()                   { return 1 } // want `too many return values`
func r1() int               { return } // want `not enough return values`
func r2() (int, string)     { return 1 } // want `not enough return values`
func r3() (int, string)     { return 1, "a", 3 } // want `too many return values`
func r4() (int, int)        { return two() } // want `cannot use two\(\) \(value of type string\) as int value in return statement`
func r5() int               { return two() } // want `too many return values`
func r6() (a, b, c int)     { return two() } // want `not enough return values`
func r7() (int, string)     { return two() }
func r8() (int, string)     { return nil, nil } // want `cannot use nil as int value in return statement` `cannot use nil as string value in return statement`
func r9()                   { return none() } // want `none\(\) \(no value\) used as value`
func r10() int              { return none() } // want `none\(\) \(no value\) used as value`
func r11() (int, error)     { return "a", 2, undefined } // want `undefined: undefined`
func r12() (a int, _ error) { return }
func r13(x ...int) (int, []int, float64) {
	return x, 1.5, 'a', nil // want `too many return values`
}
func r14() (x int, err error) {
	{
		x, err := 1, error(nil)
		_, _ = x, err
		return // want `result parameter x not in scope at return` `result parameter err not in scope at return`
	}
}
func r15() (x int) {
	if x := 1; x > 0 {
		return // want `result parameter x not in scope at return`
	}
	return x
}
func r16() int {
	f := func() (string, error) { return 1 } // want `not enough return values`
	_ = f
	return 1
}
