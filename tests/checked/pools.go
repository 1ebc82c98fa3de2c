// A pool is a P's own while a goroutine is pinned to it; an allocation in between must not move the goroutine.
package main

import (
	"fmt"
	"sync"
)

type buffer struct {
	owner int
	bytes [200]byte
}

func main() {
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for range 300 {
				// A new pool allocates while it is pinned.
				pool := sync.Pool{New: func() any { return new(buffer) }}
				for range 8 {
					b := pool.Get().(*buffer)
					b.owner = i
					pool.Put(b)
				}
				if text := fmt.Sprint("worker ", i); text != "worker "+string(rune('0'+i)) {
					panic(text)
				}
			}
		}()
	}
	wg.Wait()
	fmt.Println("ok")
}
