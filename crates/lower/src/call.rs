//! Calls.

use std::rc::Rc;

use smallvec::SmallVec;
use ssa::Value;
use syntax::{ExprId, ExprKind};
use types::{Mode, Obj, ObjKind, Selection, Ty, Type};

use crate::func::Lowerer;
use crate::layout::{FuncKind, Kind, Shape, TypeId};
use crate::place::Place;
use crate::value::{Scalars, Val};

/// What a call transfers control to, with its operands evaluated.
#[derive(Clone, Debug)]
pub(crate) enum Target {
    /// A function by its symbol; the receiver is the first argument.
    Symbol(Rc<str>),
    /// An interface's method: the itab and the place in it. The code is read when the call comes, which is where a nil
    /// interface panics.
    Method(Value, i32),
    /// Code by its address.
    Code(Value),
    /// A func value.
    Closure(Value),
}

/// A call with everything evaluated.
#[derive(Clone, Debug)]
pub(crate) struct Prepared {
    /// What is called.
    pub target: Target,
    /// Receiver and arguments with their types.
    pub args: Vec<(TypeId, Val)>,
    /// The types of the results.
    pub results: Vec<TypeId>,
}

impl<'a, 's> Lowerer<'_, 'a, 's> {
    /// Evaluates a call and returns its results with their types: conversions and calls of predeclared functions too.
    pub fn call(&mut self, expr: ExprId) -> Vec<(TypeId, Val)> {
        let ExprKind::Call { fun, args, .. } = self.tree()[expr].kind else {
            panic!("{}: no call", self.symbol)
        };
        let args: Vec<ExprId> = self.tree()[args].to_vec();
        match self.mode(fun) {
            Some(Mode::Type) => {
                let ty = self.type_of(expr);
                let val = self.conversion(args[0], ty);
                vec![(ty, val)]
            }
            Some(Mode::Builtin(builtin)) => self.builtin(expr, builtin, &args),
            _ => {
                let prepared = self.prepare_call(expr);
                self.at_operation(expr);
                self.perform(&prepared)
            }
        }
    }

    /// How an expression may be used.
    pub fn mode(&self, expr: ExprId) -> Option<Mode> {
        let expr = self.tree().unparen(expr);
        self.src.file.info.exprs.get(expr.index()).copied().flatten().map(|info| info.mode)
    }

    /// Evaluates the function and the arguments of a call, not the call itself.
    pub fn prepare_call(&mut self, expr: ExprId) -> Prepared {
        let ExprKind::Call { fun, args, dots, .. } = self.tree()[expr].kind else {
            panic!("{}: no call", self.symbol)
        };
        let args: Vec<ExprId> = self.tree()[args].to_vec();
        let fun = self.tree().unparen(fun);
        let ty = self.type_of(fun);
        let Kind::Func(sig) = self.p.data(ty).kind.clone() else {
            panic!("{}: a call of no function", self.symbol)
        };
        let (target, mut vals) = self.callee(fun);
        vals.extend(self.arguments(&sig, &args, dots.is_some()));
        Prepared { target, args: vals, results: sig.results.clone() }
    }

    /// Evaluates what is called and the receiver.
    fn callee(&mut self, fun: ExprId) -> (Target, Vec<(TypeId, Val)>) {
        if let Some(obj) = self.static_func(fun) {
            let targs = self.type_arguments(fun);
            let symbol = self.p.reach(obj, None, &targs);
            return (Target::Symbol(symbol), Vec::new());
        }
        if let ExprKind::Selector { x, .. } = self.tree()[fun].kind
            && let Some(Selection::Method { obj, path, .. }) =
                self.src.file.info.selections.get(&fun).copied()
        {
            return self.method_callee(x, obj, path);
        }
        let fv = self.expr(fun).single();
        (Target::Closure(fv), Vec::new())
    }

    /// The declared function that an expression names, if it does.
    pub fn static_func(&self, fun: ExprId) -> Option<Obj<'s>> {
        let tree = self.tree();
        let named = match tree[fun].kind {
            ExprKind::Index { x, .. } => tree.unparen(x),
            _ => fun,
        };
        let obj = match tree[named].kind {
            ExprKind::Name(_) => self.src.file.info.uses.get(named.index()).copied().flatten()?,
            ExprKind::Selector { .. } => match self.src.file.info.selections.get(&named)? {
                Selection::Qualified(obj) => obj,
                _ => return None,
            },
            _ => return None,
        };
        matches!(obj.kind, ObjKind::Func { .. }).then_some(obj)
    }

    /// The type arguments of a generic function where it is used.
    pub fn type_arguments(&mut self, fun: ExprId) -> Vec<Ty<'s>> {
        let tree = self.tree();
        let named = match tree[fun].kind {
            ExprKind::Index { x, .. } => tree.unparen(x),
            _ => fun,
        };
        let instances = &self.src.file.info.instances;
        let targs = instances.get(&named).or_else(|| instances.get(&fun)).copied().unwrap_or(&[]);
        targs.iter().map(|ty| self.subst(ty)).collect()
    }

    /// The receiver of a method call and the code.
    pub fn method_callee(&mut self, x: ExprId, obj: Obj<'s>, path: &[u32]) -> (Target, Vec<(TypeId, Val)>) {
        let recv = self.type_of(x);
        if self.is_interface(recv) && path.is_empty() {
            let val = self.expr(x);
            return self.interface_method(recv, &val, obj);
        }
        let (ty, place) = self.receiver_place(x, recv, path);
        self.method_of_place(ty, place, obj)
    }

    /// The method of what stands in a place: the code and the receiver.
    pub fn method_of_place(
        &mut self,
        ty: TypeId,
        place: Place,
        obj: Obj<'s>,
    ) -> (Target, Vec<(TypeId, Val)>) {
        let (ty, place) = self.promoted(ty, place, obj);
        if self.is_interface(ty) {
            let val = self.read_place(ty, &place);
            return self.interface_method(ty, &val, obj);
        }
        let is_pointer = matches!(self.p.data(ty).kind, Kind::Pointer(_)) && self.named_of(ty).is_none();
        let base = match self.p.data(ty).kind {
            Kind::Pointer(elem) if is_pointer => elem,
            _ => ty,
        };
        let (symbol, ptr_recv) = self.concrete_method(base, obj);
        let arg = match (ptr_recv, is_pointer) {
            (true, true) | (false, false) => (ty, self.read_place(ty, &place)),
            (true, false) => {
                let pointer = self.pointer_to(base);
                (pointer, Val::one(self.existing(&place)))
            }
            (false, true) => {
                let addr = self.read_place(ty, &place).single();
                let place = Place::Memory { addr, off: 0, is_stack: false };
                let val = self.read_place(base, &place);
                (base, self.stable(base, val))
            }
        };
        (Target::Symbol(symbol), vec![arg])
    }

    /// Follows embedded fields from a place to the one whose type declares the method.
    fn promoted(&mut self, ty: TypeId, place: Place, obj: Obj<'s>) -> (TypeId, Place) {
        let pkg = obj.pkg.unwrap_or_else(|| self.p.package(types::FIRST));
        let go_type = self.p.types.get(ty).ty;
        match self.p.checker.lookup_field_or_method(go_type, true, pkg, obj.name, false) {
            types::lookup::Found::Method { path, .. } => self.walk_place(ty, place, path),
            _ => (ty, place),
        }
    }

    /// The place of `x.path...`, with the type of what stands there.
    fn receiver_place(&mut self, x: ExprId, recv: TypeId, path: &[u32]) -> (TypeId, Place) {
        let ty = recv;
        let is_constant = self.mode(x) == Some(Mode::Constant);
        let place = match self.p.data(recv).kind {
            _ if is_constant => {
                let val = self.expr_as(x, recv);
                self.place_of_val(recv, &val)
            }
            Kind::Pointer(_) => {
                let val = self.expr(x);
                self.place_of_val(recv, &val)
            }
            _ => self.place(x),
        };
        self.walk_place(ty, place, path)
    }

    /// Follows field numbers from a place.
    fn walk_place(&mut self, mut ty: TypeId, mut place: Place, path: &[u32]) -> (TypeId, Place) {
        for idx in path {
            if let Kind::Pointer(elem) = self.p.data(ty).kind {
                let addr = self.read_place(ty, &place).single();
                place = Place::Memory { addr, off: 0, is_stack: false };
                ty = elem;
            }
            let Kind::Struct(fields) = self.p.data(ty).kind.clone() else { panic!("a field of no struct") };
            place = self.field_place(ty, place, &[*idx]);
            ty = fields[*idx as usize].ty;
        }
        (ty, place)
    }

    /// A fresh place that holds the value.
    pub fn place_of_val(&mut self, ty: TypeId, val: &Val) -> Place {
        match val {
            Val::Memory(addr) => Place::Memory { addr: *addr, off: 0, is_stack: !self.is_large(ty) },
            Val::Scalars(scalars) => {
                let Shape::Scalars(list) = self.p.data(ty).shape.clone() else {
                    panic!("scalars for memory")
                };
                let vars = list.iter().zip(scalars).map(|(s, value)| {
                    let variable = self.b.declare(s.ty);
                    self.b.set(variable, *value);
                    variable
                });
                Place::Vars(vars.collect())
            }
        }
    }

    /// The declared type of a type, if it has one.
    pub fn named_of(&self, ty: TypeId) -> Option<&'s types::Named<'s>> {
        match types::predicates::unalias(self.p.types.get(ty).ty) {
            Type::Named(named) => Some(named),
            _ => None,
        }
    }

    /// The type of pointers to `ty`.
    pub fn pointer_to(&mut self, ty: TypeId) -> TypeId {
        let elem = self.p.types.get(ty).ty;
        let pointer = self.p.checker.alloc(Type::Pointer(elem));
        self.p.intern(pointer)
    }

    /// The symbol of the method `obj.name` that the type `base` declares, and whether it takes a pointer.
    pub fn concrete_method(&mut self, base: TypeId, obj: Obj<'s>) -> (Rc<str>, bool) {
        let ty = self.p.types.get(base).ty;
        let Some(named) = self.named_of(base) else {
            panic!("{}: {} has no methods", self.symbol, self.p.types.get(base).link)
        };
        let declared = named.origin.map_or(named, |origin| match origin {
            Type::Named(origin) => origin,
            _ => named,
        });
        let methods = declared.methods.get().copied().unwrap_or(&[]);
        let key = types::method_key(obj);
        let method = methods.iter().find(|method| types::method_key(method) == key);
        let method = method.unwrap_or_else(|| {
            panic!("{}: {} has no method {}", self.symbol, self.p.types.get(base).link, obj.name)
        });
        let ObjKind::Func { ptr_recv, .. } = method.kind else { panic!("{}: no method", self.symbol) };
        (self.p.reach(method, Some(ty), &[]), ptr_recv)
    }

    /// The code of an interface's method, with the data word as receiver.
    fn interface_method(&mut self, ty: TypeId, val: &Val, obj: Obj<'s>) -> (Target, Vec<(TypeId, Val)>) {
        let Kind::Interface(methods) = self.p.data(ty).kind.clone() else {
            panic!("{}: no interface", self.symbol)
        };
        let caller = self.p.package(self.src.pkg);
        self.p.methods.note_call(obj, caller.path.as_str());
        let key = types::method_key(obj);
        let idx = methods.iter().position(|method| types::method_key(method) == key);
        let idx = idx.unwrap_or_else(|| panic!("{}: no method {} in an itab", self.symbol, obj.name));
        let (itab, data) = (val.scalars()[0], val.scalars()[1]);
        let off = std::mem::offset_of!(abi::types::Itab, function0) as i32 + 8 * idx as i32;
        let word = self.unsafe_pointer();
        (Target::Method(itab, off), vec![(word, Val::one(data))])
    }

    /// `unsafe.Pointer`
    pub fn unsafe_pointer(&mut self) -> TypeId {
        let ty = self.p.checker.basic(types::Basic::UnsafePointer);
        self.p.intern(ty)
    }

    /// Evaluates arguments and converts them to the parameters' types; collects those of `...`.
    fn arguments(&mut self, sig: &FuncKind, args: &[ExprId], dots: bool) -> Vec<(TypeId, Val)> {
        let mut vals: Vec<(TypeId, Val)>;
        if let [only] = args
            && let ExprKind::Call { .. } = self.tree()[self.tree().unparen(*only)].kind
            && matches!(self.go_type_opt(*only), Some(Type::Tuple(_)))
        {
            // f(g()) with several results.
            vals = self.call(self.tree().unparen(*only));
        } else {
            let n_fixed = sig.params.len() - usize::from(sig.variadic && !dots);
            vals = self.in_order(args, |l, idx| {
                let want = match sig.params.get(idx) {
                    Some(ty) if idx < n_fixed => *ty,
                    _ => l.variadic_elem(sig),
                };
                let val = l.expr_as(args[idx], want);
                (want, l.stable(want, val))
            });
        }
        let n_fixed = sig.params.len() - usize::from(sig.variadic && !dots);
        let rest = if vals.len() > n_fixed { vals.split_off(n_fixed) } else { Vec::new() };
        let mut out: Vec<(TypeId, Val)> = Vec::new();
        for ((from, val), to) in vals.into_iter().zip(&sig.params) {
            out.push((*to, self.assign_convert(val, from, *to)));
        }
        if sig.variadic && !dots {
            let elem = self.variadic_elem(sig);
            let slice = self.variadic_slice(elem, rest);
            out.push((sig.params[n_fixed], slice));
        }
        out
    }

    pub fn go_type_opt(&self, expr: ExprId) -> Option<Ty<'s>> {
        let expr = self.tree().unparen(expr);
        self.src.file.info.exprs.get(expr.index()).copied().flatten().and_then(|info| info.ty)
    }

    fn variadic_elem(&self, sig: &FuncKind) -> TypeId {
        let last = sig.params.last().expect("a variadic function has a parameter");
        match self.p.types.get(*last).kind {
            Kind::Slice(elem) => elem,
            // append([]byte, string...) is no call.
            _ => panic!("{}: the last parameter is no slice", self.symbol),
        }
    }

    fn variadic_slice(&mut self, elem: TypeId, vals: Vec<(TypeId, Val)>) -> Val {
        if vals.is_empty() {
            let (nil, zero) = (self.nil(), self.int(0));
            return Val::of(&[nil, zero, zero]);
        }
        let n = vals.len() as i64;
        let array = self.array_of(elem, n);
        let size = self.p.data(elem).size;
        let base = self.new_object(array);
        for (idx, (from, val)) in vals.into_iter().enumerate() {
            let val = self.assign_convert(val, from, elem);
            self.store(elem, base, idx as u64 * size, &val, false);
        }
        let len = self.int(n);
        Val::of(&[base, len, len])
    }

    /// The type `[n]elem`.
    pub fn array_of(&mut self, elem: TypeId, n: i64) -> TypeId {
        let elem = self.p.types.get(elem).ty;
        let array = self.p.checker.alloc(Type::Array { elem, len: n });
        self.p.intern(array)
    }

    /// Performs a prepared call.
    pub fn perform(&mut self, call: &Prepared) -> Vec<(TypeId, Val)> {
        let mut args: Vec<Value> = Vec::new();
        let mut result_types: Vec<ssa::Type> = Vec::new();
        let mut outs: Vec<Option<Value>> = Vec::new();
        for ty in &call.results {
            match &self.p.data(*ty).shape {
                Shape::Scalars(list) => {
                    result_types.extend(list.iter().map(|s| s.ty));
                    outs.push(None);
                }
                Shape::Memory => {
                    let (addr, _) = self.room_for(*ty);
                    args.push(addr);
                    outs.push(Some(addr));
                }
            }
        }
        for (ty, val) in &call.args {
            match val {
                Val::Scalars(scalars) => args.extend(scalars.iter()),
                // The callee owns what it is given.
                Val::Memory(_) => {
                    let copy = self.spill(*ty, val);
                    args.push(copy);
                }
            }
        }
        let results: Scalars = match &call.target {
            Target::Symbol(symbol) => self.b.call(symbol, args, &result_types).iter().collect(),
            Target::Method(itab, off) => {
                let code = self.b.load(ssa::Type::Ptr, *itab, *off);
                self.b.call_indirect(code, args, &result_types).iter().collect()
            }
            Target::Code(code) => self.b.call_indirect(*code, args, &result_types).iter().collect(),
            Target::Closure(fv) => self.b.call_closure(*fv, args, &result_types).iter().collect(),
        };
        let mut at = 0;
        let mut vals = Vec::new();
        for (ty, out) in call.results.iter().zip(outs) {
            let val = match out {
                Some(addr) => {
                    if self.is_large(*ty) {
                        // The callee wrote it as if to a frame: the collector learns of it here.
                        self.store(*ty, addr, 0, &Val::Memory(addr), false);
                    }
                    Val::Memory(addr)
                }
                None => {
                    let n = self.n_scalars(*ty);
                    at += n;
                    Val::Scalars(SmallVec::from_slice(&results[at - n..at]))
                }
            };
            vals.push((*ty, val));
        }
        vals
    }
}
