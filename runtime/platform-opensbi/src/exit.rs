//! The end of the machine.

use crate::lock::Once;
use crate::space::direct;
use crate::{OpenSbi, console, csr, sbi};
use core::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// The test finisher (`sifive,test0`): a word that ends QEMU with a status.
static FINISHER: Once<usize> = Once::new();
const PASS: u32 = 0x5555;
const FAIL: u32 = 0x3333;

/// Remembers the finisher's address.
///
/// # Safety
/// Called once during boot.
pub unsafe fn set_finisher(addr: usize) {
    // SAFETY: the caller's contract.
    unsafe { FINISHER.set(addr) };
}

static IS_ENDING: AtomicBool = AtomicBool::new(false);

/// Ends the machine with `status`, by the finisher, or else by the firmware, which has only success and failure.
pub fn exit(status: i32) -> ! {
    csr::interrupts_off();
    // One hart ends the machine; the others stand still.
    if !IS_ENDING.swap(true, Relaxed) {
        console::close();
        if let Some(&finisher) = FINISHER.get() {
            let code = status as u32 & 0xff;
            let word = if code == 0 { PASS } else { code << 16 | FAIL };
            // SAFETY: the device tree says that the register is there.
            unsafe { (direct(finisher) as *mut u32).write_volatile(word) };
        }
        sbi::reset(status != 0);
        b"rigo: the firmware cannot end the machine; it stands still\n"
            .iter()
            .for_each(|&byte| sbi::put_byte(byte));
    }
    loop {
        csr::wait_for_interrupt();
    }
}

impl platform::Exit for OpenSbi {
    fn exit(status: i32) -> ! {
        exit(status)
    }
}
