// Panic shows how panics travel: deferred functions, recovery, errors of the run time, a panic in a deferred function,
// and one that nobody recovers from: the program ends with a traceback and status 2.
package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
)

type account struct {
	balance map[string]int
}

// attempt turns a panic of f into an error.
func attempt(name string, f func()) (err error) {
	defer func() {
		if r := recover(); r != nil {
			var fault runtime.Error
			e, ok := r.(error)
			err = fmt.Errorf("%s: %v (of the run time: %t)", name, r, ok && errors.As(e, &fault))
		}
	}()
	f()
	return nil
}

func nested() {
	defer fmt.Println("deferred last")
	defer func() {
		defer func() { fmt.Println("recovered:", recover()) }()
		panic("second")
	}()
	panic("first")
}

func withdraw(a *account, name string, amount int) int {
	if amount > 100 {
		panic(fmt.Errorf("withdraw %d: too much", amount))
	}
	a.balance[name] -= amount
	return a.balance[name]
}

func main() {
	var nothing *account
	list := make([]int, 3)
	zero := 0
	var value any = "text"
	fmt.Println(attempt("nil", func() { withdraw(nothing, "a", 1) }))
	fmt.Println(attempt("map", func() { withdraw(&account{}, "a", 1) }))
	fmt.Println(attempt("index", func() { list[len(os.Args)+2]++ }))
	fmt.Println(attempt("slice", func() { _ = list[2:zero] }))
	fmt.Println(attempt("division", func() { list[0] /= zero }))
	fmt.Println(attempt("assertion", func() { _ = value.(fmt.Stringer) }))
	fmt.Println(attempt("own", func() { withdraw(nothing, "a", 1000) }))
	fmt.Println(attempt("nothing", func() {}))
	fmt.Println(attempt("nested", nested))

	defer fmt.Println("deferred functions run before the program ends")
	a := &account{balance: map[string]int{"a": 10}}
	withdraw(a, "a", 5)
	withdraw(a, "a", 500)
}
