// The cases of `select`, and sends.
package p

func two() (int, bool) { return 1, true }

func f(c chan int, ro <-chan int, wo chan<- int, s string) {
	var v int
	var ok bool
	select {
	case c <- 1:
	case v, ok = <-c:
	case v = (<-c):
		v++
	case <-ro:
	case w, ok := <-c: // want `declared and not used: ok`
		_ = w
	case two(): // want `select case must be send or receive \(possibly with assignment\)`
	case v = 1: // want `select case must be send or receive \(possibly with assignment\)`
	case v++: // want `select case must be send or receive \(possibly with assignment\)`
	case x := <-wo: // want `declared and not used: x` `invalid operation: cannot receive from send-only channel chan<- int wo \(variable of type chan<- int\)`
	case ro <- 1: // want `invalid operation: cannot send to receive-only channel <-chan int ro \(variable of type <-chan int\)`
	case <-v: // want `invalid operation: cannot receive from non-channel int v \(variable of type int\)`
	case v, ok, v = <-c: // want `assignment mismatch: 3 variables but 1 value`
	case c <- "a": // want `cannot use "a" \(untyped string constant\) as int value in send`
	default:
	default: // want `multiple defaults \(first at`
	}
	ok = !ok
	s <- 1 // want `invalid operation: cannot send to non-channel string s \(variable of type string\)`
	ro <- 1 // want `invalid operation: cannot send to receive-only channel <-chan int ro \(variable of type <-chan int\)`
	c <- nil // want `cannot use nil as int value in send`
	undefined <- 1 // want `undefined: undefined`
}

func g[T chan int | chan<- int, U chan int | <-chan int, V any](t T, u U, v V) {
	t <- 1
	u <- 1 // want `invalid operation: cannot send to u \(variable of type U constrained by chan int \| <-chan int\): receive-only channel <-chan int`
	v <- 1 // want `invalid operation: cannot send to v \(variable of type V constrained by any\): no specific channel type`
	<-u
}
