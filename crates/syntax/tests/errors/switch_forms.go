package p
func f() {
	switch x := y.(type) { case int, string: default: }
	switch x := 1; y := x.(type) { case nil: }
	switch y.(type) {}
	switch x := 1; y.(type) {}
	switch ; {}
	switch x; {}
	switch ; x {}
	switch x := y.(type); z {}
	switch x := y.(type), 1 {}
	switch (y.(type)) {}
	switch x, ok := y.(type); x {}
	switch y.(type) + 1 {}
	switch x := <-y.(type) {}
	switch var x = 1 {}
	switch x++ {}
	switch a = b {}
}
