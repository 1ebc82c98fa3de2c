//! Lowering one function: its frame, its variables, its closures.

use std::cell::Cell;
use std::rc::Rc;

use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use source::Pos;
use ssa::{Builder, Slot, Variable};
use syntax::{Block, ExprId, ExprKind, FuncId, Offset};
use types::{Mode, Obj, Ty, Type};

use crate::capture::Captures;
use crate::defer::Defers;
use crate::layout::{Shape, TypeId};
use crate::program::{Instance, Program, SourceFile, address};
use crate::range_func::LoopBody;
use crate::value::Val;

/// Where a local variable lives.
#[derive(Clone, Debug)]
pub(crate) enum Local {
    /// In SSA variables, one for each scalar.
    Vars(SmallVec<[Variable; 4]>),
    /// In the frame.
    Slot(Slot),
    /// In an object whose address the variable holds.
    Boxed(Variable),
    /// In an object whose address stands in the frame: a shared result that is read after a recovery.
    SlotBoxed(Slot),
}

/// Where the caller wants a result that lives in memory.
#[derive(Clone, Copy, Debug)]
pub(crate) enum OutPointer {
    /// The address.
    Value(ssa::Value),
    /// It stands in the frame, for after a recovery.
    Slot(Slot),
}

/// What a function shares with the closures in it.
pub(crate) struct Source<'a, 's> {
    /// The file it stands in.
    pub file: SourceFile<'a, 's>,
    /// The number of its package in the session.
    pub pkg: u32,
    /// Type parameters in scope.
    pub tparams: &'s [Ty<'s>],
    /// What they stand for.
    pub targs: Vec<Ty<'s>>,
    /// Shared variables.
    pub captures: Rc<Captures>,
}

/// A place to jump to by `break` or `continue`.
pub(crate) struct Jump {
    /// The label of the statement.
    pub label: Option<source::Name>,
    /// Where `break` goes.
    pub on_break: ssa::Block,
    /// Where `continue` goes, in loops.
    pub on_continue: Option<ssa::Block>,
}

/// Functions whose stack must not grow while they run, though they call functions with a stack check: the child of a fork
/// shares the memory of its parent. They ask for all they need at entry.
const DEEP: [&str; 2] = ["syscall.forkAndExecInChild", "syscall.forkAndExecInChild1"];

/// A function that is being lowered.
pub(crate) struct Lowerer<'p, 'a, 's> {
    pub p: &'p mut Program<'a, 's>,
    pub b: Builder,
    pub src: Rc<Source<'a, 's>>,
    /// The symbol, and how many closures it has so far.
    pub symbol: Rc<str>,
    pub n_closures: Cell<u32>,
    pub locals: FxHashMap<usize, Local>,
    pub local_types: FxHashMap<usize, TypeId>,
    /// The results with their types; unnamed ones are made.
    pub results: Vec<(Local, TypeId)>,
    /// The objects of the results.
    pub result_keys: Vec<usize>,
    /// For each result, where the caller wants it, if it lives in memory.
    pub out_pointers: Vec<Option<OutPointer>>,
    pub jumps: Vec<Jump>,
    pub labels: FxHashMap<source::Name, ssa::Block>,
    /// The label of the statement about to be lowered.
    pub pending_label: Option<source::Name>,
    /// Where `fallthrough` goes.
    pub fallthrough: Option<ssa::Block>,
    /// Set in functions with `defer`.
    pub defers: Option<Defers>,
    /// Set in the body of a loop over a function.
    pub loop_body: Option<LoopBody>,
    /// Which expressions contain calls.
    pub ordered: FxHashMap<ExprId, bool>,
    /// What was hoisted: the results of expressions that are yet to be evaluated.
    pub kept: FxHashMap<ExprId, Vec<(TypeId, Val)>>,
    /// What is evaluated has nothing more to hoist.
    pub is_hoisted: bool,
    /// It is the initialiser of package variables, whose literals gc makes outside of any frame.
    pub is_initializer: bool,
    start_line: u32,
    types: FxHashMap<usize, TypeId>,
}

/// The scope of what `//line` moved to the file `name` within the function.
fn part_of_file(func: &mut ssa::Func, name: &str) -> u32 {
    let found = func.scopes.iter().position(|scope| scope.part && *scope.file == *name);
    let idx = found.unwrap_or_else(|| {
        let root = &func.scopes[0];
        let call = Some(ssa::Pos::default());
        func.scopes.push(ssa::ScopeData { file: name.into(), call, part: true, ..root.clone() });
        func.scopes.len() - 1
    });
    idx as u32
}

/// Lowers a declared function.
pub(crate) fn lower_func<'a, 's>(p: &mut Program<'a, 's>, instance: &Instance<'s>) {
    let Some(source) = p.source(instance.obj) else {
        p.error(instance.obj.pos, format!("{} has no declaration", instance.symbol));
        return;
    };
    let file = p.file(source.pkg, source.file);
    let func = source.decl.func;
    let Some(body) = file.tree[func].body else {
        p.error(instance.obj.pos, format!("missing function body: {}", instance.symbol));
        return;
    };
    let src = Rc::new(Source {
        file,
        pkg: source.pkg,
        tparams: instance.tparams,
        targs: instance.targs.clone(),
        captures: p.captures(source),
    });
    let Some(sig @ Type::Signature(parts)) = instance.obj.ty() else {
        panic!("{} has no signature", instance.symbol)
    };
    let mut lowerer =
        Lowerer::new(p, src, instance.symbol.clone(), sig, parts.recv, Context::None, source.decl.pos);
    lowerer.directives(&file.tree[source.decl.directives]);
    lowerer.body(func, &body, parts.recv, sig);
}

/// The hidden first parameter.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Context {
    /// A declared function has none.
    None,
    /// A closure has its object.
    Closure,
}

impl<'p, 'a, 's> Lowerer<'p, 'a, 's> {
    /// Begins a function with the signature `sig` (a [`Type::Signature`], type parameters not yet replaced).
    pub fn new(
        p: &'p mut Program<'a, 's>,
        src: Rc<Source<'a, 's>>,
        symbol: Rc<str>,
        sig: Ty<'s>,
        recv: Option<Obj<'s>>,
        context: Context,
        start: Offset,
    ) -> Lowerer<'p, 'a, 's> {
        let start_pos = Pos { file: src.file.id, offset: start };
        let place = p.map.place(start_pos);
        let mut lowerer = Lowerer {
            p,
            b: Builder::new(&*symbol, ssa::Signature::default()),
            src,
            symbol,
            n_closures: Cell::new(0),
            locals: FxHashMap::default(),
            local_types: FxHashMap::default(),
            results: Vec::new(),
            result_keys: Vec::new(),
            out_pointers: Vec::new(),
            jumps: Vec::new(),
            labels: FxHashMap::default(),
            pending_label: None,
            fallthrough: None,
            defers: None,
            loop_body: None,
            ordered: FxHashMap::default(),
            kept: FxHashMap::default(),
            is_hoisted: false,
            is_initializer: false,
            start_line: place.map_or(0, |place| place.line),
            types: FxHashMap::default(),
        };
        let signature = lowerer.ssa_signature(sig, recv, context);
        lowerer.set_signature(signature, context);
        let scope = &mut lowerer.b.func_mut().scopes[0];
        scope.file = place.map_or("", |place| place.name).into();
        lowerer
    }

    /// Begins anew with this signature, the context included.
    pub fn set_signature(&mut self, signature: ssa::Signature, context: Context) {
        let file = self.b.func().scopes[0].file.clone();
        self.b = Builder::new(&*self.symbol, signature);
        let func = self.b.func_mut();
        func.scopes[0].file = file;
        func.scopes[0].start_line = self.start_line;
        func.flags.closure = context == Context::Closure;
        if crate::reflect_stub::is_between(&self.symbol) {
            func.flags.wrapper = true;
            func.scopes[0].wrapper = true;
        }
    }

    fn directives(&mut self, directives: &[syntax::Directive]) {
        let deep = DEEP.contains(&&*self.symbol);
        let flags = &mut self.b.func_mut().flags;
        flags.deep = deep;
        for directive in directives {
            match directive.text.as_str() {
                "go:nosplit" => flags.nosplit = true,
                "go:noinline" => flags.noinline = true,
                _ => {}
            }
        }
    }

    /// The flattened signature of a function type: receiver, parameters, results. A value that lives in memory is
    /// passed by the address of the caller's copy, and returned through an address that the caller passes first.
    pub fn ssa_signature(&mut self, sig: Ty<'s>, recv: Option<Obj<'s>>, context: Context) -> ssa::Signature {
        let Type::Signature(parts) = sig else { panic!("{sig:?} is no function type") };
        let types = |objs: &[Obj<'s>]| objs.iter().map(|obj| obj.ty().expect("typed")).collect::<Vec<_>>();
        let mut params = types(recv.as_slice());
        params.extend(types(parts.params));
        let params: Vec<TypeId> = params.into_iter().map(|ty| self.type_id(ty)).collect();
        let results: Vec<TypeId> = types(parts.results).into_iter().map(|ty| self.type_id(ty)).collect();
        let mut sig = self.flat_signature(&params, &results);
        if context == Context::Closure {
            sig.params.insert(0, ssa::Type::Ptr);
        }
        sig
    }

    /// The flattened form of parameters and results.
    pub fn flat_signature(&self, params: &[TypeId], results: &[TypeId]) -> ssa::Signature {
        self.p.flat_signature(params, results)
    }

    /// Replaces type parameters and finds the type.
    pub fn type_id(&mut self, ty: Ty<'s>) -> TypeId {
        let key = std::ptr::from_ref(ty) as usize;
        if let Some(id) = self.types.get(&key) {
            return *id;
        }
        let concrete = self.subst(ty);
        let id = self.p.intern(concrete);
        self.types.insert(key, id);
        id
    }

    /// Replaces type parameters.
    pub fn subst(&mut self, ty: Ty<'s>) -> Ty<'s> {
        if self.src.targs.is_empty() {
            return ty;
        }
        self.p.checker.subst_body(ty, self.src.tparams, &self.src.targs)
    }

    /// The type of an expression.
    pub fn type_of(&mut self, expr: ExprId) -> TypeId {
        let ty = self.go_type(expr);
        self.type_id(ty)
    }

    /// The type of an expression as the checker gave it, type parameters and all.
    pub fn go_type(&self, expr: ExprId) -> Ty<'s> {
        let info = self.src.file.info.exprs.get(expr.index()).copied().flatten();
        info.and_then(|info| info.ty)
            .unwrap_or_else(|| panic!("{}: an expression without a type", self.symbol))
    }

    /// The tree of the file.
    pub fn tree(&self) -> &'s syntax::File {
        self.src.file.tree
    }

    /// What follows comes from this place of the file.
    pub fn at(&mut self, offset: Offset) {
        let pos = self.line_and_column(offset);
        self.b.set_pos(pos);
    }

    /// A place of the file as SSA has it.
    pub fn line_and_column(&mut self, offset: Offset) -> ssa::Pos {
        let Some(place) = self.p.map.place(self.pos(offset)) else { return ssa::Pos::default() };
        let file = &*self.b.func().scopes[0].file;
        let scope = match file.is_empty() || file == place.name {
            true => 0,
            false => part_of_file(self.b.func_mut(), place.name),
        };
        ssa::Pos { scope, line: place.line as i32 - self.start_line as i32, col: place.column }
    }

    /// What follows is the operation of this expression, whose operands are evaluated.
    pub fn at_operation(&mut self, expr: ExprId) {
        self.at(self.operation_offset(expr));
    }

    /// Where gc sees the operation of an expression: at the token that stands for it, behind the first operand. That is
    /// the line that a panic shows.
    fn operation_offset(&self, expr: ExprId) -> Offset {
        let tree = self.tree();
        match tree[expr].kind {
            ExprKind::Paren(x) => self.operation_offset(x),
            ExprKind::Selector { x, .. } | ExprKind::TypeAssert { x, .. } => tree.offset_after(x, b'.'),
            ExprKind::Index { lbrack, .. } => lbrack,
            ExprKind::Slice { x, .. } => tree.offset_after(x, b'['),
            ExprKind::Call { fun, .. } => tree.offset_after(fun, b'('),
            ExprKind::Binary { op_pos, .. } => op_pos,
            _ => tree[expr].span.start,
        }
    }

    /// A position of the file.
    pub fn pos(&self, offset: Offset) -> Pos {
        Pos { file: self.src.file.id, offset }
    }

    /// Reports that something at `offset` cannot be lowered.
    pub fn unsupported(&mut self, offset: Offset, what: &str) {
        let pos = self.pos(offset);
        self.p.error(pos, format!("rigo cannot compile {what} yet"));
    }

    /// Declares parameters and results, lowers the statements, finishes the function.
    pub fn body(mut self, func: FuncId, body: &Block, recv: Option<Obj<'s>>, sig: Ty<'s>) {
        let Type::Signature(parts) = sig else { panic!("{sig:?} is no function type") };
        self.at(body.lbrace);
        let has_defer = self.src.captures.with_defer.contains(&func);
        self.declare_params(recv, parts.params, parts.results, has_defer);
        if has_defer {
            self.open_defers();
        }
        self.block(body);
        self.at(body.rbrace);
        if self.b.is_open() {
            self.leave();
        }
        self.close_defers();
        self.debug_end(0, body.rbrace);
        let func = self.b.finish();
        self.p.out.funcs.push(func);
    }

    fn declare_params(&mut self, recv: Option<Obj<'s>>, params: &[Obj<'s>], results: &[Obj<'s>], keep: bool) {
        let mut at = usize::from(self.b.func().flags.closure);
        let result_types: Vec<TypeId> =
            results.iter().map(|obj| self.type_id(obj.ty().expect("results are typed"))).collect();
        let mut out_pointers = Vec::new();
        for ty in &result_types {
            let is_memory = matches!(self.p.types.get(*ty).shape, Shape::Memory);
            let out = is_memory.then(|| self.b.param(at));
            out_pointers.push(out.map(|out| match keep {
                false => OutPointer::Value(out),
                true => OutPointer::Slot(self.kept_pointer(out)),
            }));
            at += usize::from(is_memory);
        }
        for param in recv.iter().chain(params) {
            let ty = self.type_id(param.ty().expect("parameters are typed"));
            let val = match &self.p.data(ty).shape {
                Shape::Scalars(list) => {
                    Val::Scalars((at..at + list.len()).map(|n| self.b.param(n)).collect())
                }
                Shape::Memory => Val::Memory(self.b.param(at)),
            };
            at += match &val {
                Val::Scalars(scalars) => scalars.len(),
                Val::Memory(_) => 1,
            };
            self.declare(param, ty, Some(val));
        }
        self.debug_mark_params();
        for ((result, ty), out) in results.iter().zip(result_types).zip(out_pointers) {
            let local = if keep {
                let local = self.kept_result(result, ty);
                let local = self.debug_var(result, ty, local);
                self.locals.insert(address(result), local.clone());
                self.local_types.insert(address(result), ty);
                local
            } else {
                self.declare(result, ty, None)
            };
            self.results.push((local, ty));
            self.result_keys.push(address(result));
            self.out_pointers.push(out);
        }
    }

    /// A pointer in the frame that is there after a recovery.
    fn kept_pointer(&mut self, pointer: ssa::Value) -> Slot {
        let slot = self.b.slot(8, 8);
        self.b.keep_slot_for_recover(slot);
        let addr = self.b.slot_addr(slot, 0);
        self.b.store(addr, 0, pointer);
        slot
    }

    /// Declares a result that is there after a recovery.
    fn kept_result(&mut self, result: Obj<'s>, ty: TypeId) -> Local {
        if self.src.captures.is_shared(result) || self.is_large(ty) {
            let object = self.new_object(ty);
            return Local::SlotBoxed(self.kept_pointer(object));
        }
        let slot = self.declare_slot(ty, None);
        self.b.keep_slot_for_recover(slot);
        Local::Slot(slot)
    }

    /// Declares a local variable with its first value; without one it is zero.
    pub fn declare(&mut self, var: Obj<'s>, ty: TypeId, val: Option<Val>) -> Local {
        let data = self.p.data(ty);
        let local = if self.src.captures.is_shared(var) || self.is_large(ty) {
            let addr = self.new_object(ty);
            if let Some(val) = &val {
                self.store(ty, addr, 0, val, false);
            }
            let variable = self.b.declare(ssa::Type::Ptr);
            self.b.set(variable, addr);
            Local::Boxed(variable)
        } else if let Shape::Scalars(list) = &data.shape {
            let val = val.unwrap_or_else(|| self.zero(ty));
            let vars = list.iter().zip(val.scalars()).map(|(s, value)| {
                let variable = self.b.declare(s.ty);
                self.b.set(variable, *value);
                variable
            });
            Local::Vars(vars.collect())
        } else {
            Local::Slot(self.declare_slot(ty, val.as_ref()))
        };
        let local = self.debug_var(var, ty, local);
        self.locals.insert(address(var), local.clone());
        self.local_types.insert(address(var), ty);
        local
    }

    /// Declares a local variable with the value of an expression. What the expression made in the frame becomes the
    /// variable's own.
    pub fn declare_with(&mut self, var: Obj<'s>, ty: TypeId, val: Val, expr: Option<ExprId>) {
        let is_fresh = match expr.map(|expr| self.tree()[self.tree().unparen(expr)].kind) {
            Some(ExprKind::CompositeLit { .. }) => true,
            Some(ExprKind::Call { fun, .. }) => {
                !matches!(self.mode(fun), Some(Mode::Type | Mode::Builtin(_)))
            }
            // One of several results.
            None => true,
            _ => false,
        };
        if let (true, Val::Memory(addr)) = (is_fresh && !self.src.captures.is_shared(var), &val)
            && let Some(ssa::Op::SlotAddr { slot, off: 0 }) = self.b.func().def_op(*addr)
        {
            let local = self.debug_var(var, ty, Local::Slot(*slot));
            self.locals.insert(address(var), local);
            self.local_types.insert(address(var), ty);
            return;
        }
        self.declare(var, ty, Some(val));
    }

    /// A slot with a first value; without one it is zero.
    fn declare_slot(&mut self, ty: TypeId, val: Option<&Val>) -> Slot {
        let slot = self.slot_for(ty);
        let addr = self.b.slot_addr(slot, 0);
        match val {
            Some(val) => self.store(ty, addr, 0, val, true),
            None => {
                let size = self.p.data(ty).size;
                self.b.ins(ssa::Op::MemZero { addr, size, barrier: None });
            }
        }
        slot
    }

    /// The object that an identifier declares.
    pub fn def(&self, offset: Offset) -> Option<Obj<'s>> {
        self.src.file.info.defs.get(&offset).copied()
    }
}

impl Program<'_, '_> {
    /// The flattened form of parameters and results.
    pub fn flat_signature(&self, params: &[TypeId], results: &[TypeId]) -> ssa::Signature {
        let mut sig = ssa::Signature::default();
        for ty in results {
            match &self.types.get(*ty).shape {
                Shape::Scalars(list) => sig.results.extend(list.iter().map(|s| s.ty)),
                Shape::Memory => sig.params.push(ssa::Type::Ptr),
            }
        }
        for ty in params {
            match &self.types.get(*ty).shape {
                Shape::Scalars(list) => sig.params.extend(list.iter().map(|s| s.ty)),
                Shape::Memory => sig.params.push(ssa::Type::Ptr),
            }
        }
        sig
    }
}
