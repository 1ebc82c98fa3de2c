// Generic is an ordered map over any key type with an order: type parameters, constraints, iterators.
package main

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strings"
)

// Map is a sorted map, a treap: a search tree by keys whose nodes are a heap by random numbers.
type Map[K, V any] struct {
	compare func(K, K) int
	root    *node[K, V]
	length  int
	seed    uint32
}

type node[K, V any] struct {
	key         K
	value       V
	weight      uint32
	left, right *node[K, V]
}

// New makes a map of keys with a natural order.
func New[K cmp.Ordered, V any]() *Map[K, V] { return NewFunc[K, V](cmp.Compare[K]) }

// NewFunc makes a map whose order is that of compare.
func NewFunc[K, V any](compare func(K, K) int) *Map[K, V] {
	return &Map[K, V]{compare: compare, seed: 1}
}

// Len returns the number of keys.
func (m *Map[K, V]) Len() int { return m.length }

// Get returns the value of a key.
func (m *Map[K, V]) Get(key K) (value V, ok bool) {
	for n := m.root; n != nil; {
		switch c := m.compare(key, n.key); {
		case c < 0:
			n = n.left
		case c > 0:
			n = n.right
		default:
			return n.value, true
		}
	}
	return value, false
}

// Set gives a key a value.
func (m *Map[K, V]) Set(key K, value V) { m.root = m.insert(m.root, key, value) }

func (m *Map[K, V]) insert(n *node[K, V], key K, value V) *node[K, V] {
	if n == nil {
		m.length++
		m.seed = m.seed*1664525 + 1013904223
		return &node[K, V]{key: key, value: value, weight: m.seed}
	}
	switch c := m.compare(key, n.key); {
	case c < 0:
		n.left = m.insert(n.left, key, value)
		if n.left.weight > n.weight {
			l := n.left
			n.left, l.right = l.right, n
			return l
		}
	case c > 0:
		n.right = m.insert(n.right, key, value)
		if n.right.weight > n.weight {
			r := n.right
			n.right, r.left = r.left, n
			return r
		}
	default:
		n.value = value
	}
	return n
}

// All yields keys and values in order.
func (m *Map[K, V]) All() iter.Seq2[K, V] {
	var walk func(n *node[K, V], yield func(K, V) bool) bool
	walk = func(n *node[K, V], yield func(K, V) bool) bool {
		return n == nil || walk(n.left, yield) && yield(n.key, n.value) && walk(n.right, yield)
	}
	return func(yield func(K, V) bool) { walk(m.root, yield) }
}

// Keys yields keys in order.
func (m *Map[K, V]) Keys() iter.Seq[K] {
	return func(yield func(K) bool) {
		for key := range m.All() {
			if !yield(key) {
				return
			}
		}
	}
}

type number interface {
	~int | ~int64 | ~float64
}

// Sum adds up values, of a named type too.
func Sum[K any, V number](m *Map[K, V]) (sum V) {
	for _, value := range m.All() {
		sum += value
	}
	return sum
}

type point struct{ x, y int }

type cents int64

func (c cents) String() string { return fmt.Sprintf("%d.%02d", c/100, c%100) }

func main() {
	words := New[string, int]()
	for _, word := range strings.Fields("the quick brown fox jumps over the lazy dog and the cat") {
		n, _ := words.Get(word)
		words.Set(word, n+1)
	}
	fmt.Println(words.Len(), "words:", slices.Collect(words.Keys()))
	for word, n := range words.All() {
		if word > "lazy" {
			break
		}
		fmt.Print(word, "=", n, " ")
	}
	fmt.Println("sum", Sum(words))

	prices := NewFunc[point, cents](func(a, b point) int { return cmp.Or(a.y-b.y, a.x-b.x) })
	for i := range 10 {
		prices.Set(point{i * 7 % 10, i / 3}, cents(i*125))
	}
	next, stop := iter.Pull2(prices.All())
	defer stop()
	for range 3 {
		at, price, ok := next()
		fmt.Println(at, price, ok)
	}
	fmt.Printf("%v %T\n", Sum(prices), prices)

	numbers := New[float64, struct{}]()
	for i := range 1000 {
		numbers.Set(float64(i*i%997)/2, struct{}{})
	}
	fmt.Println(numbers.Len(), slices.IsSorted(slices.Collect(numbers.Keys())))
}
