//! What callers may know of a finished function.

use crate::escape::escaping_params;
use crate::inline;
use crate::pass::Facts;
use ssa::Func;
use std::sync::Arc;

/// Facts about a finished function.
#[derive(Clone, Debug)]
pub struct Summary {
    /// For each parameter, whether a pointer in it may be kept beyond the call.
    pub escapes: Vec<bool>,
    /// The body, if it is small enough to be inlined.
    pub body: Option<Arc<Func>>,
}

impl Summary {
    /// Summarises a finished function.
    pub(crate) fn new(func: &Func, facts: &Facts) -> Summary {
        let body = inline::is_inlinable(func).then(|| Arc::new(func.clone()));
        Summary { escapes: escaping_params(func, facts), body }
    }
}
