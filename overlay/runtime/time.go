package runtime

import "unsafe"

// What package time makes the values of a timer's channel of.
//
//go:linkname timeLocal time.Local
var timeLocal unsafe.Pointer

//go:linkname timeStart time.startNano
var timeStart int64

// Whether GODEBUG has asynctimerchan=2: as 1, of which package time itself takes care.
var timersAreAsync bool

// time_newTimer makes a timer that calls f or, with a channel, sends there.
//
//go:linkname time_newTimer time.newTimer
func time_newTimer(when, period int64, f func(any, uintptr, int64), arg any, c unsafe.Pointer) unsafe.Pointer {
	if timersAreAsync {
		c = nil
	}
	if c != nil {
		settimebase(&timeLocal, &timeStart)
	}
	return newtimer(when, period, f, arg, c)
}
