package p

type I interface{ m() }
type S struct{ a int }
type MyInt int
type C interface{ ~int | ~string }

func _(s string, i int, u uint8, p *int, m map[string]int, fl float64, e any, ii I, mi MyInt, sl []int, c complex128) {
	_ = s + 1 // want `^invalid operation: s \+ 1 \(mismatched types string and untyped int\)`
	_ = i + 1.5 // want `^1\.5 \(untyped float constant\) truncated to int`
	_ = u + 300 // want `^300 \(untyped int constant\) overflows uint8`
	_ = p + 1 // want `^invalid operation: p \+ 1 \(mismatched types \*int and untyped int\)`
	_ = i + fl // want `^invalid operation: i \+ fl \(mismatched types int and float64\)`
	_ = i && true // want `^invalid operation: i && true \(mismatched types int and untyped bool\)`
	_ = mi + i // want `^invalid operation: mi \+ i \(mismatched types MyInt and int\)`
	_ = "a" + 1 // want `^invalid operation: "a" \+ 1 \(mismatched types untyped string and untyped int\)`
	_ = 'a' + "b" // want `^invalid operation: 'a' \+ "b" \(mismatched types untyped rune and untyped string\)`
	_ = true + 1 // want `^invalid operation: true \+ 1 \(mismatched types untyped bool and untyped int\)`
	_ = e + e // want `^invalid operation: operator \+ not defined on e \(variable of interface type any\)`
	_ = 1 + "x" + 2 // want `^invalid operation: 1 \+ "x" \(mismatched types untyped int and untyped string\)`
	_ = s + s + i // want `^invalid operation: s \+ s \+ i \(mismatched types string and int\)`
	_ = i % 1.0
	_ = fl % 2 // want `^invalid operation: operator % not defined on fl \(variable of type float64\)`
	_ = 5 && 6 // want `^invalid operation: operator && not defined on 5 \(untyped int constant\)`
	_ = s - s // want `^invalid operation: operator - not defined on s \(variable of type string\)`
	_ = c % c // want `^invalid operation: operator % not defined on c \(variable of type complex128\)`
	_ = i &^ fl // want `^invalid operation: i &\^ fl \(mismatched types int and float64\)`
	_ = s | s // want `^invalid operation: operator \| not defined on s \(variable of type string\)`
	i += "a" // want `^invalid operation: i \+= "a" \(mismatched types int and untyped string\)`
	u += 256 // want `^256 \(untyped int constant\) overflows uint8`
	s -= "x" // want `^invalid operation: operator - not defined on s \(variable of type string\)`
	_ = !i // want `^invalid operation: operator ! not defined on i \(variable of type int\)`
	_ = -s // want `^invalid operation: operator - not defined on s \(variable of type string\)`
	_ = ^fl // want `^invalid operation: operator \^ not defined on fl \(variable of type float64\)`
	_ = +true // want `^invalid operation: operator \+ not defined on true \(untyped bool constant\)`
	_ = &1 // want `^invalid operation: cannot take address of 1 \(untyped int constant\)`
	_ = &s[0] // want `^invalid operation: cannot take address of s\[0\] \(value of type byte\)`
	_ = &m["x"] // want `^invalid operation: cannot take address of m\["x"\] \(map index expression of type int\)`
	_ = &S{}
	_ = &(S{})
	_ = *i // want `^invalid operation: cannot indirect i \(variable of type int\)`
	_ = *nil // want `^invalid operation: cannot indirect nil`
	_ = <-i // want `^invalid operation: cannot receive from non-channel int i \(variable of type int\)`
	_ = ~i // want `^cannot use ~ outside of interface or type constraint \(use \^ for bitwise complement\)`
	_ = ~s // want `^cannot use ~ outside of interface or type constraint`
	_ = i / 0 // want `^invalid operation: division by zero`
	_ = 1 / 0 // want `^invalid operation: division by zero`
	_ = fl / 0
	_ = 1 / 0.0 // want `^invalid operation: division by zero`
	_ = c / 0
	_ = 1 % 0 // want `^invalid operation: division by zero`
	i /= 0 // want `^invalid operation: division by zero`
}

func _(s string, i int, u uint8, p *int, m map[string]int, fl float64, e any, ii I, st S, sl []int) {
	_ = i == "a" // want `^invalid operation: i == "a" \(mismatched types int and untyped string\)`
	_ = p == 1 // want `^invalid operation: p == 1 \(mismatched types \*int and untyped int\)`
	_ = i == nil // want `^invalid operation: i == nil \(mismatched types int and untyped nil\)`
	_ = nil == nil // want `^invalid operation: nil == nil \(operator == not defined on untyped nil\)`
	_ = sl == sl // want `^invalid operation: sl == sl \(slice can only be compared to nil\)`
	_ = m == m // want `^invalid operation: m == m \(map can only be compared to nil\)`
	_ = m < nil // want `^invalid operation: m < nil \(operator < not defined on map\)`
	_ = func() {} == nil
	_ = func() {} == func() {} // want `^invalid operation: func\(\) \{\} == func\(\) \{\} \(func can only be compared to nil\)`
	_ = ii == st // want `^invalid operation: ii == st \(mismatched types I and S\)`
	_ = ii == 1 // want `^invalid operation: ii == 1 \(mismatched types I and untyped int\)`
	_ = 1 == ii // want `^invalid operation: 1 == ii \(mismatched types untyped int and I\)`
	_ = e == 1
	_ = e == sl // want `^invalid operation: e == sl \(slice can only be compared to nil\)`
	_ = ii < ii // want `^invalid operation: ii < ii \(operator < not defined on interface\)`
	_ = st < st // want `^invalid operation: st < st \(operator < not defined on struct\)`
	_ = true < false // want `^invalid operation: true < false \(operator < not defined on untyped bool\)`
	_ = struct{ x []int }{} == struct{ x []int }{} // want `^invalid operation: struct\{x \[\]int\}\{\} == struct\{x \[\]int\}\{\} \(struct containing \[\]int cannot be compared\)`
	_ = [1]func(){} == [1]func(){} // want `^invalid operation: \[1\]func\(\)\{\} == \[1\]func\(\)\{\} \(\[1\]func\(\) cannot be compared\)`
	_ = u == 300 // want `^300 \(untyped int constant\) overflows uint8`
	_ = 1 == 1.5
	_ = u == u == u // want `^invalid operation: u == u == u \(mismatched types untyped bool and uint8\)`
	var b bool = i == i
	type B bool
	var bb B = i == i && b // want `^cannot use i == i && b \(value of type bool\) as B value in variable declaration`
	var n int = i == i // want `^cannot use i == i \(untyped bool value\) as int value in variable declaration`
	_, _ = bb, n
}

func _[T C, U comparable, V any](x T, y U, z V) {
	_ = x + x
	_ = x - x // want `^invalid operation: operator - not defined on x \(variable of type T constrained by C\)`
	_ = x + 1 // want `^invalid operation: x \+ 1 \(mismatched types T and untyped int\)`
	_ = x == x
	_ = y == y
	_ = z == z // want `^invalid operation: z == z \(incomparable types in type set\)`
	_ = y < y // want `^invalid operation: y < y \(type parameter U cannot use operator <\)`
	_ = x < x
	_ = -x // want `^invalid operation: operator - not defined on x \(variable of type T constrained by C\)`
	_ = x == nil // want `^invalid operation: x == nil \(mismatched types T and untyped nil\)`
	_ = <-x // want `^invalid operation: cannot receive from x \(variable of type T constrained by C\): non-channel int`
	_ = *x // want `^invalid operation: cannot indirect x \(variable of type T constrained by C\)`
}
