//! The platform-level interrupt controller (RISC-V Platform-Level Interrupt Controller Specification).
//!
//! All devices interrupt the hart that booted: handlers only record and wake, and whoever they wake runs on any hart.

use crate::hart::Hart;
use crate::lock::{Once, SpinLock};
use crate::space::direct;
use crate::{console, files, tree};

const ENABLE: usize = 0x2000;
const ENABLE_BYTES: usize = 0x80;
const CONTEXT: usize = 0x20_0000;
const CONTEXT_BYTES: usize = 0x1000;
const CLAIM: usize = 4;

struct Plic {
    addr: usize,
    /// The context of the boot hart's S-mode.
    context: usize,
    uart: u32,
}

static PLIC: Once<Plic> = Once::new();

impl Plic {
    fn register(&self, off: usize) -> *mut u32 {
        direct(self.addr + off) as *mut u32
    }

    fn claim(&self) -> *mut u32 {
        self.register(CONTEXT + self.context * CONTEXT_BYTES + CLAIM)
    }
}

/// Prepares the controller for the boot hart.
///
/// # Safety
/// Called once during boot.
pub unsafe fn set(plic: &tree::Plic, uart: Option<u32>) {
    let plic = Plic { addr: plic.addr, context: plic.context, uart: uart.unwrap_or(0) };
    // SAFETY: the device tree says that the registers are there; the caller's contract.
    unsafe {
        plic.register(CONTEXT + plic.context * CONTEXT_BYTES).write_volatile(0);
        PLIC.set(plic);
    }
    if let Some(uart) = uart {
        enable(uart);
    }
}

/// Whether the kernel itself uses a source.
pub fn is_taken(source: u32) -> bool {
    PLIC.get().is_some_and(|plic| plic.uart == source)
}

/// Holds a source back (`false`) or lets it through: a priority of 0 never interrupts.
pub fn set_open(source: u32, is_open: bool) {
    if let Some(plic) = PLIC.get() {
        // SAFETY: a register of the controller.
        unsafe { plic.register(source as usize * 4).write_volatile(is_open as u32) };
    }
}

/// Lets the interrupts of a source through, to this controller's hart. False if there is no controller.
pub fn enable(source: u32) -> bool {
    static WORDS: SpinLock<()> = SpinLock::new(());
    let Some(plic) = PLIC.get() else { return false };
    let _words = WORDS.lock();
    let word = plic.register(ENABLE + plic.context * ENABLE_BYTES + source as usize / 32 * 4);
    // SAFETY: registers of the controller.
    unsafe {
        plic.register(source as usize * 4).write_volatile(1);
        word.write_volatile(word.read_volatile() | 1 << (source % 32));
    }
    true
}

/// Serves every source that waits.
pub fn serve(hart: *mut Hart) {
    let Some(plic) = PLIC.get() else { return };
    loop {
        // SAFETY: reading claims the source, writing completes it.
        let source = unsafe { plic.claim().read_volatile() };
        if source == 0 {
            return;
        }
        if source == plic.uart {
            console::interrupt(hart);
        } else {
            // Until its driver has seen to the device.
            set_open(source, false);
            files::interrupt(source, hart);
        }
        // SAFETY: as above.
        unsafe { plic.claim().write_volatile(source) };
    }
}
