//! The entries of the runtime: one line binds a name of `abi::entry::ENTRIES` to its Rust function.
//!
//! `panicstep`, which only the stub of `gopanic` calls, stands in `lang::panic`; the leaf entries are in `arch`.

use crate::heap::alloc::{growslice, makeslice, mallocgc, newarray, newobject};
use crate::heap::barrier::{wb_move, wb_zero};
use crate::heap::gc;
use crate::heap::size_class::SMALL;
use crate::heap::specials;
use crate::lang::chan::*;
use crate::lang::iface::*;
use crate::lang::panic::*;
use crate::lang::print::*;
use crate::lang::select::*;
use crate::lang::semaphore::*;
use crate::lang::stack_trace::*;
use crate::lang::string::*;
use crate::lang::system::*;
use crate::lang::typed::*;
use crate::lang::typename::add_reflect_off;
use crate::profile::{buckets, contention, cpu, goroutines, heapdump, metrics};
use crate::sched::association::{associate, disassociate, is_associated};
use crate::sched::bubble::{
    bubble_enter, bubble_hold, bubble_id, bubble_leave, bubble_release, bubble_start, bubble_step,
    bubble_step_resume, bubble_wait,
};
use crate::sched::coro::*;
use crate::sched::every_thread::{every_thread, every_thread_resume};
use crate::sched::lock::{init_done, lock_os_thread, unlock_os_thread};
use crate::sched::netpoll::*;
use crate::sched::procs::{defaultgomaxprocs, gomaxprocs, ncpu, resize_again};
use crate::sched::signals::*;
use crate::sched::syscall::{entersyscall, exitsyscall};
use crate::sched::time_timers::{new_timer, reset_timer, settimebase, stop_timer};
use crate::sched::timers::sleep;
use crate::sched::{clear_unused, gosched, newproc, nothing_left, park_forever, yielded};
use crate::sched::{setmaxstack, setmaxthreads};

extern "C" fn exit(status: i32) {
    crate::sched::trace::finish();
    platform::exit(status)
}

arch::allocation!(newobject, makeslice, mallocgc, yielded, SMALL);
arch::typed_memory!(typedmemmove, typedmemclr);
arch::write_barrier!(gc::flush_barrier);

/// Binds the entries and lists their names for the test below.
macro_rules! entries {
    ($($form:ident $name:literal => $function:path $(, $resume:path)?;)*) => {
        $(arch::entry!($form $name => $function $(, $resume)?);)*
        #[cfg(test)]
        const BOUND: &[(&str, &str)] = &[$(($name, stringify!($form))),*];
    };
}

entries! {
    plain "runtime.newproc" => newproc;
    park "runtime.Gosched" => gosched, nothing_left;
    plain "runtime.LockOSThread" => lock_os_thread;
    plain "runtime.UnlockOSThread" => unlock_os_thread;
    plain "runtime.initdone" => init_done;
    park "runtime.block" => park_forever, nothing_left;
    plain "runtime.clearstack" => clear_unused;
    noreturn "runtime.exit" => exit;
    park "runtime.makechan" => makechan, nothing_left;
    park "runtime.chansend1" => chansend1, chansend1_resume;
    park "runtime.chanrecv1" => chanrecv2, chanrecv2_resume;
    park "runtime.chanrecv2" => chanrecv2, chanrecv2_resume;
    park "runtime.closechan" => closechan, nothing_left;
    plain "runtime.chanlen" => chanlen;
    plain "runtime.chancap" => chancap;
    park "runtime.selectnbsend" => selectnbsend, nothing_left;
    park "runtime.selectnbrecv" => selectnbrecv, nothing_left;
    park "runtime.selectgo" => selectgo, selectgo_resume;
    plain "runtime.printlock" => printlock;
    plain "runtime.printunlock" => printunlock;
    plain "runtime.printbool" => printbool;
    plain "runtime.printint" => printint;
    plain "runtime.printuint" => printuint;
    plain "runtime.printhex" => printhex;
    plain "runtime.printfloat32" => printfloat32;
    plain "runtime.printfloat64" => printfloat64;
    plain "runtime.printcomplex64" => printcomplex64;
    plain "runtime.printcomplex128" => printcomplex128;
    plain "runtime.printpointer" => printhex;
    plain "runtime.printuintptr" => printuint;
    plain "runtime.printstring" => printstring;
    plain "runtime.printslice" => printslice;
    plain "runtime.printeface" => printeface;
    plain "runtime.printiface" => printeface;
    plain "runtime.printnl" => printnl;
    plain "runtime.printsp" => printsp;
    raise "runtime.panicIndex" => panic_index;
    raise "runtime.panicIndexU" => panic_index_u;
    raise "runtime.panicSliceAlen" => panic_slice_alen;
    raise "runtime.panicSliceAlenU" => panic_slice_alen_u;
    raise "runtime.panicSliceAcap" => panic_slice_acap;
    raise "runtime.panicSliceAcapU" => panic_slice_acap_u;
    raise "runtime.panicSliceB" => panic_slice_b;
    raise "runtime.panicSliceBU" => panic_slice_b_u;
    raise "runtime.panicSlice3Alen" => panic_slice3_alen;
    raise "runtime.panicSlice3AlenU" => panic_slice3_alen_u;
    raise "runtime.panicSlice3Acap" => panic_slice3_acap;
    raise "runtime.panicSlice3AcapU" => panic_slice3_acap_u;
    raise "runtime.panicSlice3B" => panic_slice3_b;
    raise "runtime.panicSlice3BU" => panic_slice3_b_u;
    raise "runtime.panicSlice3C" => panic_slice3_c;
    raise "runtime.panicSlice3CU" => panic_slice3_c_u;
    raise "runtime.panicSliceConvert" => panic_slice_convert;
    raise "runtime.panicdivide" => panicdivide;
    raise "runtime.panicshift" => panicshift;
    raise "runtime.panicmem" => panicmem;
    raise "runtime.panicmakeslicelen" => panicmakeslicelen;
    raise "runtime.panicmakeslicecap" => panicmakeslicecap;
    raise "runtime.panicunsafeslicelen" => panicunsafeslicelen;
    raise "runtime.panicunsafeslicenilptr" => panicunsafeslicenilptr;
    raise "runtime.panicunsafestringlen" => panicunsafestringlen;
    raise "runtime.panicunsafestringnilptr" => panicunsafestringnilptr;
    raise "runtime.panicentry" => panicentry;
    noreturn "runtime.reportpanic" => reportpanic;
    park "runtime.newarray" => newarray, yielded;
    park "runtime.growslice" => growslice, yielded;
    park "runtime.concatstrings" => concatstrings, yielded;
    park "runtime.intstring" => intstring, yielded;
    park "runtime.slicebytetostring" => slicebytetostring, yielded;
    park "runtime.stringtoslicebyte" => stringtoslicebyte, yielded;
    park "runtime.stringtoslicerune" => stringtoslicerune, yielded;
    park "runtime.slicerunetostring" => slicerunetostring, yielded;
    park "runtime.GC" => gc::run, nothing_left;
    plain "runtime.setgcpercent" => gc::pace::setgcpercent;
    plain "runtime.setmemorylimit" => gc::pace::setmemorylimit;
    plain "runtime.releasememory" => gc::pace::releasememory;
    plain "runtime.heapstats" => gc::stats::heapstats;
    park "runtime.gcwait" => gc::gc_wait, gc::gc_wait;
    park "runtime.gcstop" => gc::gc_stop, gc::gc_stop;
    park "runtime.gcmark" => gc::gc_mark, gc::gc_mark_resume;
    plain "runtime.gcsweep" => gc::gc_sweep;
    plain "runtime.objectbase" => specials::objectbase;
    plain "runtime.isstatic" => specials::isstatic;
    plain "runtime.addfinalizer" => specials::addfinalizer;
    plain "runtime.removefinalizer" => specials::removefinalizer;
    plain "runtime.addcleanup" => specials::addcleanup;
    plain "runtime.removecleanup" => specials::removecleanup;
    plain "runtime.weakhandle" => specials::weakhandle;
    plain "runtime.strongof" => specials::strongof;
    plain "runtime.cleanupsqueued" => specials::cleanupsqueued;
    park "runtime.nextspecial" => specials::nextspecial, specials::take_next;
    plain "runtime.wbMove" => wb_move;
    plain "runtime.wbZero" => wb_zero;
    plain "runtime.typeAssertItab" => type_assert_itab;
    plain "runtime.convI2I" => type_assert_itab;
    raise "runtime.panicdottypeE" => panicdottype_e;
    raise "runtime.panicdottypeI" => panicdottype_i;
    raise "runtime.panicuncomparable" => panicuncomparable;
    plain "runtime.typedslicecopy" => typedslicecopy;
    plain "runtime.memclrHasPointers" => memclr_has_pointers;
    plain "runtime.complex128div" => complex128div;
    park "internal/runtime/maps.newarray" => newarray, yielded;
    plain "internal/runtime/maps.rand" => rand;
    plain "internal/runtime/maps.typeString" => type_string_entry;
    noreturn "internal/runtime/maps.fatal" => fatal;
    park "reflect.unsafe_NewArray" => newarray, yielded;
    park "reflect.makechan" => makechan, nothing_left;
    plain "reflect.chanlen" => chanlen;
    plain "reflect.chancap" => chancap;
    park "reflect.chanclose" => closechan, nothing_left;
    plain "reflect.typedmemclrpartial" => typedmemclrpartial;
    plain "reflect.typedarrayclear" => typedarrayclear;
    plain "reflect.resolveNameOff" => resolve_off;
    plain "reflect.resolveTypeOff" => resolve_off;
    plain "reflect.resolveTextOff" => resolve_text_off;
    plain "internal/reflectlite.chanlen" => chanlen;
    plain "internal/reflectlite.resolveNameOff" => resolve_off;
    plain "internal/reflectlite.resolveTypeOff" => resolve_off;
    plain "runtime.typeString" => type_string_entry;
    plain "runtime.callers" => callers;
    plain "runtime.framesat" => framesat;
    plain "runtime.functionat" => functionat;
    park "runtime.stacktrace" => stacktrace, stacktrace_resume;
    plain "runtime.numgoroutine" => numgoroutine;
    plain "runtime.goid" => goid;
    plain "runtime.randn" => randn;
    plain "internal/sync.runtime_canSpin" => can_spin;
    plain "internal/sync.runtime_doSpin" => do_spin;
    plain "syscall.Getpagesize" => pagesize;
    plain "reflect.maplen" => maplen;
    plain "internal/reflectlite.maplen" => maplen;
    plain "reflect.verifyNotInHeapPtr" => not_in_heap;
    plain "reflect.addReflectOff" => add_reflect_off;
    raise "runtime.panicnil" => panicnil;
    raise "runtime.panicrangestate" => panicrangestate;
    noreturn "syscall.Exit" => exit;
    plain "runtime.coronew" => coronew;
    park "runtime.coroswitchto" => coroswitchto, nothing_left;
    plain "runtime.coroexitto" => coroexitto;
    plain "runtime.sigenable" => sigenable;
    plain "runtime.sigdisable" => sigdisable;
    plain "runtime.sigignore" => sigignore;
    plain "runtime.sigignored" => sigignored;
    park "runtime.sigrecv" => sigrecv, sigrecv;
    plain "runtime.sigidle" => sigidle;
    plain "runtime.sigpipe" => sigpipe;
    plain "runtime.sigclear" => sigclear;
    plain "runtime.ignoresigsys" => ignoresigsys;
    plain "runtime.setpanicfault" => crate::lang::fault::setpanicfault;
    plain "runtime.settraceback" => crate::lang::report::settraceback;
    plain "runtime.setmaxstack" => setmaxstack;
    plain "runtime.setmaxthreads" => setmaxthreads;
    plain "runtime.missingMethodName" => missing_method_name;
    plain "runtime.typePkgPath" => type_pkg_path;
    plain "internal/poll.runtime_pollServerInit" => poll_server_init;
    plain "internal/poll.runtime_pollOpen" => poll_open;
    plain "internal/poll.runtime_pollClose" => poll_close;
    plain "internal/poll.runtime_pollReset" => poll_reset;
    park "internal/poll.runtime_pollWait" => poll_wait, poll_wait_resume;
    plain "internal/poll.runtime_pollUnblock" => poll_unblock;
    plain "internal/poll.runtime_pollSetDeadline" => poll_set_deadline;
    plain "internal/poll.runtime_isPollServerDescriptor" => is_poll_descriptor;
    plain "runtime.entersyscall" => entersyscall;
    park "runtime.exitsyscall" => exitsyscall, nothing_left;
    plain "runtime.decoderune" => decoderune;
    plain "runtime.countrunes" => countrunes;
    raise "runtime.sigpanic" => crate::lang::fault::sigpanic;
    plain "runtime.faultinfo" => crate::lang::fault::faultinfo;
    plain "runtime.gorecover" => gorecover;
    park "time.Sleep" => sleep, nothing_left;
    plain "runtime.newtimer" => new_timer;
    plain "runtime.settimebase" => settimebase;
    plain "time.stopTimer" => stop_timer;
    plain "time.resetTimer" => reset_timer;
    plain "runtime.profile" => buckets::profile;
    plain "runtime.countblock" => contention::count_block_event;
    plain "runtime.setblockrate" => contention::set_block_rate;
    plain "runtime.setmutexfraction" => contention::set_mutex_fraction;
    park "runtime.goroutineprofile" => goroutines::goroutine_profile, goroutines::goroutine_profile_resume;
    plain "runtime.setlabels" => goroutines::set_labels;
    plain "runtime.labels" => goroutines::labels;
    park "runtime.heapdump" => heapdump::heap_dump, nothing_left;
    park "runtime.everythread" => every_thread, every_thread_resume;
    plain "runtime.crashfd" => crash_fd;
    plain "runtime.cryptostate" => crypto_state;
    plain "runtime.setcryptostate" => set_crypto_state;
    plain "runtime.schedstats" => metrics::schedstats;
    plain "runtime.nthreads" => goroutines::n_threads;
    plain "runtime.setcpurate" => cpu::set_cpu_rate;
    plain "runtime.readcpu" => cpu::read_cpu;
    plain "runtime.bubblestart" => bubble_start;
    park "runtime.bubblestep" => bubble_step, bubble_step_resume;
    park "runtime.bubblewait" => bubble_wait, nothing_left;
    plain "runtime.bubbleid" => bubble_id;
    plain "runtime.bubblehold" => bubble_hold;
    plain "runtime.bubblerelease" => bubble_release;
    plain "runtime.bubbleenter" => bubble_enter;
    plain "runtime.bubbleleave" => bubble_leave;
    plain "internal/synctest.associate" => associate;
    plain "internal/synctest.disassociate" => disassociate;
    plain "internal/synctest.isAssociated" => is_associated;
    park "sync.runtime_Semacquire" => semacquire, acquire_resume;
    park "sync.runtime_SemacquireWaitGroup" => semacquire_wait_group, acquire_resume;
    park "sync.runtime_SemacquireRWMutex" => semacquire_rwmutex, acquire_resume;
    park "sync.runtime_SemacquireRWMutexR" => semacquire_rwmutex_r, acquire_resume;
    park "sync.runtime_Semrelease" => semrelease, nothing_left;
    park "internal/sync.runtime_SemacquireMutex" => semacquire_mutex, acquire_resume;
    park "internal/sync.runtime_Semrelease" => semrelease, nothing_left;
    park "internal/poll.runtime_Semacquire" => semacquire, acquire_resume;
    park "internal/poll.runtime_Semrelease" => semrelease1, nothing_left;
    plain "sync.runtime_notifyListAdd" => notify_list_add;
    park "sync.runtime_notifyListWait" => notify_list_wait, notify_list_wait_resume;
    plain "sync.runtime_notifyListNotifyAll" => notify_list_notify_all;
    plain "sync.runtime_notifyListNotifyOne" => notify_list_notify_one;
    plain "sync.runtime_notifyListCheck" => notify_list_check;
    plain "sync.runtime_procPin" => proc_pin;
    plain "sync.runtime_procUnpin" => proc_unpin;
    plain "sync/atomic.runtime_procPin" => proc_pin;
    plain "sync/atomic.runtime_procUnpin" => proc_unpin;
    plain "internal/sync.runtime_nanotime" => nanotime;
    plain "time.runtimeNano" => time_nanotime;
    plain "runtime.nanotime" => nanotime;
    plain "runtime.walltime" => walltime;
    plain "runtime.rand" => rand;
    park "runtime.gomaxprocs" => gomaxprocs, resize_again;
    park "runtime.defaultgomaxprocs" => defaultgomaxprocs, resize_again;
    plain "runtime.ncpu" => ncpu;
    plain "runtime.sysarg" => arg;
    plain "runtime.sysenv" => env;
    plain "runtime.writeErr" => write_err;
    noreturn "sync.fatal" => fatal;
    noreturn "sync.throw" => fatal;
    noreturn "internal/sync.fatal" => fatal;
    noreturn "internal/sync.throw" => fatal;
    noreturn "runtime.throw" => fatal;
    noreturn "runtime.fatal" => fatal;
}

#[cfg(test)]
mod tests {
    use super::BOUND;
    use abi::entry::{ENTRIES, Form};

    /// Defined by `arch` itself, not by `entries!`.
    const IN_ARCH: &[&str] = &[
        "runtime.gopanic",
        "runtime.Goexit",
        "runtime.fatalpanic",
        "runtime.efaceeqval",
        "runtime.ifaceeqval",
        "runtime.newobject",
        "internal/runtime/maps.newobject",
        "reflect.unsafe_New",
        "internal/reflectlite.unsafe_New",
        "runtime.mallocgc",
        "runtime.makeslice",
        "runtime.typedmemmove",
        "runtime.typedmemclr",
        "internal/runtime/maps.typedmemmove",
        "internal/runtime/maps.typedmemclr",
        "reflect.typedmemmove",
        "reflect.typedmemclr",
        "internal/reflectlite.typedmemmove",
    ];

    #[test]
    fn table_and_bindings_agree() {
        for entry in ENTRIES {
            let bound = BOUND.iter().find(|(name, _)| *name == entry.name).map(|(_, form)| *form);
            let wanted = match entry.form {
                _ if IN_ARCH.contains(&entry.name) => None,
                Form::Plain => Some("plain"),
                Form::Park => Some("park"),
                Form::NoReturn if bound == Some("raise") => continue,
                Form::NoReturn => Some("noreturn"),
                Form::Leaf | Form::TailLeaf => None,
            };
            assert_eq!(bound, wanted, "{}", entry.name);
            let fits = entry.params.len() <= 6 && entry.results.len() <= 2;
            assert!(fits || entry.form == Form::TailLeaf, "{}", entry.name);
        }
        for (name, _) in BOUND {
            assert!(abi::entry::find(name).is_some(), "{name} is not in the table");
        }
    }
}
