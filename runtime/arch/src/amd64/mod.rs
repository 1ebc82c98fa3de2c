//! amd64: r15 holds the current G, `fs:0` the address of the current M.

mod entry;
mod memory;
mod panic;
mod stack;
mod switch;

pub use stack::morestack_return;
pub use switch::{enter_scheduler, goexit_start, init_context, thread_pointer, timer_call};

/// Hint to the processor that this is a spin loop.
pub fn spin_hint() {
    core::hint::spin_loop();
}
