//! What is attached to objects: finalizers, cleanups and weak handles.
//!
//! Each span has a list of the specials of its objects; the spans that have any are linked, because marking must look at them. When a span
//! is swept (`sweep`), the specials of objects that died are carried out: weak handles are cleared, finalizers and cleanups queued for the goroutines
//! of the overlay that call them. An object with a finalizer comes to life again; its weak handles are cleared all the same, and
//! before the finalizer can run. Its cleanups wait until it dies without a finalizer. Package runtime, "SetFinalizer", "AddCleanup"; package weak.
//!
//! What marking does for specials (`mark_roots`): the function of a finalizer or cleanup is reachable, so is everything that an object
//! with a finalizer refers to - but not the object itself - and a weak handle lives as long as its object has one.

use super::gc;
use super::gc::work::LocalWork;
use super::pages::PAGES;
use super::persistent;
use super::span::{GROUP, N_GROUPS, Span};
use crate::profile::buckets;
use crate::sched::{G, WaitReason, current_g, park, ready_last};
use crate::sync::{Mutex, rank::Rank};
use arch::Outcome;
use core::cell::UnsafeCell;
use core::ptr::null_mut;
use core::sync::atomic::{
    AtomicBool,
    Ordering::{AcqRel, Relaxed},
};

/// What a special does when its object dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `func(object)` is called, and the object lives once more. `detail` has the object's pointer type and the function's type.
    Finalizer,
    /// `func()` is called. `detail[0]` is its number.
    Cleanup,
    /// The word at `func` becomes 0.
    Weak,
    /// Nothing. `detail[0]` is the number of the synctest bubble that it belongs to.
    Bubble,
    /// Its death is counted in the bucket at `func` (`profile::memory`).
    Sample,
}

/// Something attached to an object. Never freed, only reused.
pub struct Special {
    /// The next of the same span, of the queue, or the next free one.
    next: *mut Special,
    kind: Kind,
    /// The address it was attached to, inside its object.
    addr: usize,
    /// The func value, or the address of the weak handle.
    func: usize,
    detail: [usize; 2],
}

/// Specials whose function is to be called, in order, and who waits for them.
struct Queue {
    first: *mut Special,
    last: *mut Special,
    waiting: *mut G,
}

struct Shared {
    /// The first span that has specials.
    spans: *mut Span,
    free: *mut Special,
    /// Finalizers, then cleanups.
    queues: [Queue; 2],
    next_id: usize,
    // Of each queue.
    n_queued: [u64; 2],
    n_called: [u64; 2],
}

struct Specials {
    lock: Mutex,
    // `lock` must be held for this and for the lists of all spans.
    shared: UnsafeCell<Shared>,
    // Whether something was queued whose goroutine may have to be woken.
    has_news: AtomicBool,
}

// SAFETY: `shared` is used under `lock` only.
unsafe impl Sync for Specials {}

static SPECIALS: Specials = Specials {
    lock: Mutex::new(Rank::Specials),
    shared: UnsafeCell::new(Shared {
        spans: null_mut(),
        free: null_mut(),
        queues: [const { Queue { first: null_mut(), last: null_mut(), waiting: null_mut() } }; 2],
        next_id: 1,
        n_queued: [0; 2],
        n_called: [0; 2],
    }),
    has_news: AtomicBool::new(false),
};

fn with<R>(f: impl FnOnce(&mut Shared) -> R) -> R {
    SPECIALS.lock.lock();
    // SAFETY: the lock is held.
    let result = f(unsafe { &mut *SPECIALS.shared.get() });
    SPECIALS.lock.unlock();
    result
}

impl Queue {
    fn push(&mut self, special: *mut Special) {
        // SAFETY: the caller holds the lock and owns the special.
        unsafe {
            (*special).next = null_mut();
            if self.last.is_null() {
                self.first = special;
            } else {
                (*self.last).next = special;
            }
        }
        self.last = special;
    }

    fn pop(&mut self) -> Option<*mut Special> {
        let special = self.first;
        // SAFETY: the caller holds the lock; queued specials are alive.
        self.first = unsafe { special.as_ref() }?.next;
        if self.first.is_null() {
            self.last = null_mut();
        }
        Some(special)
    }
}

impl Shared {
    fn new_special(&mut self) -> *mut Special {
        let special = self.free;
        // SAFETY: the lock is held; free specials are ours.
        match unsafe { special.as_ref() } {
            Some(head) => self.free = head.next,
            None => return persistent::alloc_unscanned(size_of::<Special>(), 8) as *mut Special,
        }
        special
    }

    /// # Safety
    /// `special` is in no list.
    unsafe fn free_special(&mut self, special: *mut Special) {
        // SAFETY: the caller's contract.
        unsafe { (*special).next = self.free };
        self.free = special;
    }

    /// # Safety
    /// `span` has no specials and holds objects.
    unsafe fn link_span(&mut self, span: *mut Span) {
        // SAFETY: the lock is held; linked spans are alive.
        unsafe {
            (*span).prev_special = null_mut();
            (*span).next_special = self.spans;
            if let Some(next) = self.spans.as_mut() {
                next.prev_special = span;
            }
        }
        self.spans = span;
    }

    /// # Safety
    /// `span` is linked.
    unsafe fn unlink_span(&mut self, span: *mut Span) {
        // SAFETY: the lock is held; linked spans are alive.
        unsafe {
            match (*span).prev_special.as_mut() {
                Some(prev) => prev.next_special = (*span).next_special,
                None => self.spans = (*span).next_special,
            }
            if let Some(next) = (*span).next_special.as_mut() {
                next.prev_special = (*span).prev_special;
            }
        }
    }

    /// Attaches a special to an object in `span`.
    ///
    /// # Safety
    /// The object is alive and its span swept.
    unsafe fn attach(&mut self, span: *mut Span, special: Special) {
        let place = self.new_special();
        // SAFETY: the lock is held; a new special is ours.
        unsafe {
            if (*span).specials.is_null() {
                self.link_span(span);
            }
            place.write(Special { next: (*span).specials, ..special });
            (*span).specials = place;
        }
    }

    /// Takes the first special out of `span` that `wanted` accepts.
    ///
    /// # Safety
    /// `span` holds objects.
    unsafe fn detach(
        &mut self,
        span: *mut Span,
        mut wanted: impl FnMut(&Special) -> bool,
    ) -> Option<*mut Special> {
        // SAFETY: the lock is held; listed specials are alive.
        unsafe {
            let mut link = &raw mut (*span).specials;
            while let Some(special) = (*link).as_ref() {
                if wanted(special) {
                    let found = *link;
                    *link = special.next;
                    if (*span).specials.is_null() {
                        self.unlink_span(span);
                    }
                    return Some(found);
                }
                link = &raw mut (**link).next;
            }
        }
        None
    }

    /// # Safety
    /// As for `detach`.
    unsafe fn find(&self, span: *mut Span, wanted: impl Fn(&Special) -> bool) -> Option<&'static Special> {
        // SAFETY: the lock is held; listed specials are alive.
        unsafe {
            let mut special = (*span).specials as *const Special;
            while let Some(found) = special.as_ref() {
                if wanted(found) {
                    return Some(found);
                }
                special = found.next;
            }
        }
        None
    }
}

/// Carries out what is attached to the objects of `span` that are not marked. Called by whoever sweeps it, before anything of it is freed.
pub(crate) fn sweep(span: &mut Span) {
    let this: *mut Span = span;
    with(|shared| {
        // What a finalizer is called with lives once more: a bit for each block.
        let mut revived = [0u64; N_GROUPS];
        // SAFETY: the lock is held; the span is being swept by this thread, and all its objects are still there.
        unsafe {
            let mut special = (*this).specials as *const Special;
            while let Some(found) = special.as_ref() {
                if found.kind == Kind::Finalizer
                    && let Some(index) = dead(this, found)
                {
                    revived[index / GROUP] |= 1 << (index % GROUP);
                }
                special = found.next;
            }
            let mut link = &raw mut (*this).specials;
            while let Some(found) = (*link).as_ref() {
                let is_over = dead(this, found).is_some_and(|index| {
                    found.kind != Kind::Cleanup || revived[index / GROUP] >> (index % GROUP) & 1 == 0
                });
                if !is_over {
                    link = &raw mut (**link).next;
                    continue;
                }
                let special = *link;
                *link = found.next;
                match (*special).kind {
                    Kind::Weak => {
                        *((*special).func as *mut usize) = 0;
                        shared.free_special(special);
                    }
                    Kind::Bubble => shared.free_special(special),
                    Kind::Sample => {
                        buckets::count_free((*special).func);
                        shared.free_special(special);
                    }
                    Kind::Finalizer | Kind::Cleanup => shared.queue(special),
                }
            }
            if (*this).specials.is_null() {
                shared.unlink_span(this);
            }
            revived.iter().enumerate().for_each(|(group, &blocks)| (*this).mark_taken(group, blocks));
        }
    });
}

/// The index of the object that a special belongs to, if it is not marked.
///
/// # Safety
/// The span is the special's, and alive.
unsafe fn dead(span: *const Span, special: &Special) -> Option<usize> {
    // SAFETY: the caller's contract.
    let span = unsafe { &*span };
    span.index_of_used(special.addr).filter(|&index| !span.is_marked(index))
}

impl Shared {
    fn queue(&mut self, special: *mut Special) {
        // SAFETY: the caller owns the special.
        let index = unsafe { ((*special).kind == Kind::Cleanup) as usize };
        self.queues[index].push(special);
        self.n_queued[index] += 1;
        SPECIALS.has_news.store(true, Relaxed);
    }
}

/// Wakes the goroutines that call finalizers and cleanups, if there is work for them. Called without a lock, with a P.
#[inline]
pub(crate) fn wake() {
    if SPECIALS.has_news.load(Relaxed) && SPECIALS.has_news.swap(false, AcqRel) {
        let waiting = with(|shared| {
            shared.queues.each_mut().map(|queue| {
                let has_work = !queue.first.is_null();
                if has_work { core::mem::replace(&mut queue.waiting, null_mut()) } else { null_mut() }
            })
        });
        waiting.into_iter().filter(|gp| !gp.is_null()).for_each(ready_last);
    }
}

/// Marks what specials keep alive.
pub(crate) fn mark_roots(work: &mut LocalWork) {
    with(|shared| {
        let mut span = shared.spans;
        // SAFETY: the lock is held; linked spans and listed specials are alive.
        unsafe {
            while !span.is_null() {
                let mut special = (*span).specials as *const Special;
                while let Some(found) = special.as_ref() {
                    work.mark(found.func);
                    if found.kind == Kind::Finalizer {
                        work.scan_object(found.addr);
                    }
                    special = found.next;
                }
                span = (*span).next_special;
            }
            for queue in &shared.queues {
                let mut special = queue.first as *const Special;
                while let Some(found) = special.as_ref() {
                    mark_queued(work, found);
                    special = found.next;
                }
            }
        }
    });
}

fn mark_queued(work: &mut LocalWork, special: &Special) {
    work.mark(special.func);
    if special.kind == Kind::Finalizer {
        work.mark(special.addr);
    }
}

/// The span of an address and the index of its block, if it is an object of the heap; the span is swept.
fn object_of(addr: usize) -> Option<(*mut Span, usize)> {
    let span = PAGES.span_of(addr);
    // SAFETY: a span of the table is alive.
    unsafe {
        let index = span.as_ref()?.index_of_used(addr)?;
        let n_freed = (*span).ensure_swept(gc::collections());
        super::central::CENTRAL.count_freed(&*span, n_freed);
        (*span).is_allocated(index).then_some((span, index))
    }
}

/// `runtime.objectbase(p)`: where the object of `p` begins, and the size of its block; 0 if it is none of the heap.
pub(crate) extern "C" fn objectbase(addr: usize) -> Pair {
    // SAFETY: the span holds the object.
    object_of(addr)
        .map_or(Pair(0, 0), |(span, index)| unsafe { Pair((*span).block(index), (*span).block_bytes) })
}

/// Two words in the result registers.
#[repr(C)]
pub(crate) struct Pair(usize, usize);

/// `runtime.isstatic(p)`: whether it points to a variable of the image, or to nothing of size 0.
pub(crate) extern "C" fn isstatic(addr: usize) -> u64 {
    let zero = super::alloc::zero_base();
    (addr == zero
        || (0..).map_while(platform::writable_range).any(|(start, end)| (start..end).contains(&addr)))
        as u64
}

/// `runtime.addfinalizer(p, func, ptr type, func type)`: whether the object had none.
pub(crate) extern "C" fn addfinalizer(addr: usize, func: usize, ty: usize, func_ty: usize) -> u64 {
    let Some((span, index)) = object_of(addr) else { return 1 };
    // SAFETY: the caller's object is alive, and its span is swept.
    let is_first = with(|shared| unsafe {
        let same = |special: &Special| {
            special.kind == Kind::Finalizer && (*span).index_of_used(special.addr) == Some(index)
        };
        let is_first = shared.find(span, same).is_none();
        if is_first {
            let detail = [ty, func_ty];
            shared.attach(span, Special { next: null_mut(), kind: Kind::Finalizer, addr, func, detail });
        }
        is_first
    });
    if gc::is_marking() {
        gc::shade(func);
        // Its object may have been marked as one without a finalizer: then all it refers to is marked too.
    }
    is_first as u64
}

/// `runtime.removefinalizer(p)`.
pub(crate) extern "C" fn removefinalizer(addr: usize) {
    remove(addr, |special| special.kind == Kind::Finalizer);
}

fn remove(addr: usize, wanted: impl Fn(&Special) -> bool) {
    let Some((span, _)) = object_of(addr) else { return };
    // SAFETY: the span holds an object, and the special is in no list any more.
    with(|shared| unsafe {
        if let Some(special) = shared.detach(span, |special| special.addr == addr && wanted(special)) {
            shared.free_special(special);
        }
    });
}

/// `runtime.addcleanup(p, func)`: its number.
pub(crate) extern "C" fn addcleanup(addr: usize, func: usize) -> usize {
    let Some((span, _)) = object_of(addr) else { return 0 };
    // SAFETY: the caller's object is alive, and its span is swept.
    let id = with(|shared| unsafe {
        let id = shared.next_id;
        shared.next_id += 1;
        let detail = [id, 0];
        shared.attach(span, Special { next: null_mut(), kind: Kind::Cleanup, addr, func, detail });
        id
    });
    if gc::is_marking() {
        gc::shade(func);
    }
    id
}

/// `runtime.removecleanup(p, id)`: does nothing if the object is gone.
pub(crate) extern "C" fn removecleanup(addr: usize, id: usize) {
    remove(addr, |special| special.kind == Kind::Cleanup && special.detail[0] == id);
}

/// `runtime.weakhandle(p, fresh)`: the handle of `p`, which becomes `fresh` if it has none; 0 if `p` is no object of the heap.
pub(crate) extern "C" fn weakhandle(addr: usize, fresh: usize) -> usize {
    let Some((span, _)) = object_of(addr) else { return 0 };
    // SAFETY: the caller's object is alive, and its span is swept; `fresh` is a word of its own.
    let handle = with(|shared| unsafe {
        let same = |special: &Special| special.kind == Kind::Weak && special.addr == addr;
        if let Some(special) = shared.find(span, same) {
            return special.func;
        }
        if fresh == 0 {
            return 0;
        }
        *(fresh as *mut usize) = addr;
        let detail = [0, 0];
        shared.attach(span, Special { next: null_mut(), kind: Kind::Weak, addr, func: fresh, detail });
        fresh
    });
    if gc::is_marking() {
        gc::shade(handle);
    }
    handle
}

/// `runtime.strongof(handle)`: the object that a weak handle leads to, or 0.
///
/// The handle is read after the span of what it held was swept, so it leads to nothing that the last collection found dead; while
/// marking runs the object is marked, because the pointer that is returned may be the only one. No collection can begin or end in
/// between: this M would have to stop, and it does not stop in Rust.
pub(crate) extern "C" fn strongof(handle: *const usize) -> usize {
    // SAFETY: the overlay passes a handle, which is one word.
    unsafe {
        let seen = handle.read_volatile();
        let span = PAGES.span_of(seen);
        if let Some(span) = span.as_mut()
            && span.is_in_use()
        {
            let n_freed = span.ensure_swept(gc::collections());
            super::central::CENTRAL.count_freed(span, n_freed);
        }
        let addr = handle.read_volatile();
        if gc::is_marking() {
            gc::shade(addr);
        }
        addr
    }
}

/// The number that a synctest bubble has put on an object of the heap, 0 if none has; puts `add` there then, unless that is 0.
pub(crate) fn tag(addr: usize, add: usize) -> Option<usize> {
    let (span, _) = object_of(addr)?;
    // SAFETY: the caller's object is alive, and its span is swept.
    with(|shared| unsafe {
        let same = |special: &Special| special.kind == Kind::Bubble && special.addr == addr;
        if let Some(special) = shared.find(span, same) {
            return Some(special.detail[0]);
        }
        if add != 0 {
            let detail = [add, 0];
            shared.attach(span, Special { next: null_mut(), kind: Kind::Bubble, addr, func: 0, detail });
        }
        Some(add)
    })
}

/// Attaches to the object at `addr` the bucket that `bucket` returns.
pub(crate) fn attach_sample(addr: usize, bucket: impl FnOnce() -> usize) {
    let Some((span, _)) = object_of(addr) else { return };
    let (func, detail) = (bucket(), [0, 0]);
    // SAFETY: the object was just allocated, and its span is swept.
    with(|shared| unsafe {
        shared.attach(span, Special { next: null_mut(), kind: Kind::Sample, addr, func, detail });
    });
}

/// Takes the number of a bubble off an object.
pub(crate) fn untag(addr: usize) {
    remove(addr, |special| special.kind == Kind::Bubble);
}

/// What `nextspecial` tells of a special whose function is to be called.
#[repr(C)]
pub struct Call {
    func: usize,
    addr: usize,
    ty: usize,
    func_ty: usize,
}

/// `runtime.nextspecial(cleanups, call)`: waits for the next finalizer, or the next cleanup. One goroutine calls it for each.
pub(crate) extern "C" fn nextspecial(cleanups: u64, call: *mut Call) -> Outcome {
    // SAFETY: the current goroutine belongs to this M.
    unsafe {
        (*current_g()).is_system = true;
        crate::sched::bubble::leave(current_g());
        (*current_g()).scratch = [cleanups as usize, call as usize, 0, 0];
    }
    take_next()
}

/// The second half of `nextspecial`.
pub(crate) extern "C" fn take_next() -> Outcome {
    let gp = current_g();
    // SAFETY: the current goroutine belongs to this M; `nextspecial` has stored what it was given.
    let (index, call) = unsafe { ((*gp).scratch[0] & 1, (*gp).scratch[1] as *mut Call) };
    SPECIALS.lock.lock();
    // SAFETY: the lock is held until after the goroutine is parked, or the special taken.
    let shared = unsafe { &mut *SPECIALS.shared.get() };
    let Some(special) = shared.queues[index].pop() else {
        shared.queues[index].waiting = gp;
        park(WaitReason(if index == 0 { "finalizer wait" } else { "cleanup wait" }));
        SPECIALS.lock.unlock();
        return Outcome::PARK;
    };
    shared.n_called[index] += 1;
    // SAFETY: the special was taken out of the queue; `call` lies in the frame of the goroutine.
    unsafe {
        let Special { kind, addr, func, detail, .. } = *special;
        let addr = if kind == Kind::Finalizer { addr } else { 0 };
        *call = Call { func, addr, ty: detail[0], func_ty: detail[1] };
        shared.free_special(special);
        SPECIALS.lock.unlock();
        if gc::is_marking() {
            gc::shade(func);
            gc::shade(addr);
        }
        (*gp).scratch = [0; 4];
        (*gp).is_system = false;
    }
    Outcome::done(0)
}

/// `runtime.cleanupsqueued()`: how many cleanups were queued since the program began.
pub(crate) extern "C" fn cleanupsqueued() -> u64 {
    counts_by_kind().0[1]
}

/// How many finalizers, and how many cleanups, were queued, and how many of them were begun.
pub(crate) fn counts_by_kind() -> ([u64; 2], [u64; 2]) {
    with(|shared| (shared.n_queued, shared.n_called))
}

/// How many finalizers and cleanups were queued, and how many of them were begun.
pub(crate) fn counts() -> (u64, u64) {
    let (queued, called) = counts_by_kind();
    (queued.iter().sum(), called.iter().sum())
}
