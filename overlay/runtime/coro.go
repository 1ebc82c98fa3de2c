package runtime

import "unsafe"

// coro is a goroutine that runs only while somebody waits for it, for package iter. The archive knows its first two words.
type coro struct {
	parked unsafe.Pointer
	thread unsafe.Pointer
	f      func(*coro)
}

func coronew(c *coro, start func())
func coroswitchto(c *coro)
func coroexitto(c *coro)

// newcoro makes a coroutine that calls f at the first coroswitch.
func newcoro(f func(*coro)) *coro {
	c := &coro{f: f}
	coronew(c, c.run)
	return c
}

// coroswitch goes into the coroutine, or out of it when it runs.
func coroswitch(c *coro) { coroswitchto(c) }

func (c *coro) run() {
	defer coroexitto(c)
	c.f(c)
}
