//! Random bytes from a seed: ChaCha20 (RFC 8439, section 2.3) that replaces its key with its own output after each use.

/// A generator. Whoever learns its state learns nothing of what it gave before.
pub struct ChaCha {
    key: [u32; 8],
}

impl ChaCha {
    /// A generator that must be given a seed by [`ChaCha::mix`].
    pub const fn new() -> ChaCha {
        ChaCha { key: [0; 8] }
    }

    /// Makes the key depend on `seed` too; what was unknown of it stays unknown.
    pub fn mix(&mut self, seed: &[u8]) {
        for chunk in seed.chunks(32) {
            for (index, byte) in chunk.iter().enumerate() {
                self.key[index / 4] ^= (*byte as u32) << (index % 4 * 8);
            }
            self.fill(&mut []);
        }
    }

    /// Fills `out`.
    pub fn fill(&mut self, out: &mut [u8]) {
        let first = block(&self.key, 0);
        for (index, chunk) in out.chunks_mut(64).enumerate() {
            let words = block(&self.key, index as u32 + 1);
            for (byte, source) in chunk.iter_mut().zip(words.iter().flat_map(|word| word.to_le_bytes())) {
                *byte = source;
            }
        }
        self.key.copy_from_slice(&first[..8]);
    }
}

fn block(key: &[u32; 8], counter: u32) -> [u32; 16] {
    block_with_nonce(key, counter, [0; 3])
}

fn block_with_nonce(key: &[u32; 8], counter: u32, nonce: [u32; 3]) -> [u32; 16] {
    let mut start = [0; 16];
    start[..4].copy_from_slice(&[0x6170_7865, 0x3320_646e, 0x7962_2d32, 0x6b20_6574]);
    start[4..12].copy_from_slice(key);
    start[12] = counter;
    start[13..].copy_from_slice(&nonce);
    let mut state = start;
    for _ in 0..10 {
        for [a, b, c, d] in [[0, 4, 8, 12], [1, 5, 9, 13], [2, 6, 10, 14], [3, 7, 11, 15]] {
            quarter_round(&mut state, a, b, c, d);
        }
        for [a, b, c, d] in [[0, 5, 10, 15], [1, 6, 11, 12], [2, 7, 8, 13], [3, 4, 9, 14]] {
            quarter_round(&mut state, a, b, c, d);
        }
    }
    core::array::from_fn(|index| state[index].wrapping_add(start[index]))
}

fn quarter_round(state: &mut [u32; 16], a: usize, b: usize, c: usize, d: usize) {
    for (to, by, mixed, turn) in [(a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)] {
        state[to] = state[to].wrapping_add(state[by]);
        state[mixed] = (state[mixed] ^ state[to]).rotate_left(turn);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn block_of_the_rfc() {
        // RFC 8439, section 2.3.2.
        let key = core::array::from_fn(|index| 0x0302_0100 + 0x0404_0404 * index as u32);
        let words = block_with_nonce(&key, 1, [0x0900_0000, 0x4a00_0000, 0]);
        assert_eq!(words[..4], [0xe4e7_f110, 0x1559_3bd1, 0x1fdd_0f50, 0xc471_20a3]);
        assert_eq!(words[12..], [0xd19c_12b5, 0xb94e_16de, 0xe883_d0cb, 0x4e3c_50a2]);
    }

    #[test]
    fn output_depends_on_every_seed_and_never_repeats() {
        let mut streams = std::collections::HashSet::new();
        for seed in [[0u8; 40], [1; 40]] {
            let mut chacha = ChaCha::new();
            chacha.mix(&seed);
            for _ in 0..3 {
                let mut out = [0; 100];
                chacha.fill(&mut out);
                assert!(streams.insert(out));
            }
        }
    }
}
