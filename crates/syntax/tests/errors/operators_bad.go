package p
func f() {
	a ~= b
	a = ~b
	a = b ! c
	a =! b
	a := = b
	!x
	~x
	/ x
	== x
	a === b
	a ? b : c
	a -> b
	a; ; b
	a &&& b
	x+++
	++x
}
