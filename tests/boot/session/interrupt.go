// Two interrupts are taken as signals; the third finds nobody who asks for it.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"time"
)

func main() {
	c := make(chan os.Signal, 1)
	signal.Notify(c, os.Interrupt)
	for range 2 {
		fmt.Println("ready")
		fmt.Println(<-c)
	}
	signal.Stop(c)
	fmt.Println("ready")
	time.Sleep(time.Minute)
}
