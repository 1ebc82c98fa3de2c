// debug.SetCrashOutput has a copy of the last words written to a file; debug.WriteHeapDump writes what is in memory.
package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strings"
)

type marked struct{ text [32]byte }

var kept *marked

func crash(path string) {
	f, err := os.Create(path)
	if err != nil {
		panic(err)
	}
	fmt.Println(debug.SetCrashOutput(f, debug.CrashOptions{}))
	f.Close()
	println("not in the file")
	panic("last words")
}

func main() {
	if len(os.Args) > 1 {
		crash(os.Args[1])
	}
	dir, err := os.MkdirTemp("", "crash")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := dir + "/crash"
	cmd := exec.Command(os.Args[0], path)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	fmt.Println(cmd.Run())
	text, err := os.ReadFile(path)
	line, _, _ := strings.Cut(string(text), "\n")
	fmt.Println(err, line, strings.HasSuffix(stderr.String(), string(text)), len(text) < stderr.Len())

	kept = new(marked)
	copy(kept.text[:], "found in the dump:")
	copy(kept.text[18:], "yes")
	f, err := os.Create(dir + "/heap")
	if err != nil {
		panic(err)
	}
	debug.WriteHeapDump(f.Fd())
	dump, err := os.ReadFile(dir + "/heap")
	fmt.Println(err, bytes.HasPrefix(dump, []byte("go1.7 heap dump\n\x06\x00\x08")), bytes.Contains(dump, []byte("found in the dump:yes")), dump[len(dump)-1])
	runtime.KeepAlive(kept)
}
