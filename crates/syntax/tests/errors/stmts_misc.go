package p
func f() {
	{ { } }
	;
	;;
	a, b := 1, 2; c = d
	a[1], *b, c.d = 1, 2, 3
	go f(); defer g()
	goto L; L: x++
	L1: for { break L1 }; goto L3
	L3: }
func g() {
	const a = 1; type T int; var x, y T = 1, 2
	func() {}()
	func f() {}
	func (x T) m() {}
	interface{}(x)
	struct{}{}
	map[a]b{}
	chan int(x)
	<-c
	c <- <-d
	-x
	&x
	*x = 1
	"s"
	'a'
	(x) = 1
	[]int{1}
	x.(int).y()
	...
	=
	:=
	)
	]
	case 1:
	default:
	else
	range x
	import "a"
	package b
	a := range b
	return range c
}
