package p

type S struct{ a int }

func _(sl []int, i int, m map[string]int, s string, a [3]int, pa *[3]int, ps *[]int, e any, c chan int) {
	_ = sl["a"]
	_ = sl[1.5]
	_ = sl[1.0]
	_ = sl[-1]
	_ = sl[1<<63]
	_ = sl[1<<100]
	_ = sl[s]
	_ = sl[1, 2] // want `^syntax error: unexpected literal 2, expected \]`
	_ = a[3]
	_ = a[2]
	_ = pa[3]
	_ = ps[0]
	_ = [2]int{}[2]
	_ = "abc"[3]
	_ = ("a" + "bc")[3]
	_ = i[0]
	_ = e[0]
	_ = c[0]
	_ = nil[0]
	_ = m[1]
	_ = m["x"]
	_ = m["x", 1] // want `^syntax error: unexpected literal 1, expected \]`
	_ = m[nil]
	_ = sl[2:1]
	_ = sl[3:2:1]
	_ = sl[1:2:1]
	_ = sl[:2:1]
	_ = a[1:5]
	_ = a[4:]
	_ = pa[:4]
	_ = s[1:2:3]
	_ = "abc"[2:1]
	_ = "abc"[5:]
	_ = i[:]
	_ = m[:]
	_ = [2]int{}[:]
	_ = ps[:]
	_ = sl["a":]
	_ = sl[:1.5]
	_ = sl[i:s]
	_ = int[0]
	_ = undefined[i]
	_ = sl[undefined]
	s[0] = 1
	m["x"].a = 1
	"abc"[0] = 'x'
	[2]int{}[0] = 1
	sl[0] = "x"
	sl[:] = nil
}

func _[T []int | []string, U []int | [3]int, V map[string]int | []int, W string | []byte, X *[2]int | []int](t T, u U, v V, w W, x X) {
	_ = t[0]
	_ = u[0]
	_ = u[3]
	u[0] = 1
	_ = v[0]
	_ = w[0]
	w[0] = 1
	_ = t[:]
	_ = w[:]
	_ = x[0]
	_ = x[:]
}
