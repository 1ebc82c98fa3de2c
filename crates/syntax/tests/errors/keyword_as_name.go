package p
func f(type int, func string) {
	var range = 1
	type := 2
	x.type = 3
	import "x"
	package := 1
	default := 3
	else {}
}
