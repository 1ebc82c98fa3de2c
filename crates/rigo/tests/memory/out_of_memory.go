package main

type node struct {
	next *node
	pad  [63]int
}

var list *node

func main() {
	for {
		list = &node{next: list}
	}
}
