// Expressions as statements, `go` and `defer`.
package p

type T struct{ x int }

func (T) m() {}
func two() (int, int) { return 1, 2 }

func f(c chan int, t T, g func() int) {
	1 // want `1 \(untyped int constant\) is not used`
	"a" // want `"a" \(untyped string constant\) is not used`
	-1 // want `-1 \(untyped int constant\) is not used`
	t // want `t \(variable of struct type T\) is not used`
	t.x // want `t\.x \(variable of type int\) is not used`
	t.m // want `t\.m \(value of type func\(\)\) is not used`
	two // want `two \(value of type func\(\) \(int, int\)\) is not used`
	two()
	(two())
	g() + 1 // want `g\(\) \+ 1 \(value of type int\) is not used`
	<-c
	(<-c)
	nil // want `nil is not used`
	int // want `int \(type\) is not an expression`
	(int) // want `\(int\) \(type\) is not an expression`
	[]int // want `\[\]int \(type\) is not an expression`
	int(1) // want `int\(1\) \(constant 1 of type int\) is not used`
	len("a") // want `len\("a"\) \(constant 1 of type int\) is not used`
	len // want `len \(built-in\) must be called`
	new(int) // want `new\(int\) \(value of type \*int\) is not used`
	recover()
	copy([]int{}, []int{})
	func() {} // want `func\(\) \{\} \(value of type func\(\)\) is not used`
	t == t // want `t == t \(untyped bool value\) is not used`
	undefined // want `undefined: undefined`
	T{} // want `T\{\} \(value of struct type T\) is not used`
	go two // want `expression in go must be function call`
	go two()
	go func() {}()
	go func() {} // want `expression in go must be function call`
	defer recover()
	defer int(1) // want `defer requires function call, not conversion int\(1\) \(constant 1 of type int\)`
	defer len("a") // want `defer discards result of len\("a"\) \(constant 1 of type int\)`
	defer append([]int{}, 1) // want `defer discards result of append\(\[\]int\{\}, 1\) \(value of type \[\]int\)`
	go make([]int, 1) // want `go discards result of make\(\[\]int, 1\) \(value of type \[\]int\)`
	defer new(int) // want `defer discards result of new\(int\) \(value of type \*int\)`
	defer 1 // want `expression in defer must be function call`
	defer undefined() // want `undefined: undefined`
	defer t.m()
	defer t.m // want `expression in defer must be function call`
	go print(1)
}

func conditions(i int, b bool) {
	if i { // want `non-boolean condition in if statement`
	}
	if b = true; i + 1 { // want `non-boolean condition in if statement`
	} else if "a" { // want `non-boolean condition in if statement`
	}
	for i { // want `non-boolean condition in for statement`
	}
	for i := 0; i; i++ { // want `non-boolean condition in for statement`
	}
	if undefined { // want `undefined: undefined`
	}
	if i == 1 && b {
	}
}

type MyBool bool

func named[T ~bool](b MyBool, t T) {
	if b {
	}
	if t {
	}
}
