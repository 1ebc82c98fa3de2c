//! Statements.

use super::expr::PLAIN;
use super::generator::{Access, Generator};
use super::ty::{Kind, Ty};

impl Generator {
    /// Writes statements in a scope of their own.
    pub fn block(&mut self, n: usize, depth: usize) {
        let n_vars = self.vars.len();
        for _ in 0..n {
            self.stmt(depth);
        }
        self.vars.truncate(n_vars);
    }

    pub fn small_block(&mut self, depth: usize) {
        let n = 1 + self.rng.below(3);
        self.block(n, depth - 1);
    }

    pub fn stmt(&mut self, depth: usize) {
        self.choose_mode();
        if depth == 0 || self.rng.percent(55) {
            return self.simple_stmt();
        }
        match self.rng.below(20) {
            0..=2 => self.if_stmt(depth),
            3..=6 => self.for_stmt(depth),
            7 => self.switch_stmt(depth),
            8 => self.type_switch(depth),
            9 => self.labelled(depth),
            10 => self.goto_stmt(depth),
            11 => self.range_func(depth),
            12..=18 if !self.body.generic => self.idiom(depth),
            _ => self.simple_stmt(),
        }
    }

    fn simple_stmt(&mut self) {
        match self.rng.below(24) {
            0..=5 => self.declare_stmt(),
            6..=9 => self.assign_stmt(),
            10 | 11 => self.op_assign(),
            12..=15 => self.mix_stmt(),
            16 => self.multi_assign(),
            17 if !self.body.generic && !self.body.untraced => self.call_stmt(),
            18 => self.slice_stmt(),
            19 => self.map_stmt(),
            20 if !self.body.generic && !self.body.untraced => self.method_stmt(),
            21 if !self.body.generic => self.print_stmt(),
            22 if self.rng.percent(25) => self.return_early(),
            _ => self.declare_stmt(),
        }
    }

    pub fn declare_stmt(&mut self) {
        let ty = self.some_type();
        self.declare_of(ty);
    }

    pub fn declare_of(&mut self, ty: Ty) {
        let name = self.name("v");
        let text = self.types.text(ty);
        let under = self.types.under(ty).clone();
        let is_reference = matches!(under, Kind::Slice(_) | Kind::Map(..) | Kind::Pointer(_));
        let mut access = Access::Assign;
        if is_reference && self.rng.percent(50) {
            access = Access::Own;
            let value = match under {
                Kind::Map(..) => self.literal_own(ty),
                Kind::Slice(_) => format!("append({}, make({text}, 3)...)", self.literal_own(ty)),
                _ => match under {
                    Kind::Pointer(elem) => format!("new({})", self.types.text(elem)),
                    _ => unreachable!("one of three kinds"),
                },
            };
            self.line(format!(
                "{name} := {text_open}{value}{text_close}; _ = {name}",
                text_open = if text.starts_with('*') { format!("({text})(") } else { format!("{text}(") },
                text_close = ")"
            ));
        } else {
            let value = self.operand(ty, 3).text;
            match self.rng.below(4) {
                0 => self.line(format!("var {name} {text}; _ = {name}")),
                1 => self.line(format!("var {name} {text} = {value}; _ = {name}")),
                _ => self.line(format!("{name} := {value}; _ = {name}")),
            }
        }
        self.declare(name, ty, access);
    }

    fn literal_own(&mut self, ty: Ty) -> String {
        let text = self.types.text(ty);
        match self.types.under(ty).clone() {
            Kind::Map(key, _) if self.types.has_reference(key) => format!("{text}{{}}"),
            Kind::Map(key, elem) => {
                format!("{text}{{{}: {}}}", self.value(key, 1), self.operand(elem, 1).text)
            }
            Kind::Slice(elem) => {
                format!("{text}{{{}, {}}}", self.operand(elem, 1).text, self.operand(elem, 1).text)
            }
            _ => unreachable!("a map or a slice"),
        }
    }

    fn assign_stmt(&mut self) {
        let Some((target, ty, may_panic)) = self.target() else { return self.declare_stmt() };
        if may_panic {
            self.mode = PLAIN;
        }
        let value = self.operand(ty, 3).text;
        self.line(format!("{target} = {value}"));
    }

    fn op_assign(&mut self) {
        for _ in 0..8 {
            let Some((target, ty, may_panic)) = self.target() else { continue };
            if may_panic {
                self.mode = PLAIN;
            }
            let op = match self.types.under(ty) {
                Kind::Int { .. } => self.rng.pick(&["+=", "-=", "*=", "&=", "|=", "^=", "&^=", "++", "--"]),
                Kind::Float { .. } => self.rng.pick(&["+=", "-=", "*=", "/=", "++"]),
                Kind::Complex { .. } => self.rng.pick(&["+=", "-=", "*="]),
                _ => continue,
            };
            let value = if op.ends_with('=') { format!(" {}", self.value(ty, 2)) } else { String::new() };
            return self.line(format!("{target} {op}{value}"));
        }
        self.mix_stmt();
    }

    /// `a, b = b, a` and its kind, on variables whose parts do not overlap.
    fn multi_assign(&mut self) {
        let mut names: Vec<(String, Ty)> = Vec::new();
        for var in self.vars.iter().rev().filter(|var| var.access == Access::Assign).take(6) {
            names.push((var.name.clone(), var.ty));
        }
        let (a, b) = match names.as_slice() {
            [] | [_] => return self.declare_stmt(),
            _ => (self.rng.below(names.len()), self.rng.below(names.len())),
        };
        if a == b {
            return self.assign_stmt();
        }
        let (first, second) = (names[a].clone(), names[b].clone());
        let (x, y) = match first.1 == second.1 {
            true => (second.0.clone(), first.0.clone()),
            false => (self.operand(first.1, 2).text, self.operand(second.1, 2).text),
        };
        self.line(format!("{}, {} = {x}, {y}", first.0, second.0));
    }

    pub fn mix_stmt(&mut self) {
        if self.body.generic || self.body.untraced {
            return self.assign_stmt();
        }
        let ty = self.some_type();
        let value = self.value(ty, 3);
        let hash = self.hash(ty, &value);
        self.line(format!("mix({hash})"));
    }

    fn print_stmt(&mut self) {
        if self.body.untraced {
            return self.declare_stmt();
        }
        let mut list = Vec::new();
        for _ in 0..1 + self.rng.below(3) {
            let ty = self.ordered_type();
            let value = self.value(ty, 2);
            // NaN has a sign that nobody promises.
            list.push(if matches!(self.types.under(ty), Kind::Float { .. }) {
                format!("({value}) + 0")
            } else {
                value
            });
        }
        self.line(format!("println({})", list.join(", ")));
    }

    /// A call of any function, with arguments that neither call nor panic.
    fn call_stmt(&mut self) {
        let found: Vec<usize> =
            (0..self.funcs.len()).filter(|&idx| self.funcs[idx].is_pure || !self.body.is_pure).collect();
        if found.is_empty() {
            return self.declare_stmt();
        }
        self.mode = PLAIN;
        if self.rng.percent(30)
            && let Some((name, params, result)) = self.func_var()
        {
            let args: Vec<String> = params.iter().map(|&ty| self.operand(ty, 2).text).collect();
            return self.take_results(&format!("{name}({})", args.join(", ")), &[result]);
        }
        let func = self.funcs[self.rng.pick(&found)].clone();
        let mut args: Vec<String> = func.params.iter().map(|&ty| self.operand(ty, 2).text).collect();
        if let (true, Some(last)) = (func.variadic, args.last_mut()) {
            last.push_str("...");
        }
        let call = format!("{}({})", func.name, args.join(", "));
        self.take_results(&call, &func.results);
    }

    fn func_var(&mut self) -> Option<(String, Vec<Ty>, Ty)> {
        let ty = self.pool.iter().copied().filter(|&ty| matches!(self.types.under(ty), Kind::Func(..)));
        let types: Vec<Ty> = ty.collect();
        let ty = *types.get(self.rng.below(types.len().max(1)))?;
        let Kind::Func(params, result) = self.types.under(ty).clone() else {
            unreachable!("a function type")
        };
        Some((self.place(ty)?, params, result))
    }

    pub fn take_results(&mut self, call: &str, results: &[Ty]) {
        if results.is_empty() {
            return self.line(call);
        }
        let names: Vec<String> = results.iter().map(|_| self.name("v")).collect();
        let blanks = vec!["_"; names.len()].join(", ");
        let names_text = names.join(", ");
        self.line(format!("{names_text} := {call}; {blanks} = {names_text}"));
        for (name, &ty) in names.into_iter().zip(results) {
            self.declare(name, ty, Access::Assign);
        }
    }

    /// A call of a method on a variable, by whatever receiver, promoted or through an interface.
    fn method_stmt(&mut self) {
        self.mode = PLAIN;
        let n = self.vars.len();
        for _ in 0..12.min(n) {
            let var = self.vars[self.rng.below(n)].clone();
            let is_own = var.access != Access::Read;
            let set = match is_own && matches!(self.types.kind(var.ty), Kind::Named(_)) {
                true => {
                    let pointer = self.types.of(Kind::Pointer(var.ty));
                    let by_pointer = self.types.method_set(pointer);
                    if by_pointer.is_empty() { self.types.method_set(var.ty) } else { by_pointer }
                }
                false => self.types.method_set(var.ty),
            };
            let set: Vec<usize> = set
                .into_iter()
                .filter(|&idx| !self.types.methods[idx].mutates || !self.body.is_pure)
                .collect();
            if set.is_empty() || self.body.no_methods {
                continue;
            }
            let method = self.types.methods[self.rng.pick(&set)].clone();
            let args: Vec<String> = method.params.iter().map(|&ty| self.operand(ty, 2).text).collect();
            let call = format!("{}.{}({})", var.name, method.name, args.join(", "));
            return match self.rng.below(4) {
                0 => {
                    let name = self.name("f");
                    self.line(format!("{name} := {}.{}", var.name, method.name));
                    self.take_results(&format!("{name}({})", args.join(", ")), &[method.result]);
                }
                _ => self.take_results(&call, &[method.result]),
            };
        }
        self.declare_stmt();
    }

    fn own_var(&mut self, is_kind: impl Fn(&Kind) -> bool) -> Option<(String, Ty)> {
        let found: Vec<(String, Ty)> = (self.vars.iter())
            .filter(|var| var.access == Access::Own && is_kind(self.types.under(var.ty)))
            .map(|var| (var.name.clone(), var.ty))
            .collect();
        if found.is_empty() { None } else { Some(found[self.rng.below(found.len())].clone()) }
    }

    fn slice_stmt(&mut self) {
        let Some((name, ty)) = self.own_var(|kind| matches!(kind, Kind::Slice(_))) else {
            let elem = self.some_type();
            let ty = self.types.of(Kind::Slice(elem));
            return self.declare_of(ty);
        };
        let Kind::Slice(elem) = self.types.under(ty).clone() else { unreachable!("a slice was asked for") };
        self.mode = PLAIN;
        match self.rng.below(7) {
            0 => {
                let values =
                    (0..1 + self.rng.below(3)).map(|_| self.operand(elem, 2).text).collect::<Vec<_>>();
                self.line(format!("{name} = limit(append({name}, {}))", values.join(", ")));
            }
            1 => {
                self.line(format!("{name} = limit(append({name}[:len({name})/2:len({name})/2], {name}...))"))
            }
            2 => {
                let text = format!("{name} = append({name}[:1:2], {})", self.operand(elem, 2).text);
                self.line(text)
            }
            3 => {
                let (i, j) = (self.rng.below(3), self.rng.below(3));
                self.line(format!(
                    "mix(uint64(copy({name}[min({i}, len({name})):], {name}[min({j}, len({name})):])))"
                ));
            }
            4 => {
                let alias = self.name("v");
                self.line(format!("{alias} := {name}[:len({name}):len({name})]; _ = {alias}"));
                let value = self.operand(elem, 2).text;
                self.line(format!("{name} = append({name}[:0], {value})"));
                self.declare(alias, ty, Access::Read);
            }
            5 => self.line(format!("clear({name}[:len({name})/2])")),
            _ => {
                let value = self.operand(ty, 2).text;
                self.line(format!("{name} = limit(append({name}, {value}...))"));
            }
        }
        // A slice that is ours keeps three elements, and does not show how much more was allocated.
        let text = self.types.text(ty);
        self.line(format!("{name} = append({name}[:len({name}):len({name})], make({text}, 3)...)"));
    }

    fn map_stmt(&mut self) {
        let Some((name, ty)) = self.own_var(|kind| matches!(kind, Kind::Map(..))) else {
            let maps: Vec<Ty> = self
                .pool
                .iter()
                .copied()
                .filter(|&ty| matches!(self.types.under(ty), Kind::Map(..)))
                .collect();
            return if maps.is_empty() {
                self.declare_stmt()
            } else {
                let ty = self.rng.pick(&maps);
                self.declare_of(ty)
            };
        };
        let Kind::Map(key, elem) = self.types.under(ty).clone() else { unreachable!("a map was asked for") };
        if self.types.has_reference(key) {
            self.mode = PLAIN;
        }
        let k = self.value(key, 2);
        match self.rng.below(6) {
            0 => self.line(format!("delete({name}, {k})")),
            1 if self.rng.percent(20) => self.line(format!("clear({name})")),
            2 => {
                let (value, ok) = (self.name("v"), self.name("v"));
                self.line(format!("{value}, {ok} := {name}[{k}]; _, _ = {value}, {ok}"));
                let bool_ty = self.types.of(Kind::Bool);
                self.declare(value, elem, Access::Assign);
                self.declare(ok, bool_ty, Access::Assign);
            }
            3 if matches!(self.types.under(elem), Kind::Int { .. } | Kind::Float { .. }) => {
                self.mode = PLAIN;
                let value = self.value(elem, 2);
                let text = format!("{name}[{k}] {} {value}", self.rng.pick(&["+=", "-=", "*="]));
                self.line(text);
            }
            _ => {
                let value = self.operand(elem, 2).text;
                self.line(format!("{name}[{k}] = {value}"));
            }
        }
    }

    fn return_early(&mut self) {
        if self.body.no_return {
            return self.mix_stmt();
        }
        let bool_ty = self.types.of(Kind::Bool);
        let test = self.value(bool_ty, 2);
        self.open(format!("if ({test}) {{"));
        self.return_stmt();
        self.close("}");
    }

    pub fn return_stmt(&mut self) {
        self.choose_mode();
        let results = self.body.results.clone();
        if self.body.named_results && self.rng.percent(30) {
            return self.line("return");
        }
        let same: Vec<usize> = (0..self.funcs.len())
            .filter(|&idx| self.funcs[idx].results == results && self.funcs[idx].is_pure && results.len() > 1)
            .collect();
        if !same.is_empty() && self.mode.calls && self.rng.percent(40) && !self.body.untraced {
            let func = self.funcs[self.rng.pick(&same)].clone();
            let mut args: Vec<String> = func.params.iter().map(|&ty| self.operand(ty, 1).text).collect();
            if let (true, Some(last)) = (func.variadic, args.last_mut()) {
                last.push_str("...");
            }
            return self.line(format!("return {}({})", func.name, args.join(", ")));
        }
        let values: Vec<String> = results.iter().map(|&ty| self.operand(ty, 3).text).collect();
        self.line(format!("return {}", values.join(", ")));
    }

    pub fn if_stmt(&mut self, depth: usize) {
        let bool_ty = self.types.of(Kind::Bool);
        let test = self.value(bool_ty, 3);
        let n_vars = self.vars.len();
        if self.rng.percent(30) {
            let ty = self.ordered_type();
            let (name, value) = (self.name("v"), self.operand(ty, 2).text);
            self.open(format!("if {name} := ({value}); {name} == {name} && ({test}) {{"));
            self.declare(name, ty, Access::Assign);
        } else {
            self.open(format!("if ({test}) {{"));
        }
        self.small_block(depth);
        if self.rng.percent(40) {
            self.close("} else {");
            self.indent += 1;
            self.small_block(depth);
        }
        self.close("}");
        self.vars.truncate(n_vars);
    }

    /// Writes the body of a loop, with its tick and perhaps an early exit.
    pub fn loop_body(&mut self, depth: usize, label: Option<&str>) {
        if !self.body.generic && !self.body.untraced {
            self.line("tick()");
        }
        self.body.loops += 1;
        let n = 1 + self.rng.below(4);
        let n_vars = self.vars.len();
        for _ in 0..n {
            self.stmt(depth - 1);
            if self.rng.percent(12) {
                self.choose_mode();
                let bool_ty = self.types.of(Kind::Bool);
                let test = self.value(bool_ty, 2);
                self.open(format!("if ({test}) {{"));
                let exit = self.rng.pick(&["break", "continue"]);
                let label = label.unwrap_or_default();
                self.line(format!("{exit} {label}"));
                self.close("}");
            }
        }
        self.vars.truncate(n_vars);
        self.body.loops -= 1;
    }

    fn for_stmt(&mut self, depth: usize) {
        if self.body.loops >= 2 {
            return self.if_stmt(depth);
        }
        let n_vars = self.vars.len();
        self.loop_head();
        self.loop_body(depth, None);
        self.close("}");
        self.vars.truncate(n_vars);
    }

    /// Opens a loop that ends, and declares its variables.
    fn loop_head(&mut self) {
        let int = self.int_type();
        let name = self.name("i");
        let text = self.types.text(int);
        let n = 1 + self.rng.below(5);
        match self.rng.below(8) {
            0 => {
                self.open(format!("for {name} := {text}(0); {name} < {n}; {name}++ {{"));
                self.declare(name, int, Access::Read);
            }
            1 => {
                // The counter may be changed on the way, so a second condition bounds it.
                let other = self.name("i");
                self.open(format!("for {name}, {other} := {text}({n}), 0; {name} > 0 && {other} < 8; {name}, {other} = {name}-1, {other}+1 {{"));
                self.declare(name, int, Access::Assign);
            }
            2 => {
                self.open(format!("for {name} := range {text}({n}) {{"));
                self.line(format!("_ = {name}"));
                self.declare(name, int, Access::Assign);
            }
            3 => {
                let string = self.types.of(Kind::Str);
                let (other, value) = (self.name("r"), self.value(string, 2));
                self.open(format!("for {name}, {other} := range cut({value}) {{"));
                self.line(format!("_, _ = {name}, {other}"));
                let (int, rune) = (self.types.int("int"), self.types.int("int32"));
                self.declare(name, int, Access::Assign);
                self.declare(other, rune, Access::Assign);
            }
            _ => {
                let found: Vec<Ty> = self
                    .pool
                    .iter()
                    .copied()
                    .filter(|&ty| {
                        matches!(self.types.under(ty), Kind::Slice(_))
                            || matches!(self.types.under(ty), Kind::Array(n, _) if *n < 9)
                    })
                    .collect();
                let int = self.types.int("int");
                let ty = match found.is_empty() {
                    true => self.types.of(Kind::Array(3, int)),
                    false => self.rng.pick(&found),
                };
                let (Kind::Slice(elem) | Kind::Array(_, elem)) = *self.types.under(ty) else {
                    unreachable!("a sequence")
                };
                let (other, value) = (self.name("e"), self.value(ty, 2));
                self.open(format!("for {name}, {other} := range ({value}) {{"));
                self.line(format!("_, _ = {name}, {other}"));
                self.declare(name, int, Access::Assign);
                self.declare(other, elem, Access::Assign);
            }
        }
    }

    fn labelled(&mut self, depth: usize) {
        if self.body.loops > 0 || depth < 2 {
            return self.if_stmt(depth);
        }
        let label = self.name("L");
        let n_vars = self.vars.len();
        self.line(format!("{label}:"));
        self.loop_head();
        self.body.loops += 1;
        let n_outer = self.vars.len();
        self.loop_head();
        self.loop_body(depth - 1, Some(&label));
        let bool_ty = self.types.of(Kind::Bool);
        let test = self.value(bool_ty, 2);
        self.open(format!("if ({test}) {{"));
        let text = format!("{} {label}", self.rng.pick(&["break", "continue"]));
        self.line(text);
        self.close("}");
        self.close("}");
        self.vars.truncate(n_outer);
        self.body.loops -= 1;
        self.small_block(depth);
        self.close("}");
        self.vars.truncate(n_vars);
    }

    fn goto_stmt(&mut self, depth: usize) {
        let (name, label, out) = (self.name("i"), self.name("L"), self.name("L"));
        let bool_ty = self.types.of(Kind::Bool);
        self.open("{");
        self.line(format!("{name} := 0"));
        self.line(format!("{label}:"));
        self.open("{");
        if !self.body.generic && !self.body.untraced {
            self.line("tick()");
        }
        let test = self.value(bool_ty, 2);
        self.line(format!("if ({test}) {{ goto {out} }}"));
        self.body.loops += 1;
        self.small_block(depth);
        self.body.loops -= 1;
        self.close("}");
        let text = format!("if {name} < {} {{ {name}++; goto {label} }}", 1 + self.rng.below(3));
        self.line(text);
        self.line(format!("{out}:"));
        self.line(format!("{name}++"));
        self.close("}");
    }

    fn switch_stmt(&mut self, depth: usize) {
        let ty = self.ordered_type();
        let value = self.value(ty, 2);
        let has_tag = self.rng.percent(65);
        let head = if has_tag { format!("switch ({value}) {{") } else { "switch {".to_string() };
        self.line(head);
        let n = 1 + self.rng.below(4);
        let bool_ty = self.types.of(Kind::Bool);
        let mut constants = Vec::new();
        for idx in 0..n {
            let test = if !has_tag {
                self.value(bool_ty, 2)
            } else {
                let operand = self.operand(ty, 1);
                // Equal constants are refused.
                match operand.is_const && constants.contains(&operand.text) || operand.text.contains('*') {
                    true => format!("id({})", operand.text),
                    false => {
                        let is_float = matches!(self.types.under(ty), Kind::Float { .. });
                        constants.push(operand.text.clone());
                        if is_float { format!("id({})", operand.text) } else { operand.text }
                    }
                }
            };
            self.line(format!("case {test}:"));
            self.indent += 1;
            self.small_block(depth);
            if idx + 1 < n && self.rng.percent(20) {
                self.line("fallthrough");
            } else if self.rng.percent(10) {
                self.line("break");
            }
            self.indent -= 1;
        }
        if self.rng.percent(60) {
            self.line("default:");
            self.indent += 1;
            self.small_block(depth);
            self.indent -= 1;
        }
        self.line("}");
    }

    fn type_switch(&mut self, depth: usize) {
        let any = self.types.of(Kind::Interface(Vec::new()));
        let (name, value) = (self.name("t"), self.value(any, 3));
        self.line(format!("switch {name} := any({value}).(type) {{"));
        let mut seen = Vec::new();
        for _ in 0..1 + self.rng.below(4) {
            let ty = self.some_type();
            if seen.contains(&ty) || self.types.is_generic(ty) {
                continue;
            }
            seen.push(ty);
            let text = format!("case {}:", self.types.text(ty));
            self.line(text);
            self.indent += 1;
            self.line(format!("_ = {name}"));
            let n_vars = self.vars.len();
            self.declare(name.clone(), ty, Access::Assign);
            self.small_block(depth);
            self.vars.truncate(n_vars);
            self.indent -= 1;
        }
        self.line("case nil, error:");
        self.line(format!("\t_ = {name}"));
        self.line("default:");
        self.indent += 1;
        self.line(format!("_ = {name}"));
        self.small_block(depth);
        self.indent -= 1;
        self.line("}");
    }

    fn range_func(&mut self, depth: usize) {
        if self.body.loops >= 2 {
            return self.if_stmt(depth);
        }
        let name = self.name("i");
        let n_vars = self.vars.len();
        if self.rng.percent(50) {
            let text = format!("for {name} := range count({}) {{", 1 + self.rng.below(5));
            self.open(text);
            self.line(format!("_ = {name}"));
        } else {
            let elem = self.some_type();
            let ty = self.types.of(Kind::Slice(elem));
            let (e, value) = (self.name("e"), self.value(ty, 2));
            match self.body.untraced || self.body.generic {
                true => self.open(format!("for {name}, {e} := range ({value}) {{")),
                false => self.open(format!("for {name}, {e} := range pairs({value}) {{")),
            }
            self.line(format!("_, _ = {name}, {e}"));
            self.declare(e, elem, Access::Assign);
        }
        let int = self.types.int("int");
        self.declare(name, int, Access::Assign);
        self.loop_body(depth, None);
        self.close("}");
        self.vars.truncate(n_vars);
    }
}
