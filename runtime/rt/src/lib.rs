//! The portable runtime: what compiled Go needs while it runs.
//!
//! Four layers, each using those below it: [`lang`] (channels, panics, printing), [`sched`] (G, M, P), [`heap`]
//! (memory), [`sync`] (Mutex, Note). Nothing here names an operating system or a processor: those are behind
//! `platform` and `arch`.
//!
//! Rust runs on the M's system stack, never parks and never calls compiled Go. An entry that must
//! wait publishes its goroutine and returns `Outcome::PARK`; `entries` lists all of them with their names.
//! Begin with `sched`.
#![cfg_attr(not(any(test, loom)), no_std)]

#[cfg(not(loom))]
mod entries;
#[cfg(not(loom))]
pub mod fatal;
#[cfg(not(loom))]
pub mod heap;
#[cfg(not(loom))]
pub mod lang;
#[cfg(not(loom))]
pub(crate) mod profile;
pub mod sched;
pub mod sync;

#[cfg(loom)]
pub mod fatal {
    //! Errors that end the program; under loom a panic of the model.

    /// Fails the model.
    pub fn throw(message: &'static str) -> ! {
        panic!("fatal error: {message}")
    }
}

// The compiler emits it; unit tests never run it.
#[cfg(test)]
#[unsafe(export_name = "go.main")]
extern "C" fn program() {}
#[cfg(test)]
use platform_model as _;
