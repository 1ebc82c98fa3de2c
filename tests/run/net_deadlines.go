// Descriptors, deadlines and timers wait in one place: a thread that has nothing else to do.
package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"time"
)

func echo(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			io.Copy(c, c)
			c.Close()
		}()
	}
}

func exchange(address string, n int) int {
	c, err := net.Dial("tcp", address)
	if err != nil {
		return -1
	}
	defer c.Close()
	buf := make([]byte, 16)
	for i := range n {
		c.Write(buf)
		if _, err := io.ReadFull(c, buf); err != nil {
			return i
		}
	}
	return n
}

func main() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	go echo(l)
	address := l.Addr().String()

	var wg sync.WaitGroup
	results := make([]int, 30)
	for i := range results {
		wg.Add(1)
		go func() {
			defer wg.Done()
			results[i] = exchange(address, 50)
		}()
	}
	wg.Wait()
	fmt.Println(results)

	c, err := net.Dial("tcp", address)
	if err != nil {
		fmt.Println(err)
		return
	}
	buf := make([]byte, 16)
	isTimeout := func() bool {
		_, err := c.Read(buf)
		return errors.Is(err, os.ErrDeadlineExceeded)
	}
	began := time.Now()
	c.SetReadDeadline(began.Add(20 * time.Millisecond))
	fmt.Println("deadline:", isTimeout(), time.Since(began) >= 20*time.Millisecond)
	fmt.Println("still over:", isTimeout())
	c.SetReadDeadline(time.Time{})
	go func() {
		time.Sleep(5 * time.Millisecond)
		c.SetReadDeadline(time.Unix(1, 0))
	}()
	fmt.Println("set while waiting:", isTimeout())
	// A deadline that was moved does not strike.
	c.SetReadDeadline(time.Now().Add(10 * time.Millisecond))
	c.SetReadDeadline(time.Now().Add(time.Hour))
	go func() {
		time.Sleep(30 * time.Millisecond)
		c.Write([]byte("late"))
	}()
	n, err := c.Read(buf)
	fmt.Println("moved:", string(buf[:n]), err)
	go func() {
		time.Sleep(5 * time.Millisecond)
		c.Close()
	}()
	_, err = c.Read(buf)
	fmt.Println("closed:", errors.Is(err, net.ErrClosed))

	// An earlier timer breaks the wait for a later one, and for a descriptor.
	r, w, _ := os.Pipe()
	go func() {
		time.Sleep(time.Millisecond)
		began := time.Now()
		for range 10 {
			time.Sleep(time.Millisecond)
		}
		fmt.Println("sleeps end:", time.Since(began) < 5*time.Second)
		w.Write([]byte("x"))
	}()
	late := time.AfterFunc(time.Hour, func() {})
	n, err = r.Read(buf)
	fmt.Println("pipe:", n, err, late.Stop())
	l.Close()
}
