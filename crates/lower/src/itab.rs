//! Itabs, and the code in them: functions that take an interface's data word and call the method.

use std::mem::offset_of;
use std::rc::Rc;

use abi::types as layout;
use types::{Obj, Type};

use crate::descriptor::{Bytes, type_hash};
use crate::func::{Context, Lowerer};
use crate::layout::{Kind, TypeId};
use crate::place::Place;
use crate::program::{Program, Work};
use crate::value::Val;

impl<'a, 's> Program<'a, 's> {
    /// The symbol of the itab of a concrete type for an interface type with methods.
    pub fn itab(&mut self, ty: TypeId, interface: TypeId) -> Option<Rc<str>> {
        let Kind::Interface(methods) = self.data(interface).kind.clone() else { return None };
        let symbol: Rc<str> = format!("go:itab.{},{}", self.data(ty).link, self.data(interface).link).into();
        if !self.claim(&symbol) {
            return Some(symbol);
        }
        let mut out = Bytes::new(offset_of!(layout::Itab, function0) + 8 * methods.len());
        let (inter, dynamic) = (self.descriptor(interface), self.descriptor(ty));
        out.addr(offset_of!(layout::Itab, inter), &inter);
        out.addr(offset_of!(layout::Itab, ty), &dynamic);
        let hash = type_hash(&self.data(ty).link);
        out.put(offset_of!(layout::Itab, hash), &hash.to_le_bytes());
        self.methods.convert(ty);
        for (idx, method) in methods.iter().enumerate() {
            let code = self.itab_method(ty, method);
            out.addr(offset_of!(layout::Itab, function0) + 8 * idx, &code);
        }
        self.out.datas.push(out.into_data(&symbol, 8));
        Some(symbol)
    }
}

impl<'a, 's> Program<'a, 's> {
    /// The symbol of a method's code as a func value's, which is lowered.
    pub fn direct_method(&mut self, ty: TypeId, method: Obj<'s>) -> Rc<str> {
        let code: Rc<str> = format!("{}.{}·direct", self.data(ty).link, method.name).into();
        self.request(&code, || Work::DirectMethod { symbol: code.clone(), ty, method });
        code
    }

    /// The symbol of a method's code for itabs, which is lowered.
    pub fn itab_method(&mut self, ty: TypeId, method: Obj<'s>) -> Rc<str> {
        let pkg = match (method.name.is_exported(), method.pkg) {
            (false, Some(pkg)) => crate::names::package_path(pkg),
            _ => "",
        };
        let code: Rc<str> = format!("{}.{pkg}{}·itab", self.data(ty).link, method.name).into();
        self.request(&code, || Work::ItabMethod { symbol: code.clone(), ty, method });
        code
    }
}

/// Lowers the code of an itab's method: the receiver is the data word.
pub(crate) fn lower_itab_method<'a, 's>(
    p: &mut Program<'a, 's>,
    symbol: &Rc<str>,
    ty: TypeId,
    method: Obj<'s>,
) {
    let Some(sig @ Type::Signature(parts)) = method.ty() else { panic!("{symbol}: no signature") };
    let src = p.synthetic_source();
    let mut l = Lowerer::new(p, src, symbol.clone(), sig, None, Context::None, 0);
    let params: Vec<TypeId> = parts.params.iter().map(|obj| l.type_id(obj.ty().expect("typed"))).collect();
    let results: Vec<TypeId> = parts.results.iter().map(|obj| l.type_id(obj.ty().expect("typed"))).collect();
    let word = l.unsafe_pointer();
    let mut all = vec![word];
    all.extend(&params);
    let sig = l.flat_signature(&all, &results);
    l.begin_wrapper(symbol, sig);
    let (outs, vals) = l.wrapper_params(&all, &results);
    let data = vals[0].single();
    let place = match l.p.types.is_direct(ty) {
        true => l.place_of_val(ty, &vals[0]),
        false => Place::Memory { addr: data, off: 0, is_stack: false },
    };
    l.check_wrapped_pointer(ty, &vals[0], method);
    let (target, mut args) = l.method_of_place(ty, place, method);
    args.extend(params.into_iter().zip(vals.into_iter().skip(1)));
    l.finish_wrapper(target, args, results, outs);
}

/// Lowers a method as the code of a func value: a context, then the receiver itself.
pub(crate) fn lower_direct_method<'a, 's>(
    p: &mut Program<'a, 's>,
    symbol: &Rc<str>,
    ty: TypeId,
    method: Obj<'s>,
) {
    let Some(sig @ Type::Signature(parts)) = method.ty() else { panic!("{symbol}: no signature") };
    let src = p.synthetic_source();
    let mut l = Lowerer::new(p, src, symbol.clone(), sig, None, Context::Closure, 0);
    let mut params = vec![ty];
    params.extend(parts.params.iter().map(|obj| l.type_id(obj.ty().expect("typed"))));
    let results: Vec<TypeId> = parts.results.iter().map(|obj| l.type_id(obj.ty().expect("typed"))).collect();
    let mut sig = l.flat_signature(&params, &results);
    sig.params.insert(0, ssa::Type::Ptr);
    l.begin_wrapper(symbol, sig);
    l.b.func_mut().flags.closure = true;
    let (outs, vals) = l.wrapper_params(&params, &results);
    let place = l.place_of_val(ty, &vals[0]);
    l.check_wrapped_pointer(ty, &vals[0], method);
    let (target, mut args) = l.method_of_place(ty, place, method);
    args.extend(params.into_iter().zip(vals).skip(1));
    l.finish_wrapper(target, args, results, outs);
}

impl<'a, 's> Lowerer<'_, 'a, 's> {
    /// Starts the body of a function that only passes a call on.
    fn begin_wrapper(&mut self, symbol: &Rc<str>, sig: ssa::Signature) {
        self.b = ssa::Builder::new(&**symbol, sig);
        self.b.func_mut().flags.wrapper = true;
        self.b.func_mut().flags.dup_ok = true;
        self.b.func_mut().scopes[0].wrapper = true;
    }

    /// In a wrapper that reads the receiver of a value method through a pointer: nil panics with a text of its own.
    pub fn check_wrapped_pointer(&mut self, ty: TypeId, recv: &Val, method: Obj<'s>) {
        let Kind::Pointer(elem) = self.p.data(ty).kind else { return };
        let Some(named) = self.named_of(elem).filter(|_| self.named_of(ty).is_none()) else { return };
        let declared = named.origin.map_or(named, |origin| match origin {
            Type::Named(origin) => origin,
            _ => named,
        });
        let methods = declared.methods.get().copied().unwrap_or(&[]);
        let is_value_method = methods.iter().any(|own| {
            types::method_key(own) == types::method_key(method)
                && matches!(own.kind, types::ObjKind::Func { ptr_recv: false, .. })
        });
        if !is_value_method {
            return;
        }
        let targs = if named.targs.is_empty() { "" } else { "[...]" };
        let path = named.obj.pkg.map_or("", |pkg| crate::names::package_path(pkg));
        let name = format!("{}{targs}", named.obj.name);
        let text = format!("value method {path}.{name}.{} called using nil *{name} pointer", method.name);
        let (ok, fail) = (self.b.block(), self.b.cold_block());
        let exists = self.is_nonzero(recv.single());
        self.b.branch(exists, ok, fail);
        self.b.switch_to(fail);
        let text = self.string_const(text.as_bytes());
        self.runtime("runtime.panicwrap", text.scalars(), &[]);
        self.b.unreachable();
        self.b.switch_to(ok);
    }

    /// The parameters of a wrapper: where results in memory go, and the values.
    pub fn wrapper_params(
        &mut self,
        params: &[TypeId],
        results: &[TypeId],
    ) -> (Vec<Option<ssa::Value>>, Vec<Val>) {
        let mut at = usize::from(self.b.func().flags.closure);
        let mut outs = Vec::new();
        for ty in results {
            let is_memory = matches!(self.p.types.get(*ty).shape, crate::layout::Shape::Memory);
            outs.push(is_memory.then(|| self.b.param(at)));
            at += usize::from(is_memory);
        }
        let mut vals = Vec::new();
        for ty in params {
            let n = match &self.p.types.get(*ty).shape {
                crate::layout::Shape::Scalars(list) => list.len(),
                crate::layout::Shape::Memory => {
                    vals.push(Val::Memory(self.b.param(at)));
                    at += 1;
                    continue;
                }
            };
            vals.push(Val::Scalars((at..at + n).map(|n| self.b.param(n)).collect()));
            at += n;
        }
        (outs, vals)
    }

    pub fn finish_wrapper(
        mut self,
        target: crate::call::Target,
        args: Vec<(TypeId, Val)>,
        results: Vec<TypeId>,
        outs: Vec<Option<ssa::Value>>,
    ) {
        let vals = self.perform(&crate::call::Prepared { target, args, results });
        let mut values = Vec::new();
        for ((ty, val), out) in vals.into_iter().zip(outs) {
            match out {
                Some(out) => self.store(ty, out, 0, &val, true),
                None => values.extend(val.scalars().iter().copied()),
            }
        }
        self.b.ret(values);
        let func = self.b.finish();
        self.p.out.funcs.push(func);
    }
}
