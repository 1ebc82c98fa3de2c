package main

type E int

func f(x int) string {
	switch x {
	case 0, 1, 2:
		return "small"
	case 3:
		fallthrough
	case 4:
		return "middle"
	default:
		return "large"
	}
}

func g(x any) string {
	switch v := x.(type) {
	case nil:
		return "nil"
	case int, int8:
		_ = v
		return "integer"
	case string:
		return "string " + v
	case error:
		return v.Error()
	case func():
		return "func"
	case []int:
		return "slice"
	case *int:
		return "pointer"
	case [2]int:
		if v[1] == 2 {
			return "array"
		}
	case struct{ a, b int }:
		return "struct"
	case E:
		return "E"
	}
	return "other"
}

type myErr struct{}

func (myErr) Error() string { return "my error" }

func calls(s string, b bool) bool { println(s); return b }

func main() {
	for i := range 6 {
		println(f(i))
	}
	println(g(nil), g(1), g(int8(1)), g("s"), g(myErr{}), g(func() {}), g([]int{}), g(new(int)), g([2]int{1, 2}), g(struct{ a, b int }{}), g(E(1)), g(1.5))
	switch {
	case calls("a", false), calls("b", true), calls("c", true):
		println("here")
	case calls("d", true):
		println("not here")
	}
	switch x := f(9); x {
	case "small", "middle":
	case "large":
		println("L")
	}
	switch s := "abc"; {
	case s < "b":
		println("less")
	}
loop:
	for i := 0; ; i++ {
		switch {
		case i == 2:
			continue
		case i > 3:
			break loop
		}
		println(i)
	}
	i := 0
again:
	i++
	if i < 3 {
		goto again
	}
	println(i)
	switch 5 {
	}
	switch c := 'x'; c {
	default:
		println("default first")
		fallthrough
	case 'y':
		println("y")
	case 'z':
		println("z")
	}
}
