// Timers and tickers with channels as they were before Go 1.23, which GODEBUG brings back.
package main

import (
	"fmt"
	"os"
	"time"
)

func main() {
	os.Setenv("GODEBUG", "asynctimerchan=1")
	t := time.NewTimer(time.Millisecond)
	time.Sleep(20 * time.Millisecond)
	fmt.Println(len(t.C), cap(t.C), t.Stop())
	fmt.Println(t.Reset(time.Hour))
	select {
	case <-t.C:
		fmt.Println("a stale value")
	case <-time.After(time.Second):
		fmt.Println("no value")
	}
	k := time.NewTicker(time.Millisecond)
	time.Sleep(20 * time.Millisecond)
	k.Stop()
	fmt.Println(len(k.C), cap(k.C))
}
