// Every goroutine waits for another one; the report names what each waits for.
package main

import (
	"sync"
	"time"
)

func main() {
	var mu sync.Mutex
	mu.Lock()
	go func() { mu.Lock() }()
	time.Sleep(time.Millisecond)
	go func() { <-make(chan int) }()
	time.Sleep(time.Millisecond)
	go func() { select {} }()
	time.Sleep(time.Millisecond)
	var wg sync.WaitGroup
	wg.Add(1)
	wg.Wait()
}
