//! `for` statements with a `range` clause, functions aside.

use source::Name;
use ssa::{BinaryOp as B, Cmp, Type};
use syntax::{Block, ExprId, ExprKind, StmtId};
use types::Basic;

use crate::func::{Jump, Lowerer};
use crate::layout::{Kind, TypeId};
use crate::value::Val;

/// What stands before `range`.
#[derive(Clone, Copy)]
pub(crate) struct Header {
    /// The label of the statement.
    pub label: Option<Name>,
    /// The first variable.
    pub key: Option<ExprId>,
    /// The second.
    pub value: Option<ExprId>,
    /// The variables are declared here.
    pub define: bool,
}

impl<'a, 's> Lowerer<'_, 'a, 's> {
    /// A `for` statement with a `range` clause.
    pub fn range_stmt(&mut self, stmt: StmtId, header: Header, x: ExprId, body: &Block) {
        let Header { label, key, value, define } = header;
        let ty = self.type_of(x);
        let kind = self.p.data(ty).kind.clone();
        match kind {
            Kind::Basic(Basic::String | Basic::UntypedString) => {
                self.range_string(label, (key, value, define), x, body)
            }
            Kind::Basic(_) => self.range_int(label, (key, define), x, body),
            Kind::Slice(_) | Kind::Array { .. } | Kind::Pointer(_) => {
                self.range_elements(label, (key, value, define), x, body);
            }
            Kind::Chan { elem, .. } => self.range_chan(label, (key, define), x, elem, body),
            Kind::Map { key: key_ty, elem } => {
                self.range_map(label, (key, value, define), (x, ty), (key_ty, elem), body);
            }
            Kind::Func(sig) => self.range_func(stmt, header, x, &sig, body),
            _ => panic!("{}: a range over {}", self.symbol, self.p.data(ty).link),
        }
    }

    /// Gives an iteration variable its value.
    pub fn iterate(&mut self, var: Option<ExprId>, define: bool, from: TypeId, val: Val) {
        let Some(x) = var else { return };
        let tree = self.tree();
        if matches!(tree[x].kind, ExprKind::Name(name) if name.is_blank()) {
            return;
        }
        match self.def(tree[x].span.start).filter(|_| define) {
            Some(obj) => {
                let ty = self.type_id(obj.ty().expect("variables are typed"));
                let val = self.assign_convert(val, from, ty);
                self.declare(obj, ty, Some(val));
            }
            None => {
                let ty = self.type_of_var(x);
                let place = self.place(x);
                let val = self.assign_convert(val, from, ty);
                self.write_place(ty, &place, &val);
            }
        }
    }

    /// Gives both iteration variables their values. The operands of the second place are evaluated before the first is
    /// written. Spec, "Assignment statements".
    fn iterate_pair(
        &mut self,
        key: Option<ExprId>,
        value: Option<ExprId>,
        define: bool,
        [(key_ty, key_val), (value_ty, val)]: [(TypeId, Val); 2],
    ) {
        let Some(x) = value.filter(|_| !define) else {
            self.iterate(key, define, key_ty, key_val);
            return self.iterate(value, define, value_ty, val);
        };
        let place = self.place(x);
        let ty = if matches!(place, crate::place::Place::Blank) { value_ty } else { self.type_of_var(x) };
        let val = self.assign_convert(val, value_ty, ty);
        self.iterate(key, define, key_ty, key_val);
        self.write_place(ty, &place, &val);
    }

    /// A loop over `0..n`; `each` runs at the start of the body with the index.
    fn count_loop(
        &mut self,
        label: Option<Name>,
        ty: Type,
        (n, signed): (ssa::Value, bool),
        body: &Block,
        each: impl FnOnce(&mut Self, ssa::Value),
    ) {
        let index = self.b.declare(ty);
        let zero = self.b.zero(ty);
        self.b.set(index, zero);
        let (head, enter, next, done) = (self.b.block(), self.b.block(), self.b.block(), self.b.block());
        self.b.jump(head);
        self.b.switch_to(head);
        let i = self.b.get(index);
        let more = self.b.compare(if signed { Cmp::LtS } else { Cmp::LtU }, i, n);
        self.b.branch(more, enter, done);
        self.b.switch_to(enter);
        each(self, i);
        self.jumps.push(Jump { label, on_break: done, on_continue: Some(next) });
        self.block(body);
        self.jumps.pop();
        self.b.jump(next);
        self.b.switch_to(next);
        let (i, one) = (self.b.get(index), self.b.iconst(ty, 1));
        let i = self.b.binary(B::Add, i, one);
        self.b.set(index, i);
        self.b.jump(head);
        self.b.switch_to(done);
    }

    fn range_int(
        &mut self,
        label: Option<Name>,
        (key, define): (Option<ExprId>, bool),
        x: ExprId,
        body: &Block,
    ) {
        let ty = match key {
            Some(key) if self.p_is_typed(key) => self.type_of_var(key),
            _ => self.type_of(x),
        };
        let n = self.expr_as(x, ty).single();
        let (scalar, signed) = (self.scalar_type(ty), self.is_signed(ty));
        let n = self.b.resize(n, scalar, signed);
        self.count_loop(label, scalar, (n, signed), body, |l, i| l.iterate(key, define, ty, Val::one(i)));
    }

    fn p_is_typed(&self, var: ExprId) -> bool {
        !matches!(self.tree()[var].kind, ExprKind::Name(name) if name.is_blank())
    }

    /// The type of what stands on the left of an assignment. Names that `:=` finds declared have none recorded.
    pub fn type_of_var(&mut self, var: ExprId) -> TypeId {
        let tree = self.tree();
        let var = tree.unparen(var);
        match tree[var].kind {
            ExprKind::Name(_) => {
                let ty = self.object(var).ty().expect("variables are typed");
                self.type_id(ty)
            }
            _ => self.type_of(var),
        }
    }

    fn range_elements(
        &mut self,
        label: Option<Name>,
        (key, value, define): (Option<ExprId>, Option<ExprId>, bool),
        x: ExprId,
        body: &Block,
    ) {
        let ty = self.type_of(x);
        let int = self.basic(Basic::Int);
        let wants_value = value.is_some_and(|value| self.p_is_typed(value));
        let (base, len, elem) = match self.p.data(ty).kind.clone() {
            Kind::Slice(elem) => match self.borrowed_bytes(x) {
                Some((data, len)) => (data, len, elem),
                None => {
                    let val = self.expr(x);
                    (val.scalars()[0], val.scalars()[1], elem)
                }
            },
            Kind::Array { elem, len } => {
                // The array is copied when its elements are wanted. Spec, "For statements with range clause".
                let base = if wants_value || !self.is_place(x) {
                    let val = self.expr(x);
                    self.spill(ty, &val)
                } else {
                    if self.is_ordered(x) {
                        self.evaluate_array(x);
                    }
                    self.nil()
                };
                (base, self.int(len as i64), elem)
            }
            Kind::Pointer(array) => {
                let Kind::Array { elem, len } = self.p.data(array).kind else {
                    panic!("{}: no array", self.symbol)
                };
                let base = self.expr(x).single();
                if wants_value {
                    self.b.nil_check(base);
                }
                (base, self.int(len as i64), elem)
            }
            _ => panic!("{}: a range over {}", self.symbol, self.p.data(ty).link),
        };
        self.count_loop(label, Type::I64, (len, true), body, |l, i| {
            let val = wants_value.then(|| {
                let addr = l.element_address(base, i, elem);
                let val = l.load(elem, addr, 0);
                l.stable(elem, val)
            });
            match val {
                Some(val) => l.iterate_pair(key, value, define, [(int, Val::one(i)), (elem, val)]),
                None => l.iterate(key, define, int, Val::one(i)),
            }
        });
    }

    fn range_string(
        &mut self,
        label: Option<Name>,
        (key, value, define): (Option<ExprId>, Option<ExprId>, bool),
        x: ExprId,
        body: &Block,
    ) {
        let string = self.expr(x);
        let (data, len) = (string.scalars()[0], string.scalars()[1]);
        let (int, rune) = (self.basic(Basic::Int), self.basic(Basic::Int32));
        let index = self.b.declare(Type::I64);
        let zero = self.int(0);
        self.b.set(index, zero);
        let after = self.b.declare(Type::I64);
        let (head, enter, next, done) = (self.b.block(), self.b.block(), self.b.block(), self.b.block());
        self.b.jump(head);
        self.b.switch_to(head);
        let i = self.b.get(index);
        let more = self.b.compare(Cmp::LtS, i, len);
        self.b.branch(more, enter, done);
        self.b.switch_to(enter);
        // One byte below 0x80 is the rune itself.
        let addr = self.b.ptr_add(data, i, 0);
        let byte = self.b.load(Type::I8, addr, 0);
        let (wide, limit, one) =
            (self.b.resize(byte, Type::I32, false), self.b.iconst(Type::I32, 0x80), self.int(1));
        let decoded = self.b.declare(Type::I32);
        let behind = self.b.binary(B::Add, i, one);
        self.b.set(decoded, wide);
        self.b.set(after, behind);
        let (slow, go_on) = (self.b.block(), self.b.block());
        let is_ascii = self.b.compare(Cmp::LtU, wide, limit);
        self.b.branch(is_ascii, go_on, slow);
        self.b.switch_to(slow);
        let parts = self.runtime("runtime.decoderune", &[data, len, i], &[Type::I32, Type::I64]);
        self.b.set(decoded, parts[0]);
        self.b.set(after, parts[1]);
        self.b.jump(go_on);
        self.b.switch_to(go_on);
        let val = self.b.get(decoded);
        self.iterate_pair(key, value, define, [(int, Val::one(i)), (rune, Val::one(val))]);
        self.jumps.push(Jump { label, on_break: done, on_continue: Some(next) });
        self.block(body);
        self.jumps.pop();
        self.b.jump(next);
        self.b.switch_to(next);
        let i = self.b.get(after);
        self.b.set(index, i);
        self.b.jump(head);
        self.b.switch_to(done);
    }

    fn range_chan(
        &mut self,
        label: Option<Name>,
        (key, define): (Option<ExprId>, bool),
        x: ExprId,
        elem: TypeId,
        body: &Block,
    ) {
        let chan = self.expr(x).single();
        let slot = self.slot_for(elem);
        let (head, enter, done) = (self.b.block(), self.b.block(), self.b.block());
        self.b.jump(head);
        self.b.switch_to(head);
        let buffer = self.b.slot_addr(slot, 0);
        let ok = self.runtime("runtime.chanrecv2", &[chan, buffer], &[Type::I8])[0];
        self.b.branch(ok, enter, done);
        self.b.switch_to(enter);
        let buffer = self.b.slot_addr(slot, 0);
        let val = self.load(elem, buffer, 0);
        self.iterate(key, define, elem, val);
        self.jumps.push(Jump { label, on_break: done, on_continue: Some(head) });
        self.block(body);
        self.jumps.pop();
        self.b.jump(head);
        self.b.switch_to(done);
    }
}
