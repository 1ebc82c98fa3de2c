package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"
)

func main() {
	dir, err := os.MkdirTemp("", "fsnotify")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		panic(err)
	}
	fmt.Println(watcher.Add(dir), len(watcher.WatchList()))
	os.WriteFile(filepath.Join(dir, "a"), []byte("x"), 0o644)
	os.Rename(filepath.Join(dir, "a"), filepath.Join(dir, "b"))
	os.Remove(filepath.Join(dir, "b"))
	seen := map[string]bool{}
	deadline := time.After(10 * time.Second)
	for !seen["b REMOVE"] {
		select {
		case event := <-watcher.Events:
			seen[filepath.Base(event.Name)+" "+event.Op.String()] = true
		case err := <-watcher.Errors:
			panic(err)
		case <-deadline:
			panic("nothing happened")
		}
	}
	fmt.Println(seen["a CREATE"], seen["a WRITE"], seen["a RENAME"], seen["b CREATE"], watcher.Close())
}
