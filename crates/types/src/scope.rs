//! Scopes within functions.
//!
//! All scopes that are open share one table from name to innermost binding. Opening a scope notes how long the log of
//! replaced bindings is; closing it puts these bindings back. So a lookup is one probe however deep
//! the blocks are nested, and leaving a block costs what was declared in it.
//!
//! Names are declared where they stand, in the order of the source, so a name that is found is one whose scope
//! has begun. Spec, "Declarations and scope".
//!
//! Invariant: scopes are closed in the reverse order in which they were opened.

use rustc_hash::FxHashMap;
use source::Name;
use syntax::Ident;

use crate::checker::Checker;
use crate::model::*;

/// The names declared in the functions around us.
#[derive(Clone, Default)]
pub struct Locals<'s> {
    bindings: FxHashMap<Name, Binding<'s>>,
    // Bindings to put back, the latest last.
    undo: Vec<(Name, Option<Binding<'s>>)>,
    // For each open scope the length of `undo` when it was opened.
    marks: Vec<u32>,
    /// Variables that must be used, of all functions around us, outermost first.
    pub(crate) vars: Vec<Obj<'s>>,
    /// The function that is checked has labels, or statements that name one.
    pub(crate) has_labels: bool,
}

#[derive(Clone, Copy)]
struct Binding<'s> {
    obj: Obj<'s>,
    // The number of scopes that were open.
    depth: u32,
}

impl<'s> Checker<'s> {
    /// Opens a scope within the innermost one.
    pub fn open_scope(&mut self) {
        let locals = &mut self.env.locals;
        locals.marks.push(locals.undo.len() as u32);
    }

    /// Closes the innermost scope.
    pub fn close_scope(&mut self) {
        let locals = &mut self.env.locals;
        let mark = locals.marks.pop().expect("a scope is open") as usize;
        for (name, outer) in locals.undo.drain(mark..).rev() {
            match outer {
                Some(binding) => locals.bindings.insert(name, binding),
                None => locals.bindings.remove(&name),
            };
        }
    }

    /// Declares `obj` in the innermost scope and records that `ident` does so. The blank identifier declares nothing.
    pub fn declare_local(&mut self, ident: Ident, obj: Obj<'s>) {
        self.record_def(ident, obj);
        if self.bind(obj) && matches!(obj.kind, ObjKind::Var { role: VarRole::Local }) {
            self.env.locals.vars.push(obj);
        }
    }

    /// Declares `obj` in the innermost scope; as a variable it need not be used. Reports false if it could not be
    /// declared.
    pub(crate) fn bind(&mut self, obj: Obj<'s>) -> bool {
        if obj.name.is_blank() || obj.name.as_str().is_empty() {
            return false;
        }
        if let Some(other) = self.lookup_innermost(obj.name) {
            let text = format!("{} redeclared in this block", obj.name);
            self.error_with_note(obj.pos, text, (other.pos, format!("other declaration of {}", obj.name)));
            return false;
        }
        let locals = &mut self.env.locals;
        let binding = Binding { obj, depth: locals.marks.len() as u32 };
        let outer = locals.bindings.insert(obj.name, binding);
        locals.undo.push((obj.name, outer));
        true
    }

    /// Finds what `name` is declared as in the innermost scope alone.
    pub(crate) fn lookup_innermost(&self, name: Name) -> Option<Obj<'s>> {
        let locals = &self.env.locals;
        let binding = locals.bindings.get(&name)?;
        (binding.depth == locals.marks.len() as u32).then_some(binding.obj)
    }

    /// Finds what `name` refers to: in the functions around us, in the file, in the package or in the universe.
    pub fn lookup(&self, name: Name) -> Option<Obj<'s>> {
        if let Some(binding) = self.env.locals.bindings.get(&name) {
            return Some(binding.obj);
        }
        let decls = &self.decls;
        // What a name in both means was reported; the file's scope is within that of the package.
        decls
            .lookup_file(self.env.file, name)
            .or_else(|| decls.lookup_package(name))
            .or_else(|| self.session.universe.scope.get(&name).copied())
    }
}
