//! The passes, their order, and what they may know.

use crate::{access, bounds, dead, escape, inline, promote, rotate, simplify, summary::Summary};
use rustc_hash::FxHashMap;
use ssa::{Func, Program, Symbol};

/// A step over one function.
#[derive(Clone, Copy)]
pub struct Pass {
    /// Its name, as dumps and panics show it.
    pub name: &'static str,
    /// Does it.
    pub run: fn(&mut Func, &Facts),
}

/// All passes in the order they run. A pass may stand here more than once.
pub const PASSES: &[Pass] = &[
    Pass { name: "inline", run: inline::run },
    Pass { name: "simplify", run: simplify::run },
    // What an inlined call yields may be a closure that is called.
    Pass { name: "inline", run: inline::run },
    Pass { name: "simplify", run: simplify::run },
    Pass { name: "escape", run: escape::run },
    Pass { name: "promote", run: promote::run },
    Pass { name: "simplify", run: simplify::run },
    // The variables that a closure holds escape no more when the closure itself has become values.
    Pass { name: "escape", run: escape::run },
    Pass { name: "promote", run: promote::run },
    Pass { name: "simplify", run: simplify::run },
    Pass { name: "bounds", run: bounds::run },
    Pass { name: "rotate", run: rotate::run },
    Pass { name: "dead", run: dead::run },
    Pass { name: "access", run: access::run },
];

/// What must come before what, and why. Checked for the first of the one and the last of the other.
pub const ORDER: &[(&str, &str, &str)] = &[
    ("inline", "simplify", "constants that arguments bring decide branches of the inlined body"),
    ("inline", "escape", "an object handed to an inlined function does not leave this one"),
    ("simplify", "escape", "a use in code that is never reached would keep an object in the heap"),
    ("escape", "promote", "objects become slots, slots become values"),
    ("promote", "simplify", "values that were in memory meet the operations on them"),
    ("simplify", "bounds", "one value has one name, so that checks of it are seen to be equal"),
    ("promote", "bounds", "lengths that were in memory become values"),
    ("bounds", "rotate", "counters are recognised where the loop tests at its begin"),
    ("bounds", "dead", "what only a removed check used is dead"),
    ("dead", "access", "a load that only dead values use is dead"),
];

/// What passes may know besides their function: summaries of finished functions, and which constant func values
/// lead to which code.
pub struct Facts {
    summaries: FxHashMap<Symbol, Summary>,
    codes: FxHashMap<Symbol, Symbol>,
}

impl Facts {
    /// The facts before any function is finished.
    pub(crate) fn new(program: &Program) -> Facts {
        let mut codes = FxHashMap::default();
        for data in program.datas.iter().filter(|data| data.readonly) {
            if let Some(first) = data.relocs.first()
                && first.off == 0
                && first.addend == 0
                && first.kind == ssa::DataRelocKind::Addr
            {
                codes.insert(data.name.clone(), first.target.clone());
            }
        }
        let mut facts = Facts { summaries: FxHashMap::default(), codes };
        for border in program.borders.iter().filter(|border| border.noescape) {
            let keeps = vec![crate::Keeps::default(); border.params.len()];
            facts.add(border.name.clone(), Summary { keeps, body: None });
        }
        facts
    }

    pub(crate) fn add(&mut self, name: Symbol, summary: Summary) {
        self.summaries.insert(name, summary);
    }

    /// What is known of a function that is finished.
    pub fn summary(&self, name: &str) -> Option<&Summary> {
        self.summaries.get(name)
    }

    /// The address that constant data begins with: the code of a constant func value.
    pub fn code_of(&self, data: &str) -> Option<&Symbol> {
        self.codes.get(data)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passes_stand_in_order() {
        for (before, after, reason) in ORDER {
            let first = PASSES.iter().position(|pass| pass.name == *before);
            let last = PASSES.iter().rposition(|pass| pass.name == *after);
            let (Some(first), Some(last)) = (first, last) else { panic!("{before} or {after} is no pass") };
            assert!(first < last, "{before} must come before {after}: {reason}");
        }
    }
}
