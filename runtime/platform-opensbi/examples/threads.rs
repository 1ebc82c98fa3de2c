//! Threads, semaphores, clocks and memory on a bare machine. Prints one line for each part.
#![no_std]
#![no_main]

#[macro_use]
mod image;

use core::sync::atomic::{
    AtomicBool, AtomicU32, AtomicU64, AtomicUsize,
    Ordering::{Acquire, Relaxed, Release, SeqCst},
};
use image::{M, spawn, this};
use platform::SemaWord;
use platform::upcall::Interrupted;

fn fault(_context: &mut Interrupted) {
    panic!("a fault");
}

fn main() {
    let harts = platform::n_processors();
    print!("harts {harts}\n");
    arguments();
    sleeps();
    semaphores();
    shares();
    preemption();
    memory();
    entropy();
    platform::exit(7)
}

fn arguments() {
    for list in [platform::args(), platform::environ()] {
        for &text in list {
            // SAFETY: the platform gives NUL-terminated strings.
            print!("[{}]", unsafe { core::ffi::CStr::from_ptr(text.cast()) }.to_str().unwrap());
        }
        print!("\n");
    }
    let (sec, _) = platform::walltime();
    assert!(sec > 1_700_000_000, "wall clock {sec}");
}

fn sleeps() {
    for ms in [1, 5, 50] {
        let start = platform::nanotime();
        assert_eq!(platform::semasleep(&this().sema, ms * 1_000_000), -1);
        let took = platform::nanotime() - start;
        // Longer only as far as the host is busy.
        assert!((ms * 1_000_000..ms * 1_000_000 + 500_000_000).contains(&took), "{ms} ms took {took} ns");
    }
    platform::semawakeup(&this().sema);
    assert_eq!(platform::semasleep(&this().sema, 0), 0);
    assert_eq!(platform::semasleep(&this().sema, 0), -1);
    print!("sleeps ok\n");
}

static PARTNER: [AtomicUsize; 8] = [const { AtomicUsize::new(0) }; 8];
static TURNS: [AtomicU32; 8] = [const { AtomicU32::new(0) }; 8];
static FINISHED: AtomicU32 = AtomicU32::new(0);
const ROUNDS: u32 = 2000;

/// Threads in pairs wake each other, with and without a time-out.
fn semaphores() {
    fn sema(index: usize) -> &'static SemaWord {
        let mut mp;
        while {
            mp = PARTNER[index].load(Acquire);
            mp == 0
        } {
            platform::osyield();
        }
        // SAFETY: Ms live for ever.
        unsafe { &(*(mp as *const M)).sema }
    }
    fn job(index: usize) {
        PARTNER[index].store(this() as *const M as usize, Release);
        let partner = sema(index ^ 1);
        for round in 0..ROUNDS {
            if index & 1 == 0 {
                platform::semawakeup(partner);
            }
            while platform::semasleep(&this().sema, if round % 3 == 0 { 200_000 } else { -1 }) != 0 {}
            TURNS[index].fetch_add(1, Relaxed);
            if index & 1 == 1 {
                platform::semawakeup(partner);
            }
        }
        FINISHED.fetch_add(1, SeqCst);
    }
    (0..8).for_each(|index| {
        spawn(job, index);
    });
    while FINISHED.load(SeqCst) < 8 {
        platform::usleep(1000);
    }
    assert!(TURNS.iter().all(|turns| turns.load(Relaxed) == ROUNDS));
    print!("semaphores ok\n");
}

static STOP: AtomicBool = AtomicBool::new(false);
static STOPPED: AtomicU32 = AtomicU32::new(0);
static COUNTS: [AtomicU64; 16] = [const { AtomicU64::new(0) }; 16];
static WRONG: AtomicU64 = AtomicU64::new(0);

/// Sixteen endless loops with floating point: all advance alike on one hart, and their sums are exact.
fn shares() {
    fn job(index: usize) {
        while !STOP.load(Relaxed) {
            let mut sum = index as f64;
            for step in 0..100 {
                sum += core::hint::black_box(step as f64 * 0.5);
            }
            if sum != index as f64 + 2475.0 {
                WRONG.fetch_add(1, Relaxed);
            }
            COUNTS[index].fetch_add(1, Relaxed);
        }
        STOPPED.fetch_add(1, SeqCst);
    }
    (0..16).for_each(|index| {
        spawn(job, index);
    });
    platform::usleep(4_000_000);
    STOP.store(true, Relaxed);
    while STOPPED.load(SeqCst) < 16 {
        platform::usleep(1000);
    }
    let counts = COUNTS.each_ref().map(|count| count.load(Relaxed));
    let (least, most) = (counts.iter().min().unwrap(), counts.iter().max().unwrap());
    assert_eq!(WRONG.load(Relaxed), 0, "sums are wrong");
    assert!(*least > 0, "a thread did not advance");
    // The shares are exact on one hart only; on several the queues may differ by one.
    let spread = (most - least) * 100 / most;
    if platform::n_processors() == 1 {
        assert!(spread <= 20, "spread {spread} %: {counts:?}");
    }
    print!("shares ok\n");
}

static RUNS: AtomicBool = AtomicBool::new(false);
static ENOUGH: AtomicBool = AtomicBool::new(false);

/// An endless loop is interrupted by a request.
fn preemption() {
    fn job(_: usize) {
        THREAD.store(platform::thread_id(), Relaxed);
        RUNS.store(true, Release);
        while !ENOUGH.load(Relaxed) {
            core::hint::spin_loop();
        }
    }
    static THREAD: AtomicU32 = AtomicU32::new(0);
    let mp = spawn(job, 0);
    while !RUNS.load(Acquire) {
        platform::usleep(100);
    }
    for wanted in 1..=20 {
        platform::preempt_thread(THREAD.load(Relaxed));
        while mp.interruptions.load(Relaxed) < wanted {
            platform::usleep(100);
        }
    }
    ENOUGH.store(true, Relaxed);
    print!("preemption ok\n");
}

const MIB: usize = 1 << 20;

/// Memory goes through its states, is clear each time, and comes back.
fn memory() {
    for round in 0..50 {
        let bytes = (round % 7) * MIB + 4096 * (1 + round);
        let addr = platform::reserve(bytes);
        assert!(addr != 0 && platform::prepare(addr, bytes));
        platform::ready(addr, bytes);
        for at in (addr..addr + bytes).step_by(4096) {
            // SAFETY: the range is Ready.
            unsafe {
                assert_eq!(*(at as *const usize), 0);
                *(at as *mut usize) = at;
            }
        }
        let half = bytes / 8192 * 4096;
        platform::unused(addr, half);
        platform::ready(addr, half);
        for at in (addr..addr + bytes).step_by(4096) {
            // SAFETY: the range is Ready.
            unsafe { assert_eq!(*(at as *const usize), if at < addr + half { 0 } else { at }) };
        }
        platform::release(addr, bytes);
    }
    // All of it comes back: as much can be had as in the first round, again and again.
    let mut most = 0;
    for round in 0..3 {
        let addr = platform::reserve(64 * MIB);
        let n = (0..64).take_while(|index| platform::prepare(addr + index * MIB, MIB)).count();
        platform::ready(addr, n * MIB);
        platform::release(addr, 64 * MIB);
        assert!(round == 0 || n == most, "{most} MiB, then {n}");
        most = n;
    }
    assert!(most >= 16);
    assert_eq!(platform::reserve(1 << 38), 0);
    print!("memory ok\n");
}

fn entropy() {
    let (mut first, mut second) = ([0u8; 40], [0u8; 40]);
    platform::entropy(&mut first);
    platform::entropy(&mut second);
    assert!(first != second && first != [0; 40]);
    print!("entropy ok\n");
}
