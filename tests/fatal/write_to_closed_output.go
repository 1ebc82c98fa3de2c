// Nobody reads the standard output.
package main

import (
	"os"
	"time"
)

func main() {
	for range 1000 {
		os.Stdout.WriteString("x")
		time.Sleep(time.Millisecond)
	}
	println("still here")
}
