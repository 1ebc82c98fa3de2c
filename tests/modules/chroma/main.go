package main

import (
	"fmt"
	"os"

	"github.com/alecthomas/chroma/v2/lexers"
	"github.com/alecthomas/chroma/v2/quick"
)

func main() {
	code := "package main\n\n// comment\nfunc main() { println(\"x\", 0x1F, 'c') }\n"
	if err := quick.Highlight(os.Stdout, code, "go", "html", "monokai"); err != nil {
		panic(err)
	}
	iterator, err := lexers.Get("python").Tokenise(nil, "def f(x):\n    return x ** 2  # square\n")
	fmt.Println(err)
	for _, token := range iterator.Tokens() {
		fmt.Printf("%s %q\n", token.Type, token.Value)
	}
	fmt.Println(lexers.Match("a.rs").Config().Name)
}
