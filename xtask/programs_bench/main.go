// The rows of `cargo xtask bench programs`: prints one `name value unit` per line, the processor time of one run of a small program.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"regexp"
	"runtime"
	"slices"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// spent is the processor time of all threads so far: what else the machine does falls on it least.
func spent() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

var sink int

// measure runs f until it took a while and returns the least microseconds of a run.
func measure(f func() int) float64 {
	sink += f()
	least := time.Duration(math.MaxInt64)
	for began, n := spent(), 0; n < 3 || spent()-began < 200*time.Millisecond; n++ {
		before := spent()
		sink += f()
		least = min(least, spent()-before)
	}
	return float64(least.Nanoseconds()) / 1000
}

type tree struct{ left, right *tree }

func grow(depth int) *tree {
	if depth == 0 {
		return &tree{}
	}
	return &tree{grow(depth - 1), grow(depth - 1)}
}

func (t *tree) count() int {
	if t.left == nil {
		return 1
	}
	return 1 + t.left.count() + t.right.count()
}

func binaryTrees() int {
	long, sum := grow(15), 0
	for range 20 {
		sum += grow(13).count()
	}
	return sum + long.count()
}

type body struct{ x, y, z, vx, vy, vz, mass float64 }

func nbody() int {
	bodies := []body{
		{mass: 39.47},
		{4.84, -1.16, -0.10, 0.60, 2.81, -0.02, 0.037},
		{8.34, 4.12, -0.40, -1.01, 1.82, 0.008, 0.011},
		{12.89, -15.11, -0.22, 1.08, 0.86, -0.01, 0.0017},
		{15.37, -25.9, 0.17, 0.97, 0.59, -0.03, 0.002},
	}
	for range 20_000 {
		for i := range bodies {
			a := &bodies[i]
			for j := i + 1; j < len(bodies); j++ {
				b := &bodies[j]
				dx, dy, dz := a.x-b.x, a.y-b.y, a.z-b.z
				square := dx*dx + dy*dy + dz*dz
				mag := 0.01 / (square * math.Sqrt(square))
				a.vx -= dx * b.mass * mag
				a.vy -= dy * b.mass * mag
				a.vz -= dz * b.mass * mag
				b.vx += dx * a.mass * mag
				b.vy += dy * a.mass * mag
				b.vz += dz * a.mass * mag
			}
		}
		for i := range bodies {
			b := &bodies[i]
			b.x += 0.01 * b.vx
			b.y += 0.01 * b.vy
			b.z += 0.01 * b.vz
		}
	}
	return int(bodies[1].x * 1000)
}

func fannkuch() int {
	const n = 8
	perm, work, count := make([]int, n), make([]int, n), make([]int, n)
	for i := range perm {
		perm[i] = i
	}
	most, r := 0, n
	for {
		for ; r != 1; r-- {
			count[r-1] = r
		}
		copy(work, perm)
		flips := 0
		for k := work[0]; k != 0; k = work[0] {
			for i, j := 0, k; i < j; i, j = i+1, j-1 {
				work[i], work[j] = work[j], work[i]
			}
			flips++
		}
		most = max(most, flips)
		for {
			if r == n {
				return most
			}
			first := perm[0]
			for i := range r {
				perm[i] = perm[i+1]
			}
			perm[r] = first
			if count[r]--; count[r] > 0 {
				break
			}
			r++
		}
	}
}

func cell(i, j int) float64 { return 1 / float64((i+j)*(i+j+1)/2+i+1) }

func times(to, v []float64, transposed bool) {
	for i := range to {
		sum := 0.0
		for j := range v {
			if transposed {
				sum += cell(j, i) * v[j]
			} else {
				sum += cell(i, j) * v[j]
			}
		}
		to[i] = sum
	}
}

func spectralNorm() int {
	const n = 150
	u, v, t := make([]float64, n), make([]float64, n), make([]float64, n)
	for i := range u {
		u[i] = 1
	}
	for range 5 {
		times(t, u, false)
		times(v, t, true)
		times(t, v, false)
		times(u, t, true)
	}
	return int(u[3] * 1e6)
}

func mandelbrot() int {
	inside := 0
	for py := range 120 {
		for px := range 120 {
			cr, ci := float64(px)/60-1.5, float64(py)/60-1
			zr, zi, n := 0.0, 0.0, 0
			for ; n < 100 && zr*zr+zi*zi < 4; n++ {
				zr, zi = zr*zr-zi*zi+cr, 2*zr*zi+ci
			}
			inside += n / 100
		}
	}
	return inside
}

func matrix() int {
	const n = 120
	fill := func() [][]float64 {
		m := make([][]float64, n)
		for i := range m {
			m[i] = make([]float64, n)
			for j := range m[i] {
				m[i][j] = float64(i ^ j)
			}
		}
		return m
	}
	a, b, c := fill(), fill(), fill()
	for i := range n {
		for j := range n {
			sum := 0.0
			for k := range n {
				sum += a[i][k] * b[k][j]
			}
			c[i][j] = sum
		}
	}
	return int(c[7][9])
}

func sieve() int {
	composite := make([]bool, 1<<18)
	count := 0
	for i := 2; i < len(composite); i++ {
		if composite[i] {
			continue
		}
		count++
		for j := i * i; j < len(composite); j += i {
			composite[j] = true
		}
	}
	return count
}

var text = func() string {
	var b strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&b, "word%d is %x, ", i*i%997, i%61)
	}
	return b.String()
}()

func wordCount() int {
	counts := make(map[string]int)
	for _, word := range strings.Fields(text) {
		counts[word]++
	}
	return len(counts)
}

func intMap() int {
	m := make(map[int]int)
	for i := range 30_000 {
		m[i*7%10_007] += i
	}
	sum := 0
	for k, v := range m {
		sum += k ^ v
	}
	for i := range 30_000 {
		delete(m, i)
	}
	return sum
}

func shuffled(n int) []int {
	list, x := make([]int, n), uint32(1)
	for i := range list {
		x = x*1664525 + 1013904223
		list[i] = int(x >> 8)
	}
	return list
}

func sortInts() int {
	list := shuffled(30_000)
	slices.Sort(list)
	return list[100]
}

func sortBy() int {
	list := shuffled(20_000)
	sort.Slice(list, func(i, j int) bool { return list[i] < list[j] })
	return list[100]
}

func sortStrings() int {
	list := strings.Fields(text)[:8000]
	sort.Strings(list)
	return len(list[17])
}

type record struct {
	Name   string            `json:"name"`
	Age    int               `json:"age"`
	Scores []float64         `json:"scores"`
	Tags   map[string]string `json:"tags"`
	Inner  *record           `json:"inner,omitempty"`
}

var records = func() (list []record) {
	for i := range 100 {
		r := record{"name" + strconv.Itoa(i), i, []float64{1.5, float64(i)}, map[string]string{"a": "b", "c": "d"}, nil}
		r.Inner = &record{Name: r.Name, Age: 1}
		list = append(list, r)
	}
	return list
}()

var encoded, _ = json.Marshal(records)

func jsonEncode() int {
	text, err := json.Marshal(records)
	if err != nil {
		panic(err)
	}
	return len(text)
}

func jsonDecode() int {
	var list []record
	if err := json.Unmarshal(encoded, &list); err != nil {
		panic(err)
	}
	return len(list)
}

var pattern = regexp.MustCompile(`w(o|a)rd([0-9]+) is ([a-f]+),`)

func match() int { return len(pattern.FindAllStringIndex(text[:40_000], -1)) }

func build() int {
	var b strings.Builder
	for i := range 20_000 {
		b.WriteString("item ")
		b.WriteByte(byte('a' + i%26))
		b.WriteRune('é')
		b.WriteString(strconv.Itoa(i))
	}
	return b.Len()
}

func concat() int {
	n := 0
	for i := range 10_000 {
		s := "key" + strconv.Itoa(i) + "/" + text[i:i+5]
		if s > "key5" && strings.HasPrefix(s, "key") {
			n += len(s)
		}
	}
	return n
}

func format() int {
	var b bytes.Buffer
	for i := range 4000 {
		fmt.Fprintf(&b, "%d %s %8.3f %v\n", i, "text", float64(i)/3, i%2 == 0)
	}
	return b.Len()
}

type shape interface{ area() int }
type square struct{ side int }
type rect struct{ w, h int }

func (s square) area() int { return s.side * s.side }
func (r *rect) area() int  { return r.w * r.h }

func interfaces() int {
	shapes := make([]shape, 0, 100)
	for i := range 50 {
		shapes = append(shapes, square{i}, &rect{i, 2})
	}
	sum := 0
	for range 1000 {
		for _, s := range shapes {
			sum += s.area()
		}
		for _, s := range shapes {
			if r, ok := s.(*rect); ok {
				sum += r.w
			}
		}
	}
	return sum
}

func appends() int {
	total := 0
	for range 20 {
		var list []int
		for i := range 10_000 {
			list = append(list, i)
		}
		var names []string
		for range 2000 {
			names = append(names, "x")
		}
		total += len(list) + len(names)
	}
	return total
}

func scan() int {
	n := 0
	for i, c := range text {
		if c == 'w' {
			n += i & 1
		}
	}
	for i := 0; i < len(text); i++ {
		if c := text[i]; '0' <= c && c <= '9' {
			n += int(c - '0')
		}
	}
	return n
}

func closures() int {
	sum := 0
	add := func(n int) { sum += n }
	for i := range 200_000 {
		each(i&3, add)
	}
	return sum
}

func each(n int, f func(int)) {
	for i := range n {
		f(i)
	}
}

func main() {
	rows := []struct {
		name string
		f    func() int
	}{
		{"binary_trees", binaryTrees}, {"nbody", nbody}, {"fannkuch", fannkuch}, {"spectral_norm", spectralNorm},
		{"mandelbrot", mandelbrot}, {"matrix", matrix}, {"sieve", sieve}, {"word_count", wordCount}, {"int_map", intMap},
		{"sort_ints", sortInts}, {"sort_by", sortBy}, {"sort_strings", sortStrings}, {"json_encode", jsonEncode},
		{"json_decode", jsonDecode}, {"regexp", match}, {"builder", build}, {"concat", concat}, {"format", format},
		{"interfaces", interfaces}, {"appends", appends}, {"scan", scan}, {"closures", closures},
	}
	for _, row := range rows {
		if len(os.Args) > 1 && !slices.Contains(os.Args[1:], row.name) {
			continue
		}
		fmt.Printf("%s %.1f us\n", row.name, measure(row.f))
		runtime.GC()
	}
}
