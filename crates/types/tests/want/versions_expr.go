// -lang=go1.12

package p

import "unsafe"

func g(x int) {}

func _(i int, u uint, sl []int, up unsafe.Pointer, p *byte, m map[int]int) {
	_ = 1_000 // want `^underscore in numeric literal requires go1\.13 or later \(-lang was set to go1\.12; check go\.mod\)`
	_ = 0b11 // want `^binary literal requires go1\.13 or later \(-lang was set to go1\.12; check go\.mod\)`
	_ = 0o17 // want `^0o/0O-style octal literal requires go1\.13 or later \(-lang was set to go1\.12; check go\.mod\)`
	_ = 0x1p-2 // want `^hexadecimal floating-point literal requires go1\.13 or later \(-lang was set to go1\.12; check go\.mod\)`
	_ = 0x_1 // want `^underscore in numeric literal requires go1\.13 or later \(-lang was set to go1\.12; check go\.mod\)`
	_ = 1_0.5 // want `^underscore in numeric literal requires go1\.13 or later \(-lang was set to go1\.12; check go\.mod\)`
	_ = 0b1i // want `^binary literal requires go1\.13 or later \(-lang was set to go1\.12; check go\.mod\)`
	_ = 017
	_ = 0x1F
	_ = 1 << i // want `^invalid operation: signed shift count i \(variable of type int\) requires go1\.13 or later \(-lang was set to go1\.12; check go\.mod\)`
	_ = 1 << u
	_ = i << i // want `^invalid operation: signed shift count i \(variable of type int\) requires go1\.13 or later \(-lang was set to go1\.12; check go\.mod\)`
	i <<= i // want `^invalid operation: signed shift count i \(variable of type int\) requires go1\.13 or later \(-lang was set to go1\.12; check go\.mod\)`
	_ = min(1, 2) // want `^built-in min requires go1\.21 or later \(-lang was set to go1\.12; check go\.mod\)`
	_ = max(i) // want `^built-in max requires go1\.21 or later \(-lang was set to go1\.12; check go\.mod\)`
	clear(m) // want `^clear requires go1\.21 or later \(-lang was set to go1\.12; check go\.mod\)`
	_ = unsafe.Add(up, 1) // want `^unsafe\.Add requires go1\.17 or later \(-lang was set to go1\.12; check go\.mod\)`
	_ = unsafe.Slice(p, 1) // want `^unsafe\.Slice requires go1\.17 or later \(-lang was set to go1\.12; check go\.mod\)`
	_ = unsafe.SliceData(sl) // want `^unsafe\.SliceData requires go1\.20 or later \(-lang was set to go1\.12; check go\.mod\)`
	_ = unsafe.String(p, 1) // want `^unsafe\.String requires go1\.20 or later \(-lang was set to go1\.12; check go\.mod\)`
	_ = unsafe.StringData("a") // want `^unsafe\.StringData requires go1\.20 or later \(-lang was set to go1\.12; check go\.mod\)`
	_ = (*[2]int)(sl) // want `^cannot convert sl \(variable of type \[\]int\) to type \*\[2\]int: conversion of slice to array pointer requires go1\.17 or later \(-lang was set to go1\.12; check go\.mod\)`
	_ = [2]int(sl) // want `^cannot convert sl \(variable of type \[\]int\) to type \[2\]int: conversion of slice to array requires go1\.20 or later \(-lang was set to go1\.12; check go\.mod\)`
	_ = new(1) // want `^new\(1\) requires go1\.26 or later \(-lang was set to go1\.12; check go\.mod\)`
	_ = new(int)
	var _ any // want `^predeclared any requires go1\.18 or later \(-lang was set to go1\.12; check go\.mod\)`
}
