//! What every test image needs: the runtime's side of `platform`, a panic handler, and text.

macro_rules! print {
    ($($arg:tt)*) => {{
        use core::fmt::Write;
        let _ = write!($crate::image::Out, $($arg)*);
    }};
}

use abi::g::MHead;
use core::fmt::Write;
use platform::SemaWord;
use platform::upcall::Interrupted;

platform::bind!(platform_opensbi::OpenSbi);

// An image is built again when its layout changes.
const _: &[u8] = include_bytes!("../../image.ld");

/// An M of a test: what `sync` expects behind its head, and what its thread does.
#[repr(C)]
pub struct M {
    pub head: MHead,
    pub sema: SemaWord,
    pub job: fn(usize),
    pub argument: usize,
    /// The stack pointer of an interrupted thread, when `preempt` came last.
    pub interruptions: core::sync::atomic::AtomicU32,
}

const STACK_BYTES: usize = 64 << 10;

/// Starts a thread that calls `job(argument)`.
pub fn spawn(job: fn(usize), argument: usize) -> &'static M {
    let lo = platform::reserve(STACK_BYTES + 8192);
    assert!(lo != 0 && platform::prepare(lo, 4096) && platform::prepare(lo + 8192, STACK_BYTES));
    platform::ready(lo, 4096);
    platform::ready(lo + 8192, STACK_BYTES);
    let mp = lo as *mut M;
    // SAFETY: memory for this M alone.
    unsafe {
        mp.write(M {
            head: MHead { this: lo, ..MHead::new() },
            sema: SemaWord::new(),
            job,
            argument,
            interruptions: Default::default(),
        });
        platform::semacreate(&(*mp).sema);
        assert_eq!(platform::newosproc(&raw mut (*mp).head, lo + 8192, lo + 8192 + STACK_BYTES), 0);
        &*mp
    }
}

/// This thread's M.
#[allow(dead_code)] // each image uses a part of it
pub fn this() -> &'static M {
    // SAFETY: every thread of a test has one; the first got its own in `rigo_first_thread`.
    unsafe { &*(platform::current_m() as *const M) }
}

#[unsafe(export_name = "rigo_mstart")]
extern "C" fn mstart(mp: *mut MHead) -> ! {
    let mp = mp as *mut M;
    // SAFETY: `spawn` made it.
    unsafe { ((*mp).job)((*mp).argument) };
    loop {
        platform::usleep(1_000_000);
    }
}

#[unsafe(export_name = "rigo_first_thread")]
extern "C" fn first_thread(_system_sp: usize) -> ! {
    platform::install_faults();
    spawn(|_| super::main(), 0);
    loop {
        platform::usleep(1_000_000);
    }
}

#[unsafe(export_name = "rigo_fault")]
extern "C" fn fault(context: &mut Interrupted) {
    super::fault(context)
}

#[unsafe(export_name = "rigo_preempt")]
extern "C" fn preempt(_context: &mut Interrupted) {
    this().interruptions.fetch_add(1, core::sync::atomic::Ordering::Relaxed);
}

#[unsafe(export_name = "rigo_signal")]
extern "C" fn signal(context: &mut Interrupted) {
    print!("signal {}\n", context.signal);
}

#[unsafe(export_name = "rigo_function_name")]
fn function_name(_pc: usize) -> Option<&'static str> {
    None
}

/// Standard error as a `fmt::Write`.
pub struct Out;

impl Write for Out {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        platform::write_err(text.as_bytes());
        Ok(())
    }
}

#[panic_handler]
fn panic(info: &core::panic::PanicInfo) -> ! {
    print!("{info}\n");
    platform::exit(101)
}
