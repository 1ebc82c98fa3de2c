package main

import (
	"fmt"
	"runtime"
	"strings"
)

const size = 1 << 16

var (
	text  = "a" + strings.Repeat("b", size-1)
	bytes = []byte(text)
	other = []byte(text)
	count = map[string]int{text: 1}
	sum   int
	same  bool
)

type name string

// change writes to the bytes and returns what they were.
func change() string {
	old := string(bytes)
	bytes[0] = 'X'
	return old
}

func kind(b []byte) int {
	switch string(b) {
	case "a", "another":
		return 1
	case "aa":
		return 2
	}
	return 3
}

// copies tells whether something as large as the text is allocated.
func copies(do func()) bool {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc-before.TotalAlloc >= size
}

func main() {
	for _, c := range []struct {
		what string
		do   func()
	}{
		{"compare", func() { same = string(bytes) == string(other) && string(bytes) == text }},
		{"order", func() { same = text <= string(bytes) }},
		{"named", func() { same = name(bytes) == name(other) }},
		{"read", func() { sum += count[string(bytes)] }},
		{"read with ok", func() { _, same = count[string(bytes)] }},
		{"switch", func() { sum += kind(bytes) }},
		{"range", func() {
			for i, b := range []byte(text) {
				sum += i & int(b)
			}
		}},
	} {
		fmt.Println(c.what, copies(c.do), same)
	}
	fmt.Println(sum)

	// Calls come before the conversion of what they write to.
	fmt.Println(string(bytes) == change(), string(bytes)[:1])
	bytes[0] = 'a'
	fmt.Println(change() == string(bytes), count[string(bytes)]+len(change()))
	var any interface{} = "a"
	fmt.Println(string(bytes[:1]) == any, any == string([]byte{'a'}), string(bytes[0]) == "X")

	// A key that is stored is copied.
	count[string(bytes)] = 7
	count[string(bytes)]++
	bytes[0] = 'Y'
	fmt.Println(count["X"+text[1:]], count[string(bytes)])

	// The loop sees the string as it was.
	s := "abc"
	for i, b := range []byte(s) {
		s = "xyz"
		fmt.Print(i, string(rune(b)), " ")
	}
	fmt.Println(s)
}
