// Parameters, results, init and main.
package main

func f1(a int, b ...int) {}
func f2(a ...int, b int) {} // want `can only use \.\.\. with final parameter`
func f3(a, b ...int)     {} // want `can only use \.\.\. with final parameter`
func f4() (a ...int)     { return } // want `invalid use of \.\.\.`
var f5 func(...int, string) // want `can only use \.\.\. with final parameter`
func f6(a int) (a int) { return 0 } // want `a redeclared in this block`
func f7(_, _ int)      {}
func nobody()
func generic[P any]() // want `generic function is missing function body`
func init(x int) // want `func init must have no arguments and no return values` `func init must have a body`
func init() int { return 0 } // want `func init must have no arguments and no return values`
func main(x int) {} // want `func main must have no arguments and no return values`
