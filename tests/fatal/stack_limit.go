// debug.SetMaxStack moves the limit.
package main

import "runtime/debug"

func f(n int) int { return f(n+1) + 1 }

func main() {
	println(debug.SetMaxStack(1 << 20))
	println(f(0))
}
