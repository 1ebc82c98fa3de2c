// -lang=go1.20

package p

func g[T any](x T) T           { return x }
func h[T, U any](x T) (u U)    { return }
func k(func(int) int)          {}
func k2[T any](func(T) int, T) {}

func _() {
	var _ func(int) int = g // want `^implicitly instantiated function in assignment requires go1\.21 or later \(-lang was set to go1\.20; check go\.mod\)`
	var _ func(int) string = h[int] // want `^partially instantiated function in assignment requires go1\.21 or later \(-lang was set to go1\.20; check go\.mod\)`
	k(g) // want `^implicitly instantiated function as argument requires go1\.21 or later \(-lang was set to go1\.20; check go\.mod\)`
	k(g[int])
	k2(g, 1) // want `^implicitly instantiated function as argument requires go1\.21 or later \(-lang was set to go1\.20; check go\.mod\)`
	_ = g(1)
	_ = h[int, string](1)
	_ = [2]int([]int{})
	_ = new(5) // want `^new\(5\) requires go1\.26 or later \(-lang was set to go1\.20; check go\.mod\)`
	for range 5 { // want `^cannot range over 5 \(untyped int constant\): requires go1\.22 or later \(-lang was set to go1\.20; check go\.mod\)`
	}
	return
}

func r() func(int) int {
	return g // want `^implicitly instantiated function in assignment requires go1\.21 or later \(-lang was set to go1\.20; check go\.mod\)`
}
