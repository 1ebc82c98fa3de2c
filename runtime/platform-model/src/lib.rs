//! The platform of the runtime's own tests: on `std`, or on loom when the models run.
//!
//! Sleeping uses one table from the address of a futex word to a condition variable, behind one lock, which gives
//! the contract exactly: compare and sleep are one step. Under loom a time-out is a choice of the model, not
//! a time: a timed sleep may return at once.

#[cfg(loom)]
mod on_loom;
#[cfg(not(loom))]
mod on_std;

#[cfg(loom)]
pub use on_loom::*;
#[cfg(not(loom))]
pub use on_std::*;
