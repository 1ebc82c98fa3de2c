// Wordcount counts lines, words and bytes of files, and lists the most frequent words of all of them.
//
//	wordcount [-top N] FILE...
package main

import (
	"bufio"
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"unicode"
)

type counts struct {
	lines, words, bytes int
	frequency           map[string]int
}

func count(r io.Reader) (counts, error) {
	c := counts{frequency: make(map[string]int)}
	in := bufio.NewReader(r)
	for {
		line, err := in.ReadString('\n')
		c.bytes += len(line)
		if strings.HasSuffix(line, "\n") {
			c.lines++
		}
		isBreak := func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' }
		for word := range strings.FieldsFuncSeq(line, isBreak) {
			c.frequency[strings.ToLower(word)]++
		}
		c.words += len(strings.Fields(line))
		if errors.Is(err, io.EOF) {
			return c, nil
		}
		if err != nil {
			return c, err
		}
	}
}

func countFile(name string) (counts, error) {
	file, err := os.Open(name)
	if err != nil {
		return counts{}, err
	}
	defer file.Close()
	return count(file)
}

func main() {
	top := flag.Int("top", 5, "how many words to list")
	flag.Parse()

	// One goroutine for each file; the results are printed in the order of the arguments.
	results := make([]counts, flag.NArg())
	errs := make([]error, flag.NArg())
	var group sync.WaitGroup
	for i, name := range flag.Args() {
		group.Go(func() { results[i], errs[i] = countFile(name) })
	}
	group.Wait()

	status := 0
	total := counts{frequency: make(map[string]int)}
	for i, c := range results {
		if errs[i] != nil {
			fmt.Fprintln(os.Stderr, "wordcount:", errs[i])
			status = 1
			continue
		}
		fmt.Printf("%7d %7d %7d %s\n", c.lines, c.words, c.bytes, flag.Arg(i))
		total.lines += c.lines
		total.words += c.words
		total.bytes += c.bytes
		for word, n := range c.frequency {
			total.frequency[word] += n
		}
	}
	fmt.Printf("%7d %7d %7d total\n", total.lines, total.words, total.bytes)
	words := slices.SortedFunc(maps.Keys(total.frequency), func(a, b string) int {
		return cmp.Or(cmp.Compare(total.frequency[b], total.frequency[a]), strings.Compare(a, b))
	})
	for _, word := range words[:min(*top, len(words))] {
		fmt.Printf("%7d %s\n", total.frequency[word], word)
	}
	os.Exit(status)
}
