//! The method set of a type. Spec, "Method sets".
//!
//! Which names may be methods is gathered from the type and everything it embeds; what each of them selects is
//! asked of `lookup`, so that hiding and ambiguity have one home.

use std::ptr;

use crate::checker::Checker;
use crate::lookup::Found;
use crate::model::*;
use crate::predicates::unalias;

/// A method that values of a type have.
#[derive(Clone, Copy, Debug)]
pub struct Method<'s> {
    /// The method; of an instance, with its type arguments put in.
    pub obj: Obj<'s>,
    /// The numbers of the embedded fields on the way to its receiver.
    pub path: &'s [u32],
    /// A pointer is dereferenced on the way.
    pub indirect: bool,
}

impl<'s> Checker<'s> {
    /// Returns the method set of `ty`, sorted by [`method_key`].
    pub fn method_set(&mut self, ty: Ty<'s>) -> Vec<Method<'s>> {
        if self.is_interface(ty) || self.is_type_param(ty) {
            let methods = self.type_set(ty).methods;
            return methods.iter().map(|obj| Method { obj, path: &[], indirect: false }).collect();
        }
        let mut names = Vec::new();
        self.gather_methods(ty, &mut names, &mut Vec::new());
        names.sort_by_key(|method| method_key(method));
        names.dedup_by_key(|method| method_key(method));
        let mut methods = Vec::new();
        for method in names {
            let pkg = method.pkg.unwrap_or(self.pkg);
            if let Found::Method { obj, path, indirect } =
                self.lookup_field_or_method(ty, false, pkg, method.name, false)
            {
                methods.push(Method { obj, path, indirect });
            }
        }
        methods
    }

    fn gather_methods(&mut self, ty: Ty<'s>, names: &mut Vec<Obj<'s>>, seen: &mut Vec<*const Type<'s>>) {
        let ty = match unalias(ty) {
            Type::Pointer(elem) => unalias(elem),
            ty => ty,
        };
        if seen.contains(&ptr::from_ref(ty)) {
            return;
        }
        seen.push(ty);
        if let Type::Named(named) = ty {
            names.extend(self.declared_methods(named).iter().filter(|method| !method.name.is_blank()));
        }
        match self.under(ty) {
            Type::Struct(strukt) => {
                for field in strukt.fields.iter().filter(|field| field.is_embedded()) {
                    if let Some(ty) = field.ty() {
                        self.gather_methods(ty, names, seen);
                    }
                }
            }
            Type::Interface(_) => names.extend(self.type_set(ty).methods),
            _ => {}
        }
    }
}
