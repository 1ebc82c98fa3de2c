// Constant declarations.
package p

const a, b = 1 // want `missing init expr for b`
const c = 1, 2 // want `extra init expr 2`
const d int // want `missing init expr for d`
const e []int = nil // want `invalid constant type \[\]int`
const f = g() // want `g\(\) \(value of type int\) is not constant`
const h = v // want `v \(variable of type int\) is not constant`
const i, j = iota, iota + 1
const (
	k = iota
	l
	_
	m
	n, o = iota, iota
	p // want `extra init expr`
	q, r, s // want `missing init expr for s`
)
const t uint8 = 256 // want `cannot use 256 \(untyped int constant\) as uint8 value in constant declaration \(overflows\)`
const u = 1 / 0 // want `invalid operation: division by zero`
const (
	w uint8 = 255 + iota
	x // want `cannot use 255 \+ iota \(untyped int constant 256\) as uint8 value in constant declaration \(overflows\)`
)
var v = 1
var y = iota // want `cannot use iota outside constant declaration`
func g() int { return 1 }
const z = len([n]int{})
func local() {
	const a, b = 1 // want `missing init expr for b`
	const c = c
	const d int8 = 200 // want `cannot use 200 \(untyped int constant\) as int8 value in constant declaration \(overflows\)`
}
