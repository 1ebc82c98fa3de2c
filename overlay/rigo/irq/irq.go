//go:build opensbi

// Package irq delivers the interrupts of devices on channels.
//
// The kernel's handler counts an interrupt, holds the source back and wakes the goroutine that waits, on whatever hart. It never waits for
// anybody: the channel holds one word, that something has come since it was last received, and Count says how often it came.
//
//	line, err := irq.Open(11)
//	...
//	for range line.C {
//		// Ask the device what it wants, and satisfy it.
//		line.Done()
//	}
package irq

import (
	"encoding/binary"
	"os"
	"strconv"
	"sync/atomic"
	"syscall"
)

// sysOpen is a system call of the kernel: `runtime/platform-opensbi/src/devices.rs`.
const sysOpen = 0x72696703

// Line is a source of interrupts.
type Line struct {
	// C receives after interrupts that came since it last did. It is closed with the line.
	C     <-chan struct{}
	file  *os.File
	count atomic.Uint64
}

// Open lets a source's interrupts through. The number is the one that the device tree has for the device; it is not open already, and not the
// console's.
func Open(source int) (*Line, error) {
	fd, _, errno := syscall.RawSyscall(sysOpen, uintptr(source), 0, 0)
	if errno != 0 {
		return nil, &os.PathError{Op: "open", Path: "interrupt " + strconv.Itoa(source), Err: errno}
	}
	c := make(chan struct{}, 1)
	line := &Line{C: c, file: os.NewFile(fd, "interrupt "+strconv.Itoa(source))}
	go line.receive(c)
	return line, nil
}

func (l *Line) receive(c chan<- struct{}) {
	defer close(c)
	for {
		var n [8]byte
		if _, err := l.file.Read(n[:]); err != nil {
			return
		}
		l.count.Add(binary.LittleEndian.Uint64(n[:]))
		select {
		case c <- struct{}{}:
		default:
			// What is in the channel speaks for this one too.
		}
	}
}

// Count returns how many interrupts have come.
func (l *Line) Count() uint64 { return l.count.Load() }

// Done says that the device has what it wanted: its next interrupt is let through.
func (l *Line) Done() error {
	_, err := l.file.Write([]byte{1})
	return err
}

// Close ends the line; the source is held back for good.
func (l *Line) Close() error { return l.file.Close() }
