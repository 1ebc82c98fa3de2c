//! Expressions.

use ssa::{BinaryOp as B, Cmp, UnaryOp as U, Value};
use syntax::{BinaryOp, ExprId, ExprKind, UnaryOp};
use types::constant::Value as Const;
use types::{Basic, Mode, ObjKind, Selection, VarRole};

use crate::func::Lowerer;
use crate::layout::{Kind, TypeId};
use crate::place::Place;
use crate::value::Val;

impl<'a, 's> Lowerer<'_, 'a, 's> {
    /// Evaluates an expression that has one value.
    pub fn expr(&mut self, expr: ExprId) -> Val {
        let tree = self.tree();
        if let Some(val) = self.constant(expr) {
            return val;
        }
        if let Some((_, val)) = self.take_kept(expr).and_then(|mut vals| vals.pop()) {
            return val;
        }
        match tree[expr].kind {
            ExprKind::Paren(x) => self.expr(x),
            ExprKind::Name(_) => self.name(expr),
            ExprKind::BasicLit { .. } => panic!("{}: a literal that is no constant", self.symbol),
            ExprKind::CompositeLit { .. } => self.composite(expr),
            ExprKind::FuncLit(func) => self.func_lit(expr, func),
            ExprKind::Selector { x, .. } => self.selector(expr, x),
            ExprKind::Index { x, .. } => self.index(expr, x),
            ExprKind::Slice { x, indices, .. } => self.slice_expr(expr, x, indices),
            ExprKind::TypeAssert { x, .. } => self.type_assert(expr, x, false).0,
            ExprKind::Call { .. } => {
                let mut vals = self.call(expr);
                vals.pop().unwrap_or_else(|| panic!("{}: a call without a value", self.symbol)).1
            }
            ExprKind::Star(x) => {
                let place = Place::Memory { addr: self.expr(x).single(), off: 0, is_stack: false };
                let ty = self.type_of(expr);
                self.at_operation(expr);
                let val = self.read_place(ty, &place);
                self.stable(ty, val)
            }
            ExprKind::Unary { op, x } => self.unary(expr, op, x),
            ExprKind::Binary { op, op_pos, x, y } => self.binary(expr, op, op_pos, x, y),
            ExprKind::Bad
            | ExprKind::KeyValue { .. }
            | ExprKind::ArrayType { .. }
            | ExprKind::SliceType(_)
            | ExprKind::Ellipsis(_)
            | ExprKind::StructType { .. }
            | ExprKind::FuncType(_)
            | ExprKind::InterfaceType { .. }
            | ExprKind::MapType { .. }
            | ExprKind::ChanType { .. } => panic!("{}: no expression with a value", self.symbol),
        }
    }

    /// Evaluates an expression and converts it implicitly to `ty`, as an assignment does.
    pub fn expr_as(&mut self, expr: ExprId, ty: TypeId) -> Val {
        if self.is_nil(expr) {
            return self.zero(ty);
        }
        let from = self.type_of(expr);
        let val = self.expr(expr);
        self.assign_convert(val, from, ty)
    }

    /// Reports whether the expression is the predeclared `nil`.
    pub fn is_nil(&self, expr: ExprId) -> bool {
        let info = self.src.file.info.exprs.get(expr.index()).copied().flatten();
        info.is_some_and(|info| info.mode == Mode::Nil)
    }

    fn constant(&mut self, expr: ExprId) -> Option<Val> {
        let info = self.src.file.info.exprs.get(expr.index()).copied().flatten()?;
        if info.mode == Mode::Nil {
            let ty = self.type_of(expr);
            return Some(self.zero(ty));
        }
        let value = info.value.filter(|_| info.mode == Mode::Constant)?;
        let ty = self.type_of(expr);
        Some(self.const_val(ty, value))
    }

    /// A constant of a type. Of an interface type it is boxed with its default type.
    pub fn const_val(&mut self, ty: TypeId, value: Const<'s>) -> Val {
        let Kind::Basic(basic) = self.p.data(ty).kind else {
            panic!("{}: a constant of type {}", self.symbol, self.p.data(ty).link)
        };
        match basic {
            Basic::Bool | Basic::UntypedBool => {
                let Const::Bool(b) = value else { panic!("{}: no bool", self.symbol) };
                Val::one(self.b.iconst(ssa::Type::I8, i64::from(b)))
            }
            Basic::String | Basic::UntypedString => {
                let Const::Str(bytes) = value else { panic!("{}: no string", self.symbol) };
                self.string_const(bytes)
            }
            Basic::Float32 => Val::one(self.b.f32const(types::constant::to_f32(value))),
            Basic::Float64 | Basic::UntypedFloat => Val::one(self.b.f64const(types::constant::to_f64(value))),
            Basic::Complex64 => {
                let (re, im) = (value.real(), value.imag());
                let re = self.b.f32const(types::constant::to_f32(re));
                let im = self.b.f32const(types::constant::to_f32(im));
                Val::of(&[re, im])
            }
            Basic::Complex128 | Basic::UntypedComplex => {
                let (re, im) = (value.real(), value.imag());
                let re = self.b.f64const(types::constant::to_f64(re));
                let im = self.b.f64const(types::constant::to_f64(im));
                Val::of(&[re, im])
            }
            _ => {
                let bits = value.low_bits();
                let scalar = match &self.p.data(ty).shape {
                    crate::layout::Shape::Scalars(list) => list[0].ty,
                    crate::layout::Shape::Memory => panic!("{}: a number in memory", self.symbol),
                };
                match scalar {
                    ssa::Type::Ptr => {
                        let bits = self.int(bits as i64);
                        Val::one(self.b.convert(ssa::Conv::Bitcast, ssa::Type::Ptr, bits))
                    }
                    scalar => Val::one(self.b.iconst(scalar, bits as i64)),
                }
            }
        }
    }

    fn name(&mut self, expr: ExprId) -> Val {
        let obj = self.object(expr);
        match obj.kind {
            ObjKind::Var { role: VarRole::Package } => {
                let ty = self.type_of(expr);
                let place = self.place(expr);
                let val = self.read_place(ty, &place);
                self.stable(ty, val)
            }
            ObjKind::Var { .. } => {
                let ty = self.type_id(obj.ty().expect("variables are typed"));
                let place = self.local_place(obj);
                self.read_place(ty, &place)
            }
            ObjKind::Func { .. } => self.func_value(expr, obj),
            ObjKind::Const { .. }
            | ObjKind::TypeName
            | ObjKind::PkgName { .. }
            | ObjKind::Builtin(_)
            | ObjKind::Nil => panic!("{}: {} has no value", self.symbol, obj.name),
        }
    }

    fn selector(&mut self, expr: ExprId, x: ExprId) -> Val {
        let selection = self.src.file.info.selections.get(&expr).copied();
        match selection {
            Some(Selection::Qualified(obj)) => match obj.kind {
                ObjKind::Func { .. } => self.func_value(expr, obj),
                _ => {
                    let ty = self.type_of(expr);
                    let place = self.place(expr);
                    let val = self.read_place(ty, &place);
                    self.stable(ty, val)
                }
            },
            Some(Selection::Field { path, .. }) => {
                let ty = self.type_of(expr);
                if self.is_place(x) {
                    let place = self.place(expr);
                    self.at_operation(expr);
                    let val = self.read_place(ty, &place);
                    return self.stable(ty, val);
                }
                let from = self.type_of(x);
                let val = self.expr(x);
                self.at_operation(expr);
                self.walk_fields(from, val, path).1
            }
            Some(Selection::Method { .. } | Selection::MethodExpr { .. }) => self.method_value(expr, x),
            None => panic!("{}: a selector that selects nothing", self.symbol),
        }
    }

    /// Reports whether the expression can be evaluated as a place: a variable, or reached through a pointer.
    pub fn is_place(&self, expr: ExprId) -> bool {
        let info = self.src.file.info.exprs.get(expr.index()).copied().flatten();
        info.is_some_and(|info| info.mode == Mode::Variable)
    }

    /// Follows field numbers from a value.
    pub fn walk_fields(&mut self, mut ty: TypeId, mut val: Val, path: &[u32]) -> (TypeId, Val) {
        for idx in path {
            if let Kind::Pointer(elem) = self.p.data(ty).kind {
                let place = Place::Memory { addr: val.single(), off: 0, is_stack: false };
                let place = self.field_place(elem, place, &[*idx]);
                let Kind::Struct(fields) = self.p.data(elem).kind.clone() else {
                    panic!("a field of no struct")
                };
                ty = fields[*idx as usize].ty;
                val = self.read_place(ty, &place);
            } else {
                let Kind::Struct(fields) = self.p.data(ty).kind.clone() else {
                    panic!("a field of no struct")
                };
                val = self.field(ty, &val, *idx as usize);
                ty = fields[*idx as usize].ty;
            }
        }
        (ty, val)
    }

    fn index(&mut self, expr: ExprId, x: ExprId) -> Val {
        let tree = self.tree();
        let ExprKind::Index { indices, .. } = tree[expr].kind else { unreachable!("the caller matched it") };
        if self.src.file.info.instances.contains_key(&x) || matches!(self.p_mode(x), Some(Mode::Type)) {
            return self.instantiated_func(expr, x);
        }
        let ty = self.type_of(x);
        if let Kind::Basic(_) = self.p.data(ty).kind {
            let index = tree[indices][0];
            let (string, (index, signed)) = self.hoisted(&[x, index], |l| (l.expr(x), l.index_value(index)));
            let (data, len) = (string.scalars()[0], string.scalars()[1]);
            self.at_operation(expr);
            self.b.bounds_check(ssa::BoundsKind::Index, signed, index, len);
            let addr = self.b.ptr_add(data, index, 0);
            return Val::one(self.b.load(ssa::Type::I8, addr, 0));
        }
        if let Kind::Map { .. } = self.p.data(ty).kind {
            return self.map_lookup(expr, false).0;
        }
        let elem = self.type_of(expr);
        let place = self.place(expr);
        self.at_operation(expr);
        let val = self.read_place(elem, &place);
        self.stable(elem, val)
    }

    fn p_mode(&self, expr: ExprId) -> Option<Mode> {
        self.src.file.info.exprs.get(expr.index()).copied().flatten().map(|info| info.mode)
    }

    fn unary(&mut self, expr: ExprId, op: UnaryOp, x: ExprId) -> Val {
        let ty = self.type_of(expr);
        match op {
            UnaryOp::Plus => self.expr(x),
            UnaryOp::Minus => self.negate(ty, x),
            UnaryOp::Not => {
                let val = self.expr(x).single();
                Val::one(self.not(val))
            }
            UnaryOp::BitNot => {
                let val = self.expr(x).single();
                Val::one(self.b.unary(U::Not, val))
            }
            UnaryOp::Addr => self.address_expr(x),
            UnaryOp::Recv => self.receive(expr, x, false).0,
            UnaryOp::Tilde => panic!("{}: ~ in an expression", self.symbol),
        }
    }

    fn negate(&mut self, ty: TypeId, x: ExprId) -> Val {
        let op = if self.is_float(ty) || self.is_complex(ty) { U::Fneg } else { U::Neg };
        let val = self.expr(x);
        Val::Scalars(val.scalars().iter().map(|value| self.b.unary(op, *value)).collect())
    }

    /// `&x`: of a composite literal a new object, of anything else its address.
    fn address_expr(&mut self, x: ExprId) -> Val {
        let tree = self.tree();
        let inner = tree.unparen(x);
        if let ExprKind::CompositeLit { .. } = tree[inner].kind {
            let ty = self.type_of(inner);
            let addr = self.new_object(ty);
            self.composite_into(inner, ty, addr);
            return Val::one(addr);
        }
        Val::one(self.address_of(inner))
    }

    fn binary(&mut self, expr: ExprId, op: BinaryOp, op_pos: u32, x: ExprId, y: ExprId) -> Val {
        match op {
            BinaryOp::LogAnd | BinaryOp::LogOr => self.short_circuit(op, x, y),
            BinaryOp::Eq | BinaryOp::Ne | BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge => {
                self.comparison(op, op_pos, x, y)
            }
            BinaryOp::Shl | BinaryOp::Shr => {
                let ty = self.type_of(expr);
                let lhs = self.expr_as(x, ty).single();
                let count_ty = self.type_of(y);
                let count = self.expr(y).single();
                self.at(op_pos);
                Val::one(self.shift(op, ty, lhs, count_ty, count))
            }
            BinaryOp::Add
            | BinaryOp::Sub
            | BinaryOp::Or
            | BinaryOp::Xor
            | BinaryOp::Mul
            | BinaryOp::Div
            | BinaryOp::Rem
            | BinaryOp::And
            | BinaryOp::AndNot => {
                let ty = self.type_of(expr);
                if op == BinaryOp::Add && self.is_string(ty) {
                    return self.concat(expr);
                }
                let sides = [x, y];
                let vals = self.in_order(&sides, |l, idx| l.expr_as(sides[idx], ty));
                self.at(op_pos);
                self.arithmetic(op, ty, &vals[0], &vals[1])
            }
        }
    }

    /// `&&` and `||`.
    fn short_circuit(&mut self, op: BinaryOp, x: ExprId, y: ExprId) -> Val {
        let result = self.b.declare(ssa::Type::I8);
        let lhs = self.expr(x).single();
        self.b.set(result, lhs);
        let (more, done) = (self.b.block(), self.b.block());
        match op {
            BinaryOp::LogAnd => self.b.branch(lhs, more, done),
            _ => self.b.branch(lhs, done, more),
        }
        self.b.switch_to(more);
        let rhs = self.expr(y).single();
        self.b.set(result, rhs);
        self.b.jump(done);
        self.b.switch_to(done);
        Val::one(self.b.get(result))
    }

    /// A shift; a negative count panics.
    pub fn shift(&mut self, op: BinaryOp, ty: TypeId, lhs: Value, count_ty: TypeId, count: Value) -> Value {
        if self.is_signed(count_ty) && self.b.func().as_const(count).is_none() {
            let zero = self.b.zero(self.b.func().ty(count));
            let ok = self.b.compare(Cmp::GeS, count, zero);
            self.b.check(ok, "runtime.panicshift", vec![]);
        }
        let op = match op {
            BinaryOp::Shl => B::Shl,
            _ if self.is_signed(ty) => B::ShrS,
            _ => B::ShrU,
        };
        self.b.binary(op, lhs, count)
    }

    /// An arithmetic operation on two values of type `ty`.
    pub fn arithmetic(&mut self, op: BinaryOp, ty: TypeId, lhs: &Val, rhs: &Val) -> Val {
        if self.is_string(ty) {
            return self.concat_vals(&[lhs.clone(), rhs.clone()]);
        }
        if self.is_complex(ty) {
            return self.complex_arithmetic(op, ty, lhs, rhs);
        }
        let (x, y) = (lhs.single(), rhs.single());
        let (float, signed) = (self.is_float(ty), self.is_signed(ty));
        let op = match op {
            BinaryOp::Add if float => B::Fadd,
            BinaryOp::Sub if float => B::Fsub,
            BinaryOp::Mul if float => B::Fmul,
            BinaryOp::Div if float => B::Fdiv,
            BinaryOp::Add => B::Add,
            BinaryOp::Sub => B::Sub,
            BinaryOp::Mul => B::Mul,
            BinaryOp::Div if signed => B::DivS,
            BinaryOp::Div => B::DivU,
            BinaryOp::Rem if signed => B::RemS,
            BinaryOp::Rem => B::RemU,
            BinaryOp::And => B::And,
            BinaryOp::Or => B::Or,
            BinaryOp::Xor => B::Xor,
            BinaryOp::AndNot => {
                let inverted = self.b.unary(U::Not, y);
                return Val::one(self.b.binary(B::And, x, inverted));
            }
            BinaryOp::LogOr
            | BinaryOp::LogAnd
            | BinaryOp::Eq
            | BinaryOp::Ne
            | BinaryOp::Lt
            | BinaryOp::Le
            | BinaryOp::Gt
            | BinaryOp::Ge
            | BinaryOp::Shl
            | BinaryOp::Shr => panic!("{}: {op:?} is no arithmetic", self.symbol),
        };
        Val::one(self.b.binary(op, x, y))
    }

    fn complex_arithmetic(&mut self, op: BinaryOp, ty: TypeId, lhs: &Val, rhs: &Val) -> Val {
        let (a, b) = (lhs.scalars()[0], lhs.scalars()[1]);
        let (c, d) = (rhs.scalars()[0], rhs.scalars()[1]);
        if let BinaryOp::Add | BinaryOp::Sub = op {
            let op = if op == BinaryOp::Add { B::Fadd } else { B::Fsub };
            let (re, im) = (self.b.binary(op, a, c), self.b.binary(op, b, d));
            return Val::of(&[re, im]);
        }
        // gc multiplies and divides complex64 in complex128, and rounds the result.
        let [a, b, c, d] = [a, b, c, d].map(|x| match self.b.func().ty(x) {
            ssa::Type::F32 => self.b.convert(ssa::Conv::Fpromote, ssa::Type::F64, x),
            _ => x,
        });
        let parts = if op == BinaryOp::Mul {
            let mut product = |x, y| self.b.binary(B::Fmul, x, y);
            let (ac, bd, ad, bc) = (product(a, c), product(b, d), product(a, d), product(b, c));
            vec![self.b.binary(B::Fsub, ac, bd), self.b.binary(B::Fadd, ad, bc)]
        } else {
            self.runtime("runtime.complex128div", &[a, b, c, d], &[ssa::Type::F64; 2]).to_vec()
        };
        let is_narrow = self.p.data(ty).size == 8;
        let round = |x| match is_narrow {
            true => self.b.convert(ssa::Conv::Fdemote, ssa::Type::F32, x),
            false => x,
        };
        Val::Scalars(parts.into_iter().map(round).collect())
    }

    /// `x + y + ...` of strings: the whole chain in one call.
    fn concat(&mut self, expr: ExprId) -> Val {
        let tree = self.tree();
        let mut parts = Vec::new();
        let mut left = expr;
        while let ExprKind::Binary { op: BinaryOp::Add, x, y, .. } = tree[tree.unparen(left)].kind {
            if self.p_mode(left) == Some(Mode::Constant) {
                break;
            }
            parts.push(y);
            left = x;
        }
        parts.push(left);
        parts.reverse();
        let vals = self.in_order(&parts, |l, idx| l.expr(parts[idx]));
        self.concat_vals(&vals)
    }

    fn concat_vals(&mut self, vals: &[Val]) -> Val {
        let slot = self.b.slot(16 * vals.len() as u32, 8);
        let parts = self.b.slot_addr(slot, 0);
        for (idx, val) in vals.iter().enumerate() {
            self.b.store(parts, 16 * idx as i32, val.scalars()[0]);
            self.b.store(parts, 16 * idx as i32 + 8, val.scalars()[1]);
        }
        let n = self.int(vals.len() as i64);
        Val::Scalars(self.runtime("runtime.concatstrings", &[parts, n], &[ssa::Type::Ptr, ssa::Type::I64]))
    }

    /// `<-x`: the value, and whether it was sent.
    pub fn receive(&mut self, expr: ExprId, x: ExprId, comma_ok: bool) -> (Val, Option<Value>) {
        let ty = self.type_of(x);
        let Kind::Chan { elem, .. } = self.p.data(ty).kind else { panic!("{}: no channel", self.symbol) };
        let chan = self.expr(x).single();
        self.at_operation(expr);
        let slot = self.slot_for(elem);
        let buffer = self.b.slot_addr(slot, 0);
        let ok = match comma_ok {
            true => Some(self.runtime("runtime.chanrecv2", &[chan, buffer], &[ssa::Type::I8])[0]),
            false => {
                self.runtime("runtime.chanrecv1", &[chan, buffer], &[]);
                None
            }
        };
        let buffer = self.b.slot_addr(slot, 0);
        (self.load(elem, buffer, 0), ok)
    }

    /// Reports whether the type is an integer with a sign.
    pub fn is_signed(&self, ty: TypeId) -> bool {
        use Basic::*;
        matches!(
            self.p.types.get(ty).kind,
            Kind::Basic(Int | Int8 | Int16 | Int32 | Int64 | UntypedInt | UntypedRune)
        )
    }

    /// Reports whether the type is a float.
    pub fn is_float(&self, ty: TypeId) -> bool {
        matches!(
            self.p.types.get(ty).kind,
            Kind::Basic(Basic::Float32 | Basic::Float64 | Basic::UntypedFloat)
        )
    }

    /// Reports whether the type is complex.
    pub fn is_complex(&self, ty: TypeId) -> bool {
        let kind = &self.p.types.get(ty).kind;
        matches!(kind, Kind::Basic(Basic::Complex64 | Basic::Complex128 | Basic::UntypedComplex))
    }

    /// Reports whether the type is a string.
    pub fn is_string(&self, ty: TypeId) -> bool {
        matches!(self.p.types.get(ty).kind, Kind::Basic(Basic::String | Basic::UntypedString))
    }

    /// Reports whether the type is an interface.
    pub fn is_interface(&self, ty: TypeId) -> bool {
        matches!(self.p.types.get(ty).kind, Kind::Interface(_))
    }
}
