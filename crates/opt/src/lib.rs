//! Passes over SSA.
//!
//! Functions are worked on bottom-up over the components of the call graph: a function's callees are finished
//! before it, unless they call each other. A pass sees its own function and, of callees,
//! only their [`Summary`]: what they do to their arguments, and their body if it is small enough to be inlined. So
//! whatever a function becomes depends on itself and these summaries alone, which is what a cache needs (DESIGN 3).
//! Components that do not depend on each other are worked on in parallel; the result is the same as one by one.
//!
//! The order of passes is data: [`PASSES`] lists them, [`ORDER`] says what must come before what and why.
//!
//! Invariant: every pass takes a verified function and leaves one.

mod bounds;
mod callgraph;
mod dead;
mod escape;
mod flow;
mod inline;
mod pass;
mod promote;
mod rewrite;
mod rotate;
mod simplify;
mod summary;

pub use flow::Keeps;
pub use pass::{Facts, ORDER, PASSES, Pass};
pub use summary::Summary;

use rayon::prelude::*;
use ssa::{Func, Program};

/// What `optimize` is asked for.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Leave functions as they are, for a fast build and for debuggers: only what the roots do not reach is dropped.
    pub no_opt: bool,
    /// Verify after each pass; for tests and for looking for faults.
    pub verify: bool,
    /// Names that are needed from outside: entry points, and what the runtime calls. Functions and data that these do
    /// not reach are dropped; when there are none, nothing is dropped.
    pub roots: Vec<String>,
}

/// Optimises a verified program.
///
/// # Panics
/// With `verify`, when a pass leaves a function that is not well formed: names the pass and the function.
pub fn optimize(program: &mut Program, options: &Options) {
    if !options.no_opt {
        run_all(program, options);
    }
    if !options.roots.is_empty() {
        dead::drop_unreachable(program, &options.roots);
    }
}

fn run_all(program: &mut Program, options: &Options) {
    let levels = callgraph::levels(program);
    let mut facts = Facts::new(program);
    for level in levels {
        let mut funcs: Vec<(usize, Func)> = level
            .iter()
            .map(|&n| (n, std::mem::replace(&mut program.funcs[n], Func::new("", Default::default()))))
            .collect();
        let finished: Vec<Summary> = funcs
            .par_iter_mut()
            .map(|(_, func)| {
                run_passes(func, &facts, options);
                Summary::new(func, &facts)
            })
            .collect();
        for ((n, func), summary) in funcs.into_iter().zip(finished) {
            facts.add(func.name.clone(), summary);
            program.funcs[n] = func;
        }
    }
}

fn run_passes(func: &mut Func, facts: &Facts, options: &Options) {
    for pass in PASSES {
        (pass.run)(func, facts);
        if options.verify
            && let Err(error) = ssa::verify(func)
        {
            panic!("after pass {}: {error}\n{func}", pass.name);
        }
    }
}
