//! System calls of compiled Go: the part of Linux's table, with riscv64's numbers and structs, that the standard library needs
//! on a machine with a console and pipes.
//!
//! A call runs on the M's stack and may put its thread to sleep. It holds no lock while it touches the caller's memory, which it
//! checks first. What a later kernel will have - files, sockets - answers `EOPNOTSUPP`, "operation not supported"; a number
//! that nobody has thought of answers `ENOSYS` and says so on the console, once.

use crate::files::{self, FILES, errno::*};
use crate::line::Termios;
use crate::{OpenSbi, clock, console, devices, entropy, exit, report, sched, space};
use core::arch::global_asm;
use core::sync::atomic::{AtomicU64, Ordering::Relaxed};
use platform::{Clock, Thread};

// func Syscall6(num, a1, a2, a3, a4, a5, a6 uintptr) (r1, r2, errno uintptr)
//
// In the `tail` convention: a0 = address of the third result, then the arguments; results in a0 and a1. Nothing of the G is touched,
// because in a system call it may be being scanned.
global_asm!(
    ".pushsection \".text.internal/runtime/syscall/linux.Syscall6\",\"ax\",@progbits",
    ".weak \"internal/runtime/syscall/linux.Syscall6\"",
    ".type \"internal/runtime/syscall/linux.Syscall6\",@function",
    "\"internal/runtime/syscall/linux.Syscall6\":",
    ".cfi_startproc",
    "ld gp, 24(tp)",        // M
    "mv t0, sp",
    "ld sp, 8(gp)",         // its system stack, empty until now
    "addi sp, sp, -32",
    "sd a0, 0(sp)",
    "sd t0, 8(sp)",
    "sd ra, 16(sp)",
    ".cfi_escape 0x0f, 3, 0x72, 8, 0x06",   // the caller's stack pointer
    ".cfi_escape 0x10, 1, 2, 0x72, 16",     // the return address
    // gdb follows a jump between stacks only behind this name (`abi::symbols::STACK_JUMP`).
    ".type \"__morestack.internal/runtime/syscall/linux.Syscall6\",@function",
    "\"__morestack.internal/runtime/syscall/linux.Syscall6\":",
    "mv a0, a1",
    "mv a1, a2",
    "mv a2, a3",
    "mv a3, a4",
    "mv a4, a5",
    "mv a5, a6",
    "mv a6, a7",
    "call {system_call}",
    "ld t1, 0(sp)",
    "ld ra, 16(sp)",
    "ld sp, 8(sp)",
    ".cfi_def_cfa sp, 0",
    ".cfi_restore ra",
    "li t2, -4096",
    "bltu t2, a0, 2f",
    "sd zero, 0(t1)",
    "li a1, 0",
    "ret",
    "2: neg a0, a0",
    "sd a0, 0(t1)",
    "li a0, -1",
    "li a1, 0",
    "ret",
    ".cfi_endproc",
    ".size \"internal/runtime/syscall/linux.Syscall6\", . - \"internal/runtime/syscall/linux.Syscall6\"",
    ".popsection",
    // func rawVforkSyscall(trap, a1, a2, a3 uintptr) (r1 uintptr, err Errno): there are no processes.
    ".pushsection \".text.syscall.rawVforkSyscall\",\"ax\",@progbits",
    ".weak \"syscall.rawVforkSyscall\"",
    ".type \"syscall.rawVforkSyscall\",@function",
    "\"syscall.rawVforkSyscall\":",
    "li a0, -1",
    "li a1, {unsupported}",
    "ret",
    ".size \"syscall.rawVforkSyscall\", . - \"syscall.rawVforkSyscall\"",
    ".popsection",
    system_call = sym system_call,
    unsupported = const EOPNOTSUPP,
);

type Answer = Result<usize, usize>;

const F_DUPFD: usize = 0;
const F_GETFD: usize = 1;
const F_SETFD: usize = 2;
const F_GETFL: usize = 3;
const F_SETFL: usize = 4;
const F_DUPFD_CLOEXEC: usize = 1030;
const FD_CLOEXEC: usize = 1;
const O_WRONLY: usize = 1;
const O_RDWR: usize = 2;
const O_NONBLOCK: usize = 0o4000;
const O_CLOEXEC: usize = 0o2000000;

const TCGETS: usize = 0x5401;
const TCSETSF: usize = 0x5404;
const TIOCGWINSZ: usize = 0x5413;

const S_IFCHR: u32 = 0o020000;
const S_IFIFO: u32 = 0o010000;

extern "C" fn system_call(
    number: usize,
    a: usize,
    b: usize,
    c: usize,
    d: usize,
    _e: usize,
    _f: usize,
) -> isize {
    match answer(number, [a, b, c, d]) {
        Ok(value) => value as isize,
        Err(errno) => -(errno as isize),
    }
}

fn answer(number: usize, [a, b, c, d]: [usize; 4]) -> Answer {
    match number {
        17 => get_cwd(a, b),
        23 => FILES.lock().duplicate(a, 0, false),
        24 => dup3(a, b, c),
        25 => fcntl(a, b, c),
        29 => ioctl(a, b, c),
        57 => FILES.lock().close(a).map(|()| 0),
        59 => pipe2(a, b),
        62 => FILES.lock().get(a).and(Err(ESPIPE)),
        63 => read(a, b, c),
        64 => write(a, b, c),
        66 => writev(a, b, c),
        // splice: EINVAL is the answer after which package os copies by itself.
        76 => Err(EINVAL),
        80 => fstat(a, b),
        82 | 83 => FILES.lock().get(a).and(Err(EINVAL)),
        93 | 94 => exit::exit(a as i32),
        101 => nanosleep(a),
        113 => clock_gettime(a, b),
        115 => clock_nanosleep(a, b, c),
        124 => {
            sched::yield_now();
            Ok(0)
        }
        // Signals: only ^C exists, and that goes another way.
        132 | 134 | 135 | 139 => Ok(0),
        160 => uname(a),
        // The process is called as its first thread.
        172 | 173 => Ok(1),
        178 => Ok(OpenSbi::thread_id() as usize),
        // Who runs this: everything belongs to user 0.
        174..=177 => Ok(0),
        278 => getrandom(a, b),
        devices::MAP => devices::map(a, b),
        devices::LOAD => devices::load(a, b, c),
        devices::STORE => devices::store(a, b, c),
        devices::OPEN_INTERRUPT => devices::open_interrupt(a),
        _ if is_later(number) => Err(EOPNOTSUPP),
        _ => {
            if !is_optional(number) {
                say_unknown(number);
            }
            let _ = d;
            Err(ENOSYS)
        }
    }
}

/// Calls about files, processes and sockets.
fn is_later(number: usize) -> bool {
    matches!(number, 33..=56 | 61 | 67..=70 | 78 | 79 | 88 | 198..=212 | 220 | 221 | 242 | 243 | 269 | 276 | 291 | 437 | 439)
}

/// Calls that programs make to find out whether they are there.
fn is_optional(number: usize) -> bool {
    // epoll, eventfd, sendfile, waitid, futex, tgkill, prctl, mmap family, riscv_hwprobe, prlimit64, wait4, copy_file_range, pidfd family.
    matches!(number, 19..=22 | 71 | 95 | 98 | 123 | 129..=131 | 167 | 214..=233 | 258 | 260 | 261 | 285 | 424 | 434 | 435)
}

/// A bit for each unknown number that was mentioned.
static MENTIONED: [AtomicU64; 8] = [const { AtomicU64::new(0) }; 8];

fn say_unknown(number: usize) {
    let mentioned = &MENTIONED[number / 64 % MENTIONED.len()];
    if mentioned.fetch_or(1 << (number % 64), Relaxed) >> (number % 64) & 1 == 0 {
        report::note(&[
            "system call ",
            report::decimal(number as u64).as_str(),
            " is not known on opensbi/riscv64",
        ]);
    }
}

/// What the caller's memory at `addr` holds; the memory is there and may be read.
fn bytes(addr: usize, len: usize) -> Result<&'static [u8], usize> {
    if len == 0 {
        return Ok(&[]);
    }
    check(addr, len, space::LOAD_FAULT)?;
    // SAFETY: the memory is mapped; that nobody writes it meanwhile is the caller's affair, as on Linux.
    Ok(unsafe { core::slice::from_raw_parts(addr as *const u8, len) })
}

/// The caller's memory at `addr`, to be written.
fn bytes_mut(addr: usize, len: usize) -> Result<&'static mut [u8], usize> {
    if len == 0 {
        return Ok(&mut []);
    }
    check(addr, len, space::STORE_FAULT)?;
    // SAFETY: as in `bytes`.
    Ok(unsafe { core::slice::from_raw_parts_mut(addr as *mut u8, len) })
}

fn check(addr: usize, len: usize, cause: usize) -> Result<(), usize> {
    let last = addr.checked_add(len - 1).ok_or(EFAULT)?;
    let is_there = (addr / 4096..=last / 4096).all(|page| space::is_accessible(page * 4096, cause));
    if is_there { Ok(()) } else { Err(EFAULT) }
}

/// Writes words of a struct.
fn put<const N: usize>(addr: usize, words: [u64; N]) -> Answer {
    let out = bytes_mut(addr, 8 * N)?;
    out.chunks_exact_mut(8).zip(words).for_each(|(chunk, word)| chunk.copy_from_slice(&word.to_le_bytes()));
    Ok(0)
}

/// Reads words of a struct.
fn take<const N: usize>(addr: usize) -> Result<[u64; N], usize> {
    let from = bytes(addr, 8 * N)?;
    Ok(core::array::from_fn(|index| u64::from_le_bytes(core::array::from_fn(|byte| from[8 * index + byte]))))
}

fn read(fd: usize, addr: usize, len: usize) -> Answer {
    files::read(fd, bytes_mut(addr, len)?)
}

fn write(fd: usize, addr: usize, len: usize) -> Answer {
    files::write(fd, bytes(addr, len)?)
}

fn writev(fd: usize, vectors: usize, n: usize) -> Answer {
    let mut total = 0;
    for index in 0..n.min(1024) {
        let [addr, len] = take(vectors + 16 * index)?;
        match write(fd, addr as usize, len as usize) {
            Ok(n) => {
                total += n;
                if n < len as usize {
                    break;
                }
            }
            Err(_) if total > 0 => break,
            Err(error) => return Err(error),
        }
    }
    Ok(total)
}

fn dup3(from: usize, to: usize, flags: usize) -> Answer {
    if from == to {
        return Err(EINVAL);
    }
    let mut files = FILES.lock();
    files.get(from)?;
    // That it was not open is no error.
    let _ = files.close(to);
    files.duplicate(from, to, flags & O_CLOEXEC != 0)
}

fn fcntl(fd: usize, command: usize, argument: usize) -> Answer {
    let mut files = FILES.lock();
    let file = files.get(fd)?;
    match command {
        F_GETFD => Ok(if file.closes_on_exec { FD_CLOEXEC } else { 0 }),
        F_SETFD => {
            file.closes_on_exec = argument & FD_CLOEXEC != 0;
            Ok(0)
        }
        F_GETFL => {
            let access = match file.kind {
                files::Kind::Console => O_RDWR,
                files::Kind::PipeReader(_) => 0,
                files::Kind::PipeWriter(_) => O_WRONLY,
                files::Kind::Interrupt(_) => O_RDWR,
            };
            Ok(access | if file.is_nonblocking { O_NONBLOCK } else { 0 })
        }
        F_SETFL => {
            file.is_nonblocking = argument & O_NONBLOCK != 0;
            Ok(0)
        }
        F_DUPFD | F_DUPFD_CLOEXEC => files.duplicate(fd, argument, command == F_DUPFD_CLOEXEC),
        _ => Err(EINVAL),
    }
}

fn ioctl(fd: usize, request: usize, addr: usize) -> Answer {
    if FILES.lock().get(fd)?.kind != files::Kind::Console {
        return Err(ENOTTY);
    }
    const BYTES: usize = size_of::<Termios>();
    match request {
        TCGETS => {
            let out = bytes_mut(addr, BYTES)?;
            // SAFETY: `out` has room for one, at any alignment.
            unsafe { (out.as_mut_ptr() as *mut Termios).write_unaligned(console::termios()) };
            Ok(0)
        }
        0x5402..=TCSETSF => {
            let from = bytes(addr, BYTES)?;
            // SAFETY: any bytes are a mode.
            console::set_termios(unsafe { (from.as_ptr() as *const Termios).read_unaligned() });
            Ok(0)
        }
        TIOCGWINSZ => {
            // 24 rows, 80 columns: what every terminal has at least.
            bytes_mut(addr, 8)?.copy_from_slice(&[24, 0, 80, 0, 0, 0, 0, 0]);
            Ok(0)
        }
        _ => Err(ENOTTY),
    }
}

fn pipe2(addr: usize, flags: usize) -> Answer {
    let out = bytes_mut(addr, 8)?;
    let [reader, writer] = files::pipe(flags & O_NONBLOCK != 0, flags & O_CLOEXEC != 0)?;
    out.copy_from_slice(&(reader as u64 | (writer as u64) << 32).to_le_bytes());
    Ok(0)
}

/// The kernel's `struct stat` of the generic ABI: 16 words.
fn fstat(fd: usize, addr: usize) -> Answer {
    let kind = FILES.lock().get(fd)?.kind;
    let mode = match kind {
        files::Kind::Console | files::Kind::Interrupt(_) => S_IFCHR | 0o620,
        files::Kind::PipeReader(_) | files::Kind::PipeWriter(_) => S_IFIFO | 0o600,
    };
    let mut words = [0; 16];
    words[1] = fd as u64;
    words[2] = mode as u64 | 1 << 32;
    // The console's device number is that of a serial line, 4:64.
    words[4] = if kind == files::Kind::Console { 0x440 } else { 0 };
    words[7] = 4096;
    put(addr, words)
}

fn get_cwd(addr: usize, len: usize) -> Answer {
    if len < 2 {
        return Err(EINVAL);
    }
    bytes_mut(addr, 2)?.copy_from_slice(b"/\0");
    Ok(2)
}

fn duration(addr: usize) -> Result<u64, usize> {
    let [sec, nsec] = take(addr)?;
    match sec.checked_mul(1_000_000_000) {
        Some(ns) if nsec < 1_000_000_000 => Ok(ns + nsec),
        _ => Err(EINVAL),
    }
}

fn nanosleep(addr: usize) -> Answer {
    clock::sleep_ns(duration(addr)?);
    Ok(0)
}

fn clock_nanosleep(_clock: usize, flags: usize, addr: usize) -> Answer {
    const TIMER_ABSTIME: usize = 1;
    let ns = duration(addr)?;
    clock::sleep_ns(if flags & TIMER_ABSTIME != 0 { ns.saturating_sub(clock::now_ns()) } else { ns });
    Ok(0)
}

fn clock_gettime(clock: usize, addr: usize) -> Answer {
    let (sec, nsec) = match clock {
        0 | 5 => OpenSbi::walltime(),
        1 | 4 | 6 | 7 => {
            let ns = clock::now_ns();
            ((ns / 1_000_000_000) as i64, (ns % 1_000_000_000) as i32)
        }
        _ => return Err(EINVAL),
    };
    put(addr, [sec as u64, nsec as u64])
}

fn uname(addr: usize) -> Answer {
    const FIELD_BYTES: usize = 65;
    let out = bytes_mut(addr, 6 * FIELD_BYTES)?;
    out.fill(0);
    // The release is the oldest that the standard library takes features for granted of.
    let fields = ["Linux", "opensbi", "3.2.0", "rigo", "riscv64", "(none)"];
    for (field, text) in out.chunks_exact_mut(FIELD_BYTES).zip(fields) {
        field[..text.len()].copy_from_slice(text.as_bytes());
    }
    Ok(0)
}

fn getrandom(addr: usize, len: usize) -> Answer {
    entropy::fill(bytes_mut(addr, len)?);
    Ok(len)
}
