package main

type S []int
type A [3]int
type P *int
type Str string

func main() {
	s := "héllo, 世界\xff!"
	for i, r := range s {
		print(i, ":", r, " ")
	}
	println(len(s))
	b := []byte(s)
	r := []rune(s)
	println(len(b), len(r), string(b[:2]) == "h\xc3", string(r[7:9]))
	println(s[1:3] == "é", s[:0] == "", s < "i", s+"x" > s)
	x := []int{1, 2, 3}
	y := append(x[:1], 9)
	println(x[1], len(y), cap(y))
	y = append(y, 4, 5, 6)
	println(len(y), y[4], x[2])
	y = append(y, y...)
	println(len(y))
	z := append([]byte("ab"), "cd"...)
	println(string(z))
	println(copy(z, "xyz"), string(z))
	println(copy(x, x[1:]), x[0], x[1], x[2])
	var n []int
	println(n == nil, len(n), len(append(n)), append(n) == nil)
	w := x[0:2:2]
	println(len(w), cap(w))
	arr := [5]int{1, 2, 3, 4, 5}
	sl := arr[1:3]
	sl[0] = 20
	println(arr[1], cap(sl))
	a3 := A(x)
	x[0] = 100
	println(a3[0])
	pa := (*[2]int)(x)
	pa[1] = 7
	println(x[1])
	arr2 := arr
	arr2[0] = 50
	println(arr[0], arr2[0], arr == arr2, arr == [5]int{1, 20, 3, 4, 5})
	type T struct {
		a int
		s string
		f [2]float64
	}
	t := T{1, "a", [2]float64{1, 2}}
	u := t
	println(t == u)
	u.f[1] = 3
	println(t == u, t != u)
	ptr := &t
	ptr.f[0] = 9
	println(t.f[0])
	m := [...]string{2: "c", 0: "a"}
	println(len(m), m[1] == "", m[2])
	ss := [][]int{{1}, {2, 3}}
	println(ss[1][1])
	ps := []*T{{a: 1}, {s: "q"}}
	println(ps[1].s)
	clear(x)
	println(x[1])
	println(string(rune(0x4e16)), string(rune(-1)) == "\uFFFD")
	str := Str("typed")
	println(str[1:3], len(str), string(str))
	i, j := 1, 2
	i, j = j, i
	x[0], x[1], x[2] = 1, 2, 3
	x[i], x[j], i = x[j], x[i], 0
	println(i, j, x[1], x[2])
	for i, v := range arr {
		arr[4] = 99
		if i == 4 {
			println(v)
		}
	}
	for i, v := range &arr {
		arr[4] = 77
		if i == 4 {
			println(v)
		}
	}
	for range 2 {
		print("*")
	}
	println()
	for i := range 3 {
		i *= 2
		print(i)
	}
	println()
	var e [0]int
	println(len(e), e == [0]int{})
	bs := make([]byte, 2, 10)
	bs = bs[:5]
	println(len(bs), bs[4])
	println("a\x00b" == "a\x00b", "concat"+s[:1]+str2())
}

func str2() string { return "!" }
