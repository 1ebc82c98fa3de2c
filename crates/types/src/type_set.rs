//! Type sets: what an interface admits, and what implements it. Spec, "Interface types", "Implementing an
//! interface" and "Satisfying a type constraint".
//!
//! A type set is computed when somebody first asks for it, and then kept in the interface. Whoever comes first
//! reports what is wrong with it; so `interface_expr` asks once for every interface that the source writes.

use std::ptr;

use source::Pos;

use crate::checker::Checker;
use crate::format::type_string;
use crate::lookup::Found;
use crate::model::*;
use crate::predicates::{identical, unalias};
use crate::session::Version;

/// gc's limit for the terms of a union.
const MAX_TERMS: usize = 100;

/// A type set in the making.
struct Building<'s> {
    // Each with the position at which it enters the interface.
    methods: Vec<(Obj<'s>, Pos)>,
    terms: Option<Vec<Term<'s>>>,
    comparable: bool,
    // All embedded types were known.
    complete: bool,
}

/// Decides whether two methods have the same type.
pub(crate) type SameMethod<'a, 's> = dyn FnMut(&mut Checker<'s>, Obj<'s>, Obj<'s>) -> bool + 'a;

/// Why a method that an interface asks for is not there.
pub enum Missing<'s> {
    /// No such method.
    NotFound,
    /// One whose name differs in case.
    WrongName(Obj<'s>),
    /// One of that name that another package cannot see.
    Unexported,
    /// One with another signature.
    WrongType(Obj<'s>),
    /// Several embedded fields at the same depth have it.
    Ambiguous,
    /// Only the pointer to the type has it.
    PtrRecv,
    /// A field has the name.
    Field,
}

impl<'s> Checker<'s> {
    /// Returns the type set of an interface, or of a type parameter's constraint. Of any other type: all types.
    pub fn type_set(&mut self, ty: Ty<'s>) -> &'s TypeSet<'s> {
        match self.under(ty) {
            Type::Interface(interface) => self.type_set_of(interface),
            _ => self.type_set(self.session.universe.empty_interface),
        }
    }

    /// As [`type_set`](Checker::type_set).
    pub fn type_set_of(&mut self, interface: &'s Interface<'s>) -> &'s TypeSet<'s> {
        match interface.type_set.get() {
            Some(set) => set,
            None => self.compute_type_set(interface),
        }
    }

    fn compute_type_set(&mut self, interface: &'s Interface<'s>) -> &'s TypeSet<'s> {
        // An interface that embeds itself is in error, reported as a cycle: it adds nothing to itself.
        if self.instances.type_sets_in_progress.iter().any(|other| ptr::eq(*other, interface)) {
            return self.type_set(self.session.universe.empty_interface);
        }
        self.instances.type_sets_in_progress.push(interface);
        let mut set = Building { methods: Vec::new(), terms: None, comparable: false, complete: true };
        for method in interface.methods {
            self.add_method(&mut set, method, method.pos, true);
        }
        for (ty, pos) in interface.embeds {
            self.embed(&mut set, ty, *pos);
        }
        if set.comparable
            && let Some(terms) = &mut set.terms
        {
            terms.retain(|term| self.is_comparable(term.ty, false));
            set.comparable = false;
        }
        self.instances.type_sets_in_progress.pop();
        set.methods.sort_by_key(|(method, _)| method_key(method));
        let methods: Vec<_> = set.methods.iter().map(|(method, _)| *method).collect();
        let built: &'s TypeSet<'s> = self.bump.alloc(TypeSet {
            methods: self.slice(&methods),
            terms: set.terms.map(|terms| self.slice(&terms)),
            comparable: set.comparable,
        });
        match set.complete {
            true => interface.type_set.get_or_init(|| built),
            false => built,
        }
    }

    fn embed(&mut self, set: &mut Building<'s>, ty: Ty<'s>, pos: Pos) {
        let under = self.under(ty);
        match under {
            Type::Basic(Basic::Invalid) => set.complete &= self.is_settled(ty),
            Type::Interface(interface) => {
                set.complete &= self.is_settled(ty);
                let embedded = self.type_set_of(interface);
                set.complete &= interface.type_set.get().is_some();
                let constraint = embedded.comparable || embedded.terms.is_some();
                // Of this package's constraints that was reported where they are declared.
                let imported = match ty {
                    Type::Named(named) => named.obj.pkg.is_some_and(|pkg| !pkg.is(self.pkg)),
                    _ => false,
                };
                if constraint && imported && !self.allows(Version(18)) {
                    let text = format!(
                        "embedding constraint interface {} requires go1.18 or later",
                        self.ty_str(ty)
                    );
                    self.error(pos, text);
                }
                set.comparable |= embedded.comparable;
                for method in embedded.methods {
                    self.add_method(set, method, pos, false);
                }
                if let Some(terms) = embedded.terms {
                    self.restrict(set, terms.to_vec());
                }
            }
            Type::Union(terms) => {
                if let Some(terms) = self.union_terms(terms, pos) {
                    self.restrict(set, terms);
                }
            }
            _ => {
                if !self.allows(Version(18)) {
                    let text =
                        format!("embedding non-interface type {} requires go1.18 or later", self.ty_str(ty));
                    return self.error(pos, text);
                }
                self.restrict(set, vec![Term { tilde: false, ty }]);
            }
        }
    }

    /// Reports whether the underlying type of `ty` is final, if only because it is in error.
    fn is_settled(&self, ty: Ty<'s>) -> bool {
        match unalias(ty) {
            Type::Named(named) => named.underlying.get().is_some(),
            Type::Alias(_) => false,
            _ => true,
        }
    }

    fn add_method(&mut self, set: &mut Building<'s>, method: Obj<'s>, pos: Pos, explicit: bool) {
        let key = method_key(method);
        let Some((other, other_pos)) =
            set.methods.iter().find(|(other, _)| method_key(other) == key).copied()
        else {
            set.methods.push((method, pos));
            return;
        };
        if other.is(method) && self.allows(Version(14)) {
            return;
        }
        let same = match (other.ty(), method.ty()) {
            (Some(x), Some(y)) => identical(x, y),
            _ => true,
        };
        if explicit || !same || !self.allows(Version(14)) {
            let note = (other_pos, format!("other declaration of method {}", method.name));
            self.error_with_note(pos, format!("duplicate method {}", method.name), note);
        }
    }

    /// Intersects what is admitted so far with `terms`.
    fn restrict(&mut self, set: &mut Building<'s>, terms: Vec<Term<'s>>) {
        let Some(known) = set.terms.take() else {
            set.terms = Some(terms);
            return;
        };
        let mut both = Vec::new();
        for x in &known {
            for y in &terms {
                if self.terms_overlap(*x, *y) {
                    both.push(if x.tilde && !y.tilde { *y } else { *x });
                }
            }
        }
        set.terms = Some(self.normalize(both));
    }

    /// Returns the terms of a union, `None` for all types.
    fn union_terms(&mut self, union: &'s [Term<'s>], pos: Pos) -> Option<Vec<Term<'s>>> {
        let mut terms = Vec::new();
        for term in union {
            match self.under(term.ty) {
                Type::Basic(Basic::Invalid) => {}
                Type::Interface(_) => terms.extend(self.type_set(term.ty).terms?),
                // No type has this one as its underlying type. It was reported.
                under if term.tilde && !identical(term.ty, under) => {}
                _ => terms.push(*term),
            }
            if terms.len() > MAX_TERMS {
                let text =
                    format!("cannot handle more than {MAX_TERMS} union terms (implementation limitation)");
                self.error(pos, text);
                return None;
            }
        }
        Some(self.normalize(terms))
    }

    /// Drops terms that others include.
    fn normalize(&mut self, terms: Vec<Term<'s>>) -> Vec<Term<'s>> {
        let mut normal: Vec<Term<'s>> = Vec::new();
        for term in terms {
            if normal.iter().any(|other| self.term_within(term, *other)) {
                continue;
            }
            normal.retain(|other| !self.term_within(*other, term));
            normal.push(term);
        }
        normal
    }

    /// Reports whether every type of `x` is one of `y`.
    fn term_within(&mut self, x: Term<'s>, y: Term<'s>) -> bool {
        self.terms_overlap(x, y) && (!x.tilde || y.tilde)
    }

    /// Reports whether a type belongs to both terms.
    pub fn terms_overlap(&mut self, x: Term<'s>, y: Term<'s>) -> bool {
        let x_ty = if y.tilde { self.under(x.ty) } else { x.ty };
        let y_ty = if x.tilde { self.under(y.ty) } else { y.ty };
        identical(x_ty, y_ty)
    }

    /// Reports whether `ty` is in the term.
    pub fn term_includes(&mut self, term: Term<'s>, ty: Ty<'s>) -> bool {
        match term.tilde {
            true => identical(term.ty, self.under(ty)),
            false => identical(term.ty, ty),
        }
    }

    /// Returns the interface that a type parameter must implement.
    pub fn bound_interface(&mut self, tparam: Ty<'s>) -> Ty<'s> {
        let Type::TypeParam(param) = tparam else { return tparam };
        let empty = self.session.universe.empty_interface;
        let Some(bound) = param.bound.get() else { return empty };
        match unalias(bound) {
            interface @ Type::Interface(_) => return interface,
            // Both are in error.
            Type::TypeParam(_) | Type::Alias(_) => return empty,
            _ => {}
        }
        let key = ptr::from_ref(param) as usize;
        if let Some(interface) = self.instances.bounds.get(&key) {
            return interface;
        }
        let interface = match self.under(bound) {
            interface @ Type::Interface(_) => interface,
            Type::Basic(Basic::Invalid) => return empty,
            _ => self.alloc(Type::Interface(Interface {
                methods: &[],
                embeds: self.slice(&[(*bound, param.obj.pos)]),
                implicit: true,
                type_set: Default::default(),
            })),
        };
        self.instances.bounds.insert(key, interface);
        interface
    }

    /// Reports whether `ty` is a pointer to an interface.
    pub fn is_interface_pointer(&mut self, ty: Ty<'s>) -> bool {
        match self.under(ty) {
            Type::Pointer(elem) => matches!(self.under(elem), Type::Interface(_)),
            _ => false,
        }
    }

    /// Returns gc's words for a pointer that stands where an interface should.
    pub fn interface_pointer_str(&mut self, ty: Ty<'s>) -> String {
        let what = match self.under(ty) {
            Type::Pointer(elem) if self.is_type_param(elem) => "type parameter",
            _ => "interface",
        };
        format!("type {} is pointer to {what}, not {what}", self.ty_str(ty))
    }

    /// As [`implements`](Checker::implements), without a cause.
    pub fn does_implement(&mut self, ty: Ty<'s>, iface: Ty<'s>, constraint: bool) -> bool {
        self.implements_or(ty, iface, constraint, false).is_ok()
    }

    /// Reports whether `ty` implements `iface` (as a constraint: satisfies it), or else says why not, in gc's words.
    pub fn implements(&mut self, ty: Ty<'s>, iface: Ty<'s>, constraint: bool) -> Result<(), String> {
        self.implements_or(ty, iface, constraint, true)
    }

    fn implements_or(
        &mut self,
        ty: Ty<'s>,
        iface: Ty<'s>,
        constraint: bool,
        want_cause: bool,
    ) -> Result<(), String> {
        let (ty_under, iface_under) = (self.under(ty), self.under(iface));
        if !self.is_valid(ty_under) || !self.is_valid(iface_under) {
            return Ok(());
        }
        if let Type::Pointer(elem) = ty_under {
            let elem = self.under(elem);
            if !self.is_valid(elem) {
                return Ok(());
            }
        }
        let verb = if constraint { "satisfy" } else { "implement" };
        let Type::Interface(_) = iface_under else {
            let detail = match self.is_interface_pointer(iface_under) {
                true => format!("type {} is pointer to interface, not interface", self.ty_str(iface)),
                false => format!("{} is not an interface", self.ty_str(iface)),
            };
            return Err(self.does_not(ty, verb, iface, &format!(" ({detail})")));
        };
        let set = self.type_set(iface);
        if set.methods.is_empty() && set.terms.is_none() && !set.comparable {
            return Ok(());
        }
        let ty_set = matches!(ty_under, Type::Interface(_)).then(|| self.type_set(ty));
        if ty_set.is_some_and(|set| matches!(set.terms, Some([]))) {
            return Ok(());
        }
        if matches!(set.terms, Some([])) {
            return Err(format!("cannot {verb} {} (empty type set)", self.ty_str(iface)));
        }
        if let Some((method, missing)) = self.find_missing(ty, set, true, &mut Self::same_method_type)
            && !self.has_invalid_embedded(ty, &mut Vec::new())
        {
            if !want_cause {
                return Err(String::new());
            }
            let cause = self.missing_cause(ty, iface, method, &missing);
            return Err(self.does_not(ty, verb, iface, &format!(" {cause}")));
        }
        if let Some(terms) = set.terms {
            let within = match ty_set {
                Some(ty_set) => self.is_subset(ty_set, terms),
                None => terms.iter().any(|term| self.term_includes(*term, ty)),
            };
            if !within {
                if !want_cause {
                    return Err(String::new());
                }
                let detail = match ty_set {
                    Some(_) => String::new(),
                    None => self.not_in_terms(ty, iface, terms),
                };
                return Err(self.does_not(ty, verb, iface, &detail));
            }
        }
        self.check_comparable(ty, set, constraint, verb)
    }

    fn does_not(&self, ty: Ty<'s>, verb: &str, iface: Ty<'s>, detail: &str) -> String {
        format!("{} does not {verb} {}{detail}", self.ty_str(ty), self.ty_str(iface))
    }

    fn check_comparable(
        &mut self,
        ty: Ty<'s>,
        set: &TypeSet<'s>,
        constraint: bool,
        verb: &str,
    ) -> Result<(), String> {
        let wanted = match set.terms {
            None => set.comparable,
            Some(terms) => terms.iter().all(|term| self.is_comparable(term.ty, false)),
        };
        if !wanted || self.is_comparable(ty, false) {
            return Ok(());
        }
        if constraint && self.is_comparable(ty, true) {
            return match self.allows(Version(20)) {
                true => Ok(()),
                false => Err(format!("{} to {verb} comparable requires go1.20 or later", self.ty_str(ty))),
            };
        }
        Err(format!("{} does not {verb} comparable", self.ty_str(ty)))
    }

    /// Reports whether both admit the same terms.
    pub(crate) fn same_terms(&mut self, x: Option<&[Term<'s>]>, y: Option<&[Term<'s>]>) -> bool {
        let (Some(x), Some(y)) = (x, y) else { return x.is_none() && y.is_none() };
        let mut within =
            |xs: &[Term<'s>], ys: &[Term<'s>]| xs.iter().all(|x| ys.iter().any(|y| self.term_within(*x, *y)));
        within(x, y) && within(y, x)
    }

    fn is_subset(&mut self, set: &TypeSet<'s>, terms: &[Term<'s>]) -> bool {
        set.terms.is_some_and(|own| own.iter().all(|x| terms.iter().any(|y| self.term_within(*x, *y))))
    }

    fn not_in_terms(&mut self, ty: Ty<'s>, iface: Ty<'s>, terms: &[Term<'s>]) -> String {
        let missing_tilde = terms.iter().find(|term| {
            let plain = !term.tilde && identical(term.ty, self.under(term.ty));
            plain && self.term_includes(Term { tilde: true, ..**term }, ty)
        });
        let (ty_str, iface_str) = (self.ty_str(ty), self.ty_str(iface));
        if let Some(term) = missing_tilde {
            return format!(" (possibly missing ~ for {} in {iface_str})", self.ty_str(term.ty));
        }
        let interface = self.under(iface);
        if mentions(interface, ty) {
            return format!(
                " ({iface_str} mentions {ty_str}, but {ty_str} is not in the type set of {iface_str})"
            );
        }
        format!(" ({ty_str} missing in {})", terms_string(terms))
    }

    /// Says in gc's words, with parentheses around, which method of `iface` the type lacks. Unless `static_`, an interface
    /// `ty` may lack methods: its dynamic type may have them. Of types of which too little is known nothing is missing.
    pub fn missing_method_cause(&mut self, ty: Ty<'s>, iface: Ty<'s>, static_: bool) -> Option<String> {
        if !self.is_valid(ty) {
            return None;
        }
        let set = self.type_set(iface);
        let (method, missing) = self.find_missing(ty, set, static_, &mut Self::same_method_type)?;
        match self.has_invalid_embedded(ty, &mut Vec::new()) {
            true => None,
            false => Some(self.missing_cause(ty, iface, method, &missing)),
        }
    }

    /// Returns the first method of `set` that `ty` lacks, and in which way. `same` decides whether types of methods agree;
    /// for `static_` see [`missing_method_cause`](Checker::missing_method_cause).
    pub(crate) fn find_missing(
        &mut self,
        ty: Ty<'s>,
        set: &TypeSet<'s>,
        static_: bool,
        same: &mut SameMethod<'_, 's>,
    ) -> Option<(Obj<'s>, Missing<'s>)> {
        if set.methods.is_empty() {
            return None;
        }
        if let Type::Interface(_) = self.under(ty) {
            let own = self.type_set(ty).methods;
            return set.methods.iter().find_map(|method| {
                let key = method_key(method);
                match own.binary_search_by(|own| method_key(own).cmp(&key)) {
                    Ok(idx) if same(self, own[idx], method) => None,
                    Ok(idx) => Some((*method, Missing::WrongType(own[idx]))),
                    Err(_) if static_ => Some((*method, Missing::NotFound)),
                    Err(_) => None,
                }
            });
        }
        set.methods.iter().find_map(|method| Some((*method, self.find_missing_one(ty, method, same)?)))
    }

    fn find_missing_one(
        &mut self,
        ty: Ty<'s>,
        method: Obj<'s>,
        same: &mut SameMethod<'_, 's>,
    ) -> Option<Missing<'s>> {
        let pkg = method.pkg.unwrap_or(self.pkg);
        match self.lookup_field_or_method(ty, false, pkg, method.name, false) {
            Found::Method { obj, .. } if same(self, obj, method) => None,
            Found::Method { obj, .. } => Some(Missing::WrongType(obj)),
            Found::Field { .. } => Some(Missing::Field),
            Found::Ambiguous(_) => Some(Missing::Ambiguous),
            Found::PtrRecv(_) => Some(Missing::PtrRecv),
            Found::NotFound => Some(match self.lookup_field_or_method(ty, false, pkg, method.name, true) {
                Found::Method { obj, .. } if obj.name == method.name => Missing::Unexported,
                Found::Method { obj, .. } => Missing::WrongName(obj),
                _ => Missing::NotFound,
            }),
        }
    }

    fn same_method_type(&mut self, x: Obj<'s>, y: Obj<'s>) -> bool {
        match (self.object_type(x), self.object_type(y)) {
            (Some(x), Some(y)) => identical(x, y),
            _ => true,
        }
    }

    /// Returns the type of an object, resolving it if need be.
    pub fn object_type(&mut self, obj: Obj<'s>) -> Option<Ty<'s>> {
        if obj.ty().is_none() {
            self.resolve_idle(obj);
        }
        obj.ty()
    }

    /// Says in gc's words, with parentheses around, why `ty` lacks `method` of `iface`.
    pub(crate) fn missing_cause(
        &mut self,
        ty: Ty<'s>,
        iface: Ty<'s>,
        method: Obj<'s>,
        missing: &Missing<'s>,
    ) -> String {
        let name = method.name;
        match missing {
            Missing::NotFound if self.is_interface_pointer(ty) => {
                format!("({})", self.interface_pointer_str(ty))
            }
            Missing::NotFound if self.is_interface_pointer(iface) => {
                format!("({})", self.interface_pointer_str(iface))
            }
            Missing::NotFound => format!("(missing method {name})"),
            Missing::WrongName(found) => {
                let (have, want) = (self.method_str(found, false), self.method_str(method, false));
                format!("(missing method {name})\n\t\thave {have}\n\t\twant {want}")
            }
            Missing::Unexported => format!("(unexported method {name})"),
            Missing::WrongType(found) => {
                let (mut have, mut want) = (self.method_str(found, false), self.method_str(method, false));
                if have == want {
                    (have, want) = (self.method_str(found, true), self.method_str(method, true));
                }
                match have == want {
                    true => format!("(wrong type for method {name})"),
                    false => format!("(wrong type for method {name})\n\t\thave {have}\n\t\twant {want}"),
                }
            }
            Missing::Ambiguous => format!("(ambiguous selector {}.{name})", self.ty_str(ty)),
            Missing::PtrRecv => format!("(method {name} has pointer receiver)"),
            Missing::Field => format!("({}.{name} is a field, not a method)", self.ty_str(ty)),
        }
    }

    /// Reports whether the struct embeds something in error, which might have any method.
    pub(crate) fn has_invalid_embedded(&mut self, ty: Ty<'s>, seen: &mut Vec<*const Struct<'s>>) -> bool {
        let mut under = self.under(ty);
        if let Type::Pointer(elem) = under {
            under = self.under(elem);
        }
        let Type::Struct(strukt) = under else { return false };
        if seen.contains(&ptr::from_ref(strukt)) {
            return false;
        }
        seen.push(strukt);
        strukt.fields.iter().filter(|field| field.is_embedded()).any(|field| match field.ty() {
            Some(ty) => !self.is_valid(ty) || self.has_invalid_embedded(ty, seen),
            None => true,
        })
    }
}

/// Returns terms in words. As in gc, the package's own types are qualified here too.
pub(crate) fn terms_string(terms: &[Term<'_>]) -> String {
    let term =
        |term: &Term<'_>| format!("{}{}", if term.tilde { "~" } else { "" }, type_string(term.ty, None));
    terms.iter().map(term).collect::<Vec<_>>().join(" | ")
}

/// Reports whether `ty` is written in an element of the interface, in its type set or not.
fn mentions<'s>(within: Ty<'s>, ty: Ty<'s>) -> bool {
    match within {
        Type::Interface(interface) => interface.embeds.iter().any(|(embed, _)| mentions(embed, ty)),
        Type::Union(terms) => terms.iter().any(|term| mentions(term.ty, ty)),
        _ => identical(within, ty),
    }
}
