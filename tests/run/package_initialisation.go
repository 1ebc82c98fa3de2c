package main

var a = b + 1
var b = f("b", 2)
var c, d = two()
var ee = func() int { return a * 10 }()
var arr = [...]int{a, b, c}
var p = &arr[1]
var _ = f("blank", 0)

func two() (int, string)    { println("two"); return b, "d" }
func f(s string, n int) int { println(s); return n }

func init() { println("init 1", a, b, c, d, ee) }
func init() { println("init 2", arr[0], *p); *p = 8 }

type T struct {
	x, y int
	s    []string
}

var t = T{y: 2, s: []string{"q"}}
var tp = &T{1, 2, nil}
var fn = f

func main() { println(arr[1], t.y, t.s[0], tp.x, fn("fn", 3)) }
