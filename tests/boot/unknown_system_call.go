// A system call that nobody knows fails, and the kernel says once which it was.
package main

import (
	"fmt"
	"os"
	"syscall"
)

func main() {
	for range 2 {
		_, _, errno := syscall.Syscall(400, 1, 2, 3)
		fmt.Println(errno)
	}
	_, err := os.Open("/etc/hosts")
	fmt.Println(err)
}
