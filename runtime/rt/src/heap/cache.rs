//! What a P keeps of the heap for itself: for each class one span to take blocks from, without a lock.

use super::central::CENTRAL;
use super::size_class::N_CLASSES;
use super::span::Span;
use core::ptr::null_mut;

/// The spans of one P; the first half without pointers, the second with.
pub struct HeapCache {
    spans: [*mut Span; 2 * N_CLASSES],
}

impl HeapCache {
    /// A cache without spans.
    pub const fn new() -> HeapCache {
        HeapCache { spans: [null_mut(); 2 * N_CLASSES] }
    }

    /// Takes a block; its span, index, and whether a span was taken from the others for it.
    #[inline]
    pub(crate) fn take(&mut self, class: usize, has_pointers: bool) -> (*mut Span, usize, bool) {
        let slot = class + if has_pointers { N_CLASSES } else { 0 };
        // SAFETY: the span in the slot belongs to this cache.
        if let Some(span) = unsafe { self.spans[slot].as_mut() }
            && let Some(index) = span.take()
        {
            return (span, index, false);
        }
        let span = CENTRAL.replace(self.spans[slot], class, has_pointers);
        self.spans[slot] = span;
        // SAFETY: a span from the others has a free block, and is ours now.
        match unsafe { (*span).take() } {
            Some(index) => (span, index, true),
            None => crate::fatal::throw("span without free block"),
        }
    }

    /// Gives all spans back. The world is stopped or this is the holder of the P.
    pub(crate) fn flush(&mut self) {
        for span in &mut self.spans {
            if !span.is_null() {
                CENTRAL.give(core::mem::replace(span, null_mut()));
            }
        }
    }
}

impl Default for HeapCache {
    fn default() -> Self {
        Self::new()
    }
}
