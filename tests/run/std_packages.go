package main

import (
	"bytes"
	"compress/gzip"
	"container/heap"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/gob"
	"encoding/hex"
	"fmt"
	"io"
	"iter"
	"log"
	"maps"
	"math"
	"math/big"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"text/tabwriter"
	"time"
	"unique"
)

type ints []int

func (h ints) Len() int           { return len(h) }
func (h ints) Less(i, j int) bool { return h[i] < h[j] }
func (h ints) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *ints) Push(x any)        { *h = append(*h, x.(int)) }
func (h *ints) Pop() any {
	old := *h
	x := old[len(old)-1]
	*h = old[:len(old)-1]
	return x
}

func seq(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := range n {
			if !yield(i) {
				return
			}
		}
	}
}

func main() {
	h := &ints{5, 2, 8}
	heap.Init(h)
	heap.Push(h, 1)
	fmt.Println(heap.Pop(h), heap.Pop(h))
	fmt.Printf("%x\n", sha256.Sum256([]byte("abc")))
	var buf bytes.Buffer
	z := gzip.NewWriter(&buf)
	z.Write([]byte(strings.Repeat("hello ", 100)))
	z.Close()
	r, err := gzip.NewReader(&buf)
	b, _ := io.ReadAll(r)
	fmt.Println(len(b), err)
	fmt.Println(base64.StdEncoding.EncodeToString([]byte("hi there")), hex.EncodeToString([]byte{1, 255}))
	f := new(big.Int).MulRange(1, 30)
	fmt.Println(f, math.Sqrt(2), math.Sin(1), math.Floor(-1.5))
	re := regexp.MustCompile(`(\w+)@(\w+)\.com`)
	fmt.Println(re.FindStringSubmatch("bob@example.com"))
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Millisecond)
	defer cancel()
	<-ctx.Done()
	fmt.Println(ctx.Err())
	next, stop := iter.Pull(seq(3))
	a, ok := next()
	c, _ := next()
	stop()
	fmt.Println(a, c, ok)
	m := map[string]int{"b": 2, "a": 1}
	fmt.Println(slices.Sorted(maps.Keys(m)), maps.Clone(m))
	var g bytes.Buffer
	gob.NewEncoder(&g).Encode(m)
	var m2 map[string]int
	fmt.Println(gob.NewDecoder(&g).Decode(&m2), m2)
	var n atomic.Int64
	n.Add(3)
	fmt.Println(n.Load(), binary.BigEndian.Uint32([]byte{1, 2, 3, 4}), filepath.Join("a", "../b"))
	rng := rand.New(rand.NewSource(1))
	fmt.Println(rng.Intn(100), rng.Intn(100))
	w := tabwriter.NewWriter(os.Stdout, 0, 8, 1, ' ', 0)
	fmt.Fprintln(w, "a\tb")
	fmt.Fprintln(w, "ccc\td")
	w.Flush()
	fmt.Println(unique.Make("x") == unique.Make("x"))
	log.SetFlags(log.Lshortfile)
	log.SetOutput(os.Stdout)
	log.Println("logged")
	out, err := exec.Command("echo", "from", "child").Output()
	fmt.Printf("%s%v\n", out, err)
}
