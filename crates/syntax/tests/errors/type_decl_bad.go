package p
type T
type U =
type V = = int
type W 3
type 3 int
type (
	X int, Y int
)
