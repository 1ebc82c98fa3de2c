//! From the firmware to the program.
//!
//! OpenSBI enters at `_start` on one hart, any hart, with paging off: a0 is the hart's id, a1 the physical address of the device tree.
//! The image is linked to run where it is loaded. The other harts wait in the firmware until they are started one by one.

use crate::frames::{BLOCK_BYTES, Block, FRAME_BYTES, FRAMES_PER_BLOCK, Frames};
use crate::hart::{self, Hart};
use crate::lock::Once;
use crate::space::{self, DIRECT_BYTES, SPACE, direct};
use crate::tree::{self, Machine};
use crate::{
    OpenSbi, args, clock, console, csr, entropy, exit, memory, plic, report, sbi, sched, thread, trap,
};
use core::arch::global_asm;
use core::ffi::CStr;
use dtoolkit::fdt::Fdt;

/// Bytes of the stack that the boot hart begins on.
const BOOT_STACK_BYTES: usize = 64 << 10;
/// Bytes of the first thread's stack.
const FIRST_STACK_BYTES: usize = 256 << 10;
/// A program with its heap, its threads and their stacks does not start in less.
const LEAST_BYTES: usize = 24 << 20;

#[repr(align(16))]
#[allow(dead_code)] // used by its address
struct BootStack([u8; BOOT_STACK_BYTES]);
static mut BOOT_STACK: BootStack = BootStack([0; BOOT_STACK_BYTES]);

unsafe extern "C" {
    fn rigo_other_start();
    /// The program's own first function, on the first thread; `system_sp` is the high end of its stack.
    safe fn rigo_first_thread(system_sp: usize) -> !;

    // Laid down by the linker, page by page: code, constants, variables, end of the image.
    static rigo_text_start: u8;
    static rigo_rodata_start: u8;
    static rigo_data_start: u8;
    static rigo_image_end: u8;
}

global_asm!(
    ".option push",
    ".option arch, +a",         // assembly outside of functions does not have the target's extensions
    // Not among what is cleared.
    ".pushsection .data.rigo_is_booting,\"aw\",@progbits",
    ".balign 4",
    "rigo_is_booting: .4byte 0",
    ".popsection",
    ".pushsection .text.boot,\"ax\",@progbits",
    ".globl _start",
    ".type _start,@function",
    "_start:",
    ".cfi_startproc",
    ".cfi_undefined ra",
    // The head of a boot image as Linux's documentation has it ("Boot image header in RISC-V Linux"): loaders know it.
    "j 2f",
    ".balign 8",
    ".quad 0x200000",       // behind the beginning of memory
    ".quad rigo_image_end - _start",
    ".quad 0",              // little-endian
    ".4byte 2, 0",          // version
    ".quad 0",
    ".ascii \"RISCV\\0\\0\\0\"",
    ".ascii \"RSC\\x05\"",
    ".4byte 0",
    "2: rdtime s2",
    "csrw sie, zero",
    "csrw satp, zero",
    "la t0, 9f",            // a trap this early ends in a loop that says so
    "csrw stvec, t0",
    "li t0, {fs}",
    "csrs sstatus, t0",
    "lla t0, _start",       // where it is
    "lla t1, 8f",
    "ld t1, 0(t1)",         // where it should be
    "sub a2, t0, t1",
    "bnez a2, 7f",
    "la t0, rigo_is_booting",
    "li t1, 1",
    "amoswap.w.aqrl t1, t1, (t0)",
    "bnez t1, 11f",
    "lla t0, rigo_bss_start",
    "lla t1, rigo_image_end",
    "1: bgeu t0, t1, 2f",
    "sd zero, 0(t0)",
    "addi t0, t0, 8",
    "j 1b",
    "2: la sp, {stack}",
    "li t0, {stack_bytes}",
    "add sp, sp, t0",
    "li s0, 0",
    "mv a2, s2",
    "call {start}",
    "unimp",
    // Not the first hart here: one that the kernel starts. OpenSBI up to 1.2 tells a hart to start before it stores where, so the
    // hart may come to where the firmware began; its `Hart` is ready by then.
    "11: la a1, {harts}",
    "li t1, {n_harts}",
    "12: ld t0, 0(a1)",
    "beqz t0, 13f",
    "ld t0, 8(a1)",
    "beq t0, a0, 14f",
    "13: addi a1, a1, {hart_bytes}",
    "addi t1, t1, -1",
    "bnez t1, 12b",
    "15: wfi",              // nobody has asked for it
    "j 15b",
    "14: tail rigo_other_start",
    // Without a single absolute address: says that the image is in the wrong place.
    "7: lla s1, 6f",
    "5: lbu a0, 0(s1)",
    "beqz a0, 4f",
    "li a7, 1",
    "ecall",
    "addi s1, s1, 1",
    "j 5b",
    "4: li a0, 0",
    "li a1, 1",
    "li a6, 0",
    "li a7, 0x53525354",    // system reset
    "ecall",
    "3: wfi",
    "j 3b",
    ".balign 4",
    "9: lla s1, 10f",
    "j 5b",
    "6: .asciz \"rigo: the image is not loaded at the address it was linked for\\n\"",
    "10: .asciz \"rigo: trap before the kernel was ready\\n\"",
    ".balign 8",
    "8: .quad _start",
    ".cfi_endproc",
    ".size _start, . - _start",
    ".globl rigo_other_start",
    ".type rigo_other_start,@function",
    "rigo_other_start:",    // a0 = hart id, a1 = its `Hart`
    ".cfi_startproc",
    ".cfi_undefined ra",
    "li t0, {fs}",
    "csrs sstatus, t0",
    "la t0, {satp}",
    "ld t0, 0(t0)",
    "csrw satp, t0",
    "sfence.vma",
    "mv a0, a1",
    "ld sp, 0(a0)",
    "li s0, 0",
    "call {other}",
    "unimp",
    ".cfi_endproc",
    ".size rigo_other_start, . - rigo_other_start",
    ".popsection",
    ".option pop",
    fs = const csr::STATUS_FS,
    stack = sym BOOT_STACK,
    stack_bytes = const BOOT_STACK_BYTES,
    satp = sym space::SATP,
    harts = sym hart::HARTS,
    n_harts = const hart::MAX_HARTS,
    hart_bytes = const size_of::<Hart>(),
    start = sym start,
    other = sym hart::start,
);

/// Where the harts start that the kernel starts.
pub fn other_entry() -> usize {
    rigo_other_start as *const () as usize
}

/// Where the image's code, constants and variables begin, and where it ends. Multiples of the page size.
pub fn image_bounds() -> [usize; 4] {
    [
        &raw const rigo_text_start as usize,
        &raw const rigo_rodata_start as usize,
        &raw const rigo_data_start as usize,
        &raw const rigo_image_end as usize,
    ]
}

impl platform::Image for OpenSbi {
    fn writable_range(index: usize) -> Option<(usize, usize)> {
        let [_, _, data, end] = image_bounds();
        (index == 0).then_some((data, end))
    }
}

/// The first Rust. `entered` is the time at which the firmware handed over.
extern "C" fn start(boot_hart: usize, tree: usize, entered: u64) -> ! {
    entropy::mix_time();
    if let Err(extension) = sbi::check() {
        report::die(&["the firmware has no ", extension, " extension (SBI 0.2 or later is needed)"])
    }
    // SAFETY: one hart runs, paging is off.
    let (machine, tree_range) = unsafe {
        space::enter_boot_root();
        machine(boot_hart, tree)
    };
    // SAFETY: one hart runs; each step is made once and needs only those before it.
    let (hart, n_harts) = unsafe {
        clock::set_frequency(machine.timebase_hz);
        if let Some(finisher) = machine.finisher {
            exit::set_finisher(finisher);
        }
        make_space(&machine, tree_range);
        memory::set_total();
        trap::install();
        let n_harts = hart::prepare(boot_hart, machine.harts.iter());
        (hart::at(0), n_harts)
    };
    devices(&machine);
    // SAFETY: as above.
    unsafe {
        read_arguments(machine.arguments);
        hart::start_others(n_harts);
    }
    // The line that tells a terminal where the program begins (`crates/driver/src/emulate.rs`).
    report::note(&[
        "opensbi/riscv64, ",
        report::decimal(hart::n_harts() as u64).as_str(),
        " harts, ",
        report::decimal((memory::total_bytes() >> 20) as u64).as_str(),
        " MiB free, entered ",
        report::decimal(clock::ns_at(entered) / 1000).as_str(),
        " us after reset",
    ]);
    start_first_thread(hart)
}

/// Reads the device tree; where it lies is memory in use.
///
/// # Safety
/// Physical memory is mapped.
unsafe fn machine(boot_hart: usize, tree: usize) -> (Machine, (usize, usize)) {
    if tree == 0 || !tree.is_multiple_of(8) || tree >= DIRECT_BYTES {
        report::die(&["no device tree: the firmware passed none in a1"])
    }
    // SAFETY: the firmware says that a device tree is there; its head holds its size.
    let data = unsafe {
        let [magic, size] = (direct(tree) as *const [u32; 2]).read().map(u32::from_be);
        core::slice::from_raw_parts(direct(tree), if magic == 0xd00d_feed { size as usize } else { 8 })
    };
    let Ok(parsed) = Fdt::new(data) else {
        report::die(&["no device tree: there is none at 0x", report::hex(tree).as_str()])
    };
    match tree::read(parsed, boot_hart) {
        Ok(machine) => (machine, (tree, tree + data.len())),
        Err(error) => report::die(&[error]),
    }
}

/// Finds the free memory and turns the final page tables on.
///
/// # Safety
/// Called once, in the boot root.
unsafe fn make_space(machine: &Machine, tree: (usize, usize)) {
    let start = machine.memory.iter().map(|range| range.0).min().unwrap_or(0) / BLOCK_BYTES * BLOCK_BYTES;
    let end = machine.memory.iter().map(|range| range.1).max().unwrap_or(0).min(DIRECT_BYTES);
    // SAFETY: the caller's contract.
    unsafe { memory::set_bounds(start, end) };
    let n_blocks = (end - start).div_ceil(BLOCK_BYTES);
    let [image, .., image_end] = image_bounds();
    let taken = || machine.reserved.iter().chain([(image, image_end), tree]);
    // The table of blocks stands in the first room that is large enough: behind something that is taken, or where memory begins.
    let table_bytes = (n_blocks * size_of::<Block>()).next_multiple_of(FRAME_BYTES);
    let is_free = |addr: usize| {
        machine.memory.iter().any(|range| range.0 <= addr && addr + table_bytes <= range.1)
            && taken().all(|range| addr + table_bytes <= range.0 || range.1 <= addr)
    };
    let candidates = machine.memory.iter().map(|range| range.0).chain(taken().map(|range| range.1));
    let too_little = || -> ! {
        let bytes: usize = machine.memory.iter().map(|range| range.1 - range.0).sum();
        report::die(&[
            "too little memory: ",
            report::decimal((bytes >> 20) as u64).as_str(),
            " MiB, at least ",
            report::decimal((LEAST_BYTES >> 20) as u64).as_str(),
            " MiB must be free beside the image",
        ])
    };
    let Some(table) = candidates.map(|addr| addr.next_multiple_of(FRAME_BYTES)).find(|&addr| is_free(addr))
    else {
        too_little()
    };
    // SAFETY: the range is free memory, and becomes this table's for ever.
    let blocks = unsafe { core::slice::from_raw_parts_mut(direct(table) as *mut Block, n_blocks) };
    // SAFETY: any bytes will do, because `Frames::new` fills them; this makes them what the type says.
    unsafe { (blocks.as_mut_ptr() as *mut u8).write_bytes(0, n_blocks * size_of::<Block>()) };
    let mut frames = Frames::new(start, blocks);
    machine.memory.iter().for_each(|range| frames.add(range.0, range.1.min(end)));
    taken().chain([(table, table + table_bytes)]).for_each(|range| frames.remove(range.0, range.1));
    const { assert!(FRAMES_PER_BLOCK == 512) };
    if frames.n_available() * FRAME_BYTES < LEAST_BYTES {
        too_little()
    }
    // SAFETY: the caller's contract.
    if unsafe { SPACE.lock().enter(frames) }.is_none() {
        too_little()
    }
}

/// Makes the devices ready; says which are missing that a program would notice.
fn devices(machine: &Machine) {
    let source = machine.uart.and_then(|uart| uart.source);
    if let Some(plic) = &machine.plic {
        // SAFETY: called once during boot.
        unsafe { plic::set(plic, source) };
    }
    let has_interrupts = machine.plic.is_some() && source.is_some();
    match &machine.uart {
        None => report::note(&[
            "no ns16550 UART in the device tree: output goes through the firmware, there is no input",
        ]),
        Some(uart) => {
            if console::open(uart, has_interrupts).is_none() {
                report::die(&["no memory for the console"])
            }
            if !has_interrupts {
                report::note(&["no interrupt controller for the UART in the device tree: there is no input"]);
            }
        }
    }
    if let Some(rtc) = machine.rtc {
        clock::read_rtc(rtc);
    }
    entropy::mix(machine.seed, true);
    entropy::seed_from_devices(machine.virtio.iter());
    entropy::mix_time();
}

/// Lists of pointers to NUL-terminated strings.
struct Arguments {
    args: &'static [*const u8],
    environ: &'static [*const u8],
}

static ARGUMENTS: Once<Arguments> = Once::new();

/// Splits the boot command line.
///
/// # Safety
/// Called once during boot.
unsafe fn read_arguments(line: &'static [u8]) {
    let line = line.strip_suffix(&[0]).unwrap_or(line);
    let pointers_bytes = 2 * args::MAX_WORDS * size_of::<*const u8>();
    let Some(memory) =
        memory::map_with_guard((pointers_bytes + line.len() + 1).next_multiple_of(FRAME_BYTES))
    else {
        report::die(&["no memory for the command line"])
    };
    // SAFETY: new memory: two lists of pointers, then text.
    let (args_list, environ_list, text) = unsafe {
        let lists = memory as *mut *const u8;
        (
            core::slice::from_raw_parts_mut(lists, args::MAX_WORDS),
            core::slice::from_raw_parts_mut(lists.add(args::MAX_WORDS), args::MAX_WORDS),
            core::slice::from_raw_parts_mut((memory + pointers_bytes) as *mut u8, line.len() + 1),
        )
    };
    let (mut n_args, mut n_environ) = (0, 0);
    let base = text.as_ptr();
    let fits = args::split(line, text, |word, off| {
        let (list, n) = match word {
            args::Word::Argument => (&mut *args_list, &mut n_args),
            args::Word::Variable => (&mut *environ_list, &mut n_environ),
        };
        if *n < args::MAX_WORDS {
            list[*n] = base.wrapping_add(off);
        }
        *n += 1;
    });
    if !fits || n_args.max(n_environ) > args::MAX_WORDS {
        report::die(&["the command line has too many words"])
    }
    let slice = |word: &[u8]| core::str::from_utf8(word.strip_prefix(b"RIGO_SLICE_US=")?).ok()?.parse().ok();
    // SAFETY: each word ends with a NUL in `text`.
    let words = environ_list[..n_environ].iter().map(|&word| unsafe { CStr::from_ptr(word.cast()) });
    if let Some(us) = words.filter_map(|word| slice(word.to_bytes())).next_back() {
        sched::set_slice_us(us);
    }
    // SAFETY: the caller's contract.
    unsafe { ARGUMENTS.set(Arguments { args: &args_list[..n_args], environ: &environ_list[..n_environ] }) };
}

// SAFETY: pointers to memory that is never written again.
unsafe impl Sync for Arguments {}
// SAFETY: as above.
unsafe impl Send for Arguments {}

impl platform::Args for OpenSbi {
    fn args() -> &'static [*const u8] {
        ARGUMENTS.get().map_or(&[], |arguments| arguments.args)
    }

    fn environ() -> &'static [*const u8] {
        ARGUMENTS.get().map_or(&[], |arguments| arguments.environ)
    }
}

impl platform::Processors for OpenSbi {
    fn n_processors() -> u32 {
        hart::n_harts() as u32
    }
}

fn start_first_thread(hart: *mut Hart) -> ! {
    let Some(stack) = memory::map_with_guard(FIRST_STACK_BYTES) else {
        report::die(&["no memory for the first thread"])
    };
    let entry = rigo_first_thread as extern "C" fn(usize) -> ! as usize;
    let stack_hi = stack + FIRST_STACK_BYTES;
    let Some(thread) = thread::create(entry, stack_hi, core::ptr::null_mut(), stack_hi) else {
        report::die(&["no memory for the first thread"])
    };
    sched::start_first(hart, thread)
}
