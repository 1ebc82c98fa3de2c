//! `for range` over a map: an iterator of `internal/runtime/maps` in the frame.

use source::Name;
use ssa::{Op, Type};
use syntax::{Block, ExprId};

use crate::func::{Jump, Lowerer};
use crate::layout::TypeId;

/// `internal/runtime/maps.Iter` is that large; it begins with the addresses of key and element, nil at the end.
/// `overlay/runtime/map.go` asserts it.
const ITER_BYTES: u32 = 96;

impl<'a, 's> Lowerer<'_, 'a, 's> {
    /// A loop over a map of type `ty`.
    pub fn range_map(
        &mut self,
        label: Option<Name>,
        (key, value, define): (Option<ExprId>, Option<ExprId>, bool),
        (x, ty): (ExprId, TypeId),
        (key_ty, elem): (TypeId, TypeId),
        body: &Block,
    ) {
        let map = self.expr(x).single();
        let slot = self.b.slot(ITER_BYTES, 8);
        let iter = self.b.slot_addr(slot, 0);
        self.b.ins(Op::MemZero { addr: iter, size: u64::from(ITER_BYTES), barrier: None });
        let desc = self.descriptor_addr(ty);
        self.runtime("runtime.mapIterStart", &[desc, map, iter], &[]);
        let (head, enter, next, done) = (self.b.block(), self.b.block(), self.b.block(), self.b.block());
        self.b.jump(head);
        self.b.switch_to(head);
        let iter = self.b.slot_addr(slot, 0);
        let found = self.b.load(Type::Ptr, iter, 0);
        let more = self.is_nonzero(found);
        self.b.branch(more, enter, done);
        self.b.switch_to(enter);
        if key.is_some() {
            let val = self.load(key_ty, found, 0);
            let val = self.stable(key_ty, val);
            let at = self.b.load(Type::Ptr, iter, 8);
            let elem_val = value.map(|_| self.load(elem, at, 0));
            let elem_val = elem_val.map(|val| self.stable(elem, val));
            self.iterate(key, define, key_ty, val);
            if let Some(val) = elem_val {
                self.iterate(value, define, elem, val);
            }
        }
        self.jumps.push(Jump { label, on_break: done, on_continue: Some(next) });
        self.block(body);
        self.jumps.pop();
        self.b.jump(next);
        self.b.switch_to(next);
        let iter = self.b.slot_addr(slot, 0);
        self.runtime("runtime.mapIterNext", &[iter], &[]);
        self.b.jump(head);
        self.b.switch_to(done);
    }
}
