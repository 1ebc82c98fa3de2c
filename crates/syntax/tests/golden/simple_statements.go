package p

func f() {
	a
	b <- c
	d++
	e--
	f += 1
	g &^= h
	i, j = k, l
	m, n := o()
	go p()
	defer func() {}()
	;
	{
		q()
	}
	return r, s
}
