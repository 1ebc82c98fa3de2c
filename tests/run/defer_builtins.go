package main

func main() {
	c := make(chan int)
	func() {
		defer close(c)
		defer println("deferred", 1, "x")
		defer print("a", 2, "\n")
	}()
	_, ok := <-c
	println(ok)
	s := []int{1, 2, 3}
	t := make([]int, 3)
	func() {
		defer copy(t, s)
	}()
	println(t[2])
	func() {
		defer clear(s)
	}()
	println(s[1])
	func() {
		defer func() { println("recovered", recover() != nil) }()
		defer panic("from defer")
	}()
	done := make(chan bool)
	go close(done)
	<-done
	var nilfunc func()
	func() {
		defer func() { println("nil func panics at the end", recover() != nil) }()
		defer nilfunc()
		println("body runs")
	}()
	defer recover()
	panic("recover is not called by a deferred function")
}
