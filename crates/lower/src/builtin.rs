//! Predeclared functions, maps, slices.

use ssa::{BinaryOp as B, BoundsKind, Cmp, Type, Value};
use syntax::{ExprId, ExprKind};
use types::{Basic, Builtin};

use crate::func::Lowerer;
use crate::layout::{Kind, TypeId};
use crate::value::Val;

impl<'a, 's> Lowerer<'_, 'a, 's> {
    /// Calls a predeclared function.
    pub fn builtin(&mut self, expr: ExprId, builtin: Builtin, args: &[ExprId]) -> Vec<(TypeId, Val)> {
        self.at_operation(expr);
        let val = match builtin {
            Builtin::Print
            | Builtin::Println
            | Builtin::Panic
            | Builtin::Close
            | Builtin::Delete
            | Builtin::Clear => {
                let vals = self.builtin_operands(builtin, args);
                self.at_operation(expr);
                self.builtin_effect(builtin, &vals);
                return Vec::new();
            }
            Builtin::Len | Builtin::Cap => Val::one(self.length(args[0], builtin == Builtin::Cap)),
            Builtin::New => {
                let ty = self.type_of(expr);
                let Kind::Pointer(elem) = self.p.data(ty).kind else {
                    panic!("{}: new of no pointer", self.symbol)
                };
                let val = match self.mode(args[0]) {
                    Some(types::Mode::Type) => None,
                    _ => Some(self.expr_as(args[0], elem)),
                };
                let addr = self.new_object(elem);
                if let Some(val) = val {
                    self.store(elem, addr, 0, &val, false);
                }
                Val::one(addr)
            }
            Builtin::Make => self.make(expr, args),
            Builtin::Append => self.append(expr, args),
            Builtin::Copy => {
                let vals = self.builtin_operands(builtin, args);
                Val::one(self.copy(vals[0].0, &vals[0].1, &vals[1].1))
            }
            Builtin::Complex => {
                let ty = self.type_of(expr);
                let part = if self.p.data(ty).size == 8 { Basic::Float32 } else { Basic::Float64 };
                let part = self.basic(part);
                if self.is_tuple(args[0]) {
                    let vals = self.call(self.tree().unparen(args[0]));
                    Val::of(&[vals[0].1.single(), vals[1].1.single()])
                } else {
                    let vals = self.in_order(args, |l, idx| l.expr_as(args[idx], part).single());
                    Val::of(&vals)
                }
            }
            Builtin::Real => Val::one(self.expr(args[0]).scalars()[0]),
            Builtin::Imag => Val::one(self.expr(args[0]).scalars()[1]),
            Builtin::Min | Builtin::Max => self.min_max(expr, args, builtin == Builtin::Min),
            Builtin::Recover => Val::Scalars(self.recover_panic()),
            Builtin::UnsafeAdd => {
                let (ptr, len) = self.pointer_and_length(args);
                Val::one(self.b.ptr_add(ptr, len, 0))
            }
            Builtin::UnsafeSlice => {
                let (ptr, len) = self.pointer_and_length(args);
                let ty = self.type_of(expr);
                let Kind::Slice(elem) = self.p.data(ty).kind else { panic!("{}: no slice", self.symbol) };
                let size = self.p.data(elem).size;
                self.check_extent(ptr, len, size, "slice");
                Val::of(&[ptr, len, len])
            }
            Builtin::UnsafeString => {
                let (ptr, len) = self.pointer_and_length(args);
                self.check_extent(ptr, len, 1, "string");
                Val::of(&[ptr, len])
            }
            Builtin::UnsafeSliceData | Builtin::UnsafeStringData => Val::one(self.expr(args[0]).scalars()[0]),
            Builtin::UnsafeSizeof => {
                let ty = self.type_of(args[0]);
                let size = self.p.data(ty).size;
                Val::one(self.int(size as i64))
            }
            Builtin::UnsafeAlignof => {
                let ty = self.type_of(args[0]);
                let align = self.p.data(ty).align;
                Val::one(self.int(i64::from(align)))
            }
            Builtin::UnsafeOffsetof => Val::one(self.offset_of(args[0])),
        };
        let ty = self.type_of(expr);
        vec![(ty, val)]
    }

    /// `unsafe.Offsetof(x.f)` in a generic function; elsewhere it is a constant.
    fn offset_of(&mut self, field: ExprId) -> Value {
        let field = self.tree().unparen(field);
        let selection = self.src.file.info.selections.get(&field).copied();
        let (ExprKind::Selector { x, .. }, Some(types::Selection::Field { path, .. })) =
            (&self.tree()[field].kind, selection)
        else {
            self.unsupported(self.tree()[field].span.start, "this use of unsafe.Offsetof");
            return self.int(0);
        };
        let mut ty = self.type_of(*x);
        if let Kind::Pointer(elem) = self.p.data(ty).kind {
            ty = elem;
        }
        let mut off = 0;
        for idx in path {
            let Kind::Struct(fields) = self.p.data(ty).kind.clone() else { panic!("a field of no struct") };
            off += fields[*idx as usize].off;
            ty = fields[*idx as usize].ty;
        }
        self.int(off as i64)
    }

    /// The operands of `unsafe.Add`, `unsafe.Slice` and `unsafe.String`, perhaps results of one call.
    fn pointer_and_length(&mut self, args: &[ExprId]) -> (Value, Value) {
        if let [only] = args {
            let vals = self.call(self.tree().unparen(*only));
            let signed = self.is_signed(vals[1].0);
            return (vals[0].1.single(), self.b.resize(vals[1].1.single(), Type::I64, signed));
        }
        (self.expr(args[0]).single(), self.index_value(args[1]).0)
    }

    /// Checks that `len` elements of `size` bytes from `ptr` on lie within the address space, and that there are none at nil.
    fn check_extent(&mut self, ptr: Value, len: Value, size: u64, what: &str) {
        let (go_on, more, fail) = (self.b.block(), self.b.block(), self.b.cold_block());
        let (is_nil, no_room) = (self.b.cold_block(), self.b.cold_block());
        let limit = self.int((i64::MAX as u64 / size.max(1)) as i64);
        let is_length = self.b.compare(Cmp::LeU, len, limit);
        self.b.branch(is_length, more, no_room);
        self.b.switch_to(more);
        // Elements without bytes count as one each: there are none at nil either.
        let (bytes, zero) = (self.int(size.max(1) as i64), self.int(0));
        let bytes = self.b.binary(B::Mul, len, bytes);
        let addr = self.b.convert(ssa::Conv::Bitcast, Type::I64, ptr);
        // From nil there is room for nothing.
        let room = self.b.binary(B::Sub, zero, addr);
        let fits = self.b.compare(Cmp::LeU, bytes, room);
        self.b.branch(fits, go_on, fail);
        self.b.switch_to(fail);
        let exists = self.is_nonzero(ptr);
        self.b.branch(exists, no_room, is_nil);
        self.b.switch_to(is_nil);
        self.runtime(&format!("runtime.panicunsafe{what}nilptr"), &[], &[]);
        self.b.unreachable();
        self.b.switch_to(no_room);
        self.runtime(&format!("runtime.panicunsafe{what}len"), &[], &[]);
        self.b.unreachable();
        self.b.switch_to(go_on);
    }

    /// The value of the panic that runs this function as a deferred call. The runtime looks at the frame of the caller,
    /// so the function must have one.
    fn recover_panic(&mut self) -> crate::value::Scalars {
        self.b.func_mut().flags.noinline = true;
        self.runtime("runtime.gorecover", &[], &[Type::Ptr, Type::Ptr])
    }

    /// A predeclared type.
    pub fn basic(&mut self, basic: Basic) -> TypeId {
        let ty = self.p.checker.basic(basic);
        self.p.intern(ty)
    }

    /// `any`
    pub fn empty_interface(&mut self) -> TypeId {
        let ty = self.p.session.universe.empty_interface;
        self.p.intern(ty)
    }

    /// The operands of a predeclared function that may stand as a statement.
    pub fn builtin_operands(&mut self, builtin: Builtin, args: &[ExprId]) -> Vec<(TypeId, Val)> {
        if builtin == Builtin::Panic {
            let any = self.empty_interface();
            return vec![(any, self.expr_as(args[0], any))];
        }
        if let [only] = args
            && self.is_tuple(*only)
        {
            // print(f()) with several results.
            return self.call(self.tree().unparen(*only));
        }
        let first = args.first().map(|arg| self.type_of(*arg));
        self.in_order(args, |l, idx| {
            let ty = match first.map(|first| l.p.data(first).kind.clone()) {
                Some(Kind::Map { key, .. }) if builtin == Builtin::Delete && idx == 1 => key,
                _ => l.type_of(args[idx]),
            };
            let val = l.expr_as(args[idx], ty);
            (ty, l.stable(ty, val))
        })
    }

    /// Calls a predeclared function that may stand as a statement, and drops its result.
    pub fn builtin_effect(&mut self, builtin: Builtin, vals: &[(TypeId, Val)]) {
        match builtin {
            Builtin::Print | Builtin::Println => self.print(vals, builtin == Builtin::Println),
            Builtin::Panic => {
                self.runtime("runtime.gopanic", vals[0].1.scalars(), &[]);
                self.b.unreachable();
            }
            Builtin::Close => {
                self.runtime("runtime.closechan", vals[0].1.scalars(), &[]);
            }
            Builtin::Delete => self.map_delete(vals[0].0, vals[0].1.single(), &vals[1].1),
            Builtin::Clear => self.clear(vals[0].0, &vals[0].1),
            Builtin::Copy => {
                self.copy(vals[0].0, &vals[0].1, &vals[1].1);
            }
            Builtin::Recover => {
                self.recover_panic();
            }
            // The checker lets no other stand as a statement.
            _ => panic!("{}: {builtin:?} as a statement", self.symbol),
        }
    }

    /// `print` and `println`: one locked sequence of runtime calls.
    fn print(&mut self, vals: &[(TypeId, Val)], line: bool) {
        self.runtime("runtime.printlock", &[], &[]);
        for (idx, (ty, val)) in vals.iter().enumerate() {
            if line && idx > 0 {
                self.runtime("runtime.printsp", &[], &[]);
            }
            self.print_one(*ty, val);
        }
        if line {
            self.runtime("runtime.printnl", &[], &[]);
        }
        self.runtime("runtime.printunlock", &[], &[]);
    }

    fn print_one(&mut self, ty: TypeId, val: &Val) {
        use Basic::*;
        let name = match self.p.data(ty).kind.clone() {
            Kind::Basic(basic) => match basic {
                Bool | UntypedBool => "runtime.printbool",
                String | UntypedString => "runtime.printstring",
                Float32 => "runtime.printfloat32",
                Float64 | UntypedFloat => "runtime.printfloat64",
                Complex64 => "runtime.printcomplex64",
                Complex128 | UntypedComplex => "runtime.printcomplex128",
                UnsafePointer | UntypedNil => "runtime.printpointer",
                Uint | Uint8 | Uint16 | Uint32 | Uint64 | Uintptr => {
                    let wide = self.b.resize(val.single(), Type::I64, false);
                    self.runtime("runtime.printuint", &[wide], &[]);
                    return;
                }
                Int | Int8 | Int16 | Int32 | Int64 | UntypedInt | UntypedRune => {
                    let wide = self.b.resize(val.single(), Type::I64, true);
                    self.runtime("runtime.printint", &[wide], &[]);
                    return;
                }
                Invalid => panic!("{}: a value in error", self.symbol),
            },
            Kind::Slice(_) => "runtime.printslice",
            Kind::Interface(methods) if methods.is_empty() => "runtime.printeface",
            Kind::Interface(_) => "runtime.printiface",
            _ => "runtime.printpointer",
        };
        self.runtime(name, val.scalars(), &[]);
    }

    /// `len(x)`, `cap(x)`
    fn length(&mut self, x: ExprId, cap: bool) -> Value {
        let ty = self.type_of(x);
        let kind = self.p.data(ty).kind.clone();
        match kind {
            Kind::Basic(_) => self.expr(x).scalars()[1],
            Kind::Slice(_) => self.expr(x).scalars()[if cap { 2 } else { 1 }],
            Kind::Array { len, .. } => {
                self.evaluate_array(x);
                self.int(len as i64)
            }
            Kind::Pointer(array) => {
                self.expr(x);
                let Kind::Array { len, .. } = self.p.data(array).kind else {
                    panic!("{}: no array", self.symbol)
                };
                self.int(len as i64)
            }
            Kind::Chan { .. } => {
                let chan = self.expr(x).single();
                let name = if cap { "runtime.chancap" } else { "runtime.chanlen" };
                self.runtime(name, &[chan], &[Type::I64])[0]
            }
            Kind::Map { .. } => {
                let map = self.expr(x).single();
                self.map_len(map)
            }
            _ => panic!("{}: the length of {}", self.symbol, self.p.data(ty).link),
        }
    }

    /// The first word of `internal/runtime/maps.Map` counts the elements; a nil map has none.
    fn map_len(&mut self, map: Value) -> Value {
        let result = self.b.declare(Type::I64);
        let zero = self.int(0);
        self.b.set(result, zero);
        let (load, done) = (self.b.block(), self.b.block());
        let exists = self.is_nonzero(map);
        self.b.branch(exists, load, done);
        self.b.switch_to(load);
        let used = self.b.load(Type::I64, map, 0);
        self.b.set(result, used);
        self.b.jump(done);
        self.b.switch_to(done);
        self.b.get(result)
    }

    fn make(&mut self, expr: ExprId, args: &[ExprId]) -> Val {
        let ty = self.type_of(expr);
        let kind = self.p.data(ty).kind.clone();
        match kind {
            Kind::Slice(elem) => {
                let (len, _) = self.index_value(args[1]);
                let cap = match args.get(2) {
                    Some(cap) => self.index_value(*cap).0,
                    None => len,
                };
                let desc = self.descriptor_addr(elem);
                let data = self.runtime("runtime.makeslice", &[desc, len, cap], &[Type::Ptr])[0];
                Val::of(&[data, len, cap])
            }
            Kind::Chan { .. } => {
                let size = match args.get(1) {
                    Some(size) => self.index_value(*size).0,
                    None => self.int(0),
                };
                let desc = self.descriptor_addr(ty);
                Val::Scalars(self.runtime("runtime.makechan", &[desc, size], &[Type::Ptr]))
            }
            Kind::Map { .. } => {
                let hint = match args.get(1) {
                    Some(hint) => self.index_value(*hint).0,
                    None => self.int(0),
                };
                Val::one(self.make_map(ty, hint))
            }
            _ => panic!("{}: make of {}", self.symbol, self.p.data(ty).link),
        }
    }

    /// `append(s, x...)`: room for all, then one store for each.
    fn append(&mut self, expr: ExprId, args: &[ExprId]) -> Val {
        let ExprKind::Call { dots, .. } = self.tree()[expr].kind else { panic!("{}: no call", self.symbol) };
        let ty = self.type_of(expr);
        let Kind::Slice(elem) = self.p.data(ty).kind else { panic!("{}: append to no slice", self.symbol) };
        if self.is_tuple(args[0]) {
            let mut vals = self.call(self.tree().unparen(args[0])).into_iter();
            let old = vals.next().map(|(from, val)| self.assign_convert(val, from, ty)).expect("a slice");
            let vals: Vec<Val> = vals.map(|(from, val)| self.assign_convert(val, from, elem)).collect();
            return self.append_values(elem, &old, &vals);
        }
        let mut vals = self.in_order(args, |l, idx| match idx {
            0 => l.expr_as(args[0], ty),
            _ if dots.is_some() && l.is_nil(args[idx]) => l.zero(ty),
            _ if dots.is_some() => l.expr(args[idx]),
            _ => {
                let val = l.expr_as(args[idx], elem);
                l.stable(elem, val)
            }
        });
        let more = vals.split_off(1);
        match dots {
            Some(_) => self.append_slice(elem, &vals[0], &more[0]),
            None => self.append_values(elem, &vals[0], &more),
        }
    }

    /// Several results of one call, as the operands of a predeclared function.
    fn is_tuple(&self, arg: ExprId) -> bool {
        matches!(self.go_type_opt(arg), Some(types::Type::Tuple(_)))
    }

    fn append_values(&mut self, elem: TypeId, old: &Val, vals: &[Val]) -> Val {
        let n = self.int(vals.len() as i64);
        let grown = self.grow(elem, old, n);
        let size = self.p.data(elem).size;
        let first = self.element_address(grown.scalars()[0], old.scalars()[1], elem);
        for (idx, val) in vals.iter().enumerate() {
            self.store(elem, first, idx as u64 * size, val, false);
        }
        grown
    }

    fn append_slice(&mut self, elem: TypeId, old: &Val, more: &Val) -> Val {
        let n = more.scalars()[1];
        let grown = self.grow(elem, old, n);
        let dst = self.element_address(grown.scalars()[0], old.scalars()[1], elem);
        self.move_elements(elem, dst, more.scalars()[0], n);
        grown
    }

    /// A slice with room for `n` more elements, and that length.
    fn grow(&mut self, elem: TypeId, old: &Val, n: Value) -> Val {
        let (data, len, cap) = (old.scalars()[0], old.scalars()[1], old.scalars()[2]);
        let new_len = self.b.binary(B::Add, len, n);
        let (new_data, new_cap) = (self.b.declare(Type::Ptr), self.b.declare(Type::I64));
        self.b.set(new_data, data);
        self.b.set(new_cap, cap);
        let (slow, done) = (self.b.cold_block(), self.b.block());
        // Unsigned: a sum that overflows is refused by the runtime.
        let fits = self.b.compare(Cmp::LeU, new_len, cap);
        self.b.branch(fits, done, slow);
        self.b.switch_to(slow);
        let desc = self.descriptor_addr(elem);
        let parts =
            self.runtime("runtime.growslice", &[data, new_len, cap, n, desc], &[Type::Ptr, Type::I64]);
        self.b.set(new_data, parts[0]);
        self.b.set(new_cap, parts[1]);
        self.b.jump(done);
        self.b.switch_to(done);
        let (data, cap) = (self.b.get(new_data), self.b.get(new_cap));
        Val::of(&[data, new_len, cap])
    }

    /// Copies `n` elements that may overlap.
    fn move_elements(&mut self, elem: TypeId, dst: Value, src: Value, n: Value) {
        let data = self.p.data(elem);
        if data.ptr_bytes > 0 {
            let desc = self.descriptor_addr(elem);
            self.runtime("runtime.typedslicecopy", &[desc, dst, n, src, n], &[Type::I64]);
            return;
        }
        let size = self.int(data.size as i64);
        let bytes = self.b.binary(B::Mul, n, size);
        self.runtime("runtime.memmove", &[dst, src, bytes], &[]);
    }

    /// `copy(dst, src)`
    fn copy(&mut self, ty: TypeId, dst: &Val, src: &Val) -> Value {
        let Kind::Slice(elem) = self.p.data(ty).kind else { panic!("{}: copy to no slice", self.symbol) };
        let (n, m) = (dst.scalars()[1], src.scalars()[1]);
        let n = self.b.binary(B::MinS, n, m);
        self.move_elements(elem, dst.scalars()[0], src.scalars()[0], n);
        n
    }

    fn clear(&mut self, ty: TypeId, val: &Val) {
        match self.p.data(ty).kind {
            Kind::Slice(elem) => {
                let data = self.p.data(elem);
                let size = self.int(data.size as i64);
                let bytes = self.b.binary(B::Mul, val.scalars()[1], size);
                if data.ptr_bytes > 0 {
                    let desc = self.descriptor_addr(elem);
                    self.runtime("runtime.memclrHasPointers", &[val.scalars()[0], bytes, desc], &[]);
                } else {
                    self.runtime("runtime.memclrNoHeapPointers", &[val.scalars()[0], bytes], &[]);
                }
            }
            _ => {
                let desc = self.descriptor_addr(ty);
                self.runtime("runtime.mapclear", &[desc, val.single()], &[]);
            }
        }
    }

    fn min_max(&mut self, expr: ExprId, args: &[ExprId], is_min: bool) -> Val {
        let ty = self.type_of(expr);
        let vals = self.in_order(args, |l, idx| l.expr_as(args[idx], ty));
        let mut best = vals[0].clone();
        for next in &vals[1..] {
            best = if self.is_string(ty) {
                let op = if is_min { syntax::BinaryOp::Lt } else { syntax::BinaryOp::Gt };
                let better = self.compare_vals(op, ty, next, &best);
                let pick =
                    |l: &mut Self, idx: usize| l.b.select(better, next.scalars()[idx], best.scalars()[idx]);
                let (data, len) = (pick(self, 0), pick(self, 1));
                Val::of(&[data, len])
            } else {
                let op = match (self.is_float(ty), self.is_signed(ty), is_min) {
                    (true, _, true) => B::Fmin,
                    (true, _, false) => B::Fmax,
                    (false, true, true) => B::MinS,
                    (false, true, false) => B::MaxS,
                    (false, false, true) => B::MinU,
                    (false, false, false) => B::MaxU,
                };
                Val::one(self.b.binary(op, best.single(), next.single()))
            };
        }
        best
    }

    /// `x[lo:hi:max]`
    pub fn slice_expr(&mut self, expr: ExprId, x: ExprId, indices: [Option<ExprId>; 3]) -> Val {
        let operands: Vec<ExprId> = std::iter::once(x).chain(indices.into_iter().flatten()).collect();
        self.hoisted(&operands, |l| l.slice_hoisted(expr, x, indices))
    }

    fn slice_hoisted(&mut self, expr: ExprId, x: ExprId, indices: [Option<ExprId>; 3]) -> Val {
        let ty = self.type_of(x);
        let (data, len, cap, elem, is_string) = match self.p.data(ty).kind.clone() {
            Kind::Basic(_) => {
                let val = self.expr(x);
                let byte = self.basic(Basic::Uint8);
                (val.scalars()[0], val.scalars()[1], val.scalars()[1], byte, true)
            }
            Kind::Slice(elem) => {
                let val = self.expr(x);
                (val.scalars()[0], val.scalars()[1], val.scalars()[2], elem, false)
            }
            Kind::Pointer(array) => {
                let Kind::Array { elem, len } = self.p.data(array).kind else {
                    panic!("{}: no array", self.symbol)
                };
                let data = self.expr(x).single();
                let len = self.int(len as i64);
                (data, len, len, elem, false)
            }
            Kind::Array { elem, len } => {
                let data = self.address_of(x);
                let len = self.int(len as i64);
                (data, len, len, elem, false)
            }
            _ => panic!("{}: a slice of {}", self.symbol, self.p.data(ty).link),
        };
        let mut index = |idx: usize| indices[idx].map(|expr| self.index_value(expr));
        let (lo, hi, max) = (index(0), index(1), index(2));
        self.at_operation(expr);
        if matches!(self.p.data(ty).kind, Kind::Pointer(_)) {
            self.b.nil_check(data);
        }
        let is_array = matches!(self.p.data(ty).kind, Kind::Pointer(_) | Kind::Array { .. });
        let (lo, hi, max) = self.check_slice((len, cap), (lo, hi, max), is_string || is_array, is_string);
        let new_len = self.b.binary(B::Sub, hi, lo);
        let new_cap = self.b.binary(B::Sub, max, lo);
        // An empty slice keeps its base: one past the end would hold another object. DESIGN, "Memory".
        let size = self.int(self.p.data(elem).size as i64);
        let bytes = self.b.binary(B::Mul, lo, size);
        let room = if is_string { new_len } else { new_cap };
        let zero = self.int(0);
        let has_room = self.b.compare(Cmp::Ne, room, zero);
        let bytes = self.b.select(has_room, bytes, zero);
        let base = self.b.ptr_add(data, bytes, 0);
        if is_string { Val::of(&[base, new_len]) } else { Val::of(&[base, new_len, new_cap]) }
    }

    /// Checks the bounds from the right to the left, as gc does.
    #[allow(clippy::type_complexity)]
    fn check_slice(
        &mut self,
        (len, cap): (Value, Value),
        (lo, hi, max): (Option<(Value, bool)>, Option<(Value, bool)>, Option<(Value, bool)>),
        cap_is_len: bool,
        _: bool,
    ) -> (Value, Value, Value) {
        let zero = (self.int(0), true);
        let lo = lo.unwrap_or(zero);
        if let Some((max, signed)) = max {
            let kind = if cap_is_len { BoundsKind::Slice3Alen } else { BoundsKind::Slice3Acap };
            self.b.bounds_check(kind, signed, max, cap);
            let (hi, hi_signed) = hi.expect("a full slice has a high bound");
            self.b.bounds_check(BoundsKind::Slice3B, hi_signed, hi, max);
            self.b.bounds_check(BoundsKind::Slice3C, lo.1, lo.0, hi);
            return (lo.0, hi, max);
        }
        let hi = match hi {
            Some((hi, signed)) => {
                let kind = if cap_is_len { BoundsKind::SliceAlen } else { BoundsKind::SliceAcap };
                self.b.bounds_check(kind, signed, hi, cap);
                hi
            }
            None => len,
        };
        self.b.bounds_check(BoundsKind::SliceB, lo.1, lo.0, hi);
        (lo.0, hi, cap)
    }
}
