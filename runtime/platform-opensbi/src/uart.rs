//! The ns16550 UART (National Semiconductor, "PC16550D Universal Asynchronous Receiver/Transmitter with FIFOs").

use crate::space::direct;
use crate::tree;

const DATA: usize = 0;
const INTERRUPT_ENABLE: usize = 1;
const INTERRUPT_ID: usize = 2;
const FIFO_CONTROL: usize = 2;
const LINE_CONTROL: usize = 3;
const MODEM_CONTROL: usize = 4;
const LINE_STATUS: usize = 5;

const ENABLE_RECEIVED: u8 = 1;
const ENABLE_SENT: u8 = 2;
/// DTR, RTS and OUT2; AFE lets the hardware hold the sender back when the receiver's FIFO is full.
const DTR_RTS_OUT2_AFE: u8 = 0x2b;
const EIGHT_BITS: u8 = 3;
/// FIFOs on and empty, an interrupt at 8 bytes.
const FIFOS: u8 = 0x87;
const STATUS_RECEIVED: u8 = 1;
const STATUS_CAN_SEND: u8 = 0x20;
/// Bytes that the sender takes at once.
pub const FIFO_BYTES: usize = 16;

/// The UART's registers.
pub struct Uart {
    base: *mut u8,
    shift: u32,
    is_wide: bool,
    enabled: u8,
}

// SAFETY: addresses of a device; the console's lock guards it.
unsafe impl Send for Uart {}

impl Uart {
    /// Makes the UART ready, no interrupts yet. The firmware has set the speed.
    pub fn new(device: &tree::Uart) -> Uart {
        let mut uart =
            Uart { base: direct(device.addr), shift: device.shift, is_wide: device.is_wide, enabled: 0 };
        uart.write(INTERRUPT_ENABLE, 0);
        uart.write(LINE_CONTROL, EIGHT_BITS);
        uart.write(FIFO_CONTROL, FIFOS);
        uart.write(MODEM_CONTROL, DTR_RTS_OUT2_AFE);
        uart
    }

    fn read(&self, register: usize) -> u8 {
        // SAFETY: the device tree says that the register is there.
        unsafe {
            let addr = self.base.add(register << self.shift);
            if self.is_wide { (addr as *const u32).read_volatile() as u8 } else { addr.read_volatile() }
        }
    }

    fn write(&mut self, register: usize, value: u8) {
        // SAFETY: as in `read`.
        unsafe {
            let addr = self.base.add(register << self.shift);
            if self.is_wide {
                (addr as *mut u32).write_volatile(value as u32)
            } else {
                addr.write_volatile(value)
            }
        }
    }

    /// Sets which interrupts come: a byte was received, everything was sent.
    pub fn enable(&mut self, received: bool, sent: bool) {
        let wanted = (received as u8 * ENABLE_RECEIVED) | (sent as u8 * ENABLE_SENT);
        if wanted != self.enabled {
            self.enabled = wanted;
            self.write(INTERRUPT_ENABLE, wanted);
        }
    }

    /// Reads what the interrupt was about, which ends that of the sender.
    pub fn acknowledge(&self) {
        self.read(INTERRUPT_ID);
    }

    /// The next received byte.
    pub fn receive(&self) -> Option<u8> {
        (self.read(LINE_STATUS) & STATUS_RECEIVED != 0).then(|| self.read(DATA))
    }

    /// Whether [`FIFO_BYTES`] can be sent.
    pub fn can_send(&self) -> bool {
        self.read(LINE_STATUS) & STATUS_CAN_SEND != 0
    }

    /// Sends a byte; there is room.
    pub fn send(&mut self, byte: u8) {
        self.write(DATA, byte);
    }
}
