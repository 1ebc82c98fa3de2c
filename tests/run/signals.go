// os/signal: what is asked for arrives, the rest does nothing; Ignore, Reset and Stop; faults with SetPanicOnFault.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"
	"unsafe"
)

func raise(s syscall.Signal) { syscall.Kill(syscall.Getpid(), s) }

func wait(c chan os.Signal) string {
	select {
	case s := <-c:
		return s.String()
	case <-time.After(5 * time.Second):
		return "nothing"
	}
}

func quiet(c chan os.Signal) bool {
	time.Sleep(5 * time.Millisecond)
	select {
	case <-c:
		return false
	default:
		return true
	}
}

func main() {
	// Nobody asked for it: nothing happens.
	raise(syscall.SIGUSR1)
	raise(syscall.SIGWINCH)

	c := make(chan os.Signal, 4)
	signal.Notify(c, syscall.SIGUSR1, syscall.SIGTERM, syscall.SIGQUIT)
	for _, s := range []syscall.Signal{syscall.SIGUSR1, syscall.SIGTERM, syscall.SIGQUIT} {
		raise(s)
		fmt.Println("got:", wait(c))
	}

	// Delivered at once, also while a goroutine computes.
	slowest := time.Duration(0)
	for range 20 {
		began := time.Now()
		raise(syscall.SIGUSR1)
		wait(c)
		slowest = max(slowest, time.Since(began))
	}
	fmt.Println("prompt:", slowest < 2*time.Second)

	signal.Ignore(syscall.SIGTERM)
	fmt.Println("ignored:", signal.Ignored(syscall.SIGTERM), signal.Ignored(syscall.SIGUSR1))
	raise(syscall.SIGTERM)
	fmt.Println("quiet:", quiet(c))
	signal.Notify(c, syscall.SIGTERM)
	raise(syscall.SIGTERM)
	fmt.Println("again:", wait(c), signal.Ignored(syscall.SIGTERM))

	signal.Stop(c)
	raise(syscall.SIGUSR1)
	fmt.Println("stopped:", quiet(c))
	signal.Notify(c, syscall.SIGUSR2)
	signal.Reset(syscall.SIGUSR2)
	raise(syscall.SIGUSR2)
	fmt.Println("reset:", quiet(c))

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	raise(syscall.SIGINT)
	<-ctx.Done()
	stop()
	fmt.Println("context:", ctx.Err())

	// A write to a pipe that nobody reads is an error, and SIGPIPE can be asked for.
	signal.Notify(c, syscall.SIGPIPE)
	r, w, _ := os.Pipe()
	r.Close()
	_, err := w.Write([]byte("x"))
	fmt.Println("pipe:", err, wait(c))
	signal.Reset(syscall.SIGPIPE)
	_, err = w.Write([]byte("x"))
	fmt.Println("pipe:", err, quiet(c))

	// Children start with what the system does by default, and are told from their ends.
	cmd := exec.Command("sleep", "60")
	fmt.Println("start:", cmd.Start())
	cmd.Process.Signal(syscall.SIGUSR1)
	fmt.Println("child:", cmd.Wait())
	cmd = exec.Command("cat")
	in, _ := cmd.StdinPipe()
	out, _ := cmd.StdoutPipe()
	cmd.Start()
	io.WriteString(in, "through cat\n")
	in.Close()
	text, _ := io.ReadAll(out)
	fmt.Printf("%q %v\n", text, cmd.Wait())
	cmd = exec.CommandContext(ctx, "sleep", "60")
	fmt.Println("cancelled:", cmd.Run())
	fmt.Println("status:", exec.Command("sh", "-c", "exit 3").Run())

	// Faults away from 0 are panics only where they are asked for.
	fmt.Println(debug.SetPanicOnFault(true))
	fault := func(addr uintptr) {
		defer func() {
			err := recover().(error)
			fmt.Print(err)
			if at, ok := err.(interface{ Addr() uintptr }); ok {
				fmt.Printf(" at %#x", at.Addr())
			}
			fmt.Println()
		}()
		*(*int)(unsafe.Pointer(addr)) = 1
	}
	fault(8)
	fault(0x123000)
	fmt.Println(debug.SetPanicOnFault(false))
}
