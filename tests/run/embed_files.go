package main

import (
	"embed"
	"fmt"
	"io/fs"
)

//go:embed embedded/a.txt
var text string

//go:embed embedded/a.txt
var bytes []byte

//go:embed embedded/sub/deep/c.txt
var same []byte

type named string

//go:embed embedded/sub/b.txt
var other named

//go:embed embedded/a.txt
//go:embed embedded/sub "embedded/empty_file_folder"
var files embed.FS

func main() {
	bytes[0] = 'F'
	fmt.Printf("%q %q %q %q %d\n", text, bytes, same, other, cap(same))
	err := fs.WalkDir(files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		fmt.Println(path, entry.IsDir(), info.Size(), info.Mode(), err)
		return err
	})
	fmt.Println(err)
	content, err := files.ReadFile("embedded/sub/deep/c.txt")
	fmt.Println(string(content), err)
	_, err = files.ReadFile("embedded/none")
	fmt.Println(err)
	list, err := files.ReadDir("embedded/sub")
	fmt.Println(len(list), list[0].Name(), list[1].Name(), err)
}
