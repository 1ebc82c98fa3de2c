//! What holds of types: identity, kinds, comparability, core types.
//!
//! Whatever depends on an underlying type is a method of the checker, since the underlying types of instances
//! are made when somebody asks for them. Identity needs no expansion: it never looks below a declared type.

use std::hash::{Hash, Hasher};
use std::ptr;

use rustc_hash::FxHasher;
use syntax::ChanDir;

use crate::checker::Checker;
use crate::model::*;

/// Returns the type behind any aliases. An alias that is still being resolved stands for itself.
pub fn unalias<'s>(mut ty: Ty<'s>) -> Ty<'s> {
    while let Type::Alias(alias) = ty {
        match alias.rhs.get() {
            Some(rhs) => ty = rhs,
            None => break,
        }
    }
    ty
}

/// Returns the underlying type if it is known without expanding an instance. Type parameters have none.
pub fn under_known<'s>(ty: Ty<'s>) -> Option<Ty<'s>> {
    match unalias(ty) {
        Type::Named(named) => named.underlying.get().copied(),
        Type::TypeParam(_) | Type::Alias(_) => None,
        ty => Some(ty),
    }
}

/// Reports whether the types are identical. Spec, "Type identity".
pub fn identical<'s>(x: Ty<'s>, y: Ty<'s>) -> bool {
    ptr::eq(x, y) || Identity::new(false).types(x, y)
}

/// As [`identical`], but struct tags do not count. Spec, "Conversions".
pub fn identical_ignoring_tags<'s>(x: Ty<'s>, y: Ty<'s>) -> bool {
    ptr::eq(x, y) || Identity::new(true).types(x, y)
}

/// Reports whether both lists have the same length and pairwise identical types.
pub fn identical_lists<'s>(x: &[Ty<'s>], y: &[Ty<'s>]) -> bool {
    x.len() == y.len() && x.iter().zip(y).all(|(x, y)| identical(x, y))
}

/// Hashes types so that identical ones get the same.
pub(crate) fn hash_types(types: &[Ty<'_>]) -> u64 {
    let mut hasher = FxHasher::default();
    for ty in types {
        hash_type(ty, &mut hasher, 0);
    }
    hasher.finish()
}

fn hash_type(ty: Ty<'_>, hasher: &mut FxHasher, depth: u32) {
    let ty = unalias(ty);
    // Types differ near their surface; below it hashing costs more than a collision.
    if depth > 4 {
        return;
    }
    let depth = depth + 1;
    std::mem::discriminant(ty).hash(hasher);
    match ty {
        Type::Basic(basic) => basic.hash(hasher),
        Type::Named(named) => {
            ptr::from_ref(named.obj).hash(hasher);
            named.targs.iter().for_each(|ty| hash_type(ty, hasher, depth));
        }
        Type::Pointer(elem) | Type::Slice(elem) => hash_type(elem, hasher, depth),
        Type::Array { elem, len } => {
            len.hash(hasher);
            hash_type(elem, hasher, depth);
        }
        Type::Map { key, elem } => {
            hash_type(key, hasher, depth);
            hash_type(elem, hasher, depth);
        }
        Type::Chan { dir, elem } => {
            dir.hash(hasher);
            hash_type(elem, hasher, depth);
        }
        Type::Struct(strukt) => strukt.fields.iter().for_each(|field| field.name.hash(hasher)),
        Type::Tuple(types) => types.len().hash(hasher),
        Type::Signature(sig) => (sig.params.len(), sig.results.len(), sig.variadic).hash(hasher),
        // Type parameters of generic signatures are identical by their place; others are seldom hashed.
        Type::Alias(_) | Type::Interface(_) | Type::Union(_) | Type::TypeParam(_) => {}
    }
}

/// A comparison of two types.
struct Identity<'s> {
    ignore_tags: bool,
    // Lists of type parameters of the generic signatures we are within, on both sides.
    tparams: Vec<(&'s [Ty<'s>], &'s [Ty<'s>])>,
    // The interfaces we are within: while they are compared, they count as identical.
    interfaces: Vec<(*const Interface<'s>, *const Interface<'s>)>,
}

impl<'s> Identity<'s> {
    fn new(ignore_tags: bool) -> Identity<'s> {
        Identity { ignore_tags, tparams: Vec::new(), interfaces: Vec::new() }
    }

    fn types(&mut self, x: Ty<'s>, y: Ty<'s>) -> bool {
        let (x, y) = (unalias(x), unalias(y));
        if ptr::eq(x, y) {
            return true;
        }
        match (x, y) {
            (Type::Basic(x), Type::Basic(y)) => x == y,
            (Type::Named(x), Type::Named(y)) => {
                x.obj.is(y.obj) && x.origin.is_some() == y.origin.is_some() && self.lists(x.targs, y.targs)
            }
            (Type::Pointer(x), Type::Pointer(y)) | (Type::Slice(x), Type::Slice(y)) => self.types(x, y),
            (Type::Array { elem: x, len: n }, Type::Array { elem: y, len: m }) => {
                // A length in error was reported; it is like any other.
                (n == m || *n < 0 || *m < 0) && self.types(x, y)
            }
            (Type::Map { key, elem }, Type::Map { key: other_key, elem: other_elem }) => {
                self.types(key, other_key) && self.types(elem, other_elem)
            }
            (Type::Chan { dir: d, elem: x }, Type::Chan { dir: e, elem: y }) => d == e && self.types(x, y),
            (Type::Struct(x), Type::Struct(y)) => self.structs(x, y),
            (Type::Tuple(x), Type::Tuple(y)) => self.lists(x, y),
            (Type::Signature(x), Type::Signature(y)) => self.signatures(x, y),
            (Type::Interface(x), Type::Interface(y)) => self.interfaces(x, y),
            (Type::Union(x), Type::Union(y)) => self.terms(x, y),
            (Type::TypeParam(x), Type::TypeParam(y)) => self.type_params(x, y),
            _ => false,
        }
    }

    fn lists(&mut self, x: &[Ty<'s>], y: &[Ty<'s>]) -> bool {
        x.len() == y.len() && x.iter().zip(y).all(|(x, y)| self.types(x, y))
    }

    fn objects(&mut self, x: &[Obj<'s>], y: &[Obj<'s>]) -> bool {
        x.len() == y.len() && x.iter().zip(y).all(|(x, y)| self.object_types(x, y))
    }

    fn object_types(&mut self, x: Obj<'s>, y: Obj<'s>) -> bool {
        match (x.ty(), y.ty()) {
            (Some(x), Some(y)) => self.types(x, y),
            _ => false,
        }
    }

    fn structs(&mut self, x: &Struct<'s>, y: &Struct<'s>) -> bool {
        x.fields.len() == y.fields.len()
            && (0..x.fields.len()).all(|i| {
                let (f, g) = (x.fields[i], y.fields[i]);
                f.is_embedded() == g.is_embedded()
                    && (self.ignore_tags || x.tag(i) == y.tag(i))
                    && method_key(f) == method_key(g)
                    && self.object_types(f, g)
            })
    }

    fn signatures(&mut self, x: &Signature<'s>, y: &Signature<'s>) -> bool {
        if x.variadic != y.variadic
            || x.tparams.len() != y.tparams.len()
            || x.params.len() != y.params.len()
            || x.results.len() != y.results.len()
        {
            return false;
        }
        self.tparams.push((x.tparams, y.tparams));
        let bounds = x.tparams.iter().zip(y.tparams).all(|(x, y)| self.bounds(x, y));
        let same = bounds && self.objects(x.params, y.params) && self.objects(x.results, y.results);
        self.tparams.pop();
        same
    }

    fn bounds(&mut self, x: Ty<'s>, y: Ty<'s>) -> bool {
        match (x, y) {
            (Type::TypeParam(x), Type::TypeParam(y)) => match (x.bound.get(), y.bound.get()) {
                (Some(x), Some(y)) => self.types(x, y),
                _ => false,
            },
            _ => false,
        }
    }

    fn type_params(&self, x: &TypeParam<'s>, y: &TypeParam<'s>) -> bool {
        let is = |ty: &Ty<'s>, tparam: &TypeParam<'s>| matches!(ty, Type::TypeParam(other) if other.obj.is(tparam.obj));
        x.obj.is(y.obj)
            || self.tparams.iter().any(|(xs, ys)| {
                let (i, j) = (xs.iter().position(|ty| is(ty, x)), ys.iter().position(|ty| is(ty, y)));
                i.is_some() && i == j
            })
    }

    fn interfaces(&mut self, x: &Interface<'s>, y: &Interface<'s>) -> bool {
        let pair = (ptr::from_ref(x), ptr::from_ref(y));
        if self.interfaces.contains(&pair) {
            return true;
        }
        self.interfaces.push(pair);
        let same = match (x.type_set.get(), y.type_set.get()) {
            (Some(x), Some(y)) => self.type_sets(x, y),
            _ => match (Flat::of(x), Flat::of(y)) {
                (Some(x), Some(y)) => self.flat_interfaces(&x, &y),
                _ => false,
            },
        };
        self.interfaces.pop();
        same
    }

    fn type_sets(&mut self, x: &TypeSet<'s>, y: &TypeSet<'s>) -> bool {
        let terms = match (x.terms, y.terms) {
            (Some(x), Some(y)) => self.terms(x, y),
            (None, None) => true,
            _ => false,
        };
        terms && x.comparable == y.comparable && self.methods(x.methods, y.methods)
    }

    fn flat_interfaces(&mut self, x: &Flat<'s>, y: &Flat<'s>) -> bool {
        x.comparable == y.comparable
            && x.unions.len() == y.unions.len()
            && x.unions.iter().zip(&y.unions).all(|(x, y)| self.terms(x, y))
            && self.methods(&x.methods, &y.methods)
    }

    fn methods(&mut self, x: &[Obj<'s>], y: &[Obj<'s>]) -> bool {
        x.len() == y.len()
            && x.iter().zip(y).all(|(x, y)| method_key(x) == method_key(y) && self.object_types(x, y))
    }

    fn terms(&mut self, x: &[Term<'s>], y: &[Term<'s>]) -> bool {
        let mut within = |xs: &[Term<'s>], ys: &[Term<'s>]| {
            xs.iter().all(|x| ys.iter().any(|y| x.tilde == y.tilde && self.types(x.ty, y.ty)))
        };
        within(x, y) && within(y, x)
    }
}

/// The elements of an interface whose type set nobody has asked for yet.
#[derive(Default)]
struct Flat<'s> {
    methods: Vec<Obj<'s>>,
    unions: Vec<Vec<Term<'s>>>,
    comparable: bool,
}

impl<'s> Flat<'s> {
    /// Returns `None` when an embedded type is not known yet.
    fn of(interface: &Interface<'s>) -> Option<Flat<'s>> {
        let mut flat = Flat::default();
        flat.add(interface, 0)?;
        flat.methods.sort_by_key(|method| method_key(method));
        flat.methods.dedup_by_key(|method| method_key(method));
        Some(flat)
    }

    fn add(&mut self, interface: &Interface<'s>, depth: u32) -> Option<()> {
        // Interfaces that embed themselves are in error and have been reported.
        if depth > 100 {
            return None;
        }
        if let Some(set) = interface.type_set.get() {
            self.methods.extend(set.methods);
            self.unions.extend(set.terms.map(<[_]>::to_vec));
            self.comparable |= set.comparable;
            return Some(());
        }
        self.methods.extend(interface.methods);
        for (ty, _) in interface.embeds {
            match under_known(ty)? {
                Type::Interface(embedded) => self.add(embedded, depth + 1)?,
                Type::Union(terms) => self.unions.push(terms.to_vec()),
                _ => self.unions.push(vec![Term { tilde: false, ty }]),
            }
        }
        Some(())
    }
}

impl Basic {
    /// Reports whether it is `bool` or the type of untyped booleans.
    pub fn is_boolean(self) -> bool {
        matches!(self, Basic::Bool | Basic::UntypedBool)
    }

    /// Reports whether it is an integer type, of untyped constants too.
    pub fn is_integer(self) -> bool {
        (Basic::Int..=Basic::Uintptr).contains(&self)
            || matches!(self, Basic::UntypedInt | Basic::UntypedRune)
    }

    /// Reports whether it is an unsigned integer type.
    pub fn is_unsigned(self) -> bool {
        (Basic::Uint..=Basic::Uintptr).contains(&self)
    }

    /// Reports whether it is a floating-point type.
    pub fn is_float(self) -> bool {
        matches!(self, Basic::Float32 | Basic::Float64 | Basic::UntypedFloat)
    }

    /// Reports whether it is a complex type.
    pub fn is_complex(self) -> bool {
        matches!(self, Basic::Complex64 | Basic::Complex128 | Basic::UntypedComplex)
    }

    /// Reports whether it is a type of numbers.
    pub fn is_numeric(self) -> bool {
        self.is_integer() || self.is_float() || self.is_complex()
    }

    /// Reports whether it is `string` or the type of untyped strings.
    pub fn is_string(self) -> bool {
        matches!(self, Basic::String | Basic::UntypedString)
    }

    /// Reports whether it is the type of untyped constants or of `nil`.
    pub fn is_untyped(self) -> bool {
        self >= Basic::UntypedBool
    }

    /// Reports whether `<` is defined.
    pub fn is_ordered(self) -> bool {
        self.is_integer() || self.is_float() || self.is_string()
    }

    /// Reports whether there are constants of it.
    pub fn is_const_type(self) -> bool {
        self.is_boolean() || self.is_numeric() || self.is_string()
    }
}

macro_rules! basic_predicates {
    ($($(#[$doc:meta])* $is:ident $all:ident),* $(,)?) => {$(
        $(#[$doc])*
        pub fn $is(&mut self, ty: Ty<'s>) -> bool {
            matches!(self.under(ty), Type::Basic(basic) if basic.$is())
        }

        /// The same for every type in the type set of a type parameter.
        pub fn $all(&mut self, ty: Ty<'s>) -> bool {
            self.all_basic(ty, Basic::$is)
        }
    )*};
}

impl<'s> Checker<'s> {
    basic_predicates! {
        /// Reports whether the underlying type is boolean.
        is_boolean all_boolean,
        /// Reports whether the underlying type is an integer type.
        is_integer all_integer,
        /// Reports whether the underlying type is an unsigned integer type.
        is_unsigned all_unsigned,
        /// Reports whether the underlying type is a floating-point type.
        is_float all_float,
        /// Reports whether the underlying type is a complex type.
        is_complex all_complex,
        /// Reports whether the underlying type is a type of numbers.
        is_numeric all_numeric,
        /// Reports whether the underlying type is a string type.
        is_string all_string,
        /// Reports whether `<` is defined on the underlying type.
        is_ordered all_ordered,
        /// Reports whether there are constants of the type.
        is_const_type all_const_type,
    }

    /// Reports whether every type of the type set is a number or a string.
    pub fn all_numeric_or_string(&mut self, ty: Ty<'s>) -> bool {
        self.all_basic(ty, |basic| basic.is_numeric() || basic.is_string())
    }

    /// Reports whether `pred` holds of every type of the type set; of `ty` itself when it is no type parameter.
    pub fn all_basic(&mut self, ty: Ty<'s>, pred: fn(Basic) -> bool) -> bool {
        match unalias(ty) {
            Type::Basic(basic) => pred(*basic),
            Type::TypeParam(_) => self.for_each_term(ty, &mut |checker, term| {
                term.is_some_and(|term| matches!(checker.under(term.ty), Type::Basic(basic) if pred(*basic)))
            }),
            _ => matches!(self.under(ty), Type::Basic(basic) if pred(*basic)),
        }
    }

    /// Reports whether it is the type of an untyped constant or of `nil`.
    pub fn is_untyped(&self, ty: Ty<'s>) -> bool {
        matches!(unalias(ty), Type::Basic(basic) if basic.is_untyped())
    }

    /// Reports whether it is not [`is_untyped`](Checker::is_untyped).
    pub fn is_typed(&self, ty: Ty<'s>) -> bool {
        !self.is_untyped(ty)
    }

    /// Reports whether it is the type of an untyped constant that is a number.
    pub fn is_untyped_numeric(&self, ty: Ty<'s>) -> bool {
        matches!(unalias(ty), Type::Basic(basic) if basic.is_untyped() && basic.is_numeric())
    }

    /// Reports whether it is not the type of things in error.
    pub fn is_valid(&self, ty: Ty<'s>) -> bool {
        !matches!(unalias(ty), Type::Basic(Basic::Invalid))
    }

    /// Reports whether it is a type parameter.
    pub fn is_type_param(&self, ty: Ty<'s>) -> bool {
        matches!(unalias(ty), Type::TypeParam(_))
    }

    /// Reports whether the underlying type is an interface, and the type no type parameter.
    pub fn is_interface(&mut self, ty: Ty<'s>) -> bool {
        !self.is_type_param(ty) && matches!(self.under(ty), Type::Interface(_))
    }

    /// Reports whether it is a generic type without type arguments.
    pub fn is_generic(&self, ty: Ty<'s>) -> bool {
        let tparams = match ty {
            Type::Named(Named { origin: None, tparams, .. })
            | Type::Alias(Alias { origin: None, tparams, .. }) => tparams.get(),
            _ => None,
        };
        tparams.is_some_and(|tparams| !tparams.is_empty())
    }

    /// Reports whether the type has a name: it is predeclared, declared, or a type parameter.
    pub fn is_named(&self, ty: Ty<'s>) -> bool {
        matches!(unalias(ty), Type::Basic(_) | Type::Named(_) | Type::TypeParam(_))
    }

    /// Reports whether `nil` is a value of the type.
    pub fn has_nil(&mut self, ty: Ty<'s>) -> bool {
        match self.under(ty) {
            Type::Basic(basic) => matches!(basic, Basic::UnsafePointer | Basic::UntypedNil),
            Type::Pointer(_) | Type::Slice(_) | Type::Map { .. } | Type::Chan { .. } | Type::Signature(_) => {
                true
            }
            Type::Interface(_) if self.is_type_param(ty) => {
                self.for_each_term(ty, &mut |checker, term| term.is_some_and(|term| checker.has_nil(term.ty)))
            }
            Type::Interface(_) => true,
            _ => false,
        }
    }

    /// Returns the underlying type, of a type parameter the interface of its constraint.
    ///
    /// While a type is being resolved its underlying type is the invalid one.
    pub fn under(&mut self, ty: Ty<'s>) -> Ty<'s> {
        match unalias(ty) {
            Type::Named(named) => match named.underlying.get() {
                Some(underlying) => underlying,
                None => self.expand_underlying(named),
            },
            ty @ Type::TypeParam(_) => self.bound_interface(ty),
            Type::Alias(_) => self.invalid(),
            ty => ty,
        }
    }

    fn expand_underlying(&mut self, named: &'s Named<'s>) -> Ty<'s> {
        let Some(origin @ Type::Named(generic)) = named.origin else {
            self.resolve_idle(named.obj);
            if named.underlying.get().is_none()
                && let Some(ty) = named.obj.ty()
            {
                // Its declaration may need itself complete, as in `type T [len(T{})]int`.
                self.complete_underlying(ty);
                self.report_incomplete(ty);
            }
            return named.underlying.get().copied().unwrap_or(self.invalid());
        };
        let underlying = self.under(origin);
        let (Some(tparams), Some(_)) = (generic.tparams.get(), generic.underlying.get()) else {
            return self.invalid();
        };
        let expanded = match tparams.len() == named.targs.len() {
            true => self.subst(underlying, tparams, named.targs),
            false => self.invalid(),
        };
        // Another thread may have been first with an identical type.
        named.underlying.get_or_init(|| expanded)
    }

    /// Resolves an object unless that is going on: whoever only looks at a type makes no cycle.
    pub(crate) fn resolve_idle(&mut self, obj: Obj<'s>) {
        if !self.decls.is_active(obj) {
            self.resolve(obj);
        }
    }

    /// Returns the methods declared for a type, those of the origin for an instance.
    pub fn declared_methods(&mut self, named: &'s Named<'s>) -> &'s [Obj<'s>] {
        if let Some(Type::Named(origin)) = named.origin {
            return self.declared_methods(origin);
        }
        if let Some(methods) = named.methods.get() {
            return methods;
        }
        self.resolve_idle(named.obj);
        named.methods.get().copied().unwrap_or(&[])
    }

    /// Reports whether values of the type can be compared, or else says why in gc's words (nothing where there is
    /// nothing to say). With `dynamic`, interfaces are comparable though a comparison may panic.
    pub fn comparable(&mut self, ty: Ty<'s>, dynamic: bool) -> Result<(), String> {
        self.comparable_within(ty, dynamic, &mut Vec::new())
    }

    /// As [`comparable`](Checker::comparable), without a reason.
    pub fn is_comparable(&mut self, ty: Ty<'s>, dynamic: bool) -> bool {
        match unalias(ty) {
            Type::Basic(basic) => *basic != Basic::UntypedNil,
            Type::Pointer(_) | Type::Chan { .. } => true,
            _ => self.comparable(ty, dynamic).is_ok(),
        }
    }

    fn comparable_within(
        &mut self,
        ty: Ty<'s>,
        dynamic: bool,
        within: &mut Vec<Ty<'s>>,
    ) -> Result<(), String> {
        let ty = unalias(ty);
        // What contains itself is in error or goes through a pointer.
        if within.iter().any(|other| ptr::eq(*other, ty)) {
            return Ok(());
        }
        within.push(ty);
        match self.under(ty) {
            Type::Basic(Basic::UntypedNil) => Err(String::new()),
            Type::Basic(_) | Type::Pointer(_) | Type::Chan { .. } => Ok(()),
            Type::Struct(strukt) => {
                for field in strukt.fields {
                    let field_ty = field.ty().unwrap_or(self.invalid());
                    if self.comparable_within(field_ty, dynamic, within).is_err() {
                        return Err(format!(
                            "struct containing {} cannot be compared",
                            self.ty_str(field_ty)
                        ));
                    }
                }
                Ok(())
            }
            Type::Array { elem, .. } => match self.comparable_within(elem, dynamic, within) {
                Ok(()) => Ok(()),
                Err(_) => Err(format!("{} cannot be compared", self.ty_str(ty))),
            },
            Type::Interface(_) if dynamic && !self.is_type_param(ty) => Ok(()),
            Type::Interface(_) => {
                let set = self.type_set(ty);
                let ok = match set.terms {
                    None => set.comparable,
                    Some([]) => false,
                    Some(terms) => {
                        terms.iter().all(|term| self.comparable_within(term.ty, false, within).is_ok())
                    }
                };
                match set.terms {
                    _ if ok => Ok(()),
                    Some([]) => Err("empty type set".into()),
                    _ => Err("incomparable types in type set".into()),
                }
            }
            _ => Err(String::new()),
        }
    }

    /// Calls `f` for each term of a type parameter's type set, `None` if it has no specific types; for any other type
    /// once with that type. Stops when `f` returns false, and returns what the last call did.
    pub fn for_each_term(
        &mut self,
        ty: Ty<'s>,
        f: &mut dyn FnMut(&mut Self, Option<Term<'s>>) -> bool,
    ) -> bool {
        if !self.is_type_param(ty) {
            return f(self, Some(Term { tilde: false, ty }));
        }
        match self.type_set(ty).terms {
            None | Some([]) => f(self, None),
            Some(terms) => terms.iter().all(|term| f(self, Some(*term))),
        }
    }

    /// Returns the one underlying type of all types in the type set, of channels the most restricted one. The
    /// underlying type itself when `ty` is no type parameter.
    pub fn core_type(&mut self, ty: Ty<'s>) -> Option<Ty<'s>> {
        self.common_under(ty).ok()
    }

    /// As [`core_type`](Checker::core_type), or else says why there is none.
    pub fn common_under(&mut self, ty: Ty<'s>) -> Result<Ty<'s>, String> {
        if !self.is_type_param(ty) {
            return Ok(self.under(ty));
        }
        let mut common: Option<(Ty<'s>, Ty<'s>)> = None;
        let mut cause = String::new();
        self.for_each_term(ty, &mut |checker, term| {
            let Some(Term { ty, .. }) = term else {
                cause = "no specific type".into();
                return false;
            };
            let under = checker.under(ty);
            let Some((first, known)) = common else {
                common = Some((ty, under));
                return true;
            };
            match checker.common_of_two((first, known), (ty, under)) {
                Ok(both) => common = Some(both),
                Err(why) => cause = why,
            }
            cause.is_empty()
        });
        match common {
            Some((_, under)) if cause.is_empty() => Ok(under),
            _ => Err(cause),
        }
    }

    fn common_of_two(
        &self,
        first: (Ty<'s>, Ty<'s>),
        other: (Ty<'s>, Ty<'s>),
    ) -> Result<(Ty<'s>, Ty<'s>), String> {
        let because = |what: &str, why: &str| {
            Err(format!("{what}{} and {} have {why}", self.ty_str(first.0), self.ty_str(other.0)))
        };
        if let (Type::Chan { dir: d, elem: x }, Type::Chan { dir: e, elem: y }) = (first.1, other.1) {
            return match (d, e) {
                _ if !identical(x, y) => because("channels ", "different element types"),
                (ChanDir::Both, _) => Ok(other),
                _ if d == e || *e == ChanDir::Both => Ok(first),
                _ => because("channels ", "conflicting directions"),
            };
        }
        match identical(first.1, other.1) {
            true => Ok(first),
            false => because("", "different underlying types"),
        }
    }

    /// As [`core_type`](Checker::core_type), but strings and byte slices together give `string`.
    pub fn core_string(&mut self, ty: Ty<'s>) -> Option<Ty<'s>> {
        if !self.is_type_param(ty) {
            return Some(self.under(ty));
        }
        let mut has_string = false;
        let mut common: Option<Ty<'s>> = None;
        let ok = self.for_each_term(ty, &mut |checker, term| {
            let Some(Term { ty, .. }) = term else { return false };
            let mut under = checker.under(ty);
            if matches!(under, Type::Basic(basic) if basic.is_string()) {
                has_string = true;
                under = checker.bytes();
            }
            let first = *common.get_or_insert(under);
            identical(first, under)
        });
        match ok {
            true if has_string => Some(self.basic(Basic::String)),
            true => common,
            false => None,
        }
    }

    /// Returns `[]byte`.
    pub fn bytes(&mut self) -> Ty<'s> {
        match self.instances.bytes {
            Some(ty) => ty,
            None => {
                let ty = self.alloc(Type::Slice(self.session.universe.byte));
                self.instances.bytes = Some(ty);
                ty
            }
        }
    }

    /// Returns the type that an untyped constant gets where nothing else says; any other type as it is.
    pub fn default_type(&self, ty: Ty<'s>) -> Ty<'s> {
        let Type::Basic(basic) = ty else { return ty };
        match basic {
            Basic::UntypedBool => self.basic(Basic::Bool),
            Basic::UntypedInt => self.basic(Basic::Int),
            Basic::UntypedRune => self.session.universe.rune,
            Basic::UntypedFloat => self.basic(Basic::Float64),
            Basic::UntypedComplex => self.basic(Basic::Complex128),
            Basic::UntypedString => self.basic(Basic::String),
            _ => ty,
        }
    }
}
