package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
)

type point struct {
	X, Y int
	name string
}

func (p point) String() string { return fmt.Sprintf("<%d,%d>", p.X, p.Y) }

type myErr struct{ code int }

func (e *myErr) Error() string { return "code " + strconv.Itoa(e.code) }

func main() {
	fmt.Printf("%v %+v %#v %T\n", point{1, 2, "a"}, struct{ A int }{3}, []string{"x"}, map[string][]int{})
	err := fmt.Errorf("wrap: %w", &myErr{7})
	var me *myErr
	fmt.Println(err, errors.As(err, &me), me.code)
	words := strings.Fields("the quick brown fox jumps over the lazy dog")
	sort.Strings(words)
	fmt.Println(strings.Join(words, ","), slices.Max(words))
	var wg sync.WaitGroup
	var mu sync.Mutex
	total := 0
	for i := range 50 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			mu.Lock()
			total += i
			mu.Unlock()
		}()
	}
	wg.Wait()
	fmt.Println(total)
	t := time.Now()
	time.Sleep(10 * time.Millisecond)
	fmt.Println(time.Since(t) > 9*time.Millisecond, time.Duration(1500)*time.Millisecond)
	f, err := os.CreateTemp("", "x")
	if err != nil {
		fmt.Println(err)
		return
	}
	w := bufio.NewWriter(f)
	for i := range 5 {
		fmt.Fprintln(w, "line", i)
	}
	w.Flush()
	f.Close()
	data, err := os.ReadFile(f.Name())
	fmt.Printf("%q %v\n", data, err)
	sc := bufio.NewScanner(strings.NewReader(string(data)))
	for sc.Scan() {
		fmt.Print(strings.ToUpper(sc.Text()), ";")
	}
	fmt.Println()
	os.Remove(f.Name())
	_, err = os.ReadFile("/nonexistent")
	fmt.Println(err, errors.Is(err, os.ErrNotExist))
	fmt.Println(unicode.IsUpper('Ä'), strconv.Quote("hé\n"), strconv.FormatFloat(3.14159, 'g', -1, 64))
	x, err := strconv.Atoi("12x")
	fmt.Println(x, err)
	fmt.Println(len(os.Args), os.Args[1:])
	select {
	case <-time.After(5 * time.Millisecond):
		fmt.Println("timeout")
	}
	var once sync.Once
	once.Do(func() { fmt.Println("once") })
	var m sync.Map
	m.Store("a", 1)
	v, ok := m.Load("a")
	fmt.Println(v, ok)
	fmt.Println(time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC).Format(time.RFC1123))
	defer fmt.Println("not printed")
	os.Exit(3)
}
