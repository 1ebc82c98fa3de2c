//! `switch` statements.

use source::Name;
use syntax::{Case, ExprId, StmtId};

use crate::func::{Jump, Local, Lowerer};
use crate::layout::TypeId;
use crate::value::Val;

impl<'a, 's> Lowerer<'_, 'a, 's> {
    /// An expression switch.
    pub fn switch_stmt(
        &mut self,
        label: Option<Name>,
        init: Option<StmtId>,
        tag: Option<ExprId>,
        cases: &[Case],
    ) {
        self.opt_stmt(init);
        let tag = tag.map(|tag| {
            let ty = self.type_of(tag);
            let mut exprs = cases.iter().flat_map(|case| &self.tree()[case.exprs]);
            let is_constant = exprs.all(|x| self.mode(*x) == Some(types::Mode::Constant));
            let val = if is_constant { self.borrowed(tag, ty) } else { self.expr(tag) };
            (ty, self.stable(ty, val))
        });
        let done = self.b.block();
        let bodies: Vec<ssa::Block> = cases.iter().map(|_| self.b.block()).collect();
        for (case, body) in cases.iter().zip(&bodies) {
            for x in &self.tree()[case.exprs] {
                self.at(self.tree()[*x].span.start);
                let next = self.b.block();
                match &tag {
                    Some((ty, val)) => {
                        let equal = self.case_equal(*ty, val, *x);
                        self.b.branch(equal, *body, next);
                    }
                    // The missing tag is `true`, which may be compared with an interface.
                    None if self.is_interface_value(*x) => {
                        let bool_ty = self.basic(types::Basic::Bool);
                        let tag = Val::one(self.b.iconst(ssa::Type::I8, 1));
                        let equal = self.case_equal(bool_ty, &tag, *x);
                        self.b.branch(equal, *body, next);
                    }
                    None => self.condition(*x, *body, next),
                }
                self.b.switch_to(next);
            }
        }
        let default = cases.iter().position(|case| case.is_default);
        self.b.jump(default.map_or(done, |idx| bodies[idx]));
        self.jumps.push(Jump { label, on_break: done, on_continue: None });
        for (idx, case) in cases.iter().enumerate() {
            self.b.switch_to(bodies[idx]);
            let outer = std::mem::replace(&mut self.fallthrough, bodies.get(idx + 1).copied());
            self.block(&case.body);
            self.fallthrough = outer;
            self.b.jump(done);
        }
        self.jumps.pop();
        self.b.switch_to(done);
    }

    fn is_interface_value(&mut self, x: ExprId) -> bool {
        let ty = self.type_of(x);
        self.is_interface(ty)
    }

    /// Compares the tag with a case: mixed interface and concrete values as interfaces.
    fn case_equal(&mut self, ty: TypeId, tag: &Val, x: ExprId) -> ssa::Value {
        if self.is_nil(x) {
            let nonzero = self.is_nonzero(tag.scalars()[0]);
            return self.not(nonzero);
        }
        let case_ty = self.type_of(x);
        let common = if self.is_interface(case_ty) && !self.is_interface(ty) { case_ty } else { ty };
        let lhs = self.assign_convert(tag.clone(), ty, common);
        let rhs = self.expr_as(x, common);
        self.equal(common, &lhs, &rhs)
    }

    /// A type switch.
    pub fn type_switch(
        &mut self,
        label: Option<Name>,
        init: Option<StmtId>,
        named: bool,
        x: ExprId,
        cases: &[Case],
    ) {
        self.opt_stmt(init);
        let tree = self.tree();
        let from = self.type_of(x);
        let val = self.expr(x);
        let done = self.b.block();
        let bodies: Vec<ssa::Block> = cases.iter().map(|_| self.b.block()).collect();
        for (case, body) in cases.iter().zip(&bodies) {
            let exprs = &tree[case.exprs];
            for ty in exprs {
                let next = self.b.block();
                if self.is_nil(*ty) {
                    let nonzero = self.is_nonzero(val.scalars()[0]);
                    let declare = self.b.block();
                    self.b.branch(nonzero, next, declare);
                    self.b.switch_to(declare);
                    self.declare_case(named, case, from, &val);
                } else {
                    let to = self.type_of(*ty);
                    let holds = self.type_test(&val, from, to);
                    let declare = self.b.block();
                    self.b.branch(holds.0, declare, next);
                    self.b.switch_to(declare);
                    if exprs.len() == 1 && named {
                        let extracted = self.extract_case(&val, from, to, holds);
                        self.declare_case(named, case, to, &extracted);
                    } else {
                        self.declare_case(named, case, from, &val);
                    }
                }
                self.b.jump(*body);
                self.b.switch_to(next);
            }
        }
        match cases.iter().position(|case| case.is_default) {
            Some(idx) => {
                self.declare_case(named, &cases[idx], from, &val);
                self.b.jump(bodies[idx]);
            }
            None => self.b.jump(done),
        }
        self.jumps.push(Jump { label, on_break: done, on_continue: None });
        for (idx, case) in cases.iter().enumerate() {
            self.b.switch_to(bodies[idx]);
            self.block(&case.body);
            self.b.jump(done);
        }
        self.jumps.pop();
        self.b.switch_to(done);
    }

    fn extract_case(
        &mut self,
        val: &Val,
        from: TypeId,
        to: TypeId,
        holds: (ssa::Value, Option<ssa::Value>),
    ) -> Val {
        if self.is_empty_interface(to) {
            let is_empty = self.is_empty_interface(from);
            let ty = self.dynamic_type(val.scalars()[0], is_empty);
            return Val::of(&[ty, val.scalars()[1]]);
        }
        self.extract(val, to, holds)
    }

    /// Declares the variable of a clause, or writes it again where several types lead to one body.
    fn declare_case(&mut self, named: bool, case: &Case, ty: TypeId, val: &Val) {
        let Some(obj) = self.src.file.info.implicits.get(&case.pos).copied().filter(|_| named) else {
            return;
        };
        match self.locals.get(&crate::program::address(obj)).cloned() {
            Some(local @ (Local::Vars(_) | Local::Slot(_))) => {
                let place = self.place_of(&local);
                self.write_place(ty, &place, val);
            }
            Some(local @ (Local::Boxed(_) | Local::SlotBoxed(_))) => {
                let addr = self.new_object(ty);
                self.store(ty, addr, 0, val, false);
                self.set_box(&local, addr);
            }
            None => {
                let n_vars = self.b.func().debug_vars.len();
                self.at(case.pos);
                self.declare(obj, ty, Some(val.clone()));
                self.debug_end(n_vars, case.body.rbrace);
            }
        }
    }
}
