package main

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

func main() {
	var name unix.Utsname
	fmt.Println(unix.Uname(&name), unix.ByteSliceToString(name.Sysname[:]), unix.Getpid() == os.Getpid())
	var fds [2]int
	fmt.Println(unix.Pipe2(fds[:], unix.O_CLOEXEC))
	n, err := unix.Write(fds[1], []byte("through a pipe"))
	fmt.Println(n, err)
	buffer := make([]byte, 32)
	n, err = unix.Read(fds[0], buffer)
	fmt.Println(string(buffer[:n]), err)
	_, err = unix.Open("/nonexistent", unix.O_RDONLY, 0)
	fmt.Println(err, err == unix.ENOENT, unix.SignalName(unix.SIGTERM))
}
