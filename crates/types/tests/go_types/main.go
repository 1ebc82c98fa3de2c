// Command go_types prints what go/types knows of every expression of the packages named and of all below them:
// place, how it may be used, type and constant value, separated by tabs. The test beside it compares.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"log"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

type listed struct {
	ImportPath, Dir string
	GoFiles         []string
	ImportMap       map[string]string
}

type importer struct {
	known map[string]*types.Package
	pkg   listed
}

func (imp *importer) Import(path string) (*types.Package, error) {
	if mapped, ok := imp.pkg.ImportMap[path]; ok {
		path = mapped
	}
	if pkg := imp.known[path]; pkg != nil {
		return pkg, nil
	}
	return nil, fmt.Errorf("no package %s", path)
}

func main() {
	args := append([]string{"list", "-deps", "-json=ImportPath,Dir,GoFiles,ImportMap"}, os.Args[1:]...)
	list, err := exec.Command("go", args...).Output()
	if err != nil {
		log.Fatal(err)
	}
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	imp := &importer{known: map[string]*types.Package{"unsafe": types.Unsafe}}
	for dec := json.NewDecoder(strings.NewReader(string(list))); ; {
		imp.pkg = listed{}
		if err := dec.Decode(&imp.pkg); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			log.Fatal(err)
		}
		if imp.pkg.ImportPath != "unsafe" {
			check(imp, out)
		}
	}
}

func check(imp *importer, out io.Writer) {
	fset := token.NewFileSet()
	var files []*ast.File
	for _, name := range imp.pkg.GoFiles {
		file, err := parser.ParseFile(fset, filepath.Join(imp.pkg.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			log.Fatal(err)
		}
		files = append(files, file)
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}}
	// Functions without a body are errors to go/types.
	conf := types.Config{Importer: imp, Sizes: types.SizesFor("gc", "amd64"), Error: func(error) {}}
	pkg, _ := conf.Check(imp.pkg.ImportPath, fset, files, info)
	imp.known[imp.pkg.ImportPath] = pkg
	for expr, entry := range info.Types {
		start, end := fset.PositionFor(expr.Pos(), false), fset.PositionFor(expr.End(), false)
		if !start.IsValid() {
			continue // made up by the checker
		}
		fmt.Fprintf(out, "%s\t%d\t%d\t%s\t%s\t%s\n", start.Filename, start.Offset, end.Offset, mode(entry), typ(entry), value(entry.Value))
	}
}

func mode(entry types.TypeAndValue) string {
	switch {
	case entry.IsType():
		return "type"
	case entry.IsBuiltin():
		return "builtin"
	case entry.IsVoid():
		return "no value"
	case entry.Value != nil:
		return "constant"
	case entry.IsNil():
		return "nil"
	case entry.HasOk() && entry.Assignable():
		return "map index"
	case entry.HasOk():
		return "comma ok"
	case entry.Addressable():
		return "variable"
	}
	return "value"
}

func typ(entry types.TypeAndValue) string {
	tuple, ok := entry.Type.(*types.Tuple)
	switch {
	case entry.IsBuiltin() || entry.IsNil() || entry.Type == nil:
		return ""
	case ok && entry.HasOk():
		return types.TypeString(tuple.At(0).Type(), nil)
	case ok:
		var list []string
		for i := range tuple.Len() {
			list = append(list, types.TypeString(tuple.At(i).Type(), nil))
		}
		return "(" + strings.Join(list, ", ") + ")"
	}
	return types.TypeString(entry.Type, nil)
}

func value(v constant.Value) string {
	if v == nil {
		return ""
	}
	switch v.Kind() {
	case constant.Bool:
		return v.String()
	case constant.String:
		text := constant.StringVal(v)
		hash := uint64(0)
		for i := range len(text) {
			hash = hash*31 + uint64(text[i])
		}
		return fmt.Sprintf("string %d %x", len(text), hash)
	}
	if i, ok := constant.Int64Val(constant.ToInt(v)); ok && constant.ToInt(v).Kind() == constant.Int {
		return fmt.Sprintf("int %d", i)
	}
	bits := func(v constant.Value) string {
		f, _ := constant.Float64Val(constant.ToFloat(v))
		return fmt.Sprintf("%x", math.Float64bits(f))
	}
	if v.Kind() == constant.Complex {
		return "complex " + bits(constant.Real(v)) + " " + bits(constant.Imag(v))
	}
	return "float " + bits(v)
}
