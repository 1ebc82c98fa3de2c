//! Where the image's variables are that may point into the heap.
//!
//! rigo's linker puts them side by side and tells; in images of other linkers, such as those of tests, every variable may.

unsafe extern "C" {
    // `abi::symbols::SCAN_BEGIN` and `SCAN_END`; the references are weak, so their addresses are 0 where nobody defines them.
    #[link_name = "runtime.scanbegin"]
    static SCAN_BEGIN: u8;
    #[link_name = "runtime.scanend"]
    static SCAN_END: u8;
}

#[cfg(not(test))]
core::arch::global_asm!(".weak runtime.scanbegin", ".weak runtime.scanend");

/// Ranges of addresses, ascending.
pub(super) fn variables() -> impl Iterator<Item = (usize, usize)> {
    // The compiler believes that no object lies at 0; it must not see where these addresses come from.
    let [begin, end] = core::hint::black_box([&raw const SCAN_BEGIN as usize, &raw const SCAN_END as usize]);
    let known = (end != 0).then_some((begin, end));
    let all = (0..).map_while(platform::writable_range).filter(move |_| known.is_none());
    known.into_iter().chain(all)
}
