// First goes once through every stage: a goroutine that runs on a second thread, and a channel between the two.
package main

func main() {
	numbers := make(chan int)
	go squares(5, numbers)
	sum := 0
	for n := range numbers {
		println("received", n)
		sum += n
	}
	println("sum", sum)
}

func squares(n int, out chan<- int) {
	for i := range n {
		out <- i * i
	}
	close(out)
}
