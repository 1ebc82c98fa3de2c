//! Declarations: types, globals, methods, functions, checksums, `main`.

use super::expr::PLAIN;
use super::generator::{Access, Body, Func, Generator};
use super::ty::{Constraint, Field, INTS, Kind, Method, Ty};

/// What every program has, with its commentary.
const PRELUDE: &str = include_str!("prelude.go");

/// Generic types and functions that every program has.
const FORMS: &str = include_str!("forms.go");

/// What the programs have that use more of the standard library.
const LIBRARY: &str = include_str!("library.go");

/// A type with more words than this is not put into others.
const MAX_WORDS: usize = 60;

/// What a type parameter may be, and how it is written.
const CONSTRAINTS: [(Constraint, &str); 5] = [
    (Constraint::Any, "any"),
    (Constraint::Comparable, "comparable"),
    (Constraint::Integer, "integer"),
    (Constraint::Number, "number"),
    (Constraint::Ordered, "ordered"),
];

/// A generated program.
pub struct Program {
    pub text: String,
    /// It needs no goroutines and no channels.
    pub is_closed: bool,
}

/// Returns the program of a seed.
pub fn program(seed: u64) -> Program {
    let mut generator = Generator::new(seed);
    let uses_std = generator.rng.percent(10);
    let collects = generator.rng.percent(40);
    generator.closed = !uses_std && generator.rng.percent(40);
    generator.line("package main\n");
    let imports = ["iter", "math", "math/bits", "runtime", "sync", "sync/atomic", "unsafe"];
    let more: &[&str] = if uses_std { &["fmt", "reflect", "sort", "strconv", "strings"] } else { &[] };
    for import in imports.iter().chain(more) {
        generator.line(format!("import {import:?}"));
    }
    generator.line(
        "\nvar _ iter.Seq[int]\n\nvar _, _, _, _ = math.Pi, bits.UintSize, unsafe.Sizeof(0), atomic.LoadInt32\n\nvar _ sync.Mutex\n",
    );
    generator.line(format!(
        "// collects says whether the garbage collector runs often.\nconst collects = {collects}\n"
    ));
    generator.text.push_str(PRELUDE);
    generator.text.push_str(FORMS);
    if uses_std {
        generator.text.push_str(LIBRARY);
    }
    generator.declare_constants();
    generator.declare_types();
    generator.declare_globals();
    generator.declare_methods();
    for idx in 0..10 {
        match idx % 5 {
            1 => generator.generic_function(),
            3 => generator.function(false),
            _ => generator.function(true),
        }
    }
    generator.main(uses_std);
    generator.hash_functions();
    Program { text: generator.text, is_closed: generator.closed }
}

impl Generator {
    fn n_words(&self, ty: Ty) -> usize {
        match self.types.under(ty) {
            Kind::Array(n, elem) => n * self.n_words(*elem),
            Kind::Struct(fields) => fields.iter().map(|field| self.n_words(field.ty)).sum(),
            _ => 1,
        }
    }

    fn basics(&mut self) -> Vec<Ty> {
        let mut list: Vec<Ty> = INTS
            .iter()
            .map(|&(name, bits, signed)| self.types.of(Kind::Int { name, bits, signed }))
            .collect();
        for kind in [Kind::Bool, Kind::Str, Kind::Float { bits: 32 }, Kind::Float { bits: 64 }] {
            list.push(self.types.of(kind));
        }
        list.push(self.types.of(Kind::Complex { bits: 64 }));
        list.push(self.types.of(Kind::Complex { bits: 128 }));
        list
    }

    fn declare_types(&mut self) {
        self.pool = self.basics();
        let basics = self.pool.clone();
        for idx in 0..6 {
            let n_params = self.rng.below(3);
            let params = (0..n_params).map(|_| self.rng.pick(&basics)).collect();
            let result = self.rng.pick(&basics);
            self.types.methods.push(Method { name: format!("M{idx}"), params, result, mutates: idx >= 4 });
        }
        for idx in 0..2 {
            let methods: Vec<usize> = (0..=idx + self.rng.below(2)).collect();
            let under = self.types.of(Kind::Interface(methods));
            let ty = self.types.declare(format!("I{idx}"), under);
            self.pool.push(ty);
        }
        let any = self.types.of(Kind::Interface(Vec::new()));
        self.pool.push(any);
        for idx in 0..16 {
            let mut kind = self.random_kind();
            let mut under = self.types.of(kind);
            while self.n_words(under) > MAX_WORDS {
                kind = self.random_kind();
                under = self.types.of(kind);
            }
            let is_struct = matches!(self.types.kind(under), Kind::Struct(_));
            if is_struct || self.rng.percent(45) {
                let name = format!("T{idx}");
                let ty = self.types.declare(name, under);
                if !matches!(self.types.under(ty), Kind::Pointer(_) | Kind::Interface(_)) {
                    self.choose_methods(ty);
                }
                self.pool.push(ty);
                if is_struct && self.rng.percent(50) {
                    let pointer = self.types.of(Kind::Pointer(ty));
                    self.pool.push(pointer);
                }
            } else {
                self.pool.push(under);
            }
        }
        self.generic_types();
        let word = self.rng.pick(&basics);
        let n = self.rng.pick(&[40, 130, 300]);
        let large = self.types.of(Kind::Array(n, word));
        self.pool.push(large);
        self.pool.sort();
        self.pool.dedup();
        for idx in 0..self.types.named.len() {
            let named = self.types.named[idx].clone();
            if let Some(declared) = named.declared {
                let text = format!("\ntype {declared} {}", self.types.text(named.under));
                self.line(text);
            }
        }
    }

    /// Generic struct types with methods, and a few instances of each.
    fn generic_types(&mut self) {
        for idx in 0..2 {
            let (t, u) = (self.rng.pick(&CONSTRAINTS), self.rng.pick(&CONSTRAINTS));
            let params = self.type_params(t.0, u.0);
            let mut fields = Vec::new();
            for field in 0..1 + self.rng.below(4) {
                let param = self.rng.pick(&params);
                let kind = match self.rng.below(5) {
                    0 => Kind::Slice(param),
                    1 => Kind::Array(1 + self.rng.below(3), param),
                    2 => Kind::Pointer(param),
                    3 if t.0 != Constraint::Any => Kind::Map(params[0], params[1]),
                    _ => self.types.kind(param).clone(),
                };
                let ty = self.types.of(kind);
                fields.push(Field { name: format!("f{field}"), ty, embedded: false });
            }
            let under = self.types.of(Kind::Struct(fields));
            let generic = self.types.declare(format!("G{idx}[T, U]"), under);
            let Kind::Named(named) = *self.types.kind(generic) else { unreachable!("it was declared") };
            self.types.named[named].declared = Some(format!("G{idx}[T {}, U {}]", t.1, u.1));
            self.choose_methods(generic);
            for _ in 0..2 {
                let arguments = [("T", self.argument(t.0)), ("U", self.argument(u.0))];
                let instance = self.types.instantiate(&format!("G{idx}"), generic, &arguments);
                if self.n_words(instance) <= MAX_WORDS {
                    self.pool.push(instance);
                }
            }
        }
    }

    fn type_params(&mut self, t: Constraint, u: Constraint) -> [Ty; 2] {
        [("T", t), ("U", u)].map(|(name, constraint)| self.types.of(Kind::Param(name, constraint)))
    }

    /// The types of a generic body: none that only a named type of the program would bring in.
    fn generic_pool(&mut self, params: [Ty; 2], t: Constraint) -> Vec<Ty> {
        let mut inner = self.basics();
        inner.extend(params);
        for param in params {
            inner.push(self.types.of(Kind::Slice(param)));
            inner.push(self.types.of(Kind::Array(3, param)));
            inner.push(self.types.of(Kind::Pointer(param)));
            inner.extend([param, param]);
        }
        if t != Constraint::Any {
            inner.push(self.types.of(Kind::Map(params[0], params[1])));
        }
        inner
    }

    fn choose_methods(&mut self, ty: Ty) {
        let Kind::Named(idx) = *self.types.kind(ty) else { unreachable!("it was declared") };
        for method in 0..self.types.methods.len() {
            if self.rng.percent(45) {
                let by_pointer = self.rng.percent(40);
                self.types.named[idx].methods.push((method, by_pointer));
            }
        }
    }

    fn random_kind(&mut self) -> Kind {
        let n = self.pool.len();
        let elem = self.pool[self.rng.below(n)];
        match self.rng.below(16) {
            0 | 1 => Kind::Array(1 + self.rng.below(5), elem),
            2 | 3 => Kind::Slice(elem),
            4 => Kind::Pointer(elem),
            5 | 6 => loop {
                let key = self.pool[self.rng.below(n)];
                if self.types.is_comparable(key) {
                    return Kind::Map(key, elem);
                }
            },
            7 => {
                let params = (0..self.rng.below(3)).map(|_| self.some_type()).collect();
                Kind::Func(params, elem)
            }
            8 => {
                let ty = self.int_type();
                self.types.kind(ty).clone()
            }
            9 => {
                let basics = self.basics();
                let ty = self.rng.pick(&basics);
                self.types.kind(ty).clone()
            }
            _ => {
                let mut fields = Vec::new();
                for idx in 0..1 + self.rng.below(5) {
                    let ty = self.pool[self.rng.below(n)];
                    fields.push(Field { name: format!("f{idx}"), ty, embedded: false });
                }
                if self.rng.percent(50) {
                    let named = |ty: &Ty| match self.types.kind(*ty) {
                        Kind::Named(_) => !matches!(self.types.under(*ty), Kind::Pointer(_)),
                        Kind::Pointer(elem) => {
                            matches!(self.types.kind(*elem), Kind::Named(_))
                                && matches!(self.types.under(*elem), Kind::Struct(_))
                        }
                        _ => false,
                    };
                    let list: Vec<Ty> = self.pool.iter().copied().filter(named).collect();
                    if !list.is_empty() {
                        let ty = self.rng.pick(&list);
                        let name = self.types.text(ty).trim_start_matches('*').to_string();
                        let at = self.rng.below(fields.len() + 1);
                        fields.insert(at, Field { name, ty, embedded: true });
                    }
                }
                Kind::Struct(fields)
            }
        }
    }

    /// Globals whose initialisers need later ones, declared in any order.
    fn declare_globals(&mut self) {
        let mut texts = Vec::new();
        for idx in 0..10 {
            let ty = self.some_type();
            let start = self.text.len();
            self.vars = self.globals.clone();
            self.body = Body { is_pure: true, no_return: true, ..Body::default() };
            self.mode = PLAIN;
            let name = self.types.text(ty);
            self.open(format!("\nfunc init{idx}() {name} {{"));
            self.line(format!("mix({idx})"));
            let text = format!("return {}", self.operand(ty, 3).text);
            self.line(text);
            self.close("}");
            self.line(format!("\nvar g{idx} = init{idx}()"));
            texts.push(self.text.split_off(start));
            self.globals.push(super::generator::Var { name: format!("g{idx}"), ty, access: Access::Assign });
        }
        while !texts.is_empty() {
            let text = texts.swap_remove(self.rng.below(texts.len()));
            self.text.push_str(&text);
        }
    }

    fn begin_body(&mut self, body: Body) {
        let is_pure = body.is_pure;
        self.vars = self.globals.clone();
        if body.generic {
            self.vars.retain(|var| self.pool.contains(&var.ty));
        }
        if is_pure {
            self.vars.iter_mut().for_each(|var| var.access = Access::Read);
        }
        self.body = body;
    }

    fn declare_methods(&mut self) {
        for idx in 0..self.types.named.len() {
            let named = self.types.named[idx].clone();
            if named.declared.is_none() {
                continue;
            }
            let pool = self.pool.clone();
            if self.types.is_generic_declaration(idx) {
                self.pool = self.pool_of_fields(named.under);
            }
            for (method, by_pointer) in named.methods {
                self.method(idx, method, by_pointer);
            }
            self.pool = pool;
        }
    }

    /// The types of the fields of a generic type, and the basic ones.
    fn pool_of_fields(&mut self, under: Ty) -> Vec<Ty> {
        let Kind::Struct(fields) = self.types.kind(under).clone() else { unreachable!("a generic struct") };
        let mut pool = self.basics();
        pool.extend(fields.iter().map(|field| field.ty));
        pool.extend(fields.iter().map(|field| field.ty));
        pool
    }

    fn method(&mut self, idx: usize, method: usize, by_pointer: bool) {
        let recv = self.types.of(Kind::Named(idx));
        let recv = if by_pointer { self.types.of(Kind::Pointer(recv)) } else { recv };
        let signature = self.types.methods[method].clone();
        let body = Body {
            is_pure: !signature.mutates,
            generic: self.types.is_generic_declaration(idx),
            no_methods: true,
            results: vec![signature.result],
            ..Body::default()
        };
        self.begin_body(body);
        let access = if signature.mutates { Access::Assign } else { Access::Read };
        self.declare("r".into(), recv, if by_pointer { Access::Read } else { access });
        let params = self.declare_params(&signature.params, Access::Assign);
        let (recv, result) = (self.types.text(recv), self.types.text(signature.result));
        self.open(format!("\nfunc (r {recv}) {}({params}) {result} {{", signature.name));
        self.line("tick()");
        self.line(format!("mix({})", idx * 10 + method));
        for _ in 0..1 + self.rng.below(3) {
            self.stmt(1);
        }
        self.return_stmt();
        self.close("}");
    }

    fn signature(&mut self) -> (Vec<Ty>, Vec<Ty>) {
        let n_params = if self.rng.percent(20) { 6 + self.rng.below(12) } else { self.rng.below(5) };
        let n_results = if self.rng.percent(65) { 1 } else { 2 + self.rng.below(6) };
        let params = (0..n_params).map(|_| self.some_type()).collect();
        (params, (0..n_results).map(|_| self.some_type()).collect())
    }

    fn function(&mut self, is_pure: bool) {
        let name = self.name("fn");
        let (params, results) = self.signature();
        let variadic = matches!(params.last().map(|&ty| self.types.kind(ty)), Some(Kind::Slice(_)));
        let named_results = self.rng.percent(40);
        let body = Body { is_pure, results: results.clone(), named_results, ..Body::default() };
        self.begin_body(body);
        let mut list = self.declare_params(&params, Access::Assign);
        if variadic && let Some(at) = list.rfind(" []") {
            list.replace_range(at + 1..at + 3, "...");
        }
        let result_list = match named_results {
            true => self.declare_params(&results, Access::Assign),
            false => results.iter().map(|&ty| self.types.text(ty)).collect::<Vec<_>>().join(", "),
        };
        let is_noinline = self.rng.percent(20);
        self.line(if is_noinline { "\n//go:noinline" } else { "" });
        self.open(format!("func {name}({list}) ({result_list}) {{"));
        self.line("tick()");
        if named_results && self.rng.percent(60) {
            self.deferred_recover();
        }
        let n = 4 + self.rng.below(8);
        for _ in 0..n {
            self.stmt(3);
        }
        if self.rng.percent(25) && !variadic {
            // The fuel bounds the recursion, and so does the condition.
            self.mode = PLAIN;
            let args: Vec<String> = params.iter().map(|&ty| self.operand(ty, 1).text).collect();
            self.open("if fuel > 270 {");
            let blanks = vec!["_"; results.len()].join(", ");
            self.line(format!("{blanks} = {name}({})", args.join(", ")));
            self.close("}");
        }
        self.return_stmt();
        self.close("}");
        self.funcs.push(Func { name, params, results, variadic, is_pure });
    }

    /// A deferred function that recovers and changes results.
    fn deferred_recover(&mut self) {
        let e = self.name("e");
        let body = Body { loops: 1, no_return: true, ..self.body.clone() };
        let body = std::mem::replace(&mut self.body, body);
        self.open("defer func() {");
        self.open(format!("if {e} := recover(); {e} != nil {{"));
        self.line(format!("mix(hashAny({e}))"));
        let n_vars = self.vars.len();
        self.mode = PLAIN;
        self.stmt(0);
        self.close("}");
        self.vars.truncate(n_vars);
        self.block(2, 1);
        self.close("}()");
        self.body = body;
    }

    fn generic_function(&mut self) {
        let name = self.name("gen");
        let (t, u) = (self.rng.pick(&CONSTRAINTS), self.rng.pick(&CONSTRAINTS));
        let params = self.type_params(t.0, u.0);
        let inner = self.generic_pool(params, t.0);
        let pool = std::mem::replace(&mut self.pool, inner);
        let mut types = params.to_vec();
        types.extend((0..self.rng.below(4)).map(|_| self.some_type()));
        let results = vec![self.some_type(); 1];
        self.begin_body(Body { is_pure: true, generic: true, results: results.clone(), ..Body::default() });
        let list = self.declare_params(&types, Access::Assign);
        let result = self.types.text(results[0]);
        self.open(format!("\nfunc {name}[T {}, U {}]({list}) {result} {{", t.1, u.1));
        self.line("tick()");
        for _ in 0..3 + self.rng.below(4) {
            self.stmt(2);
        }
        self.return_stmt();
        self.close("}");
        self.pool = pool;
        for _ in 0..3 {
            let arguments = [("T", self.argument(t.0)), ("U", self.argument(u.0))];
            let texts = arguments.map(|(_, ty)| self.types.text(ty));
            let explicit = format!("{name}[{}, {}]", texts[0], texts[1]);
            let params: Vec<Ty> = types.iter().map(|&ty| self.types.substitute(ty, &arguments)).collect();
            let results: Vec<Ty> = results.iter().map(|&ty| self.types.substitute(ty, &arguments)).collect();
            let name = if self.rng.percent(30) { name.clone() } else { explicit };
            self.funcs.push(Func { name, params, results, variadic: false, is_pure: true });
        }
    }

    /// A type argument.
    fn argument(&mut self, constraint: Constraint) -> Ty {
        loop {
            let ty = self.some_type();
            let kind = self.types.under(ty);
            let fits = match constraint {
                Constraint::Any => true,
                Constraint::Comparable => self.types.is_comparable(ty) && !self.types.has_reference(ty),
                Constraint::Integer => matches!(kind, Kind::Int { .. }),
                Constraint::Number => matches!(kind, Kind::Int { .. } | Kind::Float { .. }),
                Constraint::Ordered => matches!(kind, Kind::Int { .. } | Kind::Float { .. } | Kind::Str),
            };
            if fits {
                return ty;
            }
        }
    }

    fn main(&mut self, uses_std: bool) {
        self.begin_body(Body { no_return: true, ..Body::default() });
        self.open("\nfunc main() {");
        self.line("println(sum)");
        self.line("constants()");
        for func in self.funcs.clone() {
            let n_vars = self.vars.len();
            self.open(format!("run({:?}, func() {{", func.name));
            for _ in 0..2 {
                self.mode = PLAIN;
                let mut args: Vec<String> = func.params.iter().map(|&ty| self.operand(ty, 2).text).collect();
                if let (true, Some(last)) = (func.variadic, args.last_mut()) {
                    last.push_str("...");
                }
                let names: Vec<String> = func.results.iter().map(|_| self.name("v")).collect();
                self.line(format!("{} := {}({})", names.join(", "), func.name, args.join(", ")));
                for (name, &ty) in names.iter().zip(&func.results) {
                    let hash = self.hash(ty, name);
                    self.line(format!("mix({hash})"));
                }
                for (name, &ty) in names.iter().zip(&func.results) {
                    self.declare(name.clone(), ty, Access::Assign);
                }
            }
            self.close("})");
            self.vars.truncate(n_vars);
        }
        self.print_types(uses_std);
        for global in self.globals.clone() {
            let hash = self.hash(global.ty, &global.name);
            self.line(format!("println({:?}, {hash})", global.name));
        }
        if self.rng.percent(20) {
            let basics = self.basics();
            let ty = self.rng.pick(&basics);
            let value = if self.rng.percent(40) { "problem{3}".to_string() } else { self.value(ty, 2) };
            self.line(format!("defer func() {{ panic({value}) }}()"));
            self.stmt(1);
        }
        self.close("}");
    }

    /// Prints sizes, and with `fmt` values in its forms.
    fn print_types(&mut self, uses_std: bool) {
        for ty in self.pool.clone() {
            let name = self.types.text(ty);
            if let Kind::Struct(fields) = self.types.under(ty).clone() {
                let mut list = vec![format!("unsafe.Sizeof({name}{{}}), unsafe.Alignof({name}{{}})")];
                list.extend(fields.iter().map(|field| format!("unsafe.Offsetof({name}{{}}.{})", field.name)));
                self.line(format!("println({name:?}, {})", list.join(", ")));
            }
            if !uses_std || matches!(self.types.under(ty), Kind::Interface(_)) {
                continue;
            }
            self.mode = PLAIN;
            let value = self.value(ty, 2);
            self.line(format!("describe(({name})({value}))"));
            if self.is_printable(ty) {
                self.mode = PLAIN;
                let value = self.value(ty, 2);
                self.line(format!(
                    "func(x {name}) {{ fmt.Printf(\"%v %+v %#v %T\\n\", x, x, x, x) }}({value})"
                ));
            }
        }
    }

    /// Whether printing a value shows no address.
    fn is_printable(&self, ty: Ty) -> bool {
        match self.types.under(ty) {
            Kind::Pointer(_) | Kind::Func(..) | Kind::Interface(_) => false,
            Kind::Array(_, elem) | Kind::Slice(elem) => self.is_printable(*elem),
            Kind::Map(key, elem) => self.is_printable(*key) && self.is_printable(*elem),
            Kind::Struct(fields) => fields.iter().all(|field| self.is_printable(field.ty)),
            _ => true,
        }
    }

    /// An expression for the checksum of a value.
    pub fn hash(&mut self, ty: Ty, value: &str) -> String {
        match self.types.under(ty) {
            Kind::Bool => format!("hashBool(bool({value}))"),
            Kind::Int { .. } => format!("uint64({value})"),
            Kind::Float { .. } => format!("hashFloat(float64({value}))"),
            Kind::Complex { .. } => format!("hashComplex(complex128({value}))"),
            Kind::Str => format!("hashString(string({value}))"),
            Kind::Interface(_) => format!("hashAny({value})"),
            _ => {
                let idx = self.hashed.iter().position(|&known| known == ty).unwrap_or_else(|| {
                    self.hashed.push(ty);
                    self.hashed.len() - 1
                });
                format!("hash{idx}({value})")
            }
        }
    }

    fn hash_functions(&mut self) {
        self.open("\nfunc hashAny(x any) uint64 {");
        self.line("if deep++; deep > 20 { return 9 }");
        self.line("defer func() { deep-- }()");
        self.line("switch x := x.(type) {");
        for (idx, ty) in self.pool.clone().into_iter().enumerate() {
            if matches!(self.types.under(ty), Kind::Interface(_)) {
                continue;
            }
            let hash = self.hash(ty, "x");
            let text = format!("case {}:", self.types.text(ty));
            self.line(text);
            self.line(format!("\treturn {hash}*7 + {idx}"));
        }
        self.line("case error:");
        self.line("\treturn hashString(x.Error())");
        self.line("}");
        self.line("return 8");
        self.close("}");
        let mut done = 0;
        while done < self.hashed.len() {
            self.hash_function(done, self.hashed[done]);
            done += 1;
        }
    }

    fn hash_function(&mut self, idx: usize, ty: Ty) {
        let text = format!("\nfunc hash{idx}(x {}) (h uint64) {{", self.types.text(ty));
        self.open(text);
        match self.types.under(ty).clone() {
            Kind::Struct(fields) => {
                for field in fields {
                    let hash = self.hash(field.ty, &format!("x.{}", field.name));
                    self.line(format!("h = h*31 + {hash}"));
                }
            }
            Kind::Array(_, elem) | Kind::Slice(elem) => {
                let hash = self.hash(elem, "e");
                self.line(format!("for _, e := range x {{ h = h*33 + {hash} }}"));
                self.line("h += uint64(len(x))");
            }
            Kind::Map(key, elem) => {
                let (key, elem) = (self.hash(key, "k"), self.hash(elem, "e"));
                self.line(format!("for k, e := range x {{ h += ({key} + 3) * ({elem}*5 + 1) }}"));
                self.line("h += uint64(len(x))");
            }
            Kind::Pointer(elem) => {
                let hash = self.hash(elem, "(*x)");
                self.line(format!("if deep++; x != nil && deep < 20 {{ h = {hash}*3 + 1 }}"));
                self.line("deep--");
            }
            _ => self.line("h = hashBool(x != nil)"),
        }
        self.line("return h");
        self.close("}");
    }
}
