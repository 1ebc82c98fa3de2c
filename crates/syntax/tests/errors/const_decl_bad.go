package p
const 3 = 4
const x := 3
const y int, z
const (
	a = 1, 
	b
)
