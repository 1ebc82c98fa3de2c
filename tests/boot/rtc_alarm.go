// A driver in Go: the alarm of the goldfish real-time clock on QEMU's machine virt.
package main

import (
	"fmt"
	"rigo/irq"
	"rigo/mmio"
	"time"
)

// Registers of the goldfish real-time clock.
const (
	timeLow        = 0x00
	timeHigh       = 0x04
	alarmLow       = 0x08
	alarmHigh      = 0x0c
	irqEnabled     = 0x10
	clearInterrupt = 0x1c
)

func main() {
	rtc, err := mmio.Map(0x101000, 0x1000)
	if err != nil {
		panic(err)
	}
	line, err := irq.Open(11)
	if err != nil {
		panic(err)
	}
	now := func() uint64 {
		// Reading the low word latches the high one.
		low := rtc.Load32(timeLow)
		return uint64(rtc.Load32(timeHigh))<<32 | uint64(low)
	}
	fmt.Println("clock right:", time.Unix(0, int64(now())).Sub(time.Now()).Abs() < time.Second)
	rtc.Store32(irqEnabled, 1)
	for range 3 {
		start := time.Now()
		alarm := now() + 20_000_000
		rtc.Store32(alarmHigh, uint32(alarm>>32))
		rtc.Store32(alarmLow, uint32(alarm))
		<-line.C
		rtc.Store32(clearInterrupt, 1)
		line.Done()
		fmt.Println("alarm", line.Count(), "in time:", time.Since(start) > 15*time.Millisecond)
	}
	_, err = irq.Open(11)
	fmt.Println(err)
	_, err = irq.Open(10)
	fmt.Println(err)
	_, err = mmio.Map(0x80000000, 4096)
	fmt.Println(err)
	fmt.Println(line.Close())
	_, open := <-line.C
	fmt.Println("open:", open)
	defer func() { fmt.Println(recover()) }()
	rtc.Load64(0xffc)
}
