//! clock_gettime without a system call: the kernel maps a small library into every process (vdso(7)).
//!
//! The symbol is found once, in the library's own dynamic symbol table (System V ABI, chapter 5). Where there is none the system call is made.

use crate::clock::Timespec;
use crate::process::auxiliary;
use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};

const AT_SYSINFO_EHDR: usize = 33;
const PT_LOAD: u32 = 1;
const PT_DYNAMIC: u32 = 2;
const DT_STRTAB: usize = 5;
const DT_SYMTAB: usize = 6;
const NAME: &core::ffi::CStr = c"__vdso_clock_gettime";

/// A symbol of the dynamic table.
#[repr(C)]
struct Symbol {
    name: u32,
    info: u8,
    other: u8,
    section: u16,
    value: usize,
    size: usize,
}

type ClockGettime = unsafe extern "C" fn(clock: i32, time: *mut Timespec) -> i32;

/// 0: not looked for yet; 1: there is none; else the function's address.
static ADDRESS: AtomicUsize = AtomicUsize::new(0);

/// Reads `clock` into `time`; false if the library has no such function.
#[inline]
pub fn clock_gettime(clock: usize, time: &mut Timespec) -> bool {
    let mut address = ADDRESS.load(Relaxed);
    if address == 0 {
        address = find().unwrap_or(1);
        ADDRESS.store(address, Relaxed);
    }
    if address == 1 {
        return false;
    }
    // SAFETY: the kernel's function of that name has this signature.
    unsafe {
        let function: ClockGettime = core::mem::transmute(address);
        function(clock as i32, time) == 0
    }
}

fn find() -> Option<usize> {
    let image = auxiliary(AT_SYSINFO_EHDR).filter(|&image| image != 0)?;
    // SAFETY: the kernel maps a whole ELF image there; its own tables say where everything is.
    unsafe {
        let headers = image + *((image + 32) as *const usize);
        let header_bytes = *((image + 54) as *const u16) as usize;
        let n_headers = *((image + 56) as *const u16) as usize;
        let (mut bias, mut dynamic) = (None, None);
        for index in 0..n_headers {
            let header = headers + index * header_bytes;
            let (kind, off, addr) =
                (*(header as *const u32), *((header + 8) as *const usize), *((header + 16) as *const usize));
            match kind {
                PT_LOAD if bias.is_none() => bias = Some((image + off).wrapping_sub(addr)),
                PT_DYNAMIC => dynamic = Some(image + off),
                _ => {}
            }
        }
        let bias = bias?;
        let mut entry = dynamic? as *const [usize; 2];
        let (mut strings, mut symbols) = (0, 0);
        while (*entry)[0] != 0 {
            match (*entry)[0] {
                DT_STRTAB => strings = bias.wrapping_add((*entry)[1]),
                DT_SYMTAB => symbols = bias.wrapping_add((*entry)[1]),
                _ => {}
            }
            entry = entry.add(1);
        }
        // The names follow the symbols, which is how many there are.
        if symbols == 0 || strings <= symbols {
            return None;
        }
        let n_symbols = (strings - symbols) / size_of::<Symbol>();
        let table = core::slice::from_raw_parts(symbols as *const Symbol, n_symbols);
        let symbol = table.iter().find(|symbol| {
            symbol.section != 0
                && core::ffi::CStr::from_ptr((strings + symbol.name as usize) as *const _) == NAME
        })?;
        Some(bias.wrapping_add(symbol.value))
    }
}
