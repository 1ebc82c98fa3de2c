//! What the runtime asks of the system below it.
//!
//! A platform implements one trait for each word of `traits`; [`bind!`], used once in the final program,
//! turns the implementation into symbols, and the functions of this crate call them. So `rt` is generic over
//! nothing and names no platform.
//!
//! Memory is always in one of four states - None, Reserved, Prepared, Ready - and each function of
//! [`memory`] is one step between two of them.
//!
//! Invariant: a platform never calls up, except through the functions of [`upcall`].
#![cfg_attr(not(any(test, loom)), no_std)]

mod traits;

pub use traits::*;

/// Atomics and fences; loom's own when the models run.
pub mod atomic {
    #[cfg(not(loom))]
    pub use core::sync::atomic::*;
    #[cfg(loom)]
    pub use loom::sync::atomic::*;

    /// Whether `fence` does nothing: the bug that models of fences must find.
    #[cfg(loom)]
    pub static NO_FENCES: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);

    /// loom's fence, unless it is seeded away.
    #[cfg(loom)]
    pub fn fence(order: Ordering) {
        if !NO_FENCES.load(std::sync::atomic::Ordering::Relaxed) {
            loom::sync::atomic::fence(order);
        }
    }
}

/// Implementation of [`bind!`]: one line per function, `Trait symbol name(parameters) -> result`.
#[doc(hidden)]
#[macro_export]
macro_rules! functions {
    ($action:path) => {
        $action! {
            Futex rigo_futexsleep futexsleep(addr: &$crate::atomic::AtomicU32, val: u32, timeout_ns: i64) -> ();
            Futex rigo_futexwakeup futexwakeup(addr: &$crate::atomic::AtomicU32, n: u32) -> ();
            Sema rigo_semacreate semacreate(sema: &$crate::SemaWord) -> ();
            Sema rigo_semasleep semasleep(sema: &$crate::SemaWord, timeout_ns: i64) -> i32;
            Sema rigo_semawakeup semawakeup(sema: &$crate::SemaWord) -> ();
            Sema rigo_waits_by_semaphores waits_by_semaphores() -> bool;
            Memory rigo_memory_bytes memory_bytes() -> usize;
            Memory rigo_reserve reserve(bytes: usize) -> usize;
            Memory rigo_prepare prepare(addr: usize, bytes: usize) -> bool;
            Memory rigo_ready ready(addr: usize, bytes: usize) -> ();
            Memory rigo_unused unused(addr: usize, bytes: usize) -> ();
            Memory rigo_release release(addr: usize, bytes: usize) -> ();
            Thread rigo_newosproc newosproc(mp: *mut ::abi::g::MHead, stack_lo: usize, stack_hi: usize) -> i32;
            Thread rigo_exit_thread exit_thread() -> !;
            Thread rigo_osyield osyield() -> ();
            Thread rigo_thread_id thread_id() -> u32;
            Thread rigo_current_m current_m() -> *mut ::abi::g::MHead;
            Clock rigo_nanotime nanotime() -> i64;
            Clock rigo_walltime walltime() -> (i64, i32);
            Clock rigo_usleep usleep(us: u32) -> ();
            Console rigo_write_err write_err(bytes: &[u8]) -> ();
            Console rigo_open_trace open_trace(path: &::core::ffi::CStr) -> bool;
            Console rigo_write_trace write_trace(bytes: &[u8]) -> ();
            Processors rigo_n_processors n_processors() -> u32;
            Processors rigo_processor_limit processor_limit() -> u32;
            Entropy rigo_entropy entropy(bytes: &mut [u8]) -> ();
            Fault rigo_install_faults install_faults() -> ();
            Fault rigo_use_signal_stack use_signal_stack(lo: usize, bytes: usize) -> ();
            Preempt rigo_preempt_thread preempt_thread(id: u32) -> ();
            Signal rigo_enable_signal enable_signal(number: u32) -> ();
            Signal rigo_disable_signal disable_signal(number: u32) -> ();
            Signal rigo_ignore_signal ignore_signal(number: u32) -> ();
            Signal rigo_is_signal_ignored is_signal_ignored(number: u32) -> bool;
            Signal rigo_die_of_signal die_of_signal(number: u32) -> !;
            Poll rigo_poll_init poll_init() -> i32;
            Poll rigo_poll_open poll_open(fd: i32, key: usize) -> i32;
            Poll rigo_poll_close poll_close(fd: i32) -> ();
            Poll rigo_poll_wait poll_wait(events: &mut [$crate::PollEvent], timeout_ns: i64) -> usize;
            Poll rigo_poll_break poll_break() -> ();
            Poll rigo_is_poll_descriptor is_poll_descriptor(fd: i32) -> bool;
            Exit rigo_exit exit(status: i32) -> !;
            Args rigo_args args() -> &'static [*const u8];
            Image rigo_writable_range writable_range(index: usize) -> Option<(usize, usize)>;
            Args rigo_environ environ() -> &'static [*const u8];
        }
    };
}

/// Declares the symbols and wraps each in a safe function.
macro_rules! declare {
    ($($trait:ident $symbol:ident $name:ident($($arg:ident: $ty:ty),*) -> $ret:ty;)*) => {
        mod symbols {
            #![allow(missing_docs)]
            unsafe extern "Rust" {
                $(pub safe fn $symbol($($arg: $ty),*) -> $ret;)*
            }
        }
        $(
            #[doc = concat!("See [`", stringify!($trait), "::", stringify!($name), "`].")]
            #[inline]
            pub fn $name($($arg: $ty),*) -> $ret {
                symbols::$symbol($($arg),*)
            }
        )*
    };
}
pub(crate) use declare;
functions!(crate::declare);

/// Defines the symbols for one platform.
#[doc(hidden)]
#[macro_export]
macro_rules! define {
    ($($trait:ident $symbol:ident $name:ident($($arg:ident: $ty:ty),*) -> $ret:ty;)*) => {
        $(
            #[unsafe(no_mangle)]
            fn $symbol($($arg: $ty),*) -> $ret {
                <BoundPlatform as $crate::$trait>::$name($($arg),*)
            }
        )*
    };
}

/// Makes `$platform` the platform of this program. Used exactly once.
#[macro_export]
macro_rules! bind {
    ($platform:ty) => {
        type BoundPlatform = $platform;
        $crate::functions!($crate::define);
    };
}

/// The only calls from a platform into the runtime.
pub mod upcall {
    use abi::g::MHead;

    /// What the processor refused.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    #[repr(u32)]
    pub enum FaultKind {
        /// No fault: a request.
        None,
        /// Memory that is not there.
        Memory,
        /// Memory that does not answer, or is misaligned.
        Bus,
        /// Division by zero or out of range.
        Arithmetic,
        /// No such instruction.
        Illegal,
        /// A break point.
        Trap,
    }

    /// An interrupted thread.
    #[repr(C)]
    #[derive(Debug)]
    pub struct Interrupted {
        /// Where it was, and goes on.
        pub pc: usize,
        /// Its stack pointer.
        pub sp: usize,
        /// Its frame pointer.
        pub fp: usize,
        /// Its return-address register, where the processor has one.
        pub link: usize,
        /// The number of the signal, as on Linux.
        pub signal: u32,
        /// What happened.
        pub kind: FaultKind,
        /// The system's detail of it (`si_code`).
        pub code: i32,
        /// The address that was not there.
        pub addr: usize,
        /// All general registers, in the system's order, for the conservative scan. Not written back.
        pub registers: [usize; 32],
    }

    unsafe extern "Rust" {
        /// The name of the function that holds `pc`, if the runtime knows it. For the last words of a machine: takes no lock.
        #[link_name = "rigo_function_name"]
        pub safe fn function_name(pc: usize) -> Option<&'static str>;
    }

    unsafe extern "C" {
        /// The first function of a new thread, on its own system stack, its thread pointer set.
        #[link_name = "rigo_mstart"]
        pub safe fn mstart(mp: *mut MHead) -> !;

        /// The thread did what the processor refuses. If this returns, the thread goes on as `context` says then. Runs as an
        /// interrupt handler on the signal stack.
        #[link_name = "rigo_fault"]
        pub safe fn fault(context: &mut Interrupted);

        /// A signal came that was enabled, or one of the processor's that the processor did not raise. Runs as an interrupt handler.
        #[link_name = "rigo_signal"]
        pub safe fn signal(context: &mut Interrupted);

        /// Somebody asked for this thread with `preempt_thread`. Runs as an interrupt handler.
        #[link_name = "rigo_preempt"]
        pub safe fn preempt(context: &mut Interrupted);
    }
}
