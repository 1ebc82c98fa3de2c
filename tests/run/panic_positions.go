// The line a panic shows is that of the token that stands for the operation; calls are told one by one.
package main

import (
	"fmt"
	"reflect"
	"runtime"
	"strings"
)

type shape interface{ area(int) int }

type square struct{ side int }

func (s square) area(scale int) int { return s.side * scale }

type outer struct{ inner }

type inner struct{ n int }

func (p *inner) get() int { return p.n }

func (p *inner) same() bool { return p == nil }

type far struct {
	pad [1 << 13]byte
	arr [4]int
}

func noted(text string) int {
	fmt.Println("evaluated", text)
	return 1
}

// line tells on which line of this file the function that panics stood.
func line(name string, f func()) {
	defer func() {
		err := recover()
		var pcs [32]uintptr
		frames := runtime.CallersFrames(pcs[:runtime.Callers(0, pcs[:])])
		for {
			frame, more := frames.Next()
			if strings.HasPrefix(frame.Function, "main.main.func") {
				fmt.Println(name, frame.Line, err)
				return
			}
			if !more {
				fmt.Println(name, "no frame", err)
				return
			}
		}
	}()
	f()
}

var (
	nilShape  shape
	hidden    shape = nilSquare
	nilSquare *square
	nilOuter  *outer
	nilArray  *[4]int
	nilFar    *far
	nilInt    *int
	short     = []int{1}
	sink      int
)

func nilArrayOf() *[4]int { return nil }

func inlined(skip int) string {
	pc, _, at, _ := runtime.Caller(skip)
	return fmt.Sprint(runtime.FuncForPC(pc).Name(), " ", at)
}

func between(skip int) string { return inlined(skip) }

func main() {
	line("interface", func() {
		nilShape.
			area(noted("argument of a nil interface"))
	})
	line("index", func() {
		sink = short[noted("index")+
			4]
	})
	line("slice", func() {
		_ = short[2 : noted("bound")+
			4]
	})
	line("assignment", func() {
		nilArray[noted("element")] =
			noted("value")
	})
	line("load before use", func() {
		v := *nilInt
		sink = v + 1
	})
	line("field of nil", func() {
		fmt.Println(
			nilFar.arr[2])
	})
	line("address in nil", func() { fmt.Println(&nilFar.arr[1]) })
	line("promoted pointer method", func() { fmt.Println(nilOuter.same()) })
	line("promoted", func() { fmt.Println(nilOuter.get()) })
	line("length", func() { fmt.Println(len(*nilArrayOf())) })
	line("range", func() {
		for range *nilArrayOf() {
		}
	})
	fmt.Println(len(nilArrayOf()), len(*nilArray))
	for range nilArray {
		sink++
	}
	line("wrapper", func() {
		hidden.area(1)
	})
	line("method expression", func() { (*square).area(nilSquare, 1) })
	line("method value", func() { _ = nilShape.area })

	for skip := range 3 {
		fmt.Println(between(skip))
	}

	func() {
		defer reflect.ValueOf(recovers{}).Method(0).Interface().(func())()
		panic("for a method of reflection")
	}()
	func() {
		f := reflect.MakeFunc(reflect.TypeOf(func() {}), func([]reflect.Value) []reflect.Value {
			fmt.Println("recovered", recover())
			return nil
		})
		defer f.Interface().(func())()
		panic("for a made function")
	}()
}

type recovers struct{ a, b, c int }

func (recovers) M() { fmt.Println("recovered", recover()) }
