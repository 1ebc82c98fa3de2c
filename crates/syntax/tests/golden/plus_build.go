// +build linux,amd64 darwin
// +build !cgo

// +build too_late
package p
