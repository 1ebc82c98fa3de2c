// What may be assigned to, and how many values.
package p

type S struct{ x int }

func (S) m() {}

func two() (int, string) { return 1, "" }
func none()              {}
func one() S             { return S{} }

func places(m map[string]S, s string, a [2]int, p *S, i any) {
	const c = 1
	c = 2 // want `cannot assign to c \(neither addressable nor a map index expression\)`
	s[0] = 'a' // want `cannot assign to s\[0\] \(neither addressable nor a map index expression\)`
	m["a"].x = 1 // want `cannot assign to struct field m\["a"\]\.x in map`
	m["a"] = S{}
	one().x = 1 // want `cannot assign to one\(\)\.x \(neither addressable nor a map index expression\)`
	p.x, (a)[0] = 1, 2
	p.m = nil // want `cannot assign to p\.m \(neither addressable nor a map index expression\)`
	i.(S).x = 1 // want `cannot assign to i\.\(S\)\.x \(neither addressable nor a map index expression\)`
	none = nil // want `cannot assign to none \(neither addressable nor a map index expression\)`
	nil = 1 // want `cannot assign to nil \(neither addressable nor a map index expression\)`
	1 = 2 // want `cannot assign to 1 \(neither addressable nor a map index expression\)`
	_, (_) = 1, 2
	_ = nil // want `use of untyped nil in assignment to _ identifier`
	undefined = 1 // want `undefined: undefined`
}

func counts(x int, y string, c chan int) {
	x, y = two()
	x = two() // want `assignment mismatch: 1 variable but two returns 2 values`
	x, y = 1 // want `assignment mismatch: 2 variables but 1 value`
	x, y = 1, "", 2 // want `assignment mismatch: 2 variables but 3 values`
	x, x = two() // want `cannot use two\(\) \(value of type string\) as int value in assignment`
	x, y = two(), "" // want `multiple-value two\(\) \(value of type \(int, string\)\) in single-value context`
	_ = none() // want `none\(\) \(no value\) used as value`
	_, _ = c // want `assignment mismatch: 2 variables but 1 value`
	_, _ = <-c
	_, _, _ = <-c // want `assignment mismatch: 3 variables but 1 value`
	unknown, x = two(), 2, 3 // want `undefined: unknown`
}

func operations(x int, s string, m map[string]int, b bool) {
	x += 1
	m["a"] += 1
	s += "a"
	s++ // want `invalid operation: s\+\+ \(non-numeric type string\)`
	b-- // want `invalid operation: b-- \(non-numeric type bool\)`
	x += "a" // want `invalid operation: x \+= "a" \(mismatched types int and untyped string\)`
	x <<= 2
	x %= 0 // want `invalid operation: division by zero`
	s -= "a" // want `invalid operation: operator - not defined on s \(variable of type string\)`
	_ += 1 // want `cannot use _ as value or type`
	two() += 1 // want `multiple-value two\(\) \(value of type \(int, string\)\) in single-value context`
	5 += x // want `cannot assign to 5 \(neither addressable nor a map index expression\)`
	x--
	m["a"]++
	"a"[0]++ // want `cannot assign to "a"\[0\] \(neither addressable nor a map index expression\)`
}
