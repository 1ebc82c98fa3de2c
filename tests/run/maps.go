package main

func main() {
	m := map[string]int{"a": 1, "b": 2}
	m["c"] = 3
	sum := 0
	for k, v := range m {
		println(len(k), v > 0)
		sum += v
	}
	println(sum, len(m), m["b"])
	delete(m, "a")
	_, ok := m["a"]
	println(ok, len(m))
	n := map[int]int{}
	for i := range 1000 {
		n[i] = i * i
	}
	t := 0
	for k, v := range n {
		t += k + v
	}
	println(t, len(n))
	e := map[any]string{1: "int", "x": "string", 2.5: "float"}
	println(e[1], e["x"], e[2.5])
}
