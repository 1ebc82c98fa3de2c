package main

import "fmt"

// stubborn goes on after its loop has ended, and recovers the panics that this gives.
func stubborn(n int) func(func(int) bool) {
	return func(yield func(int) bool) {
		for i := range n {
			func() {
				defer func() {
					if r := recover(); r != nil {
						fmt.Println("swallowed:", r)
					}
				}()
				yield(i)
			}()
		}
	}
}

func report(what string, f func()) {
	defer func() { fmt.Println(what, recover()) }()
	f()
}

func main() {
	report("break", func() {
		for i := range stubborn(3) {
			fmt.Println(i)
			break
		}
	})
	report("outer", func() {
	Outer:
		for i := range stubborn(1) {
			for j := range stubborn(2) {
				fmt.Println(i, j)
				break Outer
			}
		}
	})
	report("return", func() {
		for i := range stubborn(2) {
			fmt.Println(i)
			return
		}
	})
	report("all", func() {
		for i := range stubborn(2) {
			fmt.Println(i)
		}
	})
}
