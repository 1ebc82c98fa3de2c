package runtime

import (
	"internal/abi"
	"internal/runtime/math"
	"unsafe"
)

// Hashes of map keys, seeded. The compiler makes a hasher for each type of key out of these.
//
// memhash multiplies 64 bits by 64 bits and folds the product, 16 bytes at a time (the construction of wyhash,
// public domain, Wang Yi). What an attacker cannot know is the seed: each map has a random one.

const (
	secret0 = 0xa0761d6478bd642f
	secret1 = 0xe7037ed1a0b428db
	secret2 = 0x8ebc6af09c88c6e3
)

func mix(a, b uint64) uint64 {
	hi, lo := math.Mul64(a, b)
	return hi ^ lo
}

func load8(p unsafe.Pointer, off uintptr) uint64 { return *(*uint64)(add(p, off)) }
func load4(p unsafe.Pointer, off uintptr) uint64 { return uint64(*(*uint32)(add(p, off))) }

func memhash(p unsafe.Pointer, seed, n uintptr) uintptr {
	h := uint64(seed) ^ secret0
	var a, b uint64
	switch {
	case n == 0:
	case n < 4:
		a = uint64(*(*byte)(p))<<16 | uint64(*(*byte)(add(p, n>>1)))<<8 | uint64(*(*byte)(add(p, n-1)))
	case n <= 8:
		a, b = load4(p, 0), load4(p, n-4)
	default:
		left := n
		for left > 16 {
			h = mix(load8(p, 0)^secret1, load8(p, 8)^h)
			p = add(p, 16)
			left -= 16
		}
		if left >= 8 {
			a, b = load8(p, 0), load8(p, left-8)
		} else {
			// The block before is there, because n is above 8.
			b = load8(unsafe.Pointer(uintptr(p)+left-8), 0)
		}
	}
	return uintptr(mix(secret2^uint64(n), mix(a^secret1, b^h)))
}

func memhash32(p unsafe.Pointer, seed uintptr) uintptr {
	return uintptr(mix(load4(p, 0)^secret1, uint64(seed)^secret0))
}

func memhash64(p unsafe.Pointer, seed uintptr) uintptr {
	return uintptr(mix(load8(p, 0)^secret1, uint64(seed)^secret0))
}

func memhash8(p unsafe.Pointer, seed uintptr) uintptr   { return memhash(p, seed, 1) }
func memhash16(p unsafe.Pointer, seed uintptr) uintptr  { return memhash(p, seed, 2) }
func memhash128(p unsafe.Pointer, seed uintptr) uintptr { return memhash(p, seed, 16) }

func strhash(p unsafe.Pointer, seed uintptr) uintptr {
	s := *(*string)(p)
	return memhash(unsafe.Pointer(unsafe.StringData(s)), seed, uintptr(len(s)))
}

// +0 and -0 are equal and hash alike; a NaN equals nothing and hashes at random.

func f32hash(p unsafe.Pointer, seed uintptr) uintptr {
	switch f := *(*float32)(p); {
	case f == 0:
		return memhash(nil, seed, 0)
	case f != f:
		return uintptr(rand())
	}
	return memhash32(p, seed)
}

func f64hash(p unsafe.Pointer, seed uintptr) uintptr {
	switch f := *(*float64)(p); {
	case f == 0:
		return memhash(nil, seed, 0)
	case f != f:
		return uintptr(rand())
	}
	return memhash64(p, seed)
}

func c64hash(p unsafe.Pointer, seed uintptr) uintptr  { return f32hash(add(p, 4), f32hash(p, seed)) }
func c128hash(p unsafe.Pointer, seed uintptr) uintptr { return f64hash(add(p, 8), f64hash(p, seed)) }

func interhash(p unsafe.Pointer, seed uintptr) uintptr {
	itab := *(**abi.ITab)(p)
	if itab == nil {
		return seed
	}
	return valuehash(itab.Type, *(*unsafe.Pointer)(add(p, 8)), seed)
}

func nilinterhash(p unsafe.Pointer, seed uintptr) uintptr {
	t := *(**abi.Type)(p)
	if t == nil {
		return seed
	}
	return valuehash(t, *(*unsafe.Pointer)(add(p, 8)), seed)
}

// valuehash hashes the dynamic value of an interface.
func valuehash(t *abi.Type, data unsafe.Pointer, seed uintptr) uintptr {
	if t.Equal == nil {
		panic(errorString("hash of unhashable type " + typeString(t)))
	}
	if t.TFlag&abi.TFlagDirectIface != 0 {
		return typehash(t, unsafe.Pointer(&data), seed)
	}
	return typehash(t, data, seed)
}

// typehash hashes a value of any type.
//
//go:linkname typehash reflect.typehash
func typehash(t *abi.Type, p unsafe.Pointer, seed uintptr) uintptr {
	if t.TFlag&abi.TFlagRegularMemory != 0 {
		return memhash(p, seed, t.Size_)
	}
	switch t.Kind() {
	case abi.Float32:
		return f32hash(p, seed)
	case abi.Float64:
		return f64hash(p, seed)
	case abi.Complex64:
		return c64hash(p, seed)
	case abi.Complex128:
		return c128hash(p, seed)
	case abi.String:
		return strhash(p, seed)
	case abi.Interface:
		if len((*abi.InterfaceType)(unsafe.Pointer(t)).Methods) == 0 {
			return nilinterhash(p, seed)
		}
		return interhash(p, seed)
	case abi.Array:
		a := (*abi.ArrayType)(unsafe.Pointer(t))
		for i := uintptr(0); i < a.Len; i++ {
			seed = typehash(a.Elem, add(p, i*a.Elem.Size_), seed)
		}
		return seed
	case abi.Struct:
		for _, f := range (*abi.StructType)(unsafe.Pointer(t)).Fields {
			if f.Name.IsBlank() {
				continue
			}
			seed = typehash(f.Typ, add(p, f.Offset), seed)
		}
		return seed
	case abi.Bool, abi.Int, abi.Int8, abi.Int16, abi.Int32, abi.Int64,
		abi.Uint, abi.Uint8, abi.Uint16, abi.Uint32, abi.Uint64, abi.Uintptr,
		abi.Chan, abi.Pointer, abi.UnsafePointer:
		return memhash(p, seed, t.Size_)
	}
	panic(errorString("hash of unhashable type " + typeString(t)))
}
