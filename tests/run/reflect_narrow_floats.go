package main

import (
	"fmt"
	"reflect"
)

func mix(a float32, b float64, c complex64, d int8) (float32, complex64, float64) {
	return a * 2, c * c, b + float64(d)
}

func main() {
	f := reflect.ValueOf(mix)
	args := []reflect.Value{reflect.ValueOf(float32(1.5)), reflect.ValueOf(2.25), reflect.ValueOf(complex64(1 + 2i)), reflect.ValueOf(int8(-3))}
	for _, v := range f.Call(args) {
		fmt.Println(v)
	}
	g := reflect.MakeFunc(f.Type(), func(args []reflect.Value) []reflect.Value { return f.Call(args) }).Interface().(func(float32, float64, complex64, int8) (float32, complex64, float64))
	fmt.Println(g(2.5, 1, 3i, 4))
}
