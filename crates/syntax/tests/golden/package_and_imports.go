package p

import "a"
import (
	b "b/c"
	. `d`
	_ "e"
)
