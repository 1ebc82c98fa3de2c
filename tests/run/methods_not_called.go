// Methods that nobody calls through an interface have no code; assertions and reflection still see them.
package main

import (
	"fmt"
	"reflect"
)

type namer interface{ Name() string }

type pair interface {
	Name() string
	Size() int
}

type odd interface {
	Name() string
	Odd(int) bool
}

type generic[T any] interface{ Get() T }

type file struct{ name string }

func (f file) Name() string   { return f.name }
func (f file) Size() int      { return len(f.name) }
func (f file) String() string { return "file " + f.name }

type number int

func (n *number) Get() int  { return int(*n) }
func (n *number) Set(i int) { *n = number(i) }

type failure struct{}

func (failure) Error() string { return "failure" }

//go:noinline
func is[T any](v any) bool {
	_, ok := v.(T)
	return ok
}

func main() {
	var values = []any{file{"a"}, &file{"b"}, new(number), failure{}, 1}
	for _, v := range values {
		fmt.Printf("%T namer=%v pair=%v odd=%v generic=%v error=%v stringer=%v\n", v, is[namer](v), is[pair](v), is[odd](v),
			is[generic[int]](v), is[error](v), is[fmt.Stringer](v))
	}
	var p pair = file{"static"}
	fmt.Println(p.Name())
	n := new(number)
	n.Set(7)
	var g generic[int] = n
	get := g.Get
	fmt.Println(get(), generic[int].Get(g))
	t := reflect.TypeFor[file]()
	fmt.Println(t.NumMethod(), t.Implements(reflect.TypeFor[pair]()), t.Implements(reflect.TypeFor[odd]()))
	fmt.Println(reflect.ValueOf(p).Type(), reflect.ValueOf(values[0]))
	defer func() {
		fmt.Println(recover())
		panic(failure{})
	}()
	_ = values[4].(pair)
}
