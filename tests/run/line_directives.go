// Positions that `//line` moves to other files, also in the middle of a function, in an inlined one and in a literal.
package main

import (
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
)

func where() string {
	_, file, line, _ := runtime.Caller(1)
	return fmt.Sprintf("%s:%d", filepath.Base(file), line)
}

func inlined() string {
	a := where()
//line grammar.y:20
	b := where()
//line lexer.l:7
	return a + " " + b + " " + where()
}

//go:noinline
func frames(skip int) {
	pcs := make([]uintptr, 10)
	pcs = pcs[:runtime.Callers(1+skip, pcs)]
	all := runtime.CallersFrames(pcs)
	for {
		frame, more := all.Next()
		if strings.HasPrefix(frame.Function, "main.") {
			fmt.Println(frame.Function, filepath.Base(frame.File), frame.Line)
		}
		if !more {
			break
		}
	}
}

func outer() {
//line outer.y:100
	inner()
}

func inner() {
//line inner.y:200
	func() {
//line literal.y:300
		frames(1)
	}()
	frames(1)
}

type list []int

func (l list) at(i int) (v int, err string) {
	defer func() {
		if r := recover(); r != nil {
			pcs := make([]uintptr, 20)
			all := runtime.CallersFrames(pcs[:runtime.Callers(0, pcs)])
			for frame, more := all.Next(); more; frame, more = all.Next() {
				if strings.HasSuffix(frame.Function, ".at") {
					err = fmt.Sprint(r, " ", filepath.Base(frame.File), ":", frame.Line)
				}
			}
		}
	}()
//line index.y:50
	v = l[i]
	return
}

func main() {
	fmt.Println(inlined())
	outer()
	fmt.Println(list{1}.at(3))
//line main.y:400
	fmt.Println(where())
/*line main.y:500:1*/fmt.Println(where()); fmt.Println(where())
}
