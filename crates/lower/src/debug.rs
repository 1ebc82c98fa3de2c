//! Variables for debuggers.
//!
//! When they are asked for (`-N`), each local variable has a slot in the frame from its declaration on: its value,
//! or, if it is shared, the address of its object. `DebugVar` says from where to where in the source it is
//! visible; the linker finds the code of that part by the line table.

use ssa::{DebugVar, Pos};
use syntax::{Offset, Stmt, StmtKind};
use types::Obj;

use crate::func::{Local, Lowerer};
use crate::layout::TypeId;
use crate::program::address;

impl<'s> Lowerer<'_, '_, 's> {
    /// Moves a variable that has just been declared into the frame, if debuggers are to find it.
    pub fn debug_var(&mut self, var: Obj<'s>, ty: TypeId, local: Local) -> Local {
        if !self.p.options.debug_vars || var.name.is_blank() || var.name.as_str().is_empty() {
            return local;
        }
        self.p.debug_names.insert(address(var), var.name.as_str().into());
        self.debug_captured(address(var), ty, local)
    }

    /// The same for a variable of the function around this one.
    pub fn debug_captured(&mut self, key: usize, ty: TypeId, local: Local) -> Local {
        let Some(name) = self.p.debug_names.get(&key).cloned() else { return local };
        let (slot, indirect) = match &local {
            Local::Slot(slot) => (*slot, false),
            Local::SlotBoxed(slot) => (*slot, true),
            Local::Vars(_) => {
                let place = self.place_of(&local);
                let val = self.read_place(ty, &place);
                let slot = self.slot_for(ty);
                let addr = self.b.slot_addr(slot, 0);
                self.store(ty, addr, 0, &val, true);
                (slot, false)
            }
            Local::Boxed(variable) => {
                let object = self.b.get(*variable);
                let slot = self.b.slot(8, 8);
                let addr = self.b.slot_addr(slot, 0);
                self.b.store(addr, 0, object);
                (slot, true)
            }
        };
        let ty = (&*self.p.descriptor(ty)).into();
        let pos = self.b.pos();
        self.b.debug_var(DebugVar { name, ty, slot, indirect, param: false, pos, end: Pos::default() });
        if indirect { Local::SlotBoxed(slot) } else { Local::Slot(slot) }
    }

    /// What is declared until now is a parameter, visible in all of the function.
    pub fn debug_mark_params(&mut self) {
        for var in &mut self.b.func_mut().debug_vars {
            (var.param, var.pos) = (true, Pos::default());
        }
    }

    /// Variables from the `first` on that are declared in a statement: those of a declaration are visible behind it, those
    /// of a statement with a block of its own until its end.
    pub fn debug_scope(&mut self, first: usize, stmt: &Stmt) {
        match stmt.kind {
            StmtKind::Define { .. } | StmtKind::Decl(_) if first < self.b.func().debug_vars.len() => {
                let pos = self.line_and_column(stmt.span.end);
                self.b.func_mut().debug_vars[first..].iter_mut().for_each(|var| var.pos = pos);
            }
            StmtKind::Block(_)
            | StmtKind::If { .. }
            | StmtKind::Switch { .. }
            | StmtKind::TypeSwitch { .. }
            | StmtKind::Select { .. }
            | StmtKind::For { .. }
            | StmtKind::Range { .. } => self.debug_end(first, stmt.span.end),
            _ => {}
        }
    }

    /// Variables from the `first` on whose end is open are visible until `end`.
    pub fn debug_end(&mut self, first: usize, end: Offset) {
        if first == self.b.func().debug_vars.len() {
            return;
        }
        let end = self.line_and_column(end);
        let vars = &mut self.b.func_mut().debug_vars[first..];
        vars.iter_mut().filter(|var| var.end == Pos::default()).for_each(|var| var.end = end);
    }
}
