//! Function values and closures.

use std::rc::Rc;

use ssa::Value;
use syntax::{ExprId, FuncId};
use types::{Obj, ObjKind, Ty, Type};

use crate::capture::Literal;
use crate::func::{Context, Local, Lowerer};
use crate::layout::{Kind, TypeId};
use crate::place::Place;
use crate::value::Val;

impl<'a, 's> Lowerer<'_, 'a, 's> {
    /// A declared function as a value.
    pub fn func_value(&mut self, expr: ExprId, obj: Obj<'s>) -> Val {
        let targs = self.type_arguments(expr);
        let symbol = self.p.reach(obj, None, &targs);
        let ty = self.type_of(expr);
        Val::one(self.static_closure(&symbol, ty))
    }

    /// The func value of a symbol whose Go type is `ty`.
    pub fn static_closure(&mut self, symbol: &Rc<str>, ty: TypeId) -> Value {
        let Kind::Func(sig) = self.p.data(ty).kind.clone() else { panic!("{}: no function", self.symbol) };
        let flat = self.flat_signature(&sig.params, &sig.results);
        let datum = self.p.func_value(symbol, flat);
        self.b.sym_addr(&datum, 0)
    }

    /// `f[T]` as a value.
    pub fn instantiated_func(&mut self, expr: ExprId, _: ExprId) -> Val {
        match self.static_func(expr) {
            Some(obj) => self.func_value(expr, obj),
            None => panic!("{}: an instance of no function", self.symbol),
        }
    }

    /// A function literal: a closure object with what it captures.
    pub fn func_lit(&mut self, expr: ExprId, func: FuncId) -> Val {
        let tree = self.tree();
        let sig = self.go_type(expr);
        let Some(body) = tree[func].body else { panic!("{}: a literal without a body", self.symbol) };
        let n = self.n_closures.get() + 1;
        self.n_closures.set(n);
        let separator = if self.symbol.contains(".func") { "." } else { ".func" };
        let symbol: Rc<str> = format!("{}{separator}{n}", self.symbol).into();
        let captured = self.captured(Literal::Func(func));
        let start = tree[expr].span.start;
        let src = self.src.clone();
        // The lowerer of the closure borrows the program while ours waits.
        let mut inner = Lowerer::new(self.p, src, symbol.clone(), sig_of(sig), None, Context::Closure, start);
        inner.at(start);
        inner.unpack_context(&captured);
        inner.body(func, &body, None, sig_of(sig));
        Val::one(self.closure_object(&symbol, &captured))
    }

    /// The captured variables of a literal with their types and places, in the order of the closure object.
    pub fn captured(&mut self, literal: Literal) -> Vec<(usize, TypeId, Local)> {
        let captures = self.src.captures.clone();
        let mut list = Vec::new();
        for key in captures.of_literal(literal) {
            // A variable of the literal's own type switch, say, is declared later.
            if let Some((local, ty)) = self.locals.get(key).cloned().zip(self.local_types.get(key).copied()) {
                list.push((*key, ty, local));
            }
        }
        list
    }

    pub fn closure_object(&mut self, symbol: &Rc<str>, captured: &[(usize, TypeId, Local)]) -> Value {
        if captured.is_empty() {
            return self.static_closure_of_literal(symbol);
        }
        let layout = self.closure_layout(captured);
        let object = self.new_object(layout.ty);
        let code = self.b.func_addr(symbol);
        self.b.store(object, 0, code);
        for ((_, ty, local), off) in captured.iter().zip(layout.offsets) {
            match self.box_address(local) {
                Some(addr) => self.b.store_ptr(object, off as i32, addr),
                None => {
                    let place = self.place_of(local);
                    let val = self.read_place(*ty, &place);
                    self.store(*ty, object, off, &val, false);
                }
            }
        }
        object
    }

    fn static_closure_of_literal(&mut self, symbol: &Rc<str>) -> Value {
        let datum: Rc<str> = format!("{symbol}·f").into();
        if self.p.claim(&datum) {
            self.p.static_func_value(&datum, symbol);
        }
        self.b.sym_addr(&datum, 0)
    }

    /// The struct type of a closure object: a code word, then what is captured.
    fn closure_layout(&mut self, captured: &[(usize, TypeId, Local)]) -> ClosureLayout {
        let mut fields = vec![self.p.checker.basic(types::Basic::Uintptr)];
        for (_, ty, local) in captured {
            fields.push(match local {
                Local::Boxed(_) | Local::SlotBoxed(_) => self.p.checker.basic(types::Basic::UnsafePointer),
                _ => self.p.types.get(*ty).ty,
            });
        }
        let ty = self.p.closure_type(&fields);
        let Kind::Struct(fields) = self.p.data(ty).kind.clone() else {
            panic!("a closure object is a struct")
        };
        ClosureLayout { ty, offsets: fields[1..].iter().map(|field| field.off).collect() }
    }

    /// Declares captured variables from the closure object, the first parameter.
    pub fn unpack_context(&mut self, captured: &[(usize, TypeId, Local)]) {
        if captured.is_empty() {
            return;
        }
        let layout = self.closure_layout(captured);
        let context = self.b.param(0);
        for ((key, ty, local), off) in captured.iter().zip(layout.offsets) {
            let local = match local {
                Local::Boxed(_) | Local::SlotBoxed(_) => {
                    let addr = self.b.load(ssa::Type::Ptr, context, off as i32);
                    let variable = self.b.declare(ssa::Type::Ptr);
                    self.b.set(variable, addr);
                    Local::Boxed(variable)
                }
                _ => {
                    let val = self.load(*ty, context, off);
                    match self.place_of_val(*ty, &val) {
                        Place::Vars(vars) => Local::Vars(vars),
                        // Never written again, or it would be boxed: read where it lies.
                        _ => {
                            let variable = self.b.declare(ssa::Type::Ptr);
                            let addr = self.address_of_val(*ty, &val);
                            self.b.set(variable, addr);
                            Local::Boxed(variable)
                        }
                    }
                }
            };
            let local = self.debug_captured(*key, *ty, local);
            self.locals.insert(*key, local);
            self.local_types.insert(*key, *ty);
        }
    }
}

struct ClosureLayout {
    ty: TypeId,
    offsets: Vec<u64>,
}

fn sig_of(ty: Ty<'_>) -> Ty<'_> {
    types::predicates::under_known(ty).unwrap_or(ty)
}

impl<'a, 's> crate::program::Program<'a, 's> {
    /// The struct type of closure objects with these words.
    pub fn closure_type(&mut self, fields: &[Ty<'s>]) -> TypeId {
        let fields: Vec<Obj<'s>> = fields
            .iter()
            .enumerate()
            .map(|(idx, ty)| {
                let role = types::VarRole::Field { embedded: false };
                let name = source::Name::new(&format!("F{idx}"));
                self.checker.object(name, source::Pos::NONE, ObjKind::Var { role }, Some(ty))
            })
            .collect();
        let fields = self.checker.slice(&fields);
        let ty = self.checker.alloc(Type::Struct(types::Struct { fields, tags: &[] }));
        self.intern(ty)
    }
}
