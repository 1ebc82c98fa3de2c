package main

import (
	"fmt"
	"os"
)

func recovered(value any) (result string) {
	defer func() {
		r := recover()
		result = fmt.Sprintf("%v %T", r, r)
	}()
	panic(value)
}

// nested recovers one nil panic while another runs.
func nested() {
	defer func() { fmt.Println("outer", recover()) }()
	defer func() {
		defer func() { fmt.Println("inner", recover()) }()
		panic(nil)
	}()
	panic(nil)
}

func main() {
	fmt.Println(recovered(nil))
	os.Setenv("GODEBUG", "madvdontneed=1,panicnil=1")
	fmt.Println(recovered(nil), recovered(1))
	nested()
	os.Setenv("GODEBUG", "panicnil=0")
	fmt.Println(recovered(nil))
	os.Setenv("GODEBUG", "panicnil=1")
	os.Unsetenv("GODEBUG")
	fmt.Println(recovered(nil))
	os.Setenv("GODEBUG", "panicnil=1")
	panic(nil)
}
