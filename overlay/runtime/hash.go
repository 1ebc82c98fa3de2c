package runtime

import (
	"internal/abi"
	"math/bits"
	"unsafe"
)

// The hash multiplies two words to 128 bits and folds the halves, after Wang Yi's wyhash (public domain).
const (
	hashK0 = 0xa0761d6478bd642f
	hashK1 = 0xe7037ed1a0b428db
)

var hashKey = [2]uint64{rand() | 1, rand() | 1}

func mix(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}

func load64(p unsafe.Pointer, off uintptr) uint64 { return *(*uint64)(unsafe.Add(p, off)) }
func load32(p unsafe.Pointer, off uintptr) uint64 { return uint64(*(*uint32)(unsafe.Add(p, off))) }
func load8(p unsafe.Pointer, off uintptr) uint64  { return uint64(*(*uint8)(unsafe.Add(p, off))) }

func memhash(p unsafe.Pointer, seed, n uintptr) uintptr {
	h := uint64(seed) ^ hashKey[0]
	left := n
	for left > 16 {
		h = mix(load64(p, 0)^hashK0^h, load64(p, 8)^hashKey[1])
		p = unsafe.Add(p, 16)
		left -= 16
	}
	var a, b uint64
	switch {
	case left >= 8:
		a, b = load64(p, 0), load64(p, left-8)
	case left >= 4:
		a, b = load32(p, 0), load32(p, left-4)
	case left > 0:
		a = load8(p, 0)<<16 | load8(p, left>>1)<<8 | load8(p, left-1)
	}
	return uintptr(mix(uint64(n)^hashK1, mix(a^hashK0^h, b^hashKey[1])))
}

func strhash(p unsafe.Pointer, seed uintptr) uintptr {
	s := *(*string)(p)
	return memhash(unsafe.Pointer(unsafe.StringData(s)), seed, uintptr(len(s)))
}

// Zeros of both signs are equal, and NaN is not equal to itself.
func f32hash(p unsafe.Pointer, seed uintptr) uintptr {
	switch f := *(*float32)(p); {
	case f == 0:
		return uintptr(mix(uint64(seed)^hashK0, hashK1))
	case f != f:
		return uintptr(mix(uint64(seed)^rand(), hashK1))
	default:
		return memhash(p, seed, 4)
	}
}

func f64hash(p unsafe.Pointer, seed uintptr) uintptr {
	switch f := *(*float64)(p); {
	case f == 0:
		return uintptr(mix(uint64(seed)^hashK0, hashK1))
	case f != f:
		return uintptr(mix(uint64(seed)^rand(), hashK1))
	default:
		return memhash(p, seed, 8)
	}
}

func c64hash(p unsafe.Pointer, seed uintptr) uintptr {
	return f32hash(unsafe.Add(p, 4), f32hash(p, seed))
}

func c128hash(p unsafe.Pointer, seed uintptr) uintptr {
	return f64hash(unsafe.Add(p, 8), f64hash(p, seed))
}

func nilinterhash(p unsafe.Pointer, seed uintptr) uintptr {
	e := (*eface)(p)
	return dynamichash(e.typ, e.data, seed)
}

func interhash(p unsafe.Pointer, seed uintptr) uintptr {
	words := (*[2]unsafe.Pointer)(p)
	if words[0] == nil {
		return seed
	}
	return dynamichash((*abi.ITab)(words[0]).Type, words[1], seed)
}

// dynamichash hashes the value in an interface.
func dynamichash(t *abi.Type, data unsafe.Pointer, seed uintptr) uintptr {
	if t == nil {
		return seed
	}
	if t.Equal == nil {
		panic(errorString("hash of unhashable type " + typeString(t)))
	}
	if t.IsDirectIface() {
		return typehash(t, unsafe.Pointer(&data), seed)
	}
	return typehash(t, data, seed)
}

// typehash hashes a value of any type, as the compiler's function for map keys of that type does.
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
			seed = typehash(a.Elem, unsafe.Add(p, i*a.Elem.Size_), seed)
		}
		return seed
	case abi.Struct:
		s := (*abi.StructType)(unsafe.Pointer(t))
		for i := range s.Fields {
			if f := &s.Fields[i]; !f.Name.IsBlank() {
				seed = typehash(f.Typ, unsafe.Add(p, f.Offset), seed)
			}
		}
		return seed
	default:
		panic(errorString("hash of unhashable type " + typeString(t)))
	}
}

//go:linkname reflect_typehash reflect.typehash
func reflect_typehash(t *abi.Type, p unsafe.Pointer, h uintptr) uintptr { return typehash(t, p, h) }
