package p
func f() {
	switch x, y := z.(type) {
	}
	switch x = z.(type) {
	}
	switch a.b := z.(type) {
	}
}
