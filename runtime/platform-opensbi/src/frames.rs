//! Physical memory, in frames of 4 KiB and blocks of 2 MiB.
//!
//! A bit for each frame (1: free) and a count of free frames for each block. Single frames come from blocks that are
//! broken already, so that whole blocks stay for 2 MiB pages.
//!
//! `promised` frames are free but spoken for: memory that is Prepared and not yet Ready, and the page table that each 2 MiB page may
//! need when a part of it is given back.

pub const FRAME_BYTES: usize = 4096;
pub const BLOCK_BYTES: usize = 2 << 20;
pub const FRAMES_PER_BLOCK: usize = BLOCK_BYTES / FRAME_BYTES;
const WORDS_PER_BLOCK: usize = FRAMES_PER_BLOCK / 64;

/// One block's frames.
#[derive(Clone, Copy)]
pub struct Block {
    free: [u64; WORDS_PER_BLOCK],
    n_free: u16,
}

impl Block {
    /// All in use.
    pub const FULL: Block = Block { free: [0; WORDS_PER_BLOCK], n_free: 0 };
}

/// All frames between two addresses; what is no memory counts as used.
pub struct Frames {
    base: usize,
    blocks: &'static mut [Block],
    n_free: usize,
    promised: usize,
    /// A block that had a single free frame last time.
    hint: usize,
}

impl Frames {
    /// No memory.
    pub const fn empty() -> Frames {
        Frames { base: 0, blocks: &mut [], n_free: 0, promised: 0, hint: 0 }
    }

    /// Frames from `base`, a multiple of the block size, all in use.
    pub fn new(base: usize, blocks: &'static mut [Block]) -> Frames {
        blocks.fill(Block::FULL);
        Frames { base, blocks, n_free: 0, promised: 0, hint: 0 }
    }

    /// Frames that are free and not promised.
    pub fn n_available(&self) -> usize {
        self.n_free.saturating_sub(self.promised)
    }

    /// Promises `n` frames, or says that there are not so many.
    pub fn promise(&mut self, n: usize) -> bool {
        let can = n <= self.n_available();
        if can {
            self.promised += n;
        }
        can
    }

    /// Takes a promise back, because a frame is about to be taken or is no longer needed.
    pub fn forget(&mut self, n: usize) {
        self.promised -= n;
    }

    /// Promises frames that were just given back.
    pub fn promise_again(&mut self, n: usize) {
        self.promised += n;
    }

    /// The whole frames between two addresses are free from now on.
    pub fn add(&mut self, start: usize, end: usize) {
        let (start, end) = (start.next_multiple_of(FRAME_BYTES), end / FRAME_BYTES * FRAME_BYTES);
        (start..end).step_by(FRAME_BYTES).for_each(|addr| self.free(addr));
    }

    /// The frames that touch a range are in use from now on. Those that are already stay so.
    pub fn remove(&mut self, start: usize, end: usize) {
        for addr in (start / FRAME_BYTES * FRAME_BYTES..end).step_by(FRAME_BYTES) {
            if let Some((block, frame)) = self.place(addr)
                && self.blocks[block].free[frame / 64] >> (frame % 64) & 1 == 1
            {
                self.take(block, frame);
            }
        }
    }

    fn place(&self, addr: usize) -> Option<(usize, usize)> {
        let frame = addr.checked_sub(self.base)? / FRAME_BYTES;
        let block = frame / FRAMES_PER_BLOCK;
        (block < self.blocks.len()).then_some((block, frame % FRAMES_PER_BLOCK))
    }

    fn take(&mut self, block: usize, frame: usize) -> usize {
        let entry = &mut self.blocks[block];
        entry.free[frame / 64] &= !(1 << (frame % 64));
        entry.n_free -= 1;
        self.n_free -= 1;
        self.base + block * BLOCK_BYTES + frame * FRAME_BYTES
    }

    /// Takes a frame, from a broken block if there is one. Its contents are anything.
    pub fn alloc(&mut self) -> Option<usize> {
        let is_broken = |block: &Block| (1..FRAMES_PER_BLOCK as u16).contains(&block.n_free);
        if !self.blocks.get(self.hint).is_some_and(is_broken) {
            let broken = self.blocks.iter().position(is_broken);
            self.hint = broken.or_else(|| self.blocks.iter().position(|block| block.n_free > 0))?;
        }
        let free = &self.blocks[self.hint].free;
        let word = free.iter().position(|&word| word != 0)?;
        let frame = word * 64 + free[word].trailing_zeros() as usize;
        Some(self.take(self.hint, frame))
    }

    /// Takes a whole block.
    pub fn alloc_block(&mut self) -> Option<usize> {
        let index = self.blocks.iter().position(|block| block.n_free as usize == FRAMES_PER_BLOCK)?;
        self.blocks[index] = Block::FULL;
        self.n_free -= FRAMES_PER_BLOCK;
        Some(self.base + index * BLOCK_BYTES)
    }

    /// Gives a frame back.
    pub fn free(&mut self, addr: usize) {
        let Some((block, frame)) = self.place(addr) else { return };
        let entry = &mut self.blocks[block];
        debug_assert!(entry.free[frame / 64] >> (frame % 64) & 1 == 0, "frame freed twice");
        entry.free[frame / 64] |= 1 << (frame % 64);
        entry.n_free += 1;
        self.n_free += 1;
    }

    /// Gives a whole block back.
    pub fn free_block(&mut self, addr: usize) {
        (addr..addr + BLOCK_BYTES).step_by(FRAME_BYTES).for_each(|frame| self.free(frame));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(n_blocks: usize) -> Frames {
        Frames::new(BLOCK_BYTES, Box::leak(vec![Block::FULL; n_blocks].into_boxed_slice()))
    }

    #[test]
    fn single_frames_leave_whole_blocks_whole() {
        let mut frames = frames(3);
        frames.add(BLOCK_BYTES, 4 * BLOCK_BYTES);
        let first = frames.alloc().unwrap();
        assert_eq!(first, BLOCK_BYTES);
        let (second, third) = (frames.alloc_block(), frames.alloc_block());
        assert_eq!((second, third), (Some(2 * BLOCK_BYTES), Some(3 * BLOCK_BYTES)));
        assert_eq!(frames.alloc_block(), None);
        assert_eq!(frames.alloc(), Some(BLOCK_BYTES + FRAME_BYTES));
        frames.free_block(second.unwrap());
        assert_eq!(frames.alloc_block(), second);
    }

    #[test]
    fn every_frame_is_handed_out_once() {
        let mut frames = frames(2);
        frames.add(BLOCK_BYTES + 100, 3 * BLOCK_BYTES - 100);
        frames.remove(2 * BLOCK_BYTES + 5000, 2 * BLOCK_BYTES + 5001);
        let mut seen = std::collections::HashSet::new();
        while let Some(frame) = frames.alloc() {
            assert!(seen.insert(frame));
        }
        assert_eq!(seen.len(), 2 * FRAMES_PER_BLOCK - 3);
        assert!(!seen.contains(&(2 * BLOCK_BYTES + FRAME_BYTES)));
    }

    #[test]
    fn promises_are_kept_back() {
        let mut frames = frames(1);
        frames.add(BLOCK_BYTES, 2 * BLOCK_BYTES);
        assert!(frames.promise(FRAMES_PER_BLOCK));
        assert!(!frames.promise(1));
        frames.forget(10);
        assert_eq!(frames.n_available(), 10);
    }
}
