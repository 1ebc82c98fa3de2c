//! Says what is typed: `n bytes, sum s` for each read of a file that ends with ^D or the word `exit`.
#![no_std]
#![no_main]

#[macro_use]
mod image;

use platform::upcall::Interrupted;

fn fault(_context: &mut Interrupted) {
    panic!("a fault");
}

fn main() {
    print!("ready\n");
    let mut line = [0; 300];
    let (mut n_bytes, mut sum) = (0usize, 0u64);
    loop {
        let n = platform_opensbi::read_console(&mut line);
        n_bytes += n;
        sum = line[..n].iter().fold(sum, |sum, &byte| sum.wrapping_mul(31).wrapping_add(byte as u64));
        match &line[..n] {
            b"" | b"exit\n" => break,
            b"report\n" => {
                print!("{n_bytes} bytes, sum {sum}\n");
                (n_bytes, sum) = (0, 0);
            }
            _ => {}
        }
    }
    platform::exit(0)
}
