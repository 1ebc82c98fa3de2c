//! Closures that bind a call or a receiver: `go` and `defer`, method values, method expressions.

use std::rc::Rc;

use ssa::Value;
use syntax::ExprId;
use types::{Obj, Selection, Type};

use crate::call::{Prepared, Target};
use crate::func::{Context, Lowerer};
use crate::layout::{FuncKind, Kind, TypeId};
use crate::value::Val;

/// What a forwarding closure passes on.
pub(crate) struct Forward<'c> {
    /// What it calls. Code and func values are its first capture.
    pub target: &'c Target,
    /// The types of what is captured: the first arguments of the call.
    pub bound: &'c [TypeId],
    /// Its own parameters: the other arguments.
    pub params: &'c [TypeId],
    /// The results of the call.
    pub results: &'c [TypeId],
    /// Whether it returns them.
    pub returns: bool,
}

impl<'a, 's> Lowerer<'_, 'a, 's> {
    /// A closure object with captures that are given as values: for `go`, `defer` and method values.
    pub fn bind(&mut self, symbol: &Rc<str>, captured: &[(TypeId, Val)]) -> Value {
        let mut fields = vec![self.p.checker.basic(types::Basic::Uintptr)];
        fields.extend(captured.iter().map(|(ty, _)| self.p.types.get(*ty).ty));
        let ty = self.p.closure_type(&fields);
        let Kind::Struct(fields) = self.p.data(ty).kind.clone() else {
            panic!("a closure object is a struct")
        };
        let object = self.new_object(ty);
        let code = self.b.func_addr(symbol);
        self.b.store(object, 0, code);
        for ((ty, val), field) in captured.iter().zip(&fields[1..]) {
            self.store(*ty, object, field.off, val, false);
        }
        object
    }

    /// A closure without parameters that performs the call: what `go` and `defer` start.
    pub fn bind_call(&mut self, call: &Prepared) -> Value {
        let captured = self.bound_operands(call);
        let symbol = self.bound_symbol();
        let bound: Vec<TypeId> = captured.iter().map(|(ty, _)| *ty).collect();
        let forward = Forward {
            target: &call.target,
            bound: &bound,
            params: &[],
            results: &call.results,
            returns: false,
        };
        self.lower_forward(&symbol, &forward);
        self.bind(&symbol, &captured)
    }

    /// The symbol of the next closure of this function that nobody wrote.
    pub fn bound_symbol(&mut self) -> Rc<str> {
        let n = self.n_closures.get() + 1;
        self.n_closures.set(n);
        format!("{}·call{n}", self.symbol).into()
    }

    /// What a closure must hold to perform the call: the code if it is not static, then the arguments.
    fn bound_operands(&mut self, call: &Prepared) -> Vec<(TypeId, Val)> {
        let word = self.unsafe_pointer();
        let mut captured: Vec<(TypeId, Val)> = Vec::new();
        match &call.target {
            Target::Symbol(_) => {}
            Target::Method(itab, off) => {
                let code = self.b.load(ssa::Type::Ptr, *itab, *off);
                captured.push((word, Val::one(code)));
            }
            Target::Code(value) | Target::Closure(value) => captured.push((word, Val::one(*value))),
        }
        captured.extend(call.args.iter().cloned());
        captured
    }

    /// A lowerer for a closure that nobody wrote, with this signature (the context aside).
    pub fn forwarder(&mut self, symbol: &Rc<str>, mut sig: ssa::Signature) -> Lowerer<'_, 'a, 's> {
        let go_sig = self.p.checker.alloc(Type::Signature(types::Signature {
            tparams: &[],
            recv_tparams: &[],
            recv: None,
            params: &[],
            results: &[],
            variadic: false,
        }));
        let (src, pos) = (self.src.clone(), self.b.pos());
        let (file, start_line) = {
            let scope = &self.b.func().scopes[0];
            (scope.file.clone(), scope.start_line)
        };
        sig.params.insert(0, ssa::Type::Ptr);
        let mut inner = Lowerer::new(self.p, src, symbol.clone(), go_sig, None, Context::Closure, 0);
        inner.set_signature(sig, Context::Closure);
        let scope = &mut inner.b.func_mut().scopes[0];
        (scope.file, scope.start_line, scope.wrapper) = (file, start_line, true);
        inner.b.func_mut().flags.wrapper = true;
        inner.b.set_pos(pos);
        inner
    }

    /// Reads the captured values of a closure that [`bind`](Self::bind) makes.
    pub fn captured_values(&mut self, bound: &[TypeId]) -> Vec<(TypeId, Val)> {
        let mut fields = vec![self.p.checker.basic(types::Basic::Uintptr)];
        fields.extend(bound.iter().map(|ty| self.p.types.get(*ty).ty));
        let object = self.p.closure_type(&fields);
        let Kind::Struct(fields) = self.p.data(object).kind.clone() else {
            panic!("a closure object is a struct")
        };
        let context = self.b.param(0);
        let fields = fields[1..].iter().zip(bound);
        fields.map(|(field, ty)| (*ty, self.load(*ty, context, field.off))).collect()
    }

    /// The code of a closure that passes a call on.
    fn lower_forward(&mut self, symbol: &Rc<str>, forward: &Forward<'_>) {
        let results: &[TypeId] = if forward.returns { forward.results } else { &[] };
        let sig = self.flat_signature(forward.params, results);
        let mut inner = self.forwarder(symbol, sig);
        let (outs, vals) = inner.wrapper_params(forward.params, results);
        let mut args = inner.captured_values(forward.bound);
        let target = match forward.target {
            Target::Symbol(symbol) => Target::Symbol(symbol.clone()),
            Target::Method(..) | Target::Code(_) => Target::Code(args.remove(0).1.single()),
            Target::Closure(_) => Target::Closure(args.remove(0).1.single()),
        };
        args.extend(forward.params.iter().copied().zip(vals));
        match forward.returns {
            true => inner.finish_wrapper(target, args, results.to_vec(), outs),
            false => {
                inner.perform(&Prepared { target, args, results: forward.results.to_vec() });
                inner.b.ret(Vec::new());
                let func = inner.b.finish();
                inner.p.out.funcs.push(func);
            }
        }
    }

    /// `x.m` not called, and `T.m`.
    pub fn method_value(&mut self, expr: ExprId, x: ExprId) -> Val {
        let ty = self.type_of(expr);
        let Kind::Func(sig) = self.p.data(ty).kind.clone() else { panic!("{}: no function", self.symbol) };
        match self.src.file.info.selections.get(&expr).copied() {
            Some(Selection::Method { obj, path, .. }) => {
                let (target, args) = self.method_callee(x, obj, path);
                Val::one(self.bound_method(target, args, &sig, obj))
            }
            Some(Selection::MethodExpr { obj, .. }) => Val::one(self.method_expression(ty, &sig, obj)),
            other => panic!("{}: {other:?} is no method", self.symbol),
        }
    }

    /// The closure of a method value: it holds the receiver.
    fn bound_method(
        &mut self,
        target: Target,
        args: Vec<(TypeId, Val)>,
        sig: &FuncKind,
        method: Obj<'s>,
    ) -> Value {
        let link = self.p.types.get(args[0].0).link.clone();
        // All methods of one number and type share the closure's code when it comes from an itab.
        let symbol: Rc<str> = match &target {
            Target::Symbol(symbol) => format!("{symbol}-fm").into(),
            Target::Method(..) | Target::Code(_) | Target::Closure(_) => {
                let sig = self.flat_signature(&sig.params, &sig.results);
                format!("{link}.{}{sig:?}-fm", method.name).into()
            }
        };
        let args = args.into_iter().map(|(ty, val)| (ty, self.stable(ty, val))).collect();
        let call = Prepared { target, args, results: sig.results.clone() };
        let captured = self.bound_operands(&call);
        if self.p.claim(&symbol) {
            let bound: Vec<TypeId> = captured.iter().map(|(ty, _)| *ty).collect();
            let forward = Forward {
                target: &call.target,
                bound: &bound,
                params: &sig.params,
                results: &sig.results,
                returns: true,
            };
            self.lower_forward(&symbol, &forward);
        }
        self.bind(&symbol, &captured)
    }

    /// `T.m`: a function whose first parameter is the receiver.
    fn method_expression(&mut self, ty: TypeId, sig: &FuncKind, method: Obj<'s>) -> Value {
        let recv = self.p.types.get(sig.params[0]).link.clone();
        let datum: Rc<str> = format!("{recv}.{}·expr", method.name).into();
        let code: Rc<str> = format!("{datum}·closure").into();
        if self.p.claim(&datum) {
            let flat = self.flat_signature(&sig.params, &sig.results);
            let mut inner = self.forwarder(&code, flat);
            let (outs, vals) = inner.wrapper_params(&sig.params, &sig.results);
            inner.check_wrapped_pointer(sig.params[0], &vals[0], method);
            let place = inner.place_of_val(sig.params[0], &vals[0]);
            let (target, mut args) = inner.method_of_place(sig.params[0], place, method);
            args.extend(sig.params[1..].iter().copied().zip(vals.into_iter().skip(1)));
            inner.finish_wrapper(target, args, sig.results.clone(), outs);
            self.p.static_func_value(&datum, &code);
        }
        let _ = ty;
        self.b.sym_addr(&datum, 0)
    }
}
