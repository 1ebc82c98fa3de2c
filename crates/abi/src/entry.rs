//! What compiled Go may call in the runtime archive.
//!
//! A call of a symbol in [`ENTRIES`] uses the C convention of the processor (Cranelift `system_v`).
//! Every parameter and result of class [`Class::Int`] or [`Class::Ptr`] is one 64-bit word; narrower
//! integers and booleans are extended by whoever produces them (a boolean is 0 or 1); a string is two
//! parameters and a slice three. There are at most six such parameters, so none is on the stack, and
//! at most two results.
//!
//! Behind each symbol (a [`Form::Leaf`] aside) stands a stub that saves the callee-saved registers in the current G, moves to
//! the system stack of the M, runs Rust there and comes back. To the caller it is an ordinary
//! C call: callee-saved registers and the register of g survive, all others do not. After a
//! [`Form::Park`] entry the goroutine may run on another M.
//!
//! A function that the program itself defines under one of these names wins: the archive's symbols are
//! weak, and `lower` then calls the Go function in Go's convention. So the overlay can put Go in the
//! place of an entry, and does for everything that builds Go values (panics with `runtime.Error`).

/// The register class of a parameter or result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// A word that is no pointer.
    Int,
    /// A word that may be a pointer.
    Ptr,
    /// A 32-bit float.
    F32,
    /// A 64-bit float.
    F64,
}

/// How an entry behaves towards its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Comes back to the caller on the same M; neither parks nor panics.
    Plain,
    /// May park the goroutine or panic.
    Park,
    /// Never comes back to its caller (deferred functions may run, and another frame may resume).
    NoReturn,
    /// Assembly on the caller's stack, which needs less than the nosplit headroom.
    Leaf,
    /// As `Leaf`, but in Cranelift's `tail` convention, because a `try_call` calls it.
    TailLeaf,
}

/// One entry.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The symbol.
    pub name: &'static str,
    /// Parameter classes, in order.
    pub params: &'static [Class],
    /// Result classes, in order.
    pub results: &'static [Class],
    /// What it does to the caller.
    pub form: Form,
}

/// Looks up the entry called `name`.
pub fn find(name: &str) -> Option<&'static Entry> {
    ENTRIES.iter().find(|entry| entry.name == name)
}

/// What `runtime.panicentry(code, x, y)` is told; `x` and `y` are 0 where no meaning is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub enum PanicCode {
    /// `send on closed channel`
    SendOnClosed = 0,
    /// `close of closed channel`
    CloseOfClosed = 1,
    /// `close of nil channel`
    CloseOfNil = 2,
    /// `makechan: size out of range`
    MakeChanSize = 3,
    /// runtime error: `makeslice: len out of range`
    MakeSliceLen = 4,
    /// runtime error: `makeslice: cap out of range`
    MakeSliceCap = 5,
    /// runtime error: `growslice: len out of range`
    GrowSliceLen = 6,
    /// runtime error: `makeslice: len out of range`, for `newarray`
    AllocSize = 7,
    /// `concatstrings` of more bytes than an int counts.
    StringTooLong = 8,
}

use Class::{F32, F64, Int, Ptr};
use Form::{Leaf, NoReturn, Park, Plain, TailLeaf};

const fn e(name: &'static str, params: &'static [Class], results: &'static [Class], form: Form) -> Entry {
    Entry { name, params, results, form }
}

/// Every entry. A `*T` parameter that is a type descriptor is written `t`.
pub static ENTRIES: &[Entry] = &[
    // Goroutines. `newproc(fn)` starts the closure `fn`, which takes no argument.
    e("runtime.newproc", &[Ptr], &[], Plain),
    e("runtime.Gosched", &[], &[], Park),
    e("runtime.Goexit", &[], &[], NoReturn),
    e("runtime.LockOSThread", &[], &[], Plain),
    e("runtime.UnlockOSThread", &[], &[], Plain),
    // initdone(): between the initialisers and main.main.
    e("runtime.initdone", &[], &[], Plain),
    e("runtime.block", &[], &[], Park),
    // Clears the part of the goroutine's stack that is not in use.
    e("runtime.clearstack", &[], &[], Plain),
    e("runtime.exit", &[Int], &[], NoReturn),
    // Channels. `elem` points to a buffer for one element, or is nil to drop what is received.
    // makechan(t, size); chansend1(c, elem); chanrecv1(c, elem); chanrecv2(c, elem) ok.
    e("runtime.makechan", &[Ptr, Int], &[Ptr], Park),
    e("runtime.chansend1", &[Ptr, Ptr], &[], Park),
    e("runtime.chanrecv1", &[Ptr, Ptr], &[], Park),
    e("runtime.chanrecv2", &[Ptr, Ptr], &[Int], Park),
    e("runtime.closechan", &[Ptr], &[], Park),
    e("runtime.chanlen", &[Ptr], &[Int], Plain),
    e("runtime.chancap", &[Ptr], &[Int], Plain),
    // selectnbsend(c, elem) sent; selectnbrecv(elem, c) (selected, ok).
    e("runtime.selectnbsend", &[Ptr, Ptr], &[Int], Park),
    e("runtime.selectnbrecv", &[Ptr, Ptr], &[Int, Int], Park),
    // selectgo(cases, order, n_sends, n_recvs, block) (index, ok): `cases` is an array of {c, elem}, sends
    // first; `order` has room for 2*(n_sends+n_recvs) u16. Index -1: nothing was ready and block is 0.
    e("runtime.selectgo", &[Ptr, Ptr, Int, Int, Int], &[Int, Int], Park),
    // print and println, to standard error, between printlock and printunlock.
    e("runtime.printlock", &[], &[], Plain),
    e("runtime.printunlock", &[], &[], Plain),
    e("runtime.printbool", &[Int], &[], Plain),
    e("runtime.printint", &[Int], &[], Plain),
    e("runtime.printuint", &[Int], &[], Plain),
    e("runtime.printhex", &[Int], &[], Plain),
    e("runtime.printfloat32", &[F32], &[], Plain),
    e("runtime.printfloat64", &[F64], &[], Plain),
    e("runtime.printcomplex64", &[F32, F32], &[], Plain),
    e("runtime.printcomplex128", &[F64, F64], &[], Plain),
    e("runtime.printpointer", &[Ptr], &[], Plain),
    e("runtime.printuintptr", &[Int], &[], Plain),
    e("runtime.printstring", &[Ptr, Int], &[], Plain),
    e("runtime.printslice", &[Ptr, Int, Int], &[], Plain),
    e("runtime.printeface", &[Ptr, Ptr], &[], Plain),
    e("runtime.printiface", &[Ptr, Ptr], &[], Plain),
    e("runtime.printnl", &[], &[], Plain),
    e("runtime.printsp", &[], &[], Plain),
    // Failed checks: (index or bound, length or capacity), the first word signed; in the forms with
    // U it is unsigned. The names and their meaning are gc's.
    e("runtime.panicIndex", &[Int, Int], &[], NoReturn),
    e("runtime.panicIndexU", &[Int, Int], &[], NoReturn),
    e("runtime.panicSliceAlen", &[Int, Int], &[], NoReturn),
    e("runtime.panicSliceAlenU", &[Int, Int], &[], NoReturn),
    e("runtime.panicSliceAcap", &[Int, Int], &[], NoReturn),
    e("runtime.panicSliceAcapU", &[Int, Int], &[], NoReturn),
    e("runtime.panicSliceB", &[Int, Int], &[], NoReturn),
    e("runtime.panicSliceBU", &[Int, Int], &[], NoReturn),
    e("runtime.panicSlice3Alen", &[Int, Int], &[], NoReturn),
    e("runtime.panicSlice3AlenU", &[Int, Int], &[], NoReturn),
    e("runtime.panicSlice3Acap", &[Int, Int], &[], NoReturn),
    e("runtime.panicSlice3AcapU", &[Int, Int], &[], NoReturn),
    e("runtime.panicSlice3B", &[Int, Int], &[], NoReturn),
    e("runtime.panicSlice3BU", &[Int, Int], &[], NoReturn),
    e("runtime.panicSlice3C", &[Int, Int], &[], NoReturn),
    e("runtime.panicSlice3CU", &[Int, Int], &[], NoReturn),
    e("runtime.panicSliceConvert", &[Int, Int], &[], NoReturn),
    e("runtime.panicdivide", &[], &[], NoReturn),
    e("runtime.panicshift", &[], &[], NoReturn),
    e("runtime.panicmem", &[], &[], NoReturn),
    e("runtime.panicmakeslicelen", &[], &[], NoReturn),
    e("runtime.panicmakeslicecap", &[], &[], NoReturn),
    e("runtime.panicunsafeslicelen", &[], &[], NoReturn),
    e("runtime.panicunsafeslicenilptr", &[], &[], NoReturn),
    e("runtime.panicunsafestringlen", &[], &[], NoReturn),
    e("runtime.panicunsafestringnilptr", &[], &[], NoReturn),
    // What an entry calls when it must panic: (code, x, y); the codes are `PanicCode`.
    e("runtime.panicentry", &[Int, Int, Int], &[], NoReturn),
    // Ends the program with the report of the current goroutine's panics; what `gopanic` calls when nobody recovers.
    e("runtime.fatalpanic", &[], &[], NoReturn),
    e("runtime.reportpanic", &[], &[], NoReturn),
    // Memory. `typ` may be nil for memory without pointers.
    // mallocgc(size, t, needzero); newobject(t); newarray(t, n); makeslice(t, len, cap).
    e("runtime.mallocgc", &[Int, Ptr, Int], &[Ptr], Park),
    e("runtime.newobject", &[Ptr], &[Ptr], Park),
    e("runtime.newarray", &[Ptr, Int], &[Ptr], Park),
    e("runtime.makeslice", &[Ptr, Int, Int], &[Ptr], Park),
    // growslice(old, new_len, old_cap, num, t) (data, cap): room for new_len elements, of which the last num are
    // new; the first new_len-num are copied from old. The caller knows the length.
    e("runtime.growslice", &[Ptr, Int, Int, Int, Ptr], &[Ptr, Int], Park),
    // memmove(dst, src, n); memclrNoHeapPointers(p, n); memequal(p, q, n) equal.
    e("runtime.memmove", &[Ptr, Ptr, Int], &[], Leaf),
    e("runtime.memclrNoHeapPointers", &[Ptr, Int], &[], Leaf),
    e("runtime.memequal", &[Ptr, Ptr, Int], &[Int], Leaf),
    // Interfaces. typeAssertItab(inter, t): the itab, nil if t is nil or does not implement inter. convI2I is the same where
    // it must. panicdottypeE(have, want, inter), panicdottypeI alike, for assertions to concrete and to interface types.
    // efaceeqval(t1, d1, t2, d2) equal; ifaceeqval has itabs for the types. Both may call Go.
    e("runtime.typeAssertItab", &[Ptr, Ptr], &[Ptr], Plain),
    e("runtime.convI2I", &[Ptr, Ptr], &[Ptr], Plain),
    e("runtime.panicdottypeE", &[Ptr, Ptr, Ptr], &[], NoReturn),
    e("runtime.panicdottypeI", &[Ptr, Ptr, Ptr], &[], NoReturn),
    e("runtime.panicuncomparable", &[Ptr], &[], NoReturn),
    e("runtime.efaceeqval", &[Ptr, Ptr, Ptr, Ptr], &[Int], Park),
    e("runtime.ifaceeqval", &[Ptr, Ptr, Ptr, Ptr], &[Int], Park),
    e("runtime.typeString", &[Ptr], &[Ptr, Int], Plain),
    // Values. typedmemmove(t, dst, src); typedmemclr(t, p); typedslicecopy(elem, dst, dst_len, src, src_len) n;
    // memclrHasPointers(p, bytes, elem); complex128div(a, b, c, d) is (a+bi)/(c+di).
    e("runtime.typedmemmove", &[Ptr, Ptr, Ptr], &[], Plain),
    e("runtime.typedmemclr", &[Ptr, Ptr], &[], Plain),
    e("runtime.typedslicecopy", &[Ptr, Ptr, Int, Ptr, Int], &[Int], Plain),
    e("runtime.memclrHasPointers", &[Ptr, Int, Ptr], &[], Plain),
    e("runtime.complex128div", &[F64, F64, F64, F64], &[F64, F64], Plain),
    // The collector. setgcpercent(percent) former; setmemorylimit(bytes) former; releasememory(); heapstats(p). The goroutine of the collector
    // calls in turn gcwait(), gcstop() and gcmark(), and gcsweep() more.
    e("runtime.GC", &[], &[], Park),
    e("runtime.setgcpercent", &[Int], &[Int], Plain),
    e("runtime.setmemorylimit", &[Int], &[Int], Plain),
    e("runtime.releasememory", &[], &[], Plain),
    e("runtime.heapstats", &[Ptr], &[], Plain),
    e("runtime.gcwait", &[], &[], Park),
    e("runtime.gcstop", &[], &[], Park),
    e("runtime.gcmark", &[], &[], Park),
    e("runtime.gcsweep", &[], &[Int], Plain),
    // objectbase(p) (base, size): 0 outside the heap; isstatic(p); addfinalizer(p, func, ptr type, func type) first; removefinalizer(p);
    // addcleanup(p, func) id; removecleanup(p, id); weakhandle(p, fresh) handle; strongof(handle) p; cleanupsqueued() n;
    // nextspecial(cleanups, call).
    e("runtime.objectbase", &[Ptr], &[Int, Int], Plain),
    e("runtime.isstatic", &[Ptr], &[Int], Plain),
    e("runtime.addfinalizer", &[Ptr, Ptr, Ptr, Ptr], &[Int], Plain),
    e("runtime.removefinalizer", &[Ptr], &[], Plain),
    e("runtime.addcleanup", &[Ptr, Ptr], &[Int], Plain),
    e("runtime.removecleanup", &[Int, Int], &[], Plain),
    e("runtime.weakhandle", &[Ptr, Ptr], &[Ptr], Plain),
    e("runtime.strongof", &[Ptr], &[Ptr], Plain),
    e("runtime.cleanupsqueued", &[], &[Int], Plain),
    e("runtime.nextspecial", &[Int, Ptr], &[], Park),
    // Before a copy or clearing of a value where the collector may look: wbMove(t, dst, src); wbZero(t, dst).
    e("runtime.wbMove", &[Ptr, Ptr, Ptr], &[], Plain),
    e("runtime.wbZero", &[Ptr, Ptr], &[], Plain),
    // Around a system call that may block. In between no entry may be called.
    e("runtime.entersyscall", &[], &[], Plain),
    e("runtime.exitsyscall", &[], &[], Park),
    // Strings. concatstrings(parts, n) string, parts being an array of n strings; cmpstring(a, b) -1, 0 or 1.
    e("runtime.concatstrings", &[Ptr, Int], &[Ptr, Int], Park),
    e("runtime.cmpstring", &[Ptr, Int, Ptr, Int], &[Int], Leaf),
    e("runtime.intstring", &[Int], &[Ptr, Int], Park),
    e("runtime.slicebytetostring", &[Ptr, Int], &[Ptr, Int], Park),
    // stringtoslicebyte(s) (data, cap), the length is the string's; stringtoslicerune(s) (data, len), where cap is len.
    e("runtime.stringtoslicebyte", &[Ptr, Int], &[Ptr, Int], Park),
    e("runtime.stringtoslicerune", &[Ptr, Int], &[Ptr, Int], Park),
    e("runtime.slicerunetostring", &[Ptr, Int], &[Ptr, Int], Park),
    // decoderune(s, k) (rune, index behind it); countrunes(s) n.
    e("runtime.decoderune", &[Ptr, Int, Int], &[Int, Int], Plain),
    e("runtime.countrunes", &[Ptr, Int], &[Int], Plain),
    // defer, panic, recover: see `defer`. gopanic(t, data); gorecover() (t, data).
    e("runtime.deferinit", &[Ptr, Ptr], &[], TailLeaf),
    e("runtime.deferpush", &[Ptr, Ptr, Ptr], &[], Leaf),
    e("runtime.deferpop", &[Ptr], &[Ptr], Leaf),
    e("runtime.gopanic", &[Ptr, Ptr], &[], NoReturn),
    e("runtime.gorecover", &[], &[Ptr, Ptr], Plain),
    // A fault in compiled Go calls sigpanic() from where it happened; faultinfo() (1 memory, 2 bus, 3 arithmetic; address).
    e("runtime.sigpanic", &[], &[], NoReturn),
    e("runtime.faultinfo", &[], &[Int, Int], Plain),
    // What the standard library reaches by linkname, under the name on its side and with its Go signature.
    e("time.Sleep", &[Int], &[], Park),
    e("runtime.newtimer", &[Int, Int, Ptr, Ptr, Ptr, Ptr], &[Ptr], Plain),
    e("runtime.settimebase", &[Ptr, Ptr], &[], Plain),
    e("time.stopTimer", &[Ptr], &[Int], Plain),
    e("time.resetTimer", &[Ptr, Int, Int], &[Int], Plain),
    e("sync.runtime_Semacquire", &[Ptr], &[], Park),
    e("sync.runtime_SemacquireWaitGroup", &[Ptr, Int], &[], Park),
    e("sync.runtime_SemacquireRWMutex", &[Ptr, Int, Int], &[], Park),
    e("sync.runtime_SemacquireRWMutexR", &[Ptr, Int, Int], &[], Park),
    e("sync.runtime_Semrelease", &[Ptr, Int, Int], &[], Park),
    e("internal/sync.runtime_SemacquireMutex", &[Ptr, Int, Int], &[], Park),
    e("internal/sync.runtime_Semrelease", &[Ptr, Int, Int], &[], Park),
    e("internal/poll.runtime_Semacquire", &[Ptr], &[], Park),
    e("internal/poll.runtime_Semrelease", &[Ptr], &[], Park),
    e("sync.runtime_notifyListAdd", &[Ptr], &[Int], Plain),
    e("sync.runtime_notifyListWait", &[Ptr, Int], &[], Park),
    e("sync.runtime_notifyListNotifyAll", &[Ptr], &[], Plain),
    e("sync.runtime_notifyListNotifyOne", &[Ptr], &[], Plain),
    e("sync.runtime_notifyListCheck", &[Int], &[], Plain),
    e("sync.runtime_procPin", &[], &[Int], Plain),
    e("sync.runtime_procUnpin", &[], &[], Plain),
    e("sync/atomic.runtime_procPin", &[], &[Int], Plain),
    e("sync/atomic.runtime_procUnpin", &[], &[], Plain),
    e("internal/sync.runtime_nanotime", &[], &[Int], Plain),
    e("time.runtimeNano", &[], &[Int], Plain),
    e("sync.fatal", &[Ptr, Int], &[], NoReturn),
    e("sync.throw", &[Ptr, Int], &[], NoReturn),
    e("internal/sync.fatal", &[Ptr, Int], &[], NoReturn),
    e("internal/sync.throw", &[Ptr, Int], &[], NoReturn),
    e("internal/runtime/maps.newobject", &[Ptr], &[Ptr], Park),
    e("internal/runtime/maps.newarray", &[Ptr, Int], &[Ptr], Park),
    e("internal/runtime/maps.typedmemmove", &[Ptr, Ptr, Ptr], &[], Plain),
    e("internal/runtime/maps.typedmemclr", &[Ptr, Ptr], &[], Plain),
    e("internal/runtime/maps.rand", &[], &[Int], Plain),
    e("internal/runtime/maps.typeString", &[Ptr], &[Ptr, Int], Plain),
    e("internal/runtime/maps.fatal", &[Ptr, Int], &[], NoReturn),
    e("reflect.unsafe_New", &[Ptr], &[Ptr], Park),
    e("reflect.unsafe_NewArray", &[Ptr, Int], &[Ptr], Park),
    e("reflect.makechan", &[Ptr, Int], &[Ptr], Park),
    e("reflect.chanlen", &[Ptr], &[Int], Plain),
    e("reflect.chancap", &[Ptr], &[Int], Plain),
    e("reflect.chanclose", &[Ptr], &[], Park),
    e("reflect.typedmemmove", &[Ptr, Ptr, Ptr], &[], Plain),
    e("reflect.typedmemclr", &[Ptr, Ptr], &[], Plain),
    e("reflect.typedmemclrpartial", &[Ptr, Ptr, Int, Int], &[], Plain),
    e("reflect.typedarrayclear", &[Ptr, Ptr, Int], &[], Plain),
    e("reflect.resolveNameOff", &[Ptr, Int], &[Ptr], Plain),
    e("reflect.resolveTypeOff", &[Ptr, Int], &[Ptr], Plain),
    e("reflect.resolveTextOff", &[Ptr, Int], &[Ptr], Plain),
    e("internal/reflectlite.unsafe_New", &[Ptr], &[Ptr], Park),
    e("internal/reflectlite.chanlen", &[Ptr], &[Int], Plain),
    e("internal/reflectlite.typedmemmove", &[Ptr, Ptr, Ptr], &[], Plain),
    e("internal/reflectlite.resolveNameOff", &[Ptr, Int], &[Ptr], Plain),
    e("internal/reflectlite.resolveTypeOff", &[Ptr, Int], &[Ptr], Plain),
    e("internal/poll.runtime_pollServerInit", &[], &[], Plain),
    e("internal/poll.runtime_pollOpen", &[Int], &[Ptr, Int], Plain),
    e("internal/poll.runtime_pollClose", &[Ptr], &[], Plain),
    e("internal/poll.runtime_pollReset", &[Ptr, Int], &[Int], Plain),
    e("internal/poll.runtime_pollWait", &[Ptr, Int], &[Int], Park),
    e("internal/poll.runtime_pollUnblock", &[Ptr], &[], Plain),
    e("internal/poll.runtime_pollSetDeadline", &[Ptr, Int, Int], &[], Plain),
    e("internal/poll.runtime_isPollServerDescriptor", &[Int], &[Int], Plain),
    e("internal/sync.runtime_canSpin", &[Int], &[Int], Plain),
    e("internal/sync.runtime_doSpin", &[], &[], Plain),
    e("syscall.Getpagesize", &[], &[Int], Plain),
    e("syscall.Exit", &[Int], &[], NoReturn),
    e("reflect.maplen", &[Ptr], &[Int], Plain),
    e("internal/reflectlite.maplen", &[Ptr], &[Int], Plain),
    e("reflect.verifyNotInHeapPtr", &[Int], &[Int], Plain),
    e("reflect.addReflectOff", &[Ptr], &[Int], Plain),
    // func Syscall6(num, a1 ... a6 uintptr) (r1, r2, errno uintptr), in Go's convention.
    e(
        "internal/runtime/syscall/linux.Syscall6",
        &[Int, Int, Int, Int, Int, Int, Int],
        &[Int, Int, Int],
        TailLeaf,
    ),
    // func rawVforkSyscall(trap, a1, a2, a3 uintptr) (r1, errno uintptr), the same.
    e("syscall.rawVforkSyscall", &[Int, Int, Int, Int], &[Int, Int], TailLeaf),
    // What the overlay's Go builds on. walltime() (sec, nsec), above 1<<32 if there is no monotonic clock beside it; sysarg(i), sysenv(i): C string or nil behind the last.
    e("runtime.nanotime", &[], &[Int], Plain),
    e("runtime.walltime", &[], &[Int, Int], Plain),
    // Profiles (`profile` of the archive has the records). profile(kind, buf, room) words; setblockrate(ns); countblock(ns, skip); setmutexfraction(n) former;
    // goroutineprofile(buf, room) words; setlabels(p); labels() p; nthreads() n; schedstats(p); setcpurate(hz, system pc, collector pc);
    // readcpu(buf, room) (words, lost).
    e("runtime.profile", &[Int, Ptr, Int], &[Int], Plain),
    e("runtime.setblockrate", &[Int], &[], Plain),
    e("runtime.countblock", &[Int, Int], &[], Plain),
    e("runtime.setmutexfraction", &[Int], &[Int], Plain),
    e("runtime.goroutineprofile", &[Ptr, Int], &[Int], Park),
    e("runtime.setlabels", &[Ptr], &[], Plain),
    e("runtime.labels", &[], &[Ptr], Plain),
    e("runtime.nthreads", &[], &[Int], Plain),
    e("runtime.schedstats", &[Ptr], &[], Plain),
    // heapdump(fd, stats, n, arch string) done: 0 if the world could not be stopped; everythread(words): 7 words of a system call, its result and error
    // number; crashfd(fd) former.
    e("runtime.heapdump", &[Int, Ptr, Int, Ptr, Int], &[Int], Park),
    e("runtime.everythread", &[Ptr], &[], Park),
    e("runtime.crashfd", &[Int], &[Int], Plain),
    // A word of the current goroutine, for packages crypto: cryptostate() word; setcryptostate(word).
    e("runtime.cryptostate", &[], &[Int], Plain),
    e("runtime.setcryptostate", &[Int], &[], Plain),
    e("runtime.setcpurate", &[Int, Int, Int], &[], Plain),
    e("runtime.readcpu", &[Ptr, Int], &[Int, Int], Plain),
    // Bubbles of testing/synctest. bubblestart(fn) started; bubblestep() (0 goes on, 1 over, 2 all blocked, 3 only the root lives);
    // bubblewait() (0, 1 no bubble, 2 somebody waits); bubbleid() id; bubblehold() b; bubblerelease(b); bubbleenter(b) entered.
    e("runtime.bubblestart", &[Ptr], &[Int], Plain),
    e("runtime.bubblestep", &[], &[Int], Park),
    e("runtime.bubblewait", &[], &[Int], Park),
    e("runtime.bubbleid", &[], &[Int], Plain),
    e("runtime.bubblehold", &[], &[Int], Plain),
    e("runtime.bubblerelease", &[Int], &[], Plain),
    e("runtime.bubbleenter", &[Int], &[Int], Plain),
    e("runtime.bubbleleave", &[], &[], Plain),
    e("internal/synctest.associate", &[Ptr], &[Int], Plain),
    e("internal/synctest.disassociate", &[Ptr], &[], Plain),
    e("internal/synctest.isAssociated", &[Ptr], &[Int], Plain),
    e("runtime.rand", &[], &[Int], Plain),
    e("runtime.gomaxprocs", &[Int], &[Int], Park),
    e("runtime.defaultgomaxprocs", &[], &[Int], Park),
    e("runtime.randn", &[Int], &[Int], Plain),
    e("runtime.numgoroutine", &[], &[Int], Plain),
    e("runtime.goid", &[], &[Int], Plain),
    // callers(skip, buf, n) n: return addresses; framesat(pc, buf, n) n: the calls there; functionat(pc, buf) found;
    // stacktrace(buf, n, all) n: a traceback as text. A frame is 7 words: name, file (each address and length), line, entry, wrapper.
    e("runtime.callers", &[Int, Ptr, Int], &[Int], Plain),
    e("runtime.framesat", &[Int, Ptr, Int], &[Int], Plain),
    e("runtime.functionat", &[Int, Ptr], &[Int], Plain),
    e("runtime.stacktrace", &[Ptr, Int, Int], &[Int], Park),
    e("runtime.panicnil", &[], &[], NoReturn),
    // A function iterator went on when it should not: the state is internal/abi's RF_State.
    e("runtime.panicrangestate", &[Int], &[], NoReturn),
    // coronew(c, start); coroswitchto(c); coroexitto(c): the first word of c is the runtime's.
    e("runtime.coronew", &[Ptr, Ptr], &[], Plain),
    e("runtime.coroswitchto", &[Ptr], &[], Park),
    e("runtime.coroexitto", &[Ptr], &[], Plain),
    e("runtime.sigenable", &[Int], &[], Plain),
    e("runtime.sigdisable", &[Int], &[], Plain),
    e("runtime.sigignore", &[Int], &[], Plain),
    e("runtime.sigignored", &[Int], &[Int], Plain),
    e("runtime.sigrecv", &[], &[Int], Park),
    e("runtime.sigidle", &[], &[Int], Plain),
    e("runtime.sigpipe", &[], &[], Plain),
    e("runtime.sigclear", &[], &[], Plain),
    e("runtime.ignoresigsys", &[Int], &[], Plain),
    // setpanicfault(on) former; settraceback(level string).
    e("runtime.setpanicfault", &[Int], &[Int], Plain),
    e("runtime.settraceback", &[Ptr, Int], &[], Plain),
    // setmaxstack(bytes) former; setmaxthreads(n) former.
    e("runtime.setmaxstack", &[Int], &[Int], Plain),
    e("runtime.setmaxthreads", &[Int], &[Int], Plain),
    // missingMethodName(inter, t) string; typePkgPath(t) string.
    e("runtime.missingMethodName", &[Ptr, Ptr], &[Ptr, Int], Plain),
    e("runtime.typePkgPath", &[Ptr], &[Ptr, Int], Plain),
    e("runtime.ncpu", &[], &[Int], Plain),
    e("runtime.sysarg", &[Int], &[Ptr], Plain),
    e("runtime.sysenv", &[Int], &[Ptr], Plain),
    e("runtime.writeErr", &[Ptr, Int], &[], Plain),
    e("runtime.throw", &[Ptr, Int], &[], NoReturn),
    e("runtime.fatal", &[Ptr, Int], &[], NoReturn),
];
