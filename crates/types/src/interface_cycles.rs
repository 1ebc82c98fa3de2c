//! Interfaces without a name that refer to themselves.
//!
//! Through a method and an alias or an embedded type, an interface literal can contain itself. The specification
//! does not forbid it, but gc does (https://go.dev/issue/56103), since the type has no finite description.

use std::ptr;

use rustc_hash::FxHashMap;

use crate::checker::Checker;
use crate::model::*;
use crate::predicates::unalias;

/// For each interface seen by address: is it part of a cycle? Those in progress are taken to be.
type Cyclic = FxHashMap<usize, bool>;

impl<'s> Checker<'s> {
    /// Reports interface types of the source that refer to themselves other than through a declared type.
    pub(crate) fn check_interface_cycles(&mut self) {
        let mut cyclic = Cyclic::default();
        let mut interfaces = std::mem::take(&mut self.decls.interfaces);
        interfaces.sort_by_key(|(_, pos)| *pos);
        for (interface, pos) in interfaces {
            if self.methods_in_cycle(interface, &mut cyclic) {
                self.error(
                    pos,
                    "invalid recursive type: anonymous interface refers to itself (see https://go.dev/issue/56103)",
                );
                // One error tells of all that it is a cycle with.
                cyclic.values_mut().for_each(|known| *known = false);
            }
        }
    }

    fn methods_in_cycle(&mut self, interface: &'s Interface<'s>, cyclic: &mut Cyclic) -> bool {
        let methods = self.type_set_of(interface).methods;
        methods.iter().any(|method| method.ty().is_some_and(|ty| self.in_cycle(ty, cyclic)))
    }

    fn in_cycle(&mut self, ty: Ty<'s>, cyclic: &mut Cyclic) -> bool {
        match unalias(ty) {
            // A declared type has a name to be described by.
            Type::Basic(_) | Type::Named(_) | Type::TypeParam(_) | Type::Alias(_) => false,
            Type::Pointer(elem) | Type::Slice(elem) | Type::Array { elem, .. } | Type::Chan { elem, .. } => {
                self.in_cycle(elem, cyclic)
            }
            Type::Map { key, elem } => self.in_cycle(key, cyclic) || self.in_cycle(elem, cyclic),
            Type::Struct(strukt) => self.objects_in_cycle(strukt.fields, cyclic),
            Type::Signature(sig) => {
                self.objects_in_cycle(sig.params, cyclic) || self.objects_in_cycle(sig.results, cyclic)
            }
            Type::Tuple(types) => types.iter().any(|ty| self.in_cycle(ty, cyclic)),
            Type::Union(terms) => terms.iter().any(|term| self.in_cycle(term.ty, cyclic)),
            Type::Interface(interface) => {
                if interface.methods.is_empty() && interface.embeds.is_empty() {
                    return false;
                }
                let key = ptr::from_ref(interface).addr();
                if let Some(known) = cyclic.get(&key) {
                    return *known;
                }
                cyclic.insert(key, true);
                let found = self.methods_in_cycle(interface, cyclic);
                cyclic.insert(key, found);
                found
            }
        }
    }

    fn objects_in_cycle(&mut self, objs: &[Obj<'s>], cyclic: &mut Cyclic) -> bool {
        objs.iter().any(|obj| obj.ty().is_some_and(|ty| self.in_cycle(ty, cyclic)))
    }
}
