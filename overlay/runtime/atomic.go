package runtime

import "sync/atomic"

// A spinLock guards a few instructions of the overlay's own tables.
type spinLock struct{ word atomic.Uint32 }

func (l *spinLock) lock() {
	for !l.word.CompareAndSwap(0, 1) {
		Gosched()
	}
}

func (l *spinLock) unlock() { l.word.Store(0) }
