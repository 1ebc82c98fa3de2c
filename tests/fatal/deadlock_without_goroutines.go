// The main goroutine ends without ending the program, and nobody is left.
package main

import "runtime"

func main() { runtime.Goexit() }
