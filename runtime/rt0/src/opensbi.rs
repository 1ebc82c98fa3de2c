//! Bare RISC-V: the kernel enters `rigo_first_thread` on the first of its threads.

platform::bind!(platform_opensbi::OpenSbi);

/// The first thread's M.
struct FirstM(core::cell::UnsafeCell<rt::sched::M>);

// SAFETY: only the first thread uses it by this name.
unsafe impl Sync for FirstM {}

static FIRST_M: FirstM = FirstM(core::cell::UnsafeCell::new(rt::sched::M::new()));

/// The first function of the first thread, at the high end of its stack.
#[unsafe(no_mangle)]
extern "C" fn rigo_first_thread(system_sp: usize) -> ! {
    let mp = FIRST_M.0.get();
    // SAFETY: there is one thread, and `FIRST_M` lives for ever. The system stack begins where this function's frame lies, which is not
    // needed again.
    unsafe {
        (*mp).head.this = mp as usize;
        (*mp).head.system_sp = system_sp;
        platform_opensbi::set_thread_pointer(&raw mut (*mp).head);
        rt::sched::start(mp)
    }
}
