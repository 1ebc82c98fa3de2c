package p

type A chan int
type B chan<- <-chan int
type C <-chan chan<- int
type D chan (<-chan int)

var e = (<-chan int)(nil)
var f = <-chan int(nil)
var g = <-chan (<-chan int)(nil)
var h = <-c
