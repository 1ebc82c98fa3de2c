//! The types of one generated program.

/// Stands for one type; two are equal when the types are identical.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub struct Ty(usize);

/// What a type parameter may be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Constraint {
    Any,
    Comparable,
    Integer,
    Number,
    Ordered,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Kind {
    Bool,
    Int {
        name: &'static str,
        bits: u32,
        signed: bool,
    },
    Float {
        bits: u32,
    },
    Complex {
        bits: u32,
    },
    Str,
    Array(usize, Ty),
    Slice(Ty),
    Map(Ty, Ty),
    Pointer(Ty),
    Struct(Vec<Field>),
    Func(Vec<Ty>, Ty),
    /// Indices of [`Types::methods`]; none of them is `any`.
    Interface(Vec<usize>),
    /// An index of [`Types::named`].
    Named(usize),
    Param(&'static str, Constraint),
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Field {
    pub name: String,
    pub ty: Ty,
    pub embedded: bool,
}

/// A method that named types may have; the signature belongs to the name.
#[derive(Clone, Debug)]
pub struct Method {
    pub name: String,
    pub params: Vec<Ty>,
    pub result: Ty,
    /// Its body may write through the receiver and change globals.
    pub mutates: bool,
}

#[derive(Clone, Debug)]
pub struct Named {
    pub name: String,
    pub under: Ty,
    /// Which methods it declares, and whether by a pointer receiver.
    pub methods: Vec<(usize, bool)>,
}

#[derive(Default)]
pub struct Types {
    kinds: Vec<Kind>,
    pub named: Vec<Named>,
    pub methods: Vec<Method>,
}

/// Every integer type.
pub const INTS: [(&str, u32, bool); 11] = [
    ("int", 64, true),
    ("int8", 8, true),
    ("int16", 16, true),
    ("int32", 32, true),
    ("int64", 64, true),
    ("uint", 64, false),
    ("uint8", 8, false),
    ("uint16", 16, false),
    ("uint32", 32, false),
    ("uint64", 64, false),
    ("uintptr", 64, false),
];

impl Types {
    pub fn of(&mut self, kind: Kind) -> Ty {
        let found = self.kinds.iter().position(|known| *known == kind);
        Ty(found.unwrap_or_else(|| {
            self.kinds.push(kind);
            self.kinds.len() - 1
        }))
    }

    pub fn int(&mut self, name: &str) -> Ty {
        let &(name, bits, signed) = INTS.iter().find(|(known, ..)| *known == name).expect("an integer type");
        self.of(Kind::Int { name, bits, signed })
    }

    pub fn declare(&mut self, name: String, under: Ty) -> Ty {
        self.named.push(Named { name, under, methods: Vec::new() });
        self.of(Kind::Named(self.named.len() - 1))
    }

    pub fn kind(&self, ty: Ty) -> &Kind {
        &self.kinds[ty.0]
    }

    /// The underlying type's kind.
    pub fn under(&self, ty: Ty) -> &Kind {
        match self.kind(ty) {
            Kind::Named(idx) => self.kind(self.named[*idx].under),
            kind => kind,
        }
    }

    pub fn text(&self, ty: Ty) -> String {
        let list = |types: &[Ty]| types.iter().map(|&ty| self.text(ty)).collect::<Vec<_>>().join(", ");
        match self.kind(ty) {
            Kind::Bool => "bool".into(),
            Kind::Int { name, .. } => (*name).into(),
            Kind::Float { bits } => format!("float{bits}"),
            Kind::Complex { bits } => format!("complex{bits}"),
            Kind::Str => "string".into(),
            Kind::Array(n, elem) => format!("[{n}]{}", self.text(*elem)),
            Kind::Slice(elem) => format!("[]{}", self.text(*elem)),
            Kind::Map(key, elem) => format!("map[{}]{}", self.text(*key), self.text(*elem)),
            Kind::Pointer(elem) => format!("*{}", self.text(*elem)),
            Kind::Struct(fields) => {
                let field = |field: &Field| match field.embedded {
                    true => self.text(field.ty),
                    false => format!("{} {}", field.name, self.text(field.ty)),
                };
                format!("struct {{ {} }}", fields.iter().map(field).collect::<Vec<_>>().join("; "))
            }
            Kind::Func(params, result) => format!("func({}) {}", list(params), self.text(*result)),
            Kind::Interface(methods) if methods.is_empty() => "any".into(),
            Kind::Interface(methods) => {
                let methods: Vec<String> = methods.iter().map(|&idx| self.method_text(idx)).collect();
                format!("interface {{ {} }}", methods.join("; "))
            }
            Kind::Named(idx) => self.named[*idx].name.clone(),
            Kind::Param(name, _) => (*name).into(),
        }
    }

    pub fn method_text(&self, idx: usize) -> String {
        let method = &self.methods[idx];
        let params: Vec<String> = method.params.iter().map(|&ty| self.text(ty)).collect();
        format!("{}({}) {}", method.name, params.join(", "), self.text(method.result))
    }

    pub fn is_comparable(&self, ty: Ty) -> bool {
        match self.under(ty) {
            Kind::Slice(_) | Kind::Map(..) | Kind::Func(..) => false,
            Kind::Array(_, elem) => self.is_comparable(*elem),
            Kind::Struct(fields) => fields.iter().all(|field| self.is_comparable(field.ty)),
            Kind::Param(_, constraint) => *constraint != Constraint::Any,
            _ => true,
        }
    }

    /// Whether comparing can panic, or the answer depends on addresses: interfaces, pointers.
    pub fn has_reference(&self, ty: Ty) -> bool {
        match self.under(ty) {
            Kind::Array(_, elem) => self.has_reference(*elem),
            Kind::Struct(fields) => fields.iter().any(|field| self.has_reference(field.ty)),
            Kind::Slice(_) | Kind::Map(..) | Kind::Func(..) | Kind::Pointer(_) | Kind::Interface(_) => true,
            _ => false,
        }
    }

    /// Whether the type mentions a type parameter.
    pub fn is_generic(&self, ty: Ty) -> bool {
        match self.kind(ty) {
            Kind::Param(..) => true,
            Kind::Array(_, elem) | Kind::Slice(elem) | Kind::Pointer(elem) => self.is_generic(*elem),
            Kind::Map(key, elem) => self.is_generic(*key) || self.is_generic(*elem),
            Kind::Func(params, result) => {
                self.is_generic(*result) || params.iter().any(|&ty| self.is_generic(ty))
            }
            Kind::Struct(fields) => fields.iter().any(|field| self.is_generic(field.ty)),
            _ => false,
        }
    }

    /// Replaces type parameters by name.
    pub fn substitute(&mut self, ty: Ty, arguments: &[(&str, Ty)]) -> Ty {
        if !self.is_generic(ty) {
            return ty;
        }
        let kind = match self.kind(ty).clone() {
            Kind::Param(name, _) => {
                return arguments.iter().find(|(param, _)| *param == name).map_or(ty, |&(_, ty)| ty);
            }
            Kind::Array(n, elem) => Kind::Array(n, self.substitute(elem, arguments)),
            Kind::Slice(elem) => Kind::Slice(self.substitute(elem, arguments)),
            Kind::Pointer(elem) => Kind::Pointer(self.substitute(elem, arguments)),
            Kind::Map(key, elem) => {
                Kind::Map(self.substitute(key, arguments), self.substitute(elem, arguments))
            }
            Kind::Func(params, result) => {
                let params = params.into_iter().map(|ty| self.substitute(ty, arguments)).collect();
                Kind::Func(params, self.substitute(result, arguments))
            }
            kind => kind,
        };
        self.of(kind)
    }

    /// The methods that can be called on a value of the type that has no address.
    pub fn method_set(&self, ty: Ty) -> Vec<usize> {
        self.selectable(ty)
            .into_iter()
            .filter(|&(_, needs_pointer)| !needs_pointer)
            .map(|(idx, _)| idx)
            .collect()
    }

    /// The methods of a type, each with whether it is in the method set of the pointer alone.
    fn selectable(&self, ty: Ty) -> Vec<(usize, bool)> {
        match self.kind(ty) {
            Kind::Interface(methods) => methods.iter().map(|&idx| (idx, false)).collect(),
            Kind::Pointer(elem) if matches!(self.kind(*elem), Kind::Named(_)) => match self.under(*elem) {
                Kind::Interface(_) | Kind::Pointer(_) => Vec::new(),
                _ => self.selectable(*elem).into_iter().map(|(idx, _)| (idx, false)).collect(),
            },
            Kind::Named(idx) => {
                if let Kind::Interface(methods) = self.under(ty) {
                    return methods.iter().map(|&idx| (idx, false)).collect();
                }
                let mut list = self.named[*idx].methods.clone();
                let Kind::Struct(fields) = self.under(ty) else { return list };
                for field in fields.iter().filter(|field| field.embedded) {
                    for (idx, needs_pointer) in self.selectable(field.ty) {
                        if list.iter().all(|&(own, _)| own != idx) {
                            list.push((idx, needs_pointer));
                        }
                    }
                }
                list
            }
            _ => Vec::new(),
        }
    }

    /// Whether the type itself declares the method, by a value receiver.
    pub fn declares_by_value(&self, ty: Ty, method: usize) -> bool {
        match self.kind(ty) {
            Kind::Named(idx) => self.named[*idx].methods.contains(&(method, false)),
            _ => false,
        }
    }

    pub fn implements(&self, ty: Ty, methods: &[usize]) -> bool {
        let set = self.method_set(ty);
        methods.iter().all(|idx| set.contains(idx))
    }
}
