package main

import (
	"os"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
)

func main() {
	md := goldmark.New(goldmark.WithExtensions(extension.GFM))
	text := "# Title\n\nSome *text* with `code` and ~~none~~, https://go.dev.\n\n| a | b |\n|---|:-:|\n| 1 | 2 |\n\n- [x] done\n  1. one\n"
	if err := md.Convert([]byte(text), os.Stdout); err != nil {
		panic(err)
	}
}
