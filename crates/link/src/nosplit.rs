//! Chains of functions without a stack check must fit into what the limit leaves below it.
//!
//! A function with a check has room for its own frame and, below that, for `abi::stack::NOSPLIT_BYTES` (a `deep` one for
//! `DEEP_BYTES` more): that much the functions without a check that it calls may use together, return addresses included. The
//! rest of the headroom is for stubs of the runtime archive, for `__morestack` and for what interrupts compiled code; frames of
//! functions in the archive therefore do not count. A func value that a function without a check calls is taken to have a
//! check, or to be one of the small leaves that need none.
//!
//! Invariant: everything in the image is looked at, so an image without an error has no such overflow.

use std::fmt::Write;

use abi::stack::{DEEP_BYTES, NOSPLIT_BYTES, UNCHECKED_LEAF_BYTES};
use obj::{FuncMeta, Object};
use rustc_hash::FxHashMap;

use crate::Error;
use crate::reach::Live;
use crate::resolve::{Place, Symbols};

/// A function: object and section.
type Key = (usize, u32);

/// The deepest way down from a function without a check.
#[derive(Clone, Copy)]
struct Depth {
    bytes: u64,
    /// Where it goes on.
    next: Option<Key>,
}

struct Chains<'a> {
    objects: &'a [Object],
    symbols: &'a Symbols,
    depths: FxHashMap<Key, Depth>,
    /// Functions without a check that are being followed, outermost first.
    path: Vec<Key>,
    errors: Vec<Error>,
}

/// Checks every chain that begins in a function of the image.
pub fn check(objects: &[Object], symbols: &Symbols, live: &Live) -> Result<(), Vec<Error>> {
    let mut chains =
        Chains { objects, symbols, depths: FxHashMap::default(), path: Vec::new(), errors: Vec::new() };
    for (object, contents) in objects.iter().enumerate() {
        for (idx, section) in contents.sections.iter().enumerate().filter(|(idx, _)| live[object][*idx]) {
            let Some(meta) = section.func.as_deref().filter(|meta| !meta.nosplit) else { continue };
            let limit = NOSPLIT_BYTES + if meta.deep { DEEP_BYTES } else { 0 };
            let Depth { bytes, next } = chains.below((object, idx as u32), meta);
            if bytes > limit as u64 {
                let text = chains.describe((object, idx as u32), next, limit);
                chains.errors.push(Error::Nosplit { limit, chain: text });
            }
        }
    }
    if chains.errors.is_empty() { Ok(()) } else { Err(chains.errors) }
}

impl<'a> Chains<'a> {
    fn meta(&self, key: Key) -> &'a FuncMeta {
        let section = &self.objects[key.0].sections[key.1 as usize];
        section.func.as_deref().expect("only compiled functions are followed")
    }

    fn name(&self, key: Key) -> &'a str {
        &self.objects[key.0].sections[key.1 as usize].name
    }

    /// The deepest chain of functions without a check that a function calls.
    fn below(&mut self, key: Key, meta: &FuncMeta) -> Depth {
        let mut deepest = Depth { bytes: 0, next: None };
        for call in &meta.calls {
            let depth = match call.callee.map(|callee| self.symbols.place(self.objects, key.0, callee)) {
                Some(Place::Section { object, section, .. }) => self.callee((object, section.0)),
                Some(_) => continue,
                None => Depth { bytes: UNCHECKED_LEAF_BYTES as u64, next: None },
            };
            if depth.bytes > deepest.bytes {
                deepest = depth;
            }
        }
        deepest
    }

    /// What a callee needs.
    fn callee(&mut self, key: Key) -> Depth {
        let section = &self.objects[key.0].sections[key.1 as usize];
        let none = Depth { bytes: 0, next: None };
        let Some(meta) = section.func.as_deref().filter(|meta| meta.nosplit) else { return none };
        if let Some(known) = self.depths.get(&key) {
            return Depth { bytes: known.bytes, next: Some(key) };
        }
        if let Some(at) = self.path.iter().position(|seen| *seen == key) {
            let names: Vec<&str> = self.path[at..].iter().chain([&key]).map(|key| self.name(*key)).collect();
            self.errors.push(Error::NosplitCycle { chain: names.join("\n\tcalls ") });
            return none;
        }
        self.path.push(key);
        let below = self.below(key, meta);
        self.path.pop();
        let bytes = u64::from(meta.frame_bytes + meta.stack_arg_bytes) + below.bytes;
        self.depths.insert(key, Depth { bytes, next: below.next });
        Depth { bytes, next: Some(key) }
    }

    /// A chain, function by function, with what each leaves, as gc's linker prints it.
    fn describe(&self, begin: Key, next: Option<Key>, limit: usize) -> String {
        let mut left = limit as i64;
        let mut text = format!("{left:8}\tguaranteed after {}", self.name(begin));
        let mut next = next;
        while let Some(key) = next {
            let meta = self.meta(key);
            let bytes = meta.frame_bytes + meta.stack_arg_bytes;
            left -= i64::from(bytes);
            write!(text, "\n{left:8}\tafter {} (nosplit) uses {bytes}", self.name(key))
                .expect("strings take text");
            next = self.depths.get(&key).and_then(|depth| depth.next);
        }
        text
    }
}
