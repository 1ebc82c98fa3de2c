//! What the compiler and the runtime share: layouts, names, the calling convention.
#![no_std]

pub mod call;
