package p
import (
	"a" "b"
	x y "c"
	. 3
	.
)
