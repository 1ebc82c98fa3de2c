package main

type T struct{ a int }

func f() {
	defer println("deferred")
	panic("boom")
}

func main() {
	f()
}
