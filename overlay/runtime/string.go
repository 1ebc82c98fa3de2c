package runtime

import "unsafe"

// Strings made of others. They are Go because an entry of the archive changes stacks.

// The strings of one byte.
var oneByte = func() (list [256]byte) {
	for i := range list {
		list[i] = byte(i)
	}
	return list
}()

func concatstrings(parts *string, n int) string {
	list := unsafe.Slice(parts, n)
	total, count, last := 0, 0, 0
	for i := range list {
		if len(list[i]) == 0 {
			continue
		}
		total += len(list[i])
		if total < 0 || total > maxAlloc {
			panic(errorString("string concatenation too long"))
		}
		count++
		last = i
	}
	switch count {
	case 0:
		return ""
	case 1:
		return list[last]
	}
	data := mallocgc(uintptr(total), nil, false)
	off := uintptr(0)
	for i := range list {
		memmove(unsafe.Add(data, off), unsafe.Pointer(unsafe.StringData(list[i])), uintptr(len(list[i])))
		off += uintptr(len(list[i]))
	}
	return unsafe.String((*byte)(data), total)
}

func slicebytetostring(from *byte, n int) string {
	switch n {
	case 0:
		return ""
	case 1:
		return unsafe.String(&oneByte[*from], 1)
	}
	data := mallocgc(uintptr(n), nil, false)
	memmove(data, unsafe.Pointer(from), uintptr(n))
	return unsafe.String((*byte)(data), n)
}
