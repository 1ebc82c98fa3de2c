package cgo

import "internal/runtime/sys"

// Incomplete marks types that C left incomplete. The installed declaration stands in a file that needs cgo.
type Incomplete struct {
	_ sys.NotInHeap
}
