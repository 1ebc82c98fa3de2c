//! Type expressions, and what a name stands for.
//!
//! A tree does not tell types from values; whoever wants a type calls [`Checker::type_expr`], and what is not one is
//! reported here. Whoever does not know yet (`expr_or_type`) comes here for the forms that are always types.
//!
//! While a type is set up, nothing asks for the underlying types of its parts, which may be in progress.
//! Checks that must are put off to the end of the outermost declaration.

use syntax::{ExprId, ExprKind, Field, List, UnaryOp};

use crate::checker::{Checker, Mode, Operand};
use crate::model::*;
use crate::predicates::unalias;
use crate::session::Version;

impl<'s> Checker<'s> {
    /// Returns the type that `expr` denotes; a generic one must be instantiated.
    pub fn type_expr(&mut self, expr: ExprId) -> Ty<'s> {
        let ty = self.generic_or_type_at(expr);
        self.reject_generic(expr, ty)
    }

    fn reject_generic(&mut self, expr: ExprId, ty: Ty<'s>) -> Ty<'s> {
        if self.is_uninstantiated(ty) {
            let text = format!("cannot use generic type {} without instantiation", self.ty_str(ty));
            self.error_at(expr, text);
            return self.invalid();
        }
        ty
    }

    /// Reports whether `ty` is a generic type that is not an instance.
    pub(crate) fn is_uninstantiated(&self, ty: Ty<'s>) -> bool {
        let (tparams, origin) = match ty {
            Type::Named(named) => (&named.tparams, named.origin),
            Type::Alias(alias) => (&alias.tparams, alias.origin),
            _ => return false,
        };
        origin.is_none() && tparams.get().is_some_and(|tparams| !tparams.is_empty())
    }

    /// As [`Checker::type_expr`], and the type may be that of a variable: constraint interfaces are reported.
    pub fn var_type(&mut self, expr: ExprId) -> Ty<'s> {
        let ty = self.type_expr(expr);
        if matches!(ty, Type::Basic(_) | Type::Pointer(_) | Type::Slice(_) | Type::Signature(_)) {
            return ty;
        }
        let pos = self.expr_pos(expr);
        self.later_here(move |checker| checker.reject_constraint(pos, ty));
        ty
    }

    fn reject_constraint(&mut self, pos: source::Pos, ty: Ty<'s>) {
        if matches!(unalias(ty), Type::TypeParam(_)) || !matches!(self.under(ty), Type::Interface(_)) {
            return;
        }
        let set = self.type_set(ty);
        if set.terms.is_none() && !set.comparable {
            return;
        }
        let cause = match set.comparable {
            true => "interface is (or embeds) comparable",
            false => "interface contains type constraints",
        };
        let text = format!("cannot use type {} outside a type constraint: {cause}", self.ty_str(ty));
        self.soft_error(pos, text);
    }

    /// Returns the type that `expr` denotes, which may be generic and not instantiated.
    pub fn generic_or_type(&mut self, expr: ExprId) -> Ty<'s> {
        self.generic_or_type_at(expr)
    }

    fn generic_or_type_at(&mut self, expr: ExprId) -> Ty<'s> {
        let ty = self.type_of_syntax(expr);
        self.record_type(expr, ty);
        ty
    }

    fn type_of_syntax(&mut self, expr: ExprId) -> Ty<'s> {
        let tree = self.tree();
        match tree[expr].kind {
            ExprKind::Bad => self.invalid(),
            ExprKind::Name(_) => {
                let mut x = self.no_operand();
                self.ident(&mut x, expr, true);
                self.operand_type(&x, expr)
            }
            ExprKind::Selector { .. } => self.selector_type(expr),
            ExprKind::Index { x, indices, .. } => self.instantiated_type(expr, x, &tree[indices]),
            ExprKind::Paren(x) => self.generic_or_type_at(x),
            ExprKind::ArrayType { len, elem } => self.array_type(expr, len, elem),
            ExprKind::SliceType(elem) => {
                let elem = self.var_type(elem);
                self.alloc(Type::Slice(elem))
            }
            ExprKind::Ellipsis(elem) => {
                // Parameters are dealt with in `signature`; anywhere else this is an error.
                self.error_at(expr, "invalid use of ...");
                self.type_expr(elem);
                self.invalid()
            }
            ExprKind::StructType { fields, .. } => self.struct_type(fields),
            ExprKind::Star(elem) => {
                let elem_ty = self.var_type(elem);
                // *invalid is as invalid, and reported.
                if self.is_invalid(elem_ty) { self.invalid() } else { self.alloc(Type::Pointer(elem_ty)) }
            }
            ExprKind::FuncType(ty) => {
                self.open_scope();
                let sig = self.signature(ty, None);
                self.close_scope();
                sig
            }
            ExprKind::InterfaceType { elems, .. } => self.interface_type(expr, elems),
            ExprKind::MapType { key, elem } => self.map_type(key, elem),
            ExprKind::ChanType { dir, elem } => {
                let elem = self.var_type(elem);
                self.alloc(Type::Chan { dir, elem })
            }
            ExprKind::BasicLit { .. }
            | ExprKind::CompositeLit { .. }
            | ExprKind::KeyValue { .. }
            | ExprKind::FuncLit(_)
            | ExprKind::Slice { .. }
            | ExprKind::TypeAssert { .. }
            | ExprKind::Call { .. }
            | ExprKind::Unary { .. }
            | ExprKind::Binary { .. } => self.value_as_type(expr),
        }
    }

    fn value_as_type(&mut self, expr: ExprId) -> Ty<'s> {
        let tree = self.tree();
        if let ExprKind::Unary { op: UnaryOp::Tilde, .. } = tree[expr].kind {
            self.error_at(expr, "cannot use ~ outside of interface or type constraint");
            return self.invalid();
        }
        // Whatever it is, names in it are used.
        let mut x = self.no_operand();
        self.expr_or_type(&mut x, expr, true);
        if x.mode == Mode::Invalid {
            return self.invalid();
        }
        let text = format!("{} is not a type", self.expr_str(expr));
        self.error_at(expr, text);
        self.invalid()
    }

    fn operand_type(&mut self, x: &Operand<'s>, expr: ExprId) -> Ty<'s> {
        match x.mode {
            Mode::Type | Mode::GenericType => x.ty,
            Mode::Invalid => self.invalid(),
            Mode::NoValue => {
                let text = format!("{} used as type", self.operand_str(x));
                self.error_at(expr, text);
                self.invalid()
            }
            Mode::Builtin(_)
            | Mode::Constant
            | Mode::Variable
            | Mode::MapIndex
            | Mode::Value
            | Mode::Nil
            | Mode::CommaOk => {
                let tree = self.tree();
                let text = tree.text(tree[expr].span);
                let what = match self.object_of(expr) {
                    Some(obj) => object_kind(obj),
                    None => "",
                };
                self.error_at(expr, format!("{text}{what} is not a type"));
                self.invalid()
            }
        }
    }

    fn object_of(&self, expr: ExprId) -> Option<Obj<'s>> {
        self.info[self.env.file].uses[expr.index()]
    }

    /// Looks a name up and says what it is. `want_type` is set where only a type will do.
    pub fn ident(&mut self, x: &mut Operand<'s>, expr: ExprId, want_type: bool) {
        *x = Operand { expr, ..self.no_operand() };
        let ExprKind::Name(name) = self.tree()[expr].kind else { return };
        let Some(obj) = self.lookup(name) else {
            let text = match name.is_blank() {
                true => "cannot use _ as value or type".into(),
                false => format!("undefined: {name}"),
            };
            return self.error_at(expr, text);
        };
        let file = self.env.file;
        if want_type && !matches!(obj.kind, ObjKind::TypeName) {
            // As gc: what is no type is not looked into, so that nothing is said of cycles.
            if let ObjKind::Var { .. } = obj.kind {
                self.info[file].uses[expr.index()] = Some(obj);
                obj.mark_used();
            }
            return self.error_at(expr, format!("{name}{} is not a type", object_kind(obj)));
        }
        self.info[file].uses[expr.index()] = Some(obj);
        self.use_object(x, obj, want_type);
        if !obj.pkg.is_some_and(|pkg| pkg.is(self.pkg))
            && let Some(import) = self.decls.dot_imports.get(file).and_then(|names| names.get(&name))
            && self.decls.lookup_file(file, name).is_some_and(|found| found.is(obj))
        {
            import.mark_used();
        }
    }

    fn use_object(&mut self, x: &mut Operand<'s>, obj: Obj<'s>, want_type: bool) {
        let expr = x.expr;
        let in_progress = matches!(obj.kind, ObjKind::Func { .. }) && self.decls.is_active(obj);
        if (obj.ty().is_none() && !in_progress) || (want_type && matches!(obj.kind, ObjKind::TypeName)) {
            self.resolve(obj);
        }
        let ty = match obj.ty() {
            None if in_progress => self.decls.partial_funcs.get(&crate::decl::address(obj)).copied(),
            ty => ty,
        };
        let valid = ty.is_some_and(|ty| !self.is_invalid(ty));
        match &obj.kind {
            ObjKind::PkgName { .. } => {
                return self.error_at(expr, format!("use of package {} not in selector", obj.name));
            }
            ObjKind::Const { value } => {
                self.record_dependency(obj);
                if !valid {
                    return;
                }
                x.mode = Mode::Constant;
                x.value = value.get().copied();
                if obj.pkg.is_none() && obj.name.as_str() == "iota" {
                    let Some(iota) = self.env.iota else {
                        x.mode = Mode::Invalid;
                        return self.error_at(expr, "cannot use iota outside constant declaration");
                    };
                    x.value = Some(crate::constant::Value::Int(i64::from(iota)));
                }
            }
            ObjKind::TypeName => {
                if !valid {
                    return;
                }
                if obj.pkg.is_none() && matches!(obj.name.as_str(), "any" | "comparable") {
                    let what = format!("predeclared {}", obj.name);
                    if !self.require_version(self.expr_pos(expr), Version::GENERICS, &what) {
                        return;
                    }
                }
                x.mode = match ty {
                    Some(ty) if self.is_uninstantiated(ty) => Mode::GenericType,
                    _ => Mode::Type,
                };
            }
            ObjKind::Var { .. } => {
                if obj.pkg.is_some_and(|pkg| pkg.is(self.pkg)) {
                    obj.mark_used();
                }
                self.record_dependency(obj);
                if !valid {
                    return;
                }
                x.mode = Mode::Variable;
            }
            ObjKind::Func { .. } => {
                self.record_dependency(obj);
                if !valid {
                    return;
                }
                x.mode = Mode::Value;
            }
            ObjKind::Builtin(id) => x.mode = Mode::Builtin(*id),
            ObjKind::Nil => {
                x.mode = Mode::Nil;
                x.ty = self.basic(Basic::UntypedNil);
                return;
            }
        }
        x.ty = ty.unwrap_or(self.invalid());
    }

    /// Returns the type that a selector denotes, which can only be that of an imported package.
    fn selector_type(&mut self, expr: ExprId) -> Ty<'s> {
        let mut x = Operand { expr, ..self.no_operand() };
        self.selector(&mut x, expr, true);
        match x.mode {
            Mode::Type | Mode::GenericType => x.ty,
            Mode::Invalid => self.invalid(),
            _ => {
                let text = format!("{} is not a type", self.operand_str(&x));
                self.error_at(expr, text);
                self.invalid()
            }
        }
    }

    /// Returns the instance `x[indices]` of a generic type; `expr` is the whole.
    fn instantiated_type(&mut self, expr: ExprId, x: ExprId, indices: &[ExprId]) -> Ty<'s> {
        self.require_version(self.expr_pos(x), Version::GENERICS, "type instantiation");
        let generic = self.generic_or_type_at(x);
        if self.is_invalid(generic) {
            // Still looked at for names that are used.
            for &index in indices {
                self.type_expr(index);
            }
            return self.invalid();
        }
        if !self.is_uninstantiated(generic) {
            let tree = self.tree();
            let name = tree.text(tree[x].span);
            let whole = tree.text(syntax::Span {
                start: tree[x].span.start,
                end: tree[expr].span.end.max(tree[x].span.end),
            });
            self.error_at(x, format!("invalid operation: {whole} ({name} is not a generic type)"));
            return self.invalid();
        }
        let targs: Vec<Ty<'s>> = indices.iter().map(|&index| self.var_type(index)).collect();
        if targs.iter().any(|targ| self.is_invalid(targ)) {
            return self.invalid();
        }
        self.finish_instance(x, generic, &targs, indices)
    }

    fn finish_instance(
        &mut self,
        x: ExprId,
        generic: Ty<'s>,
        targs: &[Ty<'s>],
        indices: &[ExprId],
    ) -> Ty<'s> {
        let tparams = match generic {
            Type::Named(named) => named.tparams.get().copied().unwrap_or(&[]),
            Type::Alias(alias) => alias.tparams.get().copied().unwrap_or(&[]),
            _ => &[],
        };
        if targs.len() != tparams.len() {
            self.report_targ_count(x, generic, (targs.len(), tparams.len()));
            // As gc: the type is not complete but its name can be shown.
            return match generic {
                Type::Named(_) if targs.len() < tparams.len() => self.instantiate(generic, targs),
                _ => self.invalid(),
            };
        }
        let targs = self.slice(targs);
        let file = self.env.file;
        let name = match self.tree()[self.tree().unparen(x)].kind {
            ExprKind::Name(_) | ExprKind::Selector { .. } => self.tree().unparen(x),
            _ => x,
        };
        self.info[file].instances.insert(name, targs);
        let pos = self.expr_pos(x);
        let instance = self.instantiate(generic, targs);
        self.decls.instance_places.entry(std::ptr::from_ref(instance).addr()).or_insert(pos);
        let places: Vec<_> = indices.iter().map(|&index| self.expr_pos(index)).collect();
        self.later_here(move |checker| {
            if let Err((idx, cause)) = checker.verify_instance(tparams, targs) {
                checker.error(places.get(idx).copied().unwrap_or(pos), cause);
            } else if matches!(generic, Type::Named(_)) {
                checker.check_layout(instance);
            }
        });
        instance
    }

    fn report_targ_count(&mut self, x: ExprId, generic: Ty<'s>, counts: (usize, usize)) {
        let (have, want) = counts;
        let name = match generic {
            Type::Named(named) => named.obj.name.as_str(),
            Type::Alias(alias) => alias.obj.name.as_str(),
            _ => "",
        };
        let what = if have > want { "too many" } else { "not enough" };
        self.error_at(x, format!("{what} type arguments for type {name}: have {have}, want {want}"));
    }

    fn array_type(&mut self, expr: ExprId, len: Option<ExprId>, elem: ExprId) -> Ty<'s> {
        let Some(len) = len else {
            self.error_at(expr, "invalid use of [...] array (outside a composite literal)");
            self.var_type(elem);
            return self.invalid();
        };
        let len = self.array_length(len);
        let elem = self.var_type(elem);
        if len < 0 {
            return self.invalid();
        }
        self.alloc(Type::Array { elem, len })
    }

    /// Returns the length of an array type, or -1 where it is in error.
    pub fn array_length(&mut self, expr: ExprId) -> i64 {
        let tree = self.tree();
        // A mistaken constraint list `[P Q]` may have been read as an array length.
        if let ExprKind::Name(name) = tree[expr].kind {
            match self.lookup(name) {
                None => {
                    let text = match name.is_blank() {
                        true => "cannot use _ as value".into(),
                        false => format!("undefined array length {name} or missing type constraint"),
                    };
                    self.error_at(expr, text);
                    return -1;
                }
                Some(obj) if !matches!(obj.kind, ObjKind::Const { .. }) => {
                    if matches!(obj.kind, ObjKind::Var { .. } | ObjKind::PkgName { .. }) {
                        obj.mark_used();
                    }
                    self.error_at(expr, format!("invalid array length {name}"));
                    return -1;
                }
                Some(_) => {}
            }
        }
        let mut x = self.no_operand();
        self.expr(&mut x, expr, None);
        if x.mode == Mode::Invalid {
            return -1;
        }
        if x.mode != Mode::Constant {
            let text = format!("array length {} must be constant", self.operand_str(&x));
            self.error_at(expr, text);
            return -1;
        }
        self.constant_length(&x, expr)
    }

    fn constant_length(&mut self, x: &Operand<'s>, expr: ExprId) -> i64 {
        let untyped = self.is_untyped(x.ty);
        if untyped || self.is_integer(x.ty) {
            let value = x.value.unwrap_or(crate::constant::Value::Unknown);
            if matches!(value, crate::constant::Value::Unknown) {
                return -1;
            }
            if let Some(value) = Some(value.to_int(self.bump)).filter(|value| !value.is_unknown()) {
                let len = value.int64_exact().filter(|len| *len >= 0);
                return len.unwrap_or_else(|| {
                    let text = format!("invalid array length {}", self.operand_str(x));
                    self.error_at(expr, text);
                    -1
                });
            }
        }
        let what = if self.is_integer(x.ty) { "invalid array length " } else { "array length " };
        let end = if self.is_integer(x.ty) { "" } else { " must be integer" };
        let text = format!("{what}{}{end}", self.operand_str(x));
        self.error_at(expr, text);
        -1
    }

    fn map_type(&mut self, key: ExprId, elem: ExprId) -> Ty<'s> {
        let key_ty = self.var_type(key);
        let elem = self.var_type(elem);
        if !matches!(key_ty, Type::Basic(_)) {
            let pos = self.expr_pos(key);
            self.later_here(move |checker| {
                if !checker.is_invalid(key_ty) && checker.comparable(key_ty, true).is_err() {
                    let why = match unalias(key_ty) {
                        Type::TypeParam(_) => " (missing comparable constraint)",
                        _ => "",
                    };
                    let text = format!("invalid map key type {}{why}", checker.ty_str(key_ty));
                    checker.error(pos, text);
                }
            });
        }
        self.alloc(Type::Map { key: key_ty, elem })
    }

    fn struct_type(&mut self, list: List<Field>) -> Ty<'s> {
        let tree = self.tree();
        let mut fields: Vec<Obj<'s>> = Vec::with_capacity(list.len());
        let mut tags: Vec<&'s str> = Vec::new();
        let mut previous: Option<(ExprId, Ty<'s>)> = None;
        for field in &tree[list] {
            let ty = match previous {
                Some((expr, ty)) if expr == field.ty && field.name.is_some() => ty,
                _ if field.name.is_some() => self.var_type(field.ty),
                _ => self.generic_or_type_at(field.ty),
            };
            previous = Some((field.ty, ty));
            let (name, ty) = match field.name {
                Some(name) => (name, ty),
                None => match self.embedded_field(field.ty, ty) {
                    Some(embedded) => embedded,
                    None => continue,
                },
            };
            let role = VarRole::Field { embedded: field.name.is_none() };
            let obj = self.object(name.name, self.pos(name.pos), ObjKind::Var { role }, Some(ty));
            self.record_def(name, obj);
            fields.push(obj);
            if let Some(tag) = field.tag {
                tags.resize(fields.len() - 1, "");
                tags.push(self.tag_text(tag));
            }
        }
        if !tags.is_empty() {
            tags.resize(fields.len(), "");
        }
        self.check_distinct_fields(&fields);
        let ty = Struct { fields: self.slice(&fields), tags: self.slice(&tags) };
        self.alloc(Type::Struct(ty))
    }

    fn check_distinct_fields(&mut self, fields: &[Obj<'s>]) {
        let mut seen = rustc_hash::FxHashMap::default();
        for &field in fields.iter().filter(|field| !field.name.is_blank()) {
            if let Some(first) = seen.insert(field.name, field) {
                let first: Obj<'s> = first;
                seen.insert(field.name, first);
                let text = format!("{} redeclared", field.name);
                self.error_with_note(
                    field.pos,
                    text,
                    (first.pos, format!("other declaration of {}", field.name)),
                );
            }
        }
    }

    fn tag_text(&mut self, expr: ExprId) -> &'s str {
        let tree = self.tree();
        match syntax::unquote(tree.text(tree[expr].span)) {
            Some(bytes) => {
                let text = String::from_utf8_lossy(&bytes);
                self.bump.alloc_str(&text)
            }
            None => "",
        }
    }

    /// Returns name and type of an embedded field. Spec, "Struct types".
    fn embedded_field(&mut self, expr: ExprId, ty: Ty<'s>) -> Option<(syntax::Ident, Ty<'s>)> {
        let ty = self.reject_generic(expr, ty);
        let pos = self.expr_pos(expr);
        let Some(name) = embedded_name(self.tree(), expr) else {
            if !self.is_invalid(ty) {
                self.error(pos, format!("invalid embedded field type {}", self.ty_str(ty)));
            }
            return None;
        };
        if self.is_invalid(ty) {
            return Some((name, ty));
        }
        let pos = match self.tree()[self.tree().unparen(expr)].kind {
            ExprKind::Star(x) => self.expr_pos(x),
            _ => pos,
        };
        self.later_here(move |checker| checker.check_embedded(pos, ty));
        Some((name, ty))
    }

    fn check_embedded(&mut self, pos: source::Pos, ty: Ty<'s>) {
        let (elem, is_ptr) = match unalias(ty) {
            Type::Pointer(elem) => (*elem, true),
            _ => (ty, false),
        };
        if matches!(unalias(elem), Type::TypeParam(_)) {
            return self.error(pos, "embedded field type cannot be a (pointer to a) type parameter");
        }
        match self.under(elem) {
            Type::Basic(Basic::UnsafePointer) => {
                self.error(pos, "embedded field type cannot be unsafe.Pointer")
            }
            Type::Pointer(_) => self.error(pos, "embedded field type cannot be a pointer"),
            Type::Interface(_) if is_ptr => {
                self.error(pos, "embedded field type cannot be a pointer to an interface")
            }
            Type::Interface(_) => self.reject_constraint(pos, ty),
            _ => {}
        }
    }
}

/// Returns gc's words for what an object is, in parentheses.
fn object_kind(obj: &Object<'_>) -> &'static str {
    match obj.kind {
        ObjKind::PkgName { .. } => " (package name)",
        ObjKind::Const { .. } => " (constant)",
        ObjKind::TypeName => " (type)",
        ObjKind::Var { role } => match role {
            VarRole::Package => " (package-level variable)",
            VarRole::Local => " (local variable)",
            VarRole::Recv => " (receiver)",
            VarRole::Param => " (parameter)",
            VarRole::Result => " (result variable)",
            VarRole::Field { .. } => " (struct field)",
        },
        ObjKind::Func { .. } => " (function)",
        ObjKind::Builtin(_) => " (built-in function)",
        ObjKind::Nil => " (untyped nil)",
    }
}

/// Returns the name of an embedded field of type `expr`.
fn embedded_name(tree: &syntax::File, expr: ExprId) -> Option<syntax::Ident> {
    match tree[expr].kind {
        ExprKind::Name(name) => Some(syntax::Ident { name, pos: tree[expr].span.start }),
        // A second star is not a type name.
        ExprKind::Star(x) if !matches!(tree[tree.unparen(x)].kind, ExprKind::Star(_)) => {
            embedded_name(tree, x)
        }
        ExprKind::Paren(x) => embedded_name(tree, x),
        ExprKind::Index { x, .. } => embedded_name(tree, x),
        ExprKind::Selector { sel, .. } => Some(sel),
        _ => None,
    }
}
