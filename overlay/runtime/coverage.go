package runtime

import (
	"internal/coverage/rtcov"
	"internal/runtime/exithook"
	_ "unsafe" // for linkname
)

// coverCounters holds the counters of all covered functions; the compiler fills it.
var coverCounters []uint32

//go:linkname coverage_getCovCounterList internal/coverage/cfile.getCovCounterList
func coverage_getCovCounterList() []rtcov.CovCounterBlob {
	if len(coverCounters) == 0 {
		return nil
	}
	return []rtcov.CovCounterBlob{{Counters: &coverCounters[0], Len: uint64(len(coverCounters))}}
}

func init() {
	exithook.Gosched = Gosched
	exithook.Goid = goid
	exithook.Throw = throw
}

// runExitHooks runs what is to be done at the end of the program: before os.Exit, and where main.main returns.
func runExitHooks(code int) { exithook.Run(code) }
