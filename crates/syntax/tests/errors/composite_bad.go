package p
var a = T{1, 2
}
var b = T{1 2}
var c = T{a: 1, b: 2;}
var d = (T){1}
var e = []int{1, 2,
	3
}
var f = map[string]int{"a": 1, "b" 2}
