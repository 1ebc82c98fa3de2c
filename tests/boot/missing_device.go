// Memory is no device, and where no device is nothing answers.
package main

import (
	"fmt"
	"rigo/irq"
	"rigo/mmio"
)

func main() {
	_, err := mmio.Map(0x8000_0000, 0x1000)
	fmt.Println(err)
	_, err = irq.Open(2000)
	fmt.Println(err)
	regs, err := mmio.Map(0x1f00_0000, 0x1000)
	fmt.Println(err)
	defer func() { fmt.Println("recovered:", recover()) }()
	fmt.Println(regs.Load32(0))
}
