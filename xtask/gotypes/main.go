// The reference of `cargo xtask bench check`: go/parser and go/types over the packages that rigo lists.
//
// It reads one JSON object per line, packages before those that import them, and prints lines, seconds and
// peak memory as one JSON object.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"strings"
	"time"
)

type listed struct {
	Path    string
	Files   []string
	Imports map[string]string // as written, to the path of the package
}

type importer struct {
	known map[string]*types.Package
	paths map[string]string
}

func (i importer) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	if pkg := i.known[i.paths[path]]; pkg != nil {
		return pkg, nil
	}
	return nil, fmt.Errorf("%s was not listed before", path)
}

func main() {
	list, err := os.Open(os.Args[1])
	if err != nil {
		fail(err)
	}
	var packages []listed
	for lines := json.NewDecoder(bufio.NewReader(list)); lines.More(); {
		var pkg listed
		if err := lines.Decode(&pkg); err != nil {
			fail(err)
		}
		packages = append(packages, pkg)
	}
	known := map[string]*types.Package{}
	nLines, nErrors := 0, 0
	start := time.Now()
	for _, pkg := range packages {
		fset := token.NewFileSet()
		var files []*ast.File
		for _, name := range pkg.Files {
			src, err := os.ReadFile(name)
			if err != nil {
				fail(err)
			}
			nLines += bytes.Count(src, []byte("\n"))
			file, err := parser.ParseFile(fset, name, src, parser.SkipObjectResolution)
			if err != nil {
				fail(err)
			}
			files = append(files, file)
		}
		config := types.Config{
			Importer: importer{known, pkg.Imports},
			Sizes:    types.SizesFor("gc", "amd64"),
			Error:    func(error) { nErrors++ },
		}
		info := &types.Info{
			Types:      map[ast.Expr]types.TypeAndValue{},
			Instances:  map[*ast.Ident]types.Instance{},
			Defs:       map[*ast.Ident]types.Object{},
			Uses:       map[*ast.Ident]types.Object{},
			Implicits:  map[ast.Node]types.Object{},
			Selections: map[*ast.SelectorExpr]*types.Selection{},
		}
		known[pkg.Path], _ = config.Check(pkg.Path, fset, files, info)
	}
	seconds := time.Since(start).Seconds()
	fmt.Printf("{\"lines\": %d, \"errors\": %d, \"seconds\": %f, \"peak_kib\": %s}\n", nLines, nErrors, seconds, peak())
}

func peak() string {
	status, _ := os.ReadFile("/proc/self/status")
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	return strings.Fields(rest)[0]
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
