// Waits for a signal from outside.
package main

import "time"

func main() {
	println("ready")
	time.Sleep(time.Minute)
}
