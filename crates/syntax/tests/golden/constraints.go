// A comment.

//go:build linux && !go1.21
// +build ignored

// Package p is documented.
package p
