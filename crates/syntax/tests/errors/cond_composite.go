package p
func f() {
	if x == T{1} {
	}
	if x == (T{1}) {
	}
	for range []T{} {
	}
	switch T{} {
	}
}
