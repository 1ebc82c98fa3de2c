// Switches on types.
package p

type I interface{ M() }
type V struct{}
type P struct{}

func (*P) M() {}

func f(x int, e any, i I) {
	switch x := x.(type) { // want `x declared and not used` `x \(variable of type int\) is not an interface`
	}
	switch y := e.(type) {
	case int, string, int: // want `duplicate case int in type switch`
	case nil, nil: // want `duplicate case nil in type switch`
	case float64:
		_ = y
	case undefined: // want `undefined: undefined`
	case any, interface{}: // want `duplicate case interface\{\} in type switch`
	case 1: // want `1 is not a type`
	case []int, map[string]int, []int: // want `duplicate case \[\]int in type switch`
	}
	switch z := e.(type) { // want `z declared and not used`
	case int:
	}
	switch _ := e.(type) { // want `no new variable on left side of :=`
	case int:
	}
	switch i.(type) {
	case V: // want `impossible type switch case: V`
	case *V: // want `impossible type switch case: \*V`
	case P: // want `impossible type switch case: P`
	case *P:
	case I:
	case error:
	case interface{ M(int) }:
	}
	switch e.(type) {
	default:
	default: // want `multiple defaults \(first at`
	}
	switch v := e.(type) {
	case int:
		var n int = v
		_ = n
	case string, bool:
		var n int = v // want `cannot use v \(variable of interface type any\) as int value in variable declaration: need type assertion`
		_ = n
	default:
		var n any = v
		_ = n
	}
}

func g[T any](t T) {
	switch t.(type) { // want `cannot use type switch on type parameter value t \(variable of type T constrained by any\)`
	}
	switch any(t).(type) {
	case T:
	case int:
	}
}
