package runtime

import (
	"internal/runtime/syscall/linux"
	"unsafe"
)

// Readiness of descriptors: one goroutine waits in epoll and wakes those that wait for a descriptor.
//
// A descriptor is known to the standard library and to epoll by its place in a table; a generation tells events of a former
// descriptor in the same place.

const (
	pollOK       = 0
	pollClosing  = 1
	pollTimeout  = 2
	epollCloexec = 0x80000
	epollET      = 1 << 31
)

// pollMode is one direction of a descriptor.
type pollMode struct {
	desc     *pollDesc
	ready    bool
	waiting  bool
	expired  bool
	deadline int64
	timer    unsafe.Pointer
	sema     uint32
}

type pollDesc struct {
	gate       gate
	fd         uintptr
	generation uint32
	closing    bool
	read       pollMode
	write      pollMode
}

// gate is a lock that parks goroutines; it is open when its semaphore is 1.
type gate struct{ sema uint32 }

func (g *gate) lock()   { semacquire(&g.sema) }
func (g *gate) unlock() { semrelease(&g.sema, false, 0) }

//go:linkname semacquire sync.runtime_Semacquire
func semacquire(s *uint32)

//go:linkname semrelease sync.runtime_Semrelease
func semrelease(s *uint32, handoff bool, skip int)

//go:linkname newTimer time.newTimer
func newTimer(when, period int64, f func(any, uintptr, int64), arg any, c unsafe.Pointer) unsafe.Pointer

//go:linkname stopTimer time.stopTimer
func stopTimer(t unsafe.Pointer) bool

//go:linkname resetTimer time.resetTimer
func resetTimer(t unsafe.Pointer, when, period int64) bool

var polls = struct {
	gate  gate
	epoll int32
	descs []*pollDesc
	free  []uint32
}{gate: gate{1}, epoll: -1}

//go:linkname poll_runtime_pollServerInit internal/poll.runtime_pollServerInit
func poll_runtime_pollServerInit() {
	fd, errno := linux.EpollCreate1(epollCloexec)
	if errno != 0 {
		throw("epoll_create1 failed")
	}
	polls.epoll = fd
	go pollLoop(fd)
}

//go:linkname poll_runtime_isPollServerDescriptor internal/poll.runtime_isPollServerDescriptor
func poll_runtime_isPollServerDescriptor(fd uintptr) bool {
	return polls.epoll >= 0 && fd == uintptr(polls.epoll)
}

// epollWait waits for events as a system call that may block.
func epollWait(epoll int32, events *[64]linux.EpollEvent) (int, uintptr) {
	entersyscall()
	n, _, errno := linux.Syscall6(linux.SYS_EPOLL_PWAIT, uintptr(epoll), uintptr(unsafe.Pointer(events)), 64, ^uintptr(0), 0, 0)
	exitsyscall()
	return int(n), errno
}

func pollLoop(epoll int32) {
	events := new([64]linux.EpollEvent)
	for {
		n, errno := epollWait(epoll, events)
		if errno != 0 {
			continue
		}
		for i := range events[:n] {
			e := &events[i]
			data := *(*uint64)(unsafe.Pointer(&e.Data))
			pollEvent(uint32(data), uint32(data>>32), e.Events)
		}
	}
}

func pollEvent(index, generation, events uint32) {
	polls.gate.lock()
	d := polls.descs[index]
	polls.gate.unlock()
	d.gate.lock()
	if d.generation == generation {
		if events&(linux.EPOLLIN|linux.EPOLLRDHUP|linux.EPOLLHUP|linux.EPOLLERR) != 0 {
			d.read.ready = true
			d.read.wake()
		}
		if events&(linux.EPOLLOUT|linux.EPOLLHUP|linux.EPOLLERR) != 0 {
			d.write.ready = true
			d.write.wake()
		}
	}
	d.gate.unlock()
}

// wake lets the goroutine that waits look again; the descriptor is locked.
func (m *pollMode) wake() {
	if m.waiting {
		m.waiting = false
		semrelease(&m.sema, false, 0)
	}
}

//go:linkname poll_runtime_pollOpen internal/poll.runtime_pollOpen
func poll_runtime_pollOpen(fd uintptr) (uintptr, int) {
	polls.gate.lock()
	var index uint32
	if n := len(polls.free); n > 0 {
		index = polls.free[n-1]
		polls.free = polls.free[:n-1]
	} else {
		index = uint32(len(polls.descs))
		d := &pollDesc{gate: gate{1}}
		d.read.desc, d.write.desc = d, d
		polls.descs = append(polls.descs, d)
	}
	d := polls.descs[index]
	polls.gate.unlock()
	d.gate.lock()
	d.fd, d.closing = fd, false
	for _, m := range [2]*pollMode{&d.read, &d.write} {
		m.ready, m.expired, m.deadline = false, false, 0
	}
	event := linux.EpollEvent{Events: linux.EPOLLIN | linux.EPOLLOUT | linux.EPOLLRDHUP | epollET}
	*(*uint64)(unsafe.Pointer(&event.Data)) = uint64(index) | uint64(d.generation)<<32
	d.gate.unlock()
	if errno := linux.EpollCtl(polls.epoll, linux.EPOLL_CTL_ADD, int32(fd), &event); errno != 0 {
		pollFree(index)
		return 0, int(errno)
	}
	return uintptr(index) + 1, 0
}

func pollFree(index uint32) {
	polls.gate.lock()
	polls.descs[index].generation++
	polls.free = append(polls.free, index)
	polls.gate.unlock()
}

func pollAt(ctx uintptr) *pollDesc {
	polls.gate.lock()
	d := polls.descs[ctx-1]
	polls.gate.unlock()
	return d
}

func (d *pollDesc) mode(mode int) *pollMode {
	if mode == 'r' {
		return &d.read
	}
	return &d.write
}

// state says why the mode cannot be waited for; the descriptor is locked.
func (m *pollMode) state() int {
	switch {
	case m.desc.closing:
		return pollClosing
	case m.expired:
		return pollTimeout
	}
	return pollOK
}

//go:linkname poll_runtime_pollClose internal/poll.runtime_pollClose
func poll_runtime_pollClose(ctx uintptr) {
	d := pollAt(ctx)
	var event linux.EpollEvent
	linux.EpollCtl(polls.epoll, linux.EPOLL_CTL_DEL, int32(d.fd), &event)
	pollFree(uint32(ctx - 1))
}

//go:linkname poll_runtime_pollReset internal/poll.runtime_pollReset
func poll_runtime_pollReset(ctx uintptr, mode int) int {
	d := pollAt(ctx)
	d.gate.lock()
	m := d.mode(mode)
	state := m.state()
	if state == pollOK {
		m.ready = false
	}
	d.gate.unlock()
	return state
}

//go:linkname poll_runtime_pollWait internal/poll.runtime_pollWait
func poll_runtime_pollWait(ctx uintptr, mode int) int {
	d := pollAt(ctx)
	m := d.mode(mode)
	for {
		d.gate.lock()
		state := m.state()
		if state != pollOK || m.ready {
			m.ready = false
			d.gate.unlock()
			return state
		}
		m.waiting = true
		d.gate.unlock()
		semacquire(&m.sema)
	}
}

//go:linkname poll_runtime_pollUnblock internal/poll.runtime_pollUnblock
func poll_runtime_pollUnblock(ctx uintptr) {
	d := pollAt(ctx)
	d.gate.lock()
	d.closing = true
	for _, m := range [2]*pollMode{&d.read, &d.write} {
		m.setDeadline(0)
		m.wake()
	}
	d.gate.unlock()
}

//go:linkname poll_runtime_pollSetDeadline internal/poll.runtime_pollSetDeadline
func poll_runtime_pollSetDeadline(ctx uintptr, when int64, mode int) {
	d := pollAt(ctx)
	if when > 0 {
		// From now on.
		if when += nanotime(); when < 0 {
			when = 1<<63 - 1
		}
	}
	d.gate.lock()
	if !d.closing {
		if mode == 'r' || mode == 'r'+'w' {
			d.read.setDeadline(when)
		}
		if mode == 'w' || mode == 'r'+'w' {
			d.write.setDeadline(when)
		}
	}
	d.gate.unlock()
}

// setDeadline arms the timer, or none for 0; the descriptor is locked.
func (m *pollMode) setDeadline(when int64) {
	m.deadline = when
	m.expired = when != 0 && when <= nanotime()
	switch {
	case m.expired:
		m.wake()
	case when == 0:
		if m.timer != nil {
			stopTimer(m.timer)
		}
	case m.timer == nil:
		m.timer = newTimer(when, 0, pollExpire, m, nil)
	default:
		resetTimer(m.timer, when, 0)
	}
}

func pollExpire(arg any, _ uintptr, _ int64) {
	m := arg.(*pollMode)
	m.desc.gate.lock()
	if m.deadline != 0 && m.deadline <= nanotime() {
		m.expired = true
		m.wake()
	}
	m.desc.gate.unlock()
}
