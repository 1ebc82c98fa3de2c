// What can be ranged over, and the iteration variables.
package p

type B bool
type It func(yield func(int) bool)

func two() (int, int) { return 1, 2 }

func f(c chan int, wo chan<- int, m map[string]int, p *[3]int, ps *[]int, n int8, fn It, e any) {
	for a, b := range c { // want `declared and not used: a` `range over c \(variable of type chan int\) permits only one iteration variable`
	}
	for a := range wo { // want `cannot range over wo \(variable of type chan<- int\): receive from send-only channel chan<- int`
		_ = a
	}
	for a, b, c := range m { // want `declared and not used: a` `declared and not used: b` `range clause permits at most two iteration variables`
	}
	for _, _ = range m {
	}
	for _, _ := range m { // want `no new variables on left side of :=`
	}
	for i, x := range p {
		var y int = x + i
		_ = y
	}
	for range ps { // want `cannot range over ps \(variable of type \*\[\]int\)`
	}
	for i, j := range n { // want `declared and not used: i` `range over n \(variable of type int8\) permits only one iteration variable`
	}
	for i := range n {
		var j int8 = i
		_ = j
	}
	for range 1.5 { // want `cannot range over 1\.5 \(untyped float constant\)`
	}
	for i := range 1e3 { // want `cannot range over 1e3 \(untyped float constant 1000\)`
		_ = i
	}
	for i := range 1 << 70 { // want `cannot use 1 << 70 \(untyped int constant 1180591620717411303424\) as int value in range clause \(overflows\)`
		_ = i
	}
	for range 1 << 70 { // want `cannot use 1 << 70 \(untyped int constant 1180591620717411303424\) as int value in range clause \(overflows\)`
	}
	var s string
	for s = range m {
	}
	for s = range 10 { // want `cannot use 10 \(untyped int constant\) as string value in range clause`
	}
	for _, s = range m { // want `cannot use s \(value of type int\) as string value in assignment`
	}
	_ = s
	for i, j := range fn { // want `declared and not used: i` `range over fn \(variable of func type It\) permits only one iteration variable`
	}
	for range e { // want `cannot range over e \(variable of interface type any\)`
	}
	for range func() {} { // want `cannot range over func\(\) \{\} \(value of type func\(\)\): func must be func\(yield func\(\.\.\.\) bool\): wrong argument count`
	}
	for range func(int) {} { // want `cannot range over func\(int\) \{\} \(value of type func\(int\)\): func must be func\(yield func\(\.\.\.\) bool\): argument is not func`
	}
	for range func(func()) {} { // want `cannot range over func\(func\(\)\) \{\} \(value of type func\(func\(\)\)\): func must be func\(yield func\(\.\.\.\) bool\): yield func does not return bool`
	}
	for range func(func(int, int, int) bool) {} { // want `cannot range over func\(func\(int, int, int\) bool\) \{\} \(value of type func\(func\(int, int, int\) bool\)\): func must be func\(yield func\(\.\.\.\) bool\): yield func has too many parameters`
	}
	for range func(func() B) {} { // want `cannot range over func\(func\(\) B\) \{\} \(value of type func\(func\(\) B\)\): func must be func\(yield func\(\.\.\.\) bool\): yield func returns user-defined boolean, not bool`
	}
	for range func(func() bool) int { return 1 } { // want `cannot range over func\(func\(\) bool\) int \{…\} \(value of type func\(func\(\) bool\) int\): func must be func\(yield func\(\.\.\.\) bool\): unexpected results`
	}
	for x := range func(func() bool) {} { // want `range over func\(func\(\) bool\) \{\} \(value of type func\(func\(\) bool\)\) permits no iteration variables`
		_ = x
	}
	for i, r := range "abc" {
		var b byte = r // want `cannot use r \(variable of type rune\) as byte value in variable declaration`
		_, _ = i, b
	}
	var g float64 // want `declared and not used: g`
	for g = range 10 { // want `cannot use iteration variable of type float64`
	}
	for m["a"] = range 10 {
	}
	for 1 = range 10 { // want `cannot assign to 1 \(neither addressable nor a map index expression\)`
	}
	for x := range undefined { // want `undefined: undefined`
	}
	for x, y := range two() { // want `multiple-value two\(\) \(value of type \(int, int\)\) in single-value context`
	}
	for range nil { // want `cannot range over nil`
	}
	for range int { // want `int \(type\) is not an expression`
	}
	var u uint8
	for u = range 256 { // want `cannot use 256 \(untyped int constant\) as uint8 value in range clause \(overflows\)`
	}
	for u = range u {
	}
}

func t[T any, S ~[]int, U []int | [3]int, V chan int | <-chan int, N int | uint](t T, s S, u U, v V, n N) {
	for range t { // want `cannot range over t \(variable of type T constrained by any\): no specific type`
	}
	for i, x := range s {
		_, _ = i, x
	}
	for range u { // want `cannot range over u \(variable of type U constrained by \[\]int \| \[3\]int\): \[\]int and \[3\]int have different underlying types`
	}
	for x := range v {
		var y int = x
		_ = y
	}
	for range n { // want `cannot range over n \(variable of type N constrained by int \| uint\): int and uint have different underlying types`
	}
}
