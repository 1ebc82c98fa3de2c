//! Selectors: qualified identifiers, fields, methods, method expressions. Spec, "Qualified identifiers",
//! "Selectors", "Method expressions", "Method values".

use source::Pos;
use syntax::{ExprId, ExprKind, Ident};

use crate::checker::{Checker, Mode, Operand, Selection};
use crate::lookup::Found;
use crate::model::*;
use crate::operand::is_invalid_type;

impl<'s> Checker<'s> {
    /// Checks `x.sel`. `want_type` is set where only a type will do.
    pub(crate) fn selector(&mut self, x: &mut Operand<'s>, expr: ExprId, want_type: bool) {
        let tree = self.tree();
        let ExprKind::Selector { x: inner, sel } = tree[expr].kind else { return };
        if let ExprKind::Name(name) = tree[inner].kind
            && let Some(import) = self.lookup(name)
            && let ObjKind::PkgName { imported } = import.kind
        {
            import.mark_used();
            self.record_use(inner, import);
            return self.qualified(x, expr, imported, sel);
        }
        let mut operand = Operand::invalid(self, inner);
        self.wanted_expr(&mut operand, inner, crate::expr::Wanted::default());
        match operand.mode {
            Mode::Invalid => return,
            Mode::Builtin(_) => {
                let text = format!("invalid use of {} in selector expression", self.operand_str(&operand));
                let pos = self.after(inner, b'.');
                return self.error(pos, text);
            }
            Mode::NoValue => {
                let text = format!("{} used as value", self.operand_str(&operand));
                return self.error_at(inner, text);
            }
            _ => self.single_value(&mut operand),
        }
        if operand.is_invalid() || is_invalid_type(operand.ty) {
            return;
        }
        if want_type {
            // A type that needs itself complete is reported as such.
            if is_invalid_type(self.under(operand.ty)) {
                return;
            }
            let text = format!("{} is not a type", self.expr_str(expr));
            return self.error(self.pos(sel.pos), text);
        }
        self.select(x, expr, &operand, sel);
    }

    /// Notes what a name refers to.
    pub(crate) fn record_use(&mut self, expr: ExprId, obj: Obj<'s>) {
        let uses = &mut self.info[self.env.file].uses;
        if uses.len() <= expr.index() {
            let len = self.input.files[self.env.file].tree.exprs.len();
            uses.resize(len, None);
        }
        uses[expr.index()] = Some(obj);
    }

    /// Returns the position of the token `byte` that follows `expr`.
    pub(crate) fn after(&self, expr: ExprId, byte: u8) -> Pos {
        self.pos(self.tree().offset_after(expr, byte))
    }

    // `pkg.Name`
    fn qualified(&mut self, x: &mut Operand<'s>, expr: ExprId, pkg: &'s Package<'s>, sel: Ident) {
        // A package that could not be loaded was reported.
        let Some(scope) = pkg.scope.get() else { return };
        let found = pkg.lookup(sel.name);
        let Some(obj) = found.filter(|obj| obj.name.is_exported()) else {
            let text = if found.is_some() {
                format!("name {} not exported by package {}", sel.name, pkg.name)
            } else {
                let similar = |obj: &&Obj<'s>| {
                    obj.name.is_exported()
                        && obj.name.as_str().to_lowercase() == sel.name.as_str().to_lowercase()
                };
                let shown = self.expr_str(expr);
                match scope.iter().find(similar) {
                    Some(obj) => format!("undefined: {shown} (but have {})", obj.name),
                    None => format!("undefined: {shown}"),
                }
            };
            return self.error(self.pos(sel.pos), text);
        };
        self.info[self.env.file].selections.insert(expr, Selection::Qualified(obj));
        let Some(ty) = obj.ty().or_else(|| match obj.kind {
            ObjKind::Builtin(_) => Some(self.invalid()),
            _ => None,
        }) else {
            return;
        };
        x.mode = match &obj.kind {
            ObjKind::Builtin(id) => Mode::Builtin(*id),
            _ if is_invalid_type(ty) => return,
            ObjKind::Const { value } => {
                x.value = value.get().copied();
                Mode::Constant
            }
            ObjKind::TypeName if self.is_generic(ty) => Mode::GenericType,
            ObjKind::TypeName => Mode::Type,
            ObjKind::Var { .. } => Mode::Variable,
            ObjKind::Func { .. } => Mode::Value,
            ObjKind::PkgName { .. } | ObjKind::Nil => return,
        };
        x.ty = ty;
    }

    // `operand.sel`, where the operand is a value or a type.
    fn select(&mut self, x: &mut Operand<'s>, expr: ExprId, operand: &Operand<'s>, sel: Ident) {
        if self.is_incomplete(operand.ty) {
            // A cycle through its own declaration, which is reported there.
            return;
        }
        let is_type = matches!(operand.mode, Mode::Type | Mode::GenericType);
        let pkg = self.pkg;
        let addressable = operand.mode == Mode::Variable;
        match self.lookup_field_or_method(operand.ty, addressable, pkg, sel.name, false) {
            Found::Field { .. } if is_type => {
                let (shown, ty) = (self.expr_str(operand.expr), self.ty_str(operand.ty));
                let text = format!("{shown}.{0} undefined (type {ty} has no method {0})", sel.name);
                self.error(self.pos(sel.pos), text);
            }
            Found::Field { obj, path, indirect } => {
                self.info[self.env.file].selections.insert(expr, Selection::Field { obj, path, indirect });
                let through_pointer = indirect || matches!(self.under(operand.ty), Type::Pointer(_));
                x.mode = if addressable || through_pointer { Mode::Variable } else { Mode::Value };
                x.ty = self.object_type(obj).unwrap_or(self.invalid());
                if is_invalid_type(x.ty) {
                    x.mode = Mode::Invalid;
                }
            }
            Found::Method { obj, path, indirect } => {
                self.record_dependency(obj);
                let Some(ty) = self.object_type(obj).filter(|ty| !is_invalid_type(ty)) else { return };
                obj.mark_used();
                x.mode = Mode::Value;
                let selection = if is_type {
                    x.ty = self.method_expr_type(operand.ty, ty);
                    Selection::MethodExpr { obj, path, indirect }
                } else {
                    x.ty = self.without_receiver(ty);
                    Selection::Method { obj, path, indirect }
                };
                self.info[self.env.file].selections.insert(expr, selection);
            }
            Found::Ambiguous(_) => {
                let text = format!("ambiguous selector {}.{}", self.expr_str(operand.expr), sel.name);
                self.error(self.pos(sel.pos), text);
            }
            Found::PtrRecv(_) => {
                let ty = self.ty_str(operand.ty);
                let text = if is_type {
                    format!(
                        "invalid method expression {ty}.{0} (needs pointer receiver (*{ty}).{0})",
                        sel.name
                    )
                } else {
                    format!("cannot call pointer method {} on {ty}", sel.name)
                };
                self.error(self.pos(sel.pos), text);
            }
            Found::NotFound => {
                let why = self.selector_failure(operand, sel);
                let text = format!("{}.{} undefined ({why})", self.expr_str(operand.expr), sel.name);
                self.error(self.pos(sel.pos), text);
            }
        }
    }

    /// Reports whether `ty`, or what it points to, is in error or still being declared.
    pub(crate) fn is_incomplete(&mut self, ty: Ty<'s>) -> bool {
        match *self.under(ty) {
            Type::Basic(Basic::Invalid) => true,
            Type::Pointer(base) => matches!(self.under(base), Type::Basic(Basic::Invalid)),
            _ => false,
        }
    }

    fn without_receiver(&self, ty: Ty<'s>) -> Ty<'s> {
        match ty {
            Type::Signature(sig) if sig.recv.is_some() => {
                self.alloc(Type::Signature(Signature { recv: None, recv_tparams: &[], ..*sig }))
            }
            _ => ty,
        }
    }

    // The receiver becomes the first parameter.
    fn method_expr_type(&self, recv: Ty<'s>, ty: Ty<'s>) -> Ty<'s> {
        let Type::Signature(sig) = ty else { return ty };
        // Parameters are named all or not at all.
        let named = sig.params.first().is_some_and(|param| !param.name.as_str().is_empty());
        let name = match sig.recv.map(|recv| recv.name) {
            Some(name) if named && !name.as_str().is_empty() => name,
            _ => source::Name::new(if named { "_" } else { "" }),
        };
        let pos = sig.recv.map_or(Pos::NONE, |recv| recv.pos);
        let recv = self.object(name, pos, ObjKind::Var { role: VarRole::Param }, Some(recv));
        let params: Vec<Obj<'s>> = std::iter::once(recv).chain(sig.params.iter().copied()).collect();
        let params = self.slice(&params);
        self.alloc(Type::Signature(Signature { recv: None, recv_tparams: &[], params, ..*sig }))
    }

    fn selector_failure(&mut self, operand: &Operand<'s>, sel: Ident) -> String {
        if self.is_interface_pointer(operand.ty) {
            return self.interface_pointer_str(operand.ty);
        }
        let pkg = self.pkg;
        let addressable = operand.mode == Mode::Variable;
        let other = match self.lookup_field_or_method(operand.ty, addressable, pkg, sel.name, true) {
            Found::Field { obj, .. } | Found::Method { obj, .. } => Some(obj),
            Found::NotFound | Found::Ambiguous(_) | Found::PtrRecv(_) => None,
        };
        self.lookup_failure(operand.ty, sel.name, other, false)
    }

    /// Says in gc's words that `ty` has no `name`, though it may have the similar `other`.
    pub(crate) fn lookup_failure(
        &self,
        ty: Ty<'s>,
        name: source::Name,
        other: Option<Obj<'s>>,
        struct_lit: bool,
    ) -> String {
        let ty = self.ty_str(ty);
        let missing = match struct_lit {
            true => format!("unknown field {name} in struct literal of type {ty}"),
            false => format!("type {ty} has no field or method {name}"),
        };
        let Some(other) = other else { return missing };
        let what = match other.kind {
            _ if struct_lit => "",
            ObjKind::Func { .. } => "method ",
            _ => "field ",
        };
        let alt = other.name;
        let own = other.pkg.is_some_and(|pkg| pkg.is(self.pkg));
        let tail = |text: &str| text.chars().skip(1).collect::<String>();
        let same_tail = tail(name.as_str()) == tail(alt.as_str());
        if own || alt.is_exported() && (name.is_exported() || same_tail) {
            return format!("{missing}, but does have {what}{alt}");
        }
        if alt.is_exported() {
            return missing;
        }
        if alt == name {
            return match struct_lit {
                true => format!("cannot refer to unexported field {alt} in struct literal of type {ty}"),
                false => format!("cannot refer to unexported {what}{alt}"),
            };
        }
        if name.is_exported() && same_tail {
            return format!("{missing}, but does have unexported {what}{alt}");
        }
        missing
    }
}
