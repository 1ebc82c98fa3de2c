//! The state of a generator: the text so far, what is in scope, and choices of types and places.

use super::expr::{Mode, PLAIN};
use super::rng::Rng;
use super::ty::{INTS, Kind, Ty, Types};

/// What a body may do to a variable.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Access {
    Read,
    /// Assign to it, or to fields and array elements inside.
    Assign,
    /// Write to what it refers to: it is not nil, and nobody else's.
    Own,
}

#[derive(Clone, Debug)]
pub struct Var {
    pub name: String,
    pub ty: Ty,
    pub access: Access,
}

/// A function that later ones may call.
#[derive(Clone, Debug)]
pub struct Func {
    pub name: String,
    pub params: Vec<Ty>,
    pub results: Vec<Ty>,
    pub variadic: bool,
    /// It changes nothing that its caller can see but the trace.
    pub is_pure: bool,
}

/// The function whose body is written.
#[derive(Clone, Default)]
pub struct Body {
    pub is_pure: bool,
    pub generic: bool,
    /// Nothing here may leave a trace: another goroutine runs it.
    pub untraced: bool,
    /// Methods come before functions, and call none of each other.
    pub no_methods: bool,
    pub results: Vec<Ty>,
    pub named_results: bool,
    pub loops: usize,
    /// A `return` would leave a function literal, or is forbidden where this stands.
    pub no_return: bool,
}

pub struct Generator {
    pub rng: Rng,
    pub types: Types,
    pub text: String,
    pub indent: usize,
    pub vars: Vec<Var>,
    pub globals: Vec<Var>,
    pub funcs: Vec<Func>,
    /// Types that variables have.
    pub pool: Vec<Ty>,
    pub mode: Mode,
    pub body: Body,
    pub hashed: Vec<Ty>,
    /// The program needs no goroutines and no channels.
    pub closed: bool,
    pub n_names: usize,
    n_nested: usize,
}

impl Generator {
    pub fn new(seed: u64) -> Generator {
        Generator {
            rng: Rng::new(seed),
            types: Types::default(),
            text: String::new(),
            indent: 0,
            vars: Vec::new(),
            globals: Vec::new(),
            funcs: Vec::new(),
            pool: Vec::new(),
            mode: PLAIN,
            body: Body::default(),
            hashed: Vec::new(),
            closed: false,
            n_names: 0,
            n_nested: 0,
        }
    }

    pub fn line(&mut self, text: impl AsRef<str>) {
        for _ in 0..self.indent {
            self.text.push('\t');
        }
        self.text.push_str(text.as_ref());
        self.text.push('\n');
    }

    /// Writes a line that opens a block.
    pub fn open(&mut self, text: impl AsRef<str>) {
        self.line(text);
        self.indent += 1;
    }

    /// Writes the line that closes a block.
    pub fn close(&mut self, text: impl AsRef<str>) {
        self.indent -= 1;
        self.line(text);
    }

    pub fn name(&mut self, prefix: &str) -> String {
        self.n_names += 1;
        format!("{prefix}{}", self.n_names)
    }

    /// Chooses what the next expression may contain.
    pub fn choose_mode(&mut self) {
        let calls = self.rng.percent(55);
        self.mode = Mode { calls: calls && !self.body.untraced, panics: !calls && self.rng.percent(60) };
    }

    pub fn some_type(&mut self) -> Ty {
        if self.rng.percent(35) {
            return self.ordered_type();
        }
        match self.pool.len() {
            0 => self.int_type(),
            n => {
                let idx = self.rng.below(n);
                self.pool[idx]
            }
        }
    }

    pub fn int_type(&mut self) -> Ty {
        let idx = self.rng.below(INTS.len());
        self.types.int(INTS[idx].0)
    }

    /// A type with `<`.
    pub fn ordered_type(&mut self) -> Ty {
        match self.rng.below(10) {
            0 => self.types.of(Kind::Str),
            1 => self.types.of(Kind::Float { bits: 64 }),
            2 => self.types.of(Kind::Float { bits: 32 }),
            _ => self.int_type(),
        }
    }

    pub fn declare(&mut self, name: String, ty: Ty, access: Access) {
        self.vars.push(Var { name, ty, access });
    }

    /// Names parameters, brings them into scope, and returns their list.
    pub fn declare_params(&mut self, params: &[Ty], access: Access) -> String {
        let mut list = Vec::new();
        for &ty in params {
            let name = self.name("p");
            list.push(format!("{name} {}", self.types.text(ty)));
            self.declare(name, ty, access);
        }
        list.join(", ")
    }

    /// A variable or a part of one that can be read without a panic, or with one if the mode allows it.
    pub fn place(&mut self, want: Ty) -> Option<String> {
        // Indices and keys on the way are places again.
        if self.n_nested > 2 {
            return None;
        }
        self.n_nested += 1;
        let found = self.find_place(want);
        self.n_nested -= 1;
        found
    }

    fn find_place(&mut self, want: Ty) -> Option<String> {
        for _ in 0..12 {
            if self.vars.is_empty() {
                return None;
            }
            // What was declared last is used more often.
            let n = self.vars.len();
            let idx = n - 1 - self.rng.below(n).min(self.rng.below(n));
            let var = self.vars[idx].clone();
            let (mut text, mut ty, mut own) = (var.name, var.ty, var.access == Access::Own);
            let mode = self.mode;
            for _ in 0..5 {
                if ty == want {
                    return Some(text);
                }
                let Some(step) = self.step(&text, ty, own) else { break };
                (text, ty) = step;
                own = false;
            }
            self.mode = mode;
        }
        None
    }

    /// Whether an operation that may panic can stand here; it is the last one of the expression.
    pub fn may_panic(&mut self) -> bool {
        std::mem::take(&mut self.mode.panics)
    }

    /// One step into a composite value that is read.
    fn step(&mut self, text: &str, ty: Ty, own: bool) -> Option<(String, Ty)> {
        match self.types.under(ty).clone() {
            Kind::Struct(fields) if !fields.is_empty() => {
                let field = &fields[self.rng.below(fields.len())];
                Some((format!("{text}.{}", field.name), field.ty))
            }
            Kind::Array(n, elem) => Some((format!("{text}[{}]", self.array_index(n)), elem)),
            Kind::Pointer(elem) if own || self.may_panic() => match self.types.under(elem).clone() {
                Kind::Struct(fields) if !fields.is_empty() && self.rng.percent(70) => {
                    let field = &fields[self.rng.below(fields.len())];
                    Some((format!("{text}.{}", field.name), field.ty))
                }
                _ => Some((format!("(*{text})"), elem)),
            },
            Kind::Slice(elem) if self.may_panic() => {
                let int = self.types.int("uint8");
                let index = match self.rng.percent(40) {
                    true => self.rng.below(3).to_string(),
                    false => format!("{}%7", self.value(int, 0)),
                };
                Some((format!("{text}[{index}]"), elem))
            }
            Kind::Slice(elem) => Some((format!("at({text}, {})", self.rng.below(4)), elem)),
            Kind::Map(key, elem) if !self.types.has_reference(key) => {
                Some((format!("{text}[{}]", self.value(key, 0)), elem))
            }
            _ => None,
        }
    }

    fn array_index(&mut self, n: usize) -> String {
        let int = self.types.int("uint8");
        match self.rng.percent(50) {
            true => self.rng.below(n).to_string(),
            false => {
                let value = self.simple_value(int);
                format!("{value}%{}", n.min(200))
            }
        }
    }

    /// A variable of the type or a literal made opaque.
    pub fn simple_value(&mut self, ty: Ty) -> String {
        let found: Vec<String> =
            self.vars.iter().filter(|var| var.ty == ty).map(|var| var.name.clone()).collect();
        match found.len() {
            0 => {
                let operand = self.literal(ty);
                if operand.is_const { format!("id({})", operand.text) } else { operand.text }
            }
            n => found[self.rng.below(n)].clone(),
        }
    }

    /// Somewhere to assign to, its type, and whether finding it may panic.
    pub fn target(&mut self) -> Option<(String, Ty, bool)> {
        for _ in 0..12 {
            if self.vars.is_empty() {
                return None;
            }
            let n = self.vars.len();
            let idx = n - 1 - self.rng.below(n).min(self.rng.below(n));
            let var = self.vars[idx].clone();
            if var.access == Access::Read {
                continue;
            }
            let (mut text, mut ty) = (var.name.clone(), var.ty);
            // What a pointer, slice or map refers to may be written if it is ours alone.
            let (mut may_deref, mut may_panic) = (var.access == Access::Own, false);
            let mut may_assign = var.access == Access::Assign;
            for _ in 0..4 {
                if may_assign && self.rng.percent(45) {
                    return Some((text, ty, may_panic));
                }
                let under = self.types.under(ty).clone();
                let is_reference = matches!(under, Kind::Pointer(_) | Kind::Slice(_) | Kind::Map(..));
                if is_reference && !may_deref && self.body.is_pure {
                    break;
                }
                may_panic |= is_reference && !may_deref;
                match under {
                    Kind::Struct(fields) if !fields.is_empty() => {
                        let field = &fields[self.rng.below(fields.len())];
                        (text, ty) = (format!("{text}.{}", field.name), field.ty);
                    }
                    Kind::Array(n, elem) => (text, ty) = (format!("{text}[{}]", self.array_index(n)), elem),
                    Kind::Pointer(elem) => (text, ty) = (format!("(*{text})"), elem),
                    Kind::Slice(elem) => {
                        (text, ty) = (format!("{text}[{}]", self.rng.below(3)), elem);
                        may_panic = true;
                    }
                    Kind::Map(key, elem) => {
                        let may_panic =
                            may_panic || var.access != Access::Own || self.types.has_reference(key);
                        return Some((format!("{text}[{}]", self.simple_value(key)), elem, may_panic));
                    }
                    _ => break,
                }
                (may_assign, may_deref) = (true, false);
            }
            if may_assign {
                return Some((text, ty, may_panic));
            }
        }
        None
    }
}
