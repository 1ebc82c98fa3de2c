// There is no descriptor left for the poller.
package main

import "time"

func main() {
	time.Sleep(time.Millisecond)
	println("slept")
}
