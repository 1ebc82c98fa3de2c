package main

func main() {
	a, b := make(chan int, 1), make(chan string, 1)
	select {
	case v := <-a:
		println(v)
	default:
		println("nothing")
	}
	a <- 1
	select {
	case v, ok := <-a:
		println(v, ok)
	case s := <-b:
		println(s)
	}
	b <- "s"
	var s string
	var ok bool
	select {
	case v := <-a:
		println(v)
	case s, ok = <-b:
		println(s, ok)
	}
	select {
	case a <- 7:
		println("sent")
	default:
		println("full")
	}
	select {
	case a <- 8:
		println("sent")
	default:
		println("full")
	}
	var nilchan chan int
	select {
	case <-nilchan:
	case nilchan <- 1:
	case v := <-a:
		println(v)
	}
	close(a)
	arr := [3]int{9, 9, 9}
	select {
	case arr[1], ok = <-a:
		println(arr[1], ok)
	}
	done := make(chan struct{})
	out := make(chan int)
	go func() {
		for i := range 5 {
			select {
			case out <- i:
			case <-done:
				return
			}
		}
		close(done)
	}()
	sum := 0
loop:
	for {
		select {
		case v := <-out:
			sum += v
		case <-done:
			break loop
		}
	}
	println(sum)
	func() {
		defer func() { println("closed", recover() != nil) }()
		select {
		case a <- 1:
		case b <- "x":
			a <- 1
		}
	}()
}
