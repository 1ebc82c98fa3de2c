package main

func main() {
	i := 0
L:
	for {
		for {
			i++
			if i%2 == 0 {
				continue L
			}
			if i > 7 {
				break L
			}
			goto next
		}
	next:
		println(i)
	}
	var fs []func() int
	j := 0
again:
	x := j
	fs = append(fs, func() int { x += 100; return x })
	j++
	if j < 3 {
		goto again
	}
	for _, f := range fs {
		println(f())
	}
sw:
	switch {
	default:
		for {
			break sw
		}
	}
	for a, b := 0, 10; a < b; a, b = a+1, b-2 {
		println(a, b)
	}
	for k := range 10 {
		switch k {
		case 2:
			continue
		case 4:
			goto done
		}
		print(k, " ")
	}
done:
	println()
}
