package runtime

// A coro is a goroutine that runs only when another one switches to it, and then in its place (package iter).
type coro struct {
	g    uintptr // the parked goroutine
	f    func(*coro)
	done bool
}

func coronew(c *coro, start func())
func coroswitchto(c *coro)
func coroexitto(c *coro)

// newcoro makes a coro that runs f at the first switch.
func newcoro(f func(*coro)) *coro {
	c := &coro{f: f}
	coronew(c, func() {
		c.f(c)
		coroexitto(c)
	})
	return c
}

// coroswitch parks the caller in c and runs what was parked there.
func coroswitch(c *coro) { coroswitchto(c) }
