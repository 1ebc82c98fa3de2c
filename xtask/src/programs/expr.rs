//! Expressions of a wanted type.
//!
//! Go leaves open in which order operands that are not calls are evaluated. So an expression either has
//! calls, whose order is fixed and which leave a trace, or one operation that may panic, never both; and
//! nothing that is called from an expression changes what another operand reads.

use super::generator::{Access, Generator};
use super::ty::{Constraint, Kind, Ty};

/// What an expression may contain.
#[derive(Clone, Copy)]
pub struct Mode {
    /// Calls of the program's functions.
    pub calls: bool,
    /// An operation that may panic, which has not been written yet.
    pub panics: bool,
}

/// Nothing but reads and arithmetic.
pub const PLAIN: Mode = Mode { calls: false, panics: false };

/// An expression, and whether Go takes it for a constant.
pub struct Operand {
    pub text: String,
    pub is_const: bool,
}

pub fn computed(text: String) -> Operand {
    Operand { text, is_const: false }
}

impl Generator {
    /// An expression that is no constant: at most one operand of an operation may be one, or the
    /// compiler would compute and refuse it.
    pub fn value(&mut self, ty: Ty, depth: usize) -> String {
        let operand = self.operand(ty, depth);
        match operand.is_const {
            true => format!("{}({})", self.rng.pick(&["id", "opaque"]), operand.text),
            false => operand.text,
        }
    }

    /// Any expression of the type; its text is typed by itself and needs no parentheses around it.
    pub fn operand(&mut self, ty: Ty, depth: usize) -> Operand {
        if depth == 0 || self.rng.percent(12) {
            return self.leaf(ty);
        }
        if self.rng.percent(25)
            && let Some(text) = self.any_form(ty, depth - 1)
        {
            return computed(text);
        }
        let depth = depth - 1;
        match self.types.under(ty).clone() {
            Kind::Bool => self.bool_expr(ty, depth),
            Kind::Int { bits, signed, .. } => self.int_expr(ty, bits, signed, depth),
            Kind::Float { bits } => self.float_expr(ty, bits, depth),
            Kind::Complex { bits } => self.complex_expr(ty, bits, depth),
            Kind::Str => self.string_expr(ty, depth),
            Kind::Array(n, elem) => self.array_expr(ty, n, elem, depth),
            Kind::Slice(elem) => self.slice_expr(ty, elem, depth),
            Kind::Map(..) | Kind::Struct(_) => self.composite(ty, depth),
            Kind::Pointer(elem) => self.pointer_expr(ty, elem, depth),
            Kind::Func(params, result) => computed(self.func_expr(ty, &params, result, depth)),
            Kind::Interface(methods) => self.interface_expr(ty, &methods, depth),
            Kind::Param(_, constraint) => self.param_expr(ty, constraint, depth),
            Kind::Named(_) => unreachable!("an underlying type has no name"),
        }
    }

    /// A variable, or part of one, or a literal.
    fn leaf(&mut self, ty: Ty) -> Operand {
        if self.rng.percent(75)
            && let Some(text) = self.place(ty)
        {
            return computed(text);
        }
        self.literal(ty)
    }

    pub fn literal(&mut self, ty: Ty) -> Operand {
        let name = self.types.text(ty);
        let constant = |text: String| Operand { text, is_const: true };
        match self.types.under(ty).clone() {
            Kind::Bool => constant(format!("{name}({})", self.rng.percent(50))),
            Kind::Int { bits, signed, .. } => constant(format!("{name}({})", self.integer(bits, signed))),
            Kind::Float { .. } => constant(format!("{name}({})", self.float())),
            Kind::Complex { .. } => {
                let (re, im) = (self.float(), self.float());
                constant(format!("{name}({re} + ({im}) * 1i)"))
            }
            Kind::Str => {
                let list = [
                    "\"\"",
                    "\"a\"",
                    "\"héllo, 世界\"",
                    "\"x\\xff\\xc0y\"",
                    "\"0123456789abcdef\"",
                    "`raw\\n`",
                ];
                constant(format!("{name}({})", self.rng.pick(&list)))
            }
            Kind::Array(..) | Kind::Slice(_) | Kind::Map(..) | Kind::Struct(_) => {
                let mode = std::mem::replace(&mut self.mode, PLAIN);
                let operand = if self.rng.percent(25) { self.zero(ty) } else { self.composite(ty, 0) };
                self.mode = mode;
                operand
            }
            Kind::Pointer(elem) if self.types.kind(ty) == &Kind::Pointer(elem) && self.rng.percent(85) => {
                match self.types.under(elem) {
                    Kind::Struct(_) | Kind::Array(..) => computed(format!("(&{})", self.literal(elem).text)),
                    _ => computed(format!("new({})", self.types.text(elem))),
                }
            }
            Kind::Func(params, result) => {
                let mode = std::mem::replace(&mut self.mode, PLAIN);
                let text = self.func_literal(&params, result, 0);
                self.mode = mode;
                computed(format!("({name})({text})"))
            }
            Kind::Interface(methods) => self.interface_leaf(ty, &methods),
            Kind::Param(_, Constraint::Integer | Constraint::Number) => {
                computed(format!("{name}({})", self.rng.below(100)))
            }
            _ => self.zero(ty),
        }
    }

    fn zero(&mut self, ty: Ty) -> Operand {
        let name = self.types.text(ty);
        let text = match self.types.under(ty) {
            Kind::Array(..) | Kind::Struct(_) => format!("{name}{{}}"),
            _ => format!("(*new({name}))"),
        };
        computed(text)
    }

    /// An integer literal near an edge more often than not.
    pub fn integer(&mut self, bits: u32, signed: bool) -> i128 {
        let (low, high) = match signed {
            true => (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1),
            false => (0, (1i128 << bits) - 1),
        };
        let number = match self.rng.below(6) {
            0 => low + self.rng.below(3) as i128,
            1 => high - self.rng.below(3) as i128,
            2 => (1i128 << self.rng.below(bits as usize)) - self.rng.below(2) as i128,
            3 => i128::from(self.rng.next() >> (64 - bits)) + low,
            _ => self.rng.below(12) as i128 - 2,
        };
        number.clamp(low, high)
    }

    pub fn float(&mut self) -> &'static str {
        let list = [
            "0", "1", "-1", "0.5", "1.1", "-2.75", "3", "1e10", "-1e-10", "16777217", "1e30", "255", "0.1",
            "7", "1e-40",
        ];
        self.rng.pick(&list)
    }

    /// Forms that every type has.
    fn any_form(&mut self, ty: Ty, depth: usize) -> Option<String> {
        let name = self.types.text(ty);
        match self.rng.below(17) {
            0 | 1 if self.mode.calls => {
                let where_ = self.rng.below(1000);
                Some(format!("tr({where_}, {})", self.operand(ty, depth).text))
            }
            0 => Some(format!("id({})", self.operand(ty, depth).text)),
            2 => {
                let bool_ty = self.types.of(Kind::Bool);
                let (a, b, c) =
                    (self.operand(bool_ty, depth), self.operand(ty, depth), self.operand(ty, depth));
                Some(format!("cond({}, {}, {})", a.text, b.text, c.text))
            }
            3..=7 if self.mode.calls => self.call(ty, depth),
            8 if self.mode.calls => self.method_call(ty, depth),
            9 => {
                let slice = self.types.of(Kind::Slice(ty));
                let int = self.types.int("int");
                let (s, i) = (self.operand(slice, depth.min(1)), self.operand(int, depth));
                Some(format!("at({}, {})", s.text, i.text))
            }
            10 => {
                let operand = self.operand(ty, depth);
                let inner = self.rng.pick(&["any", "any", "interface{}"]);
                Some(match () {
                    () if matches!(self.types.under(ty), Kind::Interface(_)) => operand.text,
                    () => format!("{inner}({}).({name})", operand.text),
                })
            }
            11 if self.may_panic() => {
                let any = self.types.of(Kind::Interface(Vec::new()));
                let value = self.value(any, depth);
                Some(format!("{value}.({name})"))
            }
            12 if self.types.is_comparable(ty) || depth > 0 => self.indexed(ty, depth),
            13 if !self.body.generic || !self.types.is_generic(ty) => {
                let text = self.func_literal(&[], ty, depth.min(1));
                Some(format!("{text}()"))
            }
            14 => {
                let other = self.some_type();
                let (a, b) = (self.operand(ty, depth), self.operand(other, depth.min(1)));
                Some(match self.rng.below(2) {
                    0 => format!("mkpair({}, {}).a", a.text, b.text),
                    _ => format!("mkpair({}, {}).swap().b", a.text, b.text),
                })
            }
            15 => {
                let elem = self.some_type();
                let slice = self.types.of(Kind::Slice(elem));
                let (s, a) = (self.value(slice, depth.min(1)), self.value(ty, depth.min(1)));
                let f = self.func_literal(&[ty, elem], ty, 1);
                Some(format!("fold({s}, {a}, {f})"))
            }
            16 => {
                let same: Vec<Ty> = (self.pool.iter().copied())
                    .filter(|&other| other != ty && self.types.underlying(other) == self.types.underlying(ty))
                    .collect();
                let from = *same.get(self.rng.below(same.len().max(1)))?;
                Some(format!("({name})({})", self.value(from, depth)))
            }
            _ => self.place(ty),
        }
    }

    /// An element of a composite value.
    fn indexed(&mut self, ty: Ty, depth: usize) -> Option<String> {
        let int = self.types.int("uint8");
        let n = 1 + self.rng.below(4);
        match self.rng.below(3) {
            0 => {
                let array = self.types.of(Kind::Array(n, ty));
                let (a, i) = (self.value(array, depth), self.value(int, depth));
                Some(format!("{a}[{i}%{n}]"))
            }
            1 if self.may_panic() => {
                let slice = self.types.of(Kind::Slice(ty));
                let (s, i) = (self.value(slice, depth), self.value(int, depth));
                Some(format!("{s}[{i}%{}]", n + 1))
            }
            1 => None,
            _ => {
                let key = self.some_type();
                if !self.types.is_comparable(key) || self.types.has_reference(key) {
                    return None;
                }
                let map = self.types.of(Kind::Map(key, ty));
                let (m, k) = (self.value(map, depth.min(1)), self.value(key, depth));
                Some(format!("{m}[{k}]"))
            }
        }
    }

    fn array_expr(&mut self, ty: Ty, n: usize, elem: Ty, depth: usize) -> Operand {
        let name = self.types.text(ty);
        if self.rng.percent(30) && self.may_panic() {
            let slice = self.types.of(Kind::Slice(elem));
            let value = self.value(slice, depth);
            return computed(match self.rng.percent(50) {
                true => format!("{name}({value})"),
                false => format!("{name}(*(*[{n}]{})({value}))", self.types.text(elem)),
            });
        }
        self.composite(ty, depth)
    }

    fn slice_expr(&mut self, ty: Ty, elem: Ty, depth: usize) -> Operand {
        let name = self.types.text(ty);
        let is_named = matches!(self.types.kind(ty), Kind::Named(_));
        let byte = self.types.int("uint8");
        let text = match self.rng.below(7) {
            0 => {
                let (a, b) = (self.value(ty, depth), self.value(ty, depth));
                format!("limit(append({name}(nil), append({a}[:0:0], {b}...)...))")
            }
            1 => {
                let (a, b, c) =
                    (self.value(ty, depth), self.operand(elem, depth).text, self.operand(elem, depth).text);
                format!("limit(append({name}(nil), append({a}[:0:0], {b}, {c})...))")
            }
            2 if self.may_panic() => {
                let s = self.value(ty, depth);
                let [i, j, k] = [0; 3].map(|_| self.value(byte, depth.min(1)));
                match self.rng.below(3) {
                    0 => format!("{s}[{i}%5:]"),
                    // How much was allocated is not to be seen.
                    1 => format!("exact({s})[:3:3][{i}%4:{j}%5]"),
                    _ => format!("append({s}[:0:0], {s}[0], {s}[1])[:2:2][{i}%4:{j}%6:{k}%4]"),
                }
            }
            3 if self.types.under(elem) == &Kind::Int { name: "uint8", bits: 8, signed: false }
                && !self.types.is_generic(elem) =>
            {
                let string = self.types.of(Kind::Str);
                format!("{name}({})", self.value(string, depth))
            }
            4 if self.types.kind(elem) == &(Kind::Int { name: "int32", bits: 32, signed: true }) => {
                let string = self.types.of(Kind::Str);
                format!("{name}({})", self.value(string, depth))
            }
            5 if !is_named => format!("make({name}, {}, {})", self.rng.below(4), 4 + self.rng.below(5)),
            _ => return self.composite(ty, depth),
        };
        computed(text)
    }

    fn pointer_expr(&mut self, ty: Ty, elem: Ty, depth: usize) -> Operand {
        let name = self.types.text(elem);
        let whole = self.types.text(ty);
        let local: Vec<String> = (self.vars.iter())
            .filter(|var| var.ty == elem && var.access == Access::Assign)
            .map(|var| var.name.clone())
            .collect();
        if !local.is_empty() && self.rng.percent(30) {
            return computed(format!("({whole})(&{})", local[self.rng.below(local.len())]));
        }
        let text = match self.types.under(elem) {
            Kind::Struct(_) | Kind::Array(..) => format!("(&{})", self.composite(elem, depth).text),
            _ => format!(
                "func() *{name} {{ p := new({name}); *p = {}; return p }}()",
                self.operand(elem, depth).text
            ),
        };
        computed(format!("({whole})({text})"))
    }

    /// A composite literal.
    fn composite(&mut self, ty: Ty, depth: usize) -> Operand {
        let name = self.types.text(ty);
        let mut parts = Vec::new();
        match self.types.under(ty).clone() {
            Kind::Array(n, elem) if n > 6 => {
                let mut at = 0;
                for _ in 0..1 + self.rng.below(3) {
                    at += self.rng.below(n / 4);
                    parts.push(format!("{at}: {}", self.operand(elem, depth).text));
                    at += 1;
                }
            }
            Kind::Array(n, elem) => {
                let len = self.rng.below(n + 1);
                for _ in 0..len {
                    parts.push(self.operand(elem, depth).text);
                }
            }
            Kind::Slice(elem) => {
                for _ in 0..self.rng.below(5) {
                    parts.push(self.operand(elem, depth).text);
                }
            }
            Kind::Map(key, elem) => {
                // A key that cannot be hashed panics. Two equal constant keys are refused, so none is a constant.
                let n =
                    if self.types.has_reference(key) && !self.may_panic() { 0 } else { self.rng.below(4) };
                for _ in 0..n {
                    parts.push(format!("{}: {}", self.value(key, depth), self.operand(elem, depth).text));
                }
            }
            Kind::Struct(fields) => {
                let keyed = self.rng.percent(50);
                for field in &fields {
                    if !keyed {
                        parts.push(self.operand(field.ty, depth).text);
                    } else if self.rng.percent(75) {
                        parts.push(format!("{}: {}", field.name, self.operand(field.ty, depth).text));
                    }
                }
            }
            kind => unreachable!("{kind:?} has no composite literal"),
        }
        computed(format!("{name}{{{}}}", parts.join(", ")))
    }

    /// A function value that changes nothing.
    fn func_expr(&mut self, ty: Ty, params: &[Ty], result: Ty, depth: usize) -> String {
        let name = self.types.text(ty);
        let known = self.funcs.iter().filter(|func| func.is_pure && !func.variadic && func.params == params);
        let known: Vec<String> =
            known.filter(|func| func.results == [result]).map(|func| func.name.clone()).collect();
        if self.mode.calls && !known.is_empty() && self.rng.percent(40) {
            return format!("({name})({})", known[self.rng.below(known.len())]);
        }
        if self.mode.calls
            && self.rng.percent(40)
            && let Some(text) = self.method_value(params, result)
        {
            return format!("({name})({text})");
        }
        format!("({name})({})", self.func_literal(params, result, depth))
    }

    pub fn func_literal(&mut self, params: &[Ty], result: Ty, depth: usize) -> String {
        let n_vars = self.vars.len();
        // What a literal reads may have changed when it runs, but what it calls is called then, too.
        let mode = std::mem::replace(&mut self.mode, PLAIN);
        let params = self.declare_params(params, Access::Assign);
        let value = self.operand(result, depth).text;
        self.mode = mode;
        self.vars.truncate(n_vars);
        format!("func({params}) {} {{ return {value} }}", self.types.text(result))
    }

    /// `x.M` or, for a signature that begins with the receiver, `T.M`.
    fn method_value(&mut self, params: &[Ty], result: Ty) -> Option<String> {
        let method = self.rng.below(self.types.methods.len());
        let signature = self.types.methods[method].clone();
        if signature.mutates || signature.result != result || self.body.generic {
            return None;
        }
        if params.split_first().is_some_and(|(_, rest)| rest == signature.params) {
            let recv = params[0];
            let is_own = self.types.declares_by_value(recv, method);
            return is_own.then(|| format!("{}.{}", self.types.text(recv), signature.name));
        }
        if params != signature.params {
            return None;
        }
        let candidates: Vec<Ty> =
            self.pool.iter().copied().filter(|&ty| self.types.declares_by_value(ty, method)).collect();
        let recv = *candidates.get(self.rng.below(candidates.len().max(1)))?;
        Some(format!("{}.{}", self.value(recv, 0), signature.name))
    }

    /// A method of a value, declared by its own type.
    fn method_call(&mut self, ty: Ty, depth: usize) -> Option<String> {
        let mut found = Vec::new();
        for &recv in &self.pool {
            for (idx, method) in self.types.methods.iter().enumerate() {
                if method.result == ty && !method.mutates && self.types.declares_by_value(recv, idx) {
                    found.push((recv, idx));
                }
            }
        }
        if found.is_empty() || self.body.generic || self.body.no_methods {
            return None;
        }
        let (recv, idx) = self.rng.pick(&found);
        let method = self.types.methods[idx].clone();
        let recv = self.value(recv, depth.min(1));
        let args: Vec<String> = method.params.iter().map(|&ty| self.operand(ty, depth.min(1)).text).collect();
        Some(format!("{recv}.{}({})", method.name, args.join(", ")))
    }

    /// A call of a function that changes nothing.
    fn call(&mut self, ty: Ty, depth: usize) -> Option<String> {
        let found: Vec<usize> = (0..self.funcs.len())
            .filter(|&idx| self.funcs[idx].is_pure && self.funcs[idx].results == [ty])
            .collect();
        if found.is_empty() {
            return None;
        }
        let func = self.funcs[self.rng.pick(&found)].clone();
        let mut args = Vec::new();
        for (idx, &param) in func.params.iter().enumerate() {
            match self.types.kind(param).clone() {
                Kind::Slice(elem) if func.variadic && idx + 1 == func.params.len() => {
                    if self.rng.percent(30) {
                        args.push(format!("{}...", self.operand(param, depth.min(1)).text));
                        continue;
                    }
                    for _ in 0..self.rng.below(4) {
                        args.push(self.operand(elem, depth.min(1)).text);
                    }
                }
                _ => args.push(self.operand(param, depth.min(2)).text),
            }
        }
        Some(format!("{}({})", func.name, args.join(", ")))
    }

    fn interface_expr(&mut self, ty: Ty, methods: &[usize], depth: usize) -> Operand {
        let name = self.types.text(ty);
        let found: Vec<Ty> =
            self.pool.iter().copied().filter(|&ty| self.types.implements(ty, methods)).collect();
        if found.is_empty() || self.body.generic && !methods.is_empty() {
            return self.interface_leaf(ty, methods);
        }
        let dynamic = self.rng.pick(&found);
        computed(format!("{name}({})", self.operand(dynamic, depth).text))
    }

    fn interface_leaf(&mut self, ty: Ty, methods: &[usize]) -> Operand {
        let name = self.types.text(ty);
        let found: Vec<Ty> =
            self.vars.iter().map(|var| var.ty).filter(|&ty| self.types.implements(ty, methods)).collect();
        if found.is_empty() || self.rng.percent(10) {
            return computed(format!("{name}(nil)"));
        }
        let dynamic = self.rng.pick(&found);
        match self.place(dynamic) {
            Some(text) => computed(format!("{name}({text})")),
            None => computed(format!("{name}(nil)")),
        }
    }

    fn param_expr(&mut self, ty: Ty, constraint: Constraint, depth: usize) -> Operand {
        let name = self.types.text(ty);
        let (a, b) = (self.value(ty, depth), self.value(ty, depth));
        let text = match constraint {
            Constraint::Any | Constraint::Comparable => return self.leaf(ty),
            Constraint::Integer => match self.rng.below(8) {
                0 => format!("({a} / ({b} | 1))"),
                1 => format!("({a} % ({b} | 1))"),
                2 => {
                    let by = self.int_type();
                    format!("({a} {} ({} & 63))", self.rng.pick(&["<<", ">>"]), self.value(by, depth))
                }
                3 => {
                    let from = self.int_type();
                    format!("{name}({})", self.value(from, depth))
                }
                4 => format!("({}{a})", self.rng.pick(&["-", "^"])),
                _ => format!("({a} {} {b})", self.rng.pick(&["+", "-", "*", "&", "|", "^", "&^"])),
            },
            Constraint::Number => match self.rng.below(4) {
                0 => format!("(-{a})"),
                1 => format!("{}({a}, {b})", self.rng.pick(&["min", "max"])),
                _ => format!("({a} {} {b})", self.rng.pick(&["+", "-", "*"])),
            },
            Constraint::Ordered => format!("{}({a}, {b})", self.rng.pick(&["min", "max"])),
        };
        computed(text)
    }
}
