//! Boots as from a firmware that passes no device tree.
#![no_std]
#![no_main]

#[macro_use]
mod image;

use core::arch::global_asm;

global_asm!(
    ".pushsection .text.before_boot,\"ax\",@progbits",
    ".globl before_boot",
    "before_boot:",
    "li a1, 0",
    "tail _start",
    ".popsection",
);

fn fault(_context: &mut platform::upcall::Interrupted) {
    panic!("a fault");
}

fn main() {
    print!("it started\n");
    platform::exit(1)
}
