//! What callers may know of a finished function.

use crate::flow::{Keeps, kept_params};
use crate::inline;
use crate::pass::Facts;
use ssa::Func;
use std::sync::Arc;

/// Facts about a finished function.
#[derive(Clone, Debug)]
pub struct Summary {
    /// For each parameter, what may be kept beyond the call.
    pub keeps: Vec<Keeps>,
    /// The body, if it is small enough to be inlined.
    pub body: Option<Arc<Func>>,
}

impl Summary {
    /// Summarises a finished function.
    pub(crate) fn new(func: &Func, facts: &Facts) -> Summary {
        let body = inline::is_inlinable(func).then(|| Arc::new(func.clone()));
        Summary { keeps: kept_params(func, facts), body }
    }
}
