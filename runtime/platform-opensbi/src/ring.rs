//! A queue of bytes in a fixed buffer.

/// Bytes between two positions that only grow; the buffer's size is a power of two.
pub struct Ring {
    buffer: &'static mut [u8],
    start: usize,
    end: usize,
}

impl Ring {
    /// A ring without room.
    pub const fn none() -> Ring {
        Ring { buffer: &mut [], start: 0, end: 0 }
    }

    /// An empty ring. The size of `buffer` is a power of two.
    pub fn new(buffer: &'static mut [u8]) -> Ring {
        assert!(buffer.len().is_power_of_two());
        Ring { buffer, start: 0, end: 0 }
    }

    pub fn len(&self) -> usize {
        self.end - self.start
    }

    pub fn is_empty(&self) -> bool {
        self.start == self.end
    }

    pub fn room(&self) -> usize {
        self.buffer.len() - self.len()
    }

    /// Appends a byte; there is room.
    pub fn push(&mut self, byte: u8) {
        let index = self.end & (self.buffer.len() - 1);
        self.buffer[index] = byte;
        self.end += 1;
    }

    /// Takes the first byte.
    pub fn pop(&mut self) -> Option<u8> {
        let byte = self.first()?;
        self.start += 1;
        Some(byte)
    }

    /// The first byte.
    pub fn first(&self) -> Option<u8> {
        (!self.is_empty()).then(|| self.buffer[self.start & (self.buffer.len() - 1)])
    }

    /// The last byte.
    pub fn last(&self) -> Option<u8> {
        (!self.is_empty()).then(|| self.buffer[(self.end - 1) & (self.buffer.len() - 1)])
    }

    /// Takes the last byte back.
    pub fn unpush(&mut self) {
        self.end -= 1;
    }
}
