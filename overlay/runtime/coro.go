package runtime

// coro is a goroutine that runs only while somebody waits for it, for package iter.
type coro struct {
	f       func(*coro)
	inside  bool
	started bool
	in, out uint32
}

func newcoro(f func(*coro)) *coro { return &coro{f: f} }

// coroswitch goes into the coroutine, or out of it when it runs.
func coroswitch(c *coro) {
	if c.inside {
		c.inside = false
		semrelease(&c.out, true, 0)
		semacquire(&c.in)
		return
	}
	c.inside = true
	if c.started {
		semrelease(&c.in, true, 0)
	} else {
		c.started = true
		go c.run()
	}
	semacquire(&c.out)
}

func (c *coro) run() {
	defer func() {
		c.inside = false
		semrelease(&c.out, false, 0)
	}()
	c.f(c)
}
