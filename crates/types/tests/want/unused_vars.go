// Variables must be used; an assignment is no use.
package p

var global int

func f(param int) (result int) {
	var a int // want `declared and not used: a`
	var b, c = 1, 2 // want `declared and not used: b` `declared and not used: c`
	b = 2
	d := 1 // want `declared and not used: d`
	(d) = 2
	e, f := 1, 2 // want `declared and not used: f`
	_ = e
	g := func() { g2 := 1 } // want `declared and not used: g` `declared and not used: g2`
	h := 1 // want `declared and not used: h`
	func() { h = 2 }()
	i := 1
	func() { _ = i }()
	j := 1
	j++
	k := 1
	k += 1
	l := [1]int{}
	l[0] = 1
	m := struct{ x int }{}
	m.x = 1
	n := new(int)
	*n = 1
	if o := 1; true { // want `declared and not used: o`
	}
	for q := 0; ; { // want `declared and not used: q`
	}
	for r := range 10 { // want `declared and not used: r`
	}
	switch s := 1; { // want `declared and not used: s`
	}
	const t = 1
	type u int
	var v = undefined // want `declared and not used: v` `undefined: undefined`
	var w undefined // want `declared and not used: w` `undefined: undefined`
	global = 1
	var _ = 1
	return
}
