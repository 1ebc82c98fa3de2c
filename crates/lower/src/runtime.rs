//! Calls of the runtime: Go functions of the overlay under their link names, or entries of the archive.

use smallvec::SmallVec;
use ssa::{Type, Value};

use crate::func::Lowerer;
use crate::value::Scalars;

impl<'a, 's> Lowerer<'_, 'a, 's> {
    /// Calls `name` and returns its results. A Go function of the program by that link name comes first; otherwise it
    /// is an entry of the runtime archive (`abi::entry`), whose words are 64 bits wide.
    pub fn runtime(&mut self, name: &str, args: &[Value], results: &[Type]) -> Scalars {
        if let Some(obj) = self.p.func_named(name) {
            let symbol = self.p.reach(obj, None, &[]);
            return self.b.call(&symbol, args.to_vec(), results).iter().collect();
        }
        let Some(entry) = abi::entry::find(name) else {
            let (line, pos) = (self.b.pos().line, self.pos(0));
            self.p.error(pos, format!("the runtime has no {name} (line {line} of {})", self.symbol));
            return results.iter().map(|ty| self.b.zero(*ty)).collect();
        };
        let args = args.iter().zip(entry.params).map(|(arg, class)| self.widen(*arg, *class)).collect();
        let wide: Vec<Type> = entry.results.iter().map(|class| class_type(*class)).collect();
        let values = self.b.call_runtime(name, args, &wide);
        let narrow = values.iter().zip(results).map(|(value, ty)| match ty.is_int() {
            true => self.b.resize(value, *ty, false),
            false => value,
        });
        narrow.collect::<SmallVec<_>>()
    }

    fn widen(&mut self, arg: Value, class: abi::entry::Class) -> Value {
        match class {
            abi::entry::Class::Int if self.b.func().ty(arg).is_int() => self.b.resize(arg, Type::I64, false),
            _ => arg,
        }
    }
}

pub(crate) fn class_type(class: abi::entry::Class) -> Type {
    match class {
        abi::entry::Class::Int => Type::I64,
        abi::entry::Class::Ptr => Type::Ptr,
        abi::entry::Class::F32 => Type::F32,
        abi::entry::Class::F64 => Type::F64,
    }
}
