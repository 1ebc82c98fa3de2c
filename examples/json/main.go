// Json is a small tool for JSON documents on standard input:
//
//	json print           prints a document with its keys sorted and indented
//	json get a.0.b       prints the value at a path of keys and indices
//	json total NAME      adds up all numbers under a key, however deep
//
// Without arguments it shows each on a document of its own.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"
)

type order struct {
	ID      int               `json:"id"`
	Placed  time.Time         `json:"placed"`
	Items   []item            `json:"items"`
	Note    *string           `json:"note,omitempty"`
	Labels  map[string]string `json:"labels"`
	private int
}

type item struct {
	Name  string  `json:"name"`
	Price float64 `json:"price"`
	Count uint8   `json:"count,string"`
}

var errNoValue = errors.New("there is no value at this path")

func get(value any, path string) (any, error) {
	for step := range strings.SplitSeq(path, ".") {
		switch container := value.(type) {
		case map[string]any:
			inner, ok := container[step]
			if !ok {
				return nil, fmt.Errorf("key %q: %w", step, errNoValue)
			}
			value = inner
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil {
				return nil, err
			}
			if i < 0 || i >= len(container) {
				return nil, fmt.Errorf("index %d of %d: %w", i, len(container), errNoValue)
			}
			value = container[i]
		default:
			return nil, fmt.Errorf("%T has no %q: %w", value, step, errNoValue)
		}
	}
	return value, nil
}

func total(value any, name string) float64 {
	sum := 0.0
	switch value := value.(type) {
	case map[string]any:
		for key, inner := range value {
			if n, ok := inner.(float64); ok && key == name {
				sum += n
			}
			sum += total(inner, name)
		}
	case []any:
		for _, inner := range value {
			sum += total(inner, name)
		}
	}
	return sum
}

func run(in io.Reader, out io.Writer, args []string) error {
	var document any
	if err := json.NewDecoder(in).Decode(&document); err != nil {
		return err
	}
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	switch {
	case len(args) == 1 && args[0] == "print":
		return encoder.Encode(document)
	case len(args) == 2 && args[0] == "get":
		value, err := get(document, args[1])
		if err != nil {
			return err
		}
		return encoder.Encode(value)
	case len(args) == 2 && args[0] == "total":
		return encoder.Encode(total(document, args[1]))
	default:
		return fmt.Errorf("usage: json print | get PATH | total NAME")
	}
}

func demonstrate() error {
	note := "leave it at the <door> & ring"
	placed := time.Date(2026, time.February, 28, 23, 59, 30, 0, time.UTC)
	o := order{7, placed, []item{{"tea", 3.5, 2}, {"Milch 🥛", 1.25, 1}}, &note, map[string]string{"b": "2", "a": "1"}, 1}
	text, err := json.Marshal(o)
	if err != nil {
		return err
	}
	fmt.Println(string(text))
	var back order
	if err := json.Unmarshal(text, &back); err != nil {
		return err
	}
	fmt.Println("placed", back.Placed.Format(time.RFC1123), "with", len(back.Items), "items; note:", *back.Note)
	for _, args := range [][]string{{"get", "items.1.name"}, {"total", "price"}, {"get", "items.2"}, {"print"}} {
		if err := run(strings.NewReader(string(text)), os.Stdout, args); err != nil {
			fmt.Println("error:", err, errors.Is(err, errNoValue))
		}
	}
	var wrong *json.UnmarshalTypeError
	err = json.Unmarshal([]byte(`{"items":[{"count":"256"}]}`), &back)
	fmt.Println(err, errors.As(err, &wrong))
	return json.Unmarshal([]byte(`{"id": 1,}`), &back)
}

func main() {
	var err error
	if len(os.Args) > 1 {
		err = run(os.Stdin, os.Stdout, os.Args[1:])
	} else {
		err = demonstrate()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "json:", err)
		os.Exit(1)
	}
}
