// Hello greets, which takes most of the machinery there is: strings, interfaces, reflection, system calls.
package main

import "fmt"

func main() {
	fmt.Println("Hello, 世界")
}
