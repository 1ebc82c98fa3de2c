// GOMAXPROCS follows what the process may use, unless the program or the environment has chosen.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"time"
)

// allow lets all threads of this process use the processors of a mask.
func allow(mask string) {
	out, err := exec.Command("taskset", "-ap", mask, strconv.Itoa(os.Getpid())).CombinedOutput()
	if err != nil {
		panic(string(out))
	}
}

func reaches(n int) bool {
	for range 400 {
		if runtime.GOMAXPROCS(0) == n {
			return true
		}
		time.Sleep(10 * time.Millisecond)
	}
	return false
}

func main() {
	if runtime.NumCPU() < 2 {
		fmt.Println("needs two processors")
		return
	}
	first := runtime.GOMAXPROCS(0)
	allow("1")
	fmt.Println("one", reaches(1))
	if len(os.Args) > 1 {
		return
	}
	allow("3")
	fmt.Println("two", reaches(2), runtime.NumCPU() >= first)
	runtime.GOMAXPROCS(2)
	allow("1")
	time.Sleep(2500 * time.Millisecond)
	fmt.Println("chosen", runtime.GOMAXPROCS(0))
	runtime.SetDefaultGOMAXPROCS()
	fmt.Println("default", runtime.GOMAXPROCS(0))
	allow("3")
	fmt.Println("two", reaches(2))
}
