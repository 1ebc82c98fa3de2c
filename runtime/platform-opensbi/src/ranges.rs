//! Address space that nobody uses: a sorted table of ranges, first fit.
//!
//! Bound: [`MAX_RANGES`] gaps. A range given back beyond that is lost, which costs address space and no memory; the table is
//! large enough for one gap beside each of as many stacks.

/// Most gaps that the table keeps.
pub const MAX_RANGES: usize = 1024;

/// Free ranges, ascending, never adjacent.
pub struct Ranges {
    gaps: [(usize, usize); MAX_RANGES],
    n: usize,
}

impl Ranges {
    /// No address space.
    pub const fn empty() -> Ranges {
        Ranges { gaps: [(0, 0); MAX_RANGES], n: 0 }
    }

    /// Takes `bytes` at a multiple of `align` from the first gap with room.
    pub fn take(&mut self, bytes: usize, align: usize) -> Option<usize> {
        let fits = |&(start, end): &(usize, usize)| {
            start.next_multiple_of(align).checked_add(bytes).is_some_and(|last| last <= end)
        };
        let index = self.gaps[..self.n].iter().position(fits)?;
        let (start, end) = self.gaps[index];
        let addr = start.next_multiple_of(align);
        self.remove(index);
        self.give(start, addr);
        self.give(addr + bytes, end);
        Some(addr)
    }

    /// Gives a range back; it overlaps no gap.
    pub fn give(&mut self, mut start: usize, mut end: usize) {
        if start >= end {
            return;
        }
        let mut index = self.gaps[..self.n].partition_point(|gap| gap.1 < start);
        while index < self.n && self.gaps[index].0 <= end {
            start = start.min(self.gaps[index].0);
            end = end.max(self.gaps[index].1);
            self.remove(index);
        }
        index = self.gaps[..self.n].partition_point(|gap| gap.0 < start);
        if self.n < MAX_RANGES {
            self.gaps.copy_within(index..self.n, index + 1);
            self.gaps[index] = (start, end);
            self.n += 1;
        }
    }

    fn remove(&mut self, index: usize) {
        self.gaps.copy_within(index + 1..self.n, index);
        self.n -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_join() {
        let mut ranges = Ranges::empty();
        ranges.give(0x1000, 0x9000);
        let parts: Vec<_> = (0..8).map(|_| ranges.take(0x1000, 0x1000).unwrap()).collect();
        assert_eq!(ranges.take(1, 1), None);
        for index in [0, 2, 4, 6, 1, 7, 5, 3] {
            ranges.give(parts[index], parts[index] + 0x1000);
        }
        assert_eq!((ranges.n, ranges.gaps[0]), (1, (0x1000, 0x9000)));
    }

    #[test]
    fn alignment_leaves_a_gap_in_front() {
        let mut ranges = Ranges::empty();
        ranges.give(0x1000, 0x20000);
        assert_eq!(ranges.take(0x8000, 0x10000), Some(0x10000));
        assert_eq!(ranges.take(0xf000, 0x1000), Some(0x1000));
        assert_eq!(ranges.take(0x8000, 0x1000), Some(0x18000));
    }
}
