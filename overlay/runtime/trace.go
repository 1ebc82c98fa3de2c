package runtime

import _ "unsafe" // for linkname

// There is no trace.
func StartTrace() error { return plainError("tracing is not supported by rigo yet") }

// StopTrace has nothing to end.
func StopTrace() {}

// ReadTrace has nothing to read.
func ReadTrace() []byte { return nil }

// What package runtime/trace notes in a trace, of which there is none.

//go:linkname userTaskCreate runtime/trace.userTaskCreate
func userTaskCreate(id, parentID uint64, taskType string) {}

//go:linkname userTaskEnd runtime/trace.userTaskEnd
func userTaskEnd(id uint64) {}

//go:linkname userRegion runtime/trace.userRegion
func userRegion(id, mode uint64, regionType string) {}

//go:linkname userLog runtime/trace.userLog
func userLog(id uint64, category, message string) {}
