package p
func f() {
	if x {} else {}
	if x; y {}
	if ; y {}
	if x := f(T{}); x {}
	if func() bool { return T{} == x }() {}
	if x == []T{{1}} {}
	if x { } else if y { } else if z { } else w
	if (x == T{1}) {}
	if a[T{}.x] {}
	if x.y{}.z {}
	if T[int]{} == x {}
	if *T{} {}
	if !x {} 
	if x, y := z; x {}
	if x, y {}
	if return {}
	if for {}
	if
}
