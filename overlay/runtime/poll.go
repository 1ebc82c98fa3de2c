package runtime

import _ "unsafe" // for go:linkname

// Descriptors are not polled yet: the standard library then uses them blocking, which files, pipes and terminals can
// do. Sockets cannot.

const errnoPerm = 1

//go:linkname poll_runtime_pollServerInit internal/poll.runtime_pollServerInit
func poll_runtime_pollServerInit() {}

//go:linkname poll_runtime_pollOpen internal/poll.runtime_pollOpen
func poll_runtime_pollOpen(fd uintptr) (uintptr, int) { return 0, errnoPerm }

//go:linkname poll_runtime_isPollServerDescriptor internal/poll.runtime_isPollServerDescriptor
func poll_runtime_isPollServerDescriptor(fd uintptr) bool { return false }
