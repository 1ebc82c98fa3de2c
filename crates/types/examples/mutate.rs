//! Checks files after random changes to their tokens, and tells which changes make the checker panic or never end.
//!
//! `mutate SEED COUNT FILES...` prints the text of each bad input to a file `mutate-N.go` in the current folder.

#[path = "../tests/support/mod.rs"]
mod support;

use support::{Source, Std, Text, guarded};

/// A small generator: inputs must be the same for the same seed.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n.max(1) as u64) as usize
    }
}

/// Cuts text into words, numbers, blanks and single characters.
fn tokens(text: &[u8]) -> Vec<&[u8]> {
    let kind = |b: u8| match b {
        b if b.is_ascii_alphanumeric() || b == b'_' => 0,
        b if b.is_ascii_whitespace() => 1,
        _ => 2,
    };
    text.chunk_by(|a, b| kind(*a) == kind(*b) && kind(*a) != 2).collect()
}

fn mutate(random: &mut Random, text: &[u8], other: &[u8]) -> Vec<u8> {
    let (mut parts, donors) = (tokens(text), tokens(other));
    for _ in 0..=random.below(4) {
        let at = random.below(parts.len());
        match random.below(5) {
            0 => drop(parts.remove(at)),
            1 => parts[at] = donors[random.below(donors.len())],
            2 => parts.insert(at, donors[random.below(donors.len())]),
            3 => {
                let from = random.below(parts.len());
                parts[at] = parts[from];
            }
            _ => {
                let from = random.below(donors.len());
                let end = (from + random.below(30)).min(donors.len());
                parts.splice(at..at, donors[from..end].iter().copied());
            }
        }
    }
    parts.concat()
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let number =
        |idx: usize| args.get(idx).and_then(|arg| arg.parse::<u64>().ok()).expect("SEED COUNT FILES...");
    let (seed, count) = (number(0), number(1));
    let texts: Vec<Vec<u8>> =
        args[2..].iter().map(|name| std::fs::read(name).expect("the file exists")).collect();
    let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let mut std = Std::list("amd64").expect("there is a go command");
    for round in 0..count {
        let (first, second) = (random.below(texts.len()), random.below(texts.len()));
        let bytes = mutate(&mut random, &texts[first], &texts[second]);
        let files = vec![Text { name: "x.go".into(), bytes: bytes.clone() }];
        let version = types::Version::NEWEST;
        let source = Source { path: "p".into(), files, version, imports: vec![], bodyless: true };
        let (next, result) = guarded(std, move |std| std.check_anyway(vec![source]).len());
        std = next;
        if result.is_none() {
            let name = format!("mutate-{seed}-{round}.go");
            std::fs::write(&name, bytes).expect("the folder can be written");
            println!("{name}: from {}", args[2 + first]);
        }
        // Trees of past inputs are of no use.
        std.map.files.truncate(std.map.files.len().min(20_000));
    }
}
