package p
type T chan
type U <-int
type V <-chan<-int
type W <-<-chan int
var x = <-chan<-int(nil)
var y = <-<-chan int(nil)
var z chan<-
