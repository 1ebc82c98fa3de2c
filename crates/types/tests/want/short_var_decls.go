// `:=` and what it declares.
package p

type T struct{ x int }

func two() (int, int) { return 1, 2 }

func f(p int) int {
	a, b := 1, 2
	a, c := two()
	a, c := 3, 4 // want `no new variables on left side of :=`
	a := 1 // want `no new variables on left side of :=`
	_ := 1 // want `no new variables on left side of :=`
	d, d := 1, 2 // want `declared and not used: d` `d repeated on left side of :=`
	p := 1 // want `no new variables on left side of :=`
	const k = 1
	k, e := 1, 2 // want `cannot assign to k` `declared and not used: e`
	var t T
	t.x := 1 // want `non-name t\.x on left side of :=`
	n := nil // want `declared and not used: n` `use of untyped nil in assignment`
	g, h := two(), 1 // want `declared and not used: g` `declared and not used: h` `multiple-value two\(\) \(value of type \(int, int\)\) in single-value context`
	i, j, l := two() // want `declared and not used: i` `declared and not used: j` `declared and not used: l` `assignment mismatch: 3 variables but two returns 2 values`
	{
		a, q := "a", "b"
		_, _ = a, q
	}
	s, err := b, error(nil) // want `declared and not used: s` `declared and not used: err`
	s, err = 1, nil
	return a + b + c
}
