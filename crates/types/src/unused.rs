//! Variables that are declared and not used. Spec, "Variable declarations": an implementation restriction that gc
//! makes.
//!
//! A use is any evaluation of the variable; an assignment to it is none. Whoever looks a name up marks it, and
//! `assign.rs` takes the mark back.

use crate::checker::Checker;

impl<'s> Checker<'s> {
    /// Reports the variables declared since there were `n_outer` that nothing has used, and forgets about them.
    pub(crate) fn report_unused_vars(&mut self, n_outer: usize) {
        for idx in n_outer..self.env.locals.vars.len() {
            let obj = self.env.locals.vars[idx];
            if !obj.is_used() {
                self.soft_error(obj.pos, format!("declared and not used: {}", obj.name));
            }
        }
        self.env.locals.vars.truncate(n_outer);
    }
}
