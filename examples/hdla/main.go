// Hdla is a shell over the serial line: the console of a machine without an operating system.
package main

import (
	"bufio"
	"fmt"
	"os"
)

func main() {
	lines := bufio.NewScanner(os.Stdin)
	// A line may be as long as what is pasted.
	lines.Buffer(nil, 1<<20)
	for prompt(); lines.Scan(); prompt() {
		switch lines.Text() {
		case "cheers":
			fmt.Println("Hoddarla!")
			fmt.Println("Hoddarla is a OS project powered by RISC-V and Golang.")
		case "exit":
			// The end of the program is the end of the machine.
			os.Exit(0)
		}
	}
}

func prompt() {
	fmt.Print("hdla > ")
}
