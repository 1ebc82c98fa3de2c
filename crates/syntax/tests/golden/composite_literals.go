package p

var a = T{}
var b = []p.T{{1, 2}, {x: y}, &z{}}
var c = map[K]V{{1}: {2}, k: v}
var d = [...]G[int]{0: {}, 2: {}}
var e = struct{ x int }{1}.x

func f() {
	if a == (T{}) {
	}
	for range []T{{}} {
	}
	switch f(T{1}) {
	}
}
