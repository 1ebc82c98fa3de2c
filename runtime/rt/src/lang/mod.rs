//! What the language needs: channels, panics, printing, strings.

pub mod chan;
pub mod fault;
pub mod functab;
pub mod iface;
pub mod panic;
pub mod print;
pub(crate) mod report;
pub mod select;
pub mod semaphore;
pub mod stack_trace;
pub mod string;
pub mod sudog;
pub mod system;
pub mod traceback;
pub mod typed;
pub mod typename;

/// Sets the second result word of the entry that runs.
pub(crate) fn set_second_result(value: usize) {
    // SAFETY: the current goroutine belongs to this M during its entry.
    unsafe { (*crate::sched::current_g()).head.result1 = value };
}
