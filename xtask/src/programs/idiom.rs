//! Statements of several parts: function literals, panics, goroutines, order of evaluation.

use super::expr::PLAIN;
use super::generator::{Access, Body, Generator};
use super::ty::{Kind, Ty};

/// The numbers of the prelude's `wrong` that need a channel.
const WITH_CHANNELS: [usize; 4] = [1, 2, 3, 21];

impl Generator {
    /// Writes one of them.
    pub fn idiom(&mut self, depth: usize) {
        let may_park = !self.body.untraced && !self.closed;
        match self.rng.below(48) {
            0..=4 => self.closure(depth),
            5..=8 => self.guarded(depth),
            9..=11 if may_park => self.goroutine(),
            12 | 13 if may_park => self.select_stmt(),
            14 | 15 => self.captured_loop(),
            16..=18 if !self.body.untraced => self.ordered_assign(),
            19 if may_park => self.workers(),
            20 => self.deferred_order(),
            21 | 22 => self.recursive_closure(),
            23 | 24 => self.dense_switch(),
            25 if !self.body.untraced => self.atomics(),
            26 | 27 if !self.body.untraced => {
                let n = self.rng.below(24);
                let n = if self.closed && WITH_CHANNELS.contains(&n) { 4 } else { n };
                self.line(format!("try(\"wrong\", func() {{ wrong({n}) }})"));
            }
            28 => self.range_of_array(depth),
            29 => self.low_level(),
            32..=34 if !self.body.untraced => self.ordered(),
            35 | 36 if !self.body.untraced => self.ways_out(depth),
            37 if !self.body.untraced => self.promotion(),
            38 if !self.body.untraced => self.cells(),
            39 | 40 if !self.body.untraced => self.which_type(),
            41 if !self.body.untraced => self.tree_stmt(),
            42 | 43 => self.labelled_switch(depth),
            44..=47 if !self.body.untraced => self.shown_form(),
            _ => self.list_stmt(),
        }
    }

    /// A function literal that changes what it captures, called where it stands, deferred or later.
    fn closure(&mut self, depth: usize) {
        let name = self.name("f");
        let params: Vec<Ty> = (0..self.rng.below(3)).map(|_| self.some_type()).collect();
        let result = self.some_type();
        let n_vars = self.vars.len();
        let list = self.declare_params(&params, Access::Assign);
        let body = Body {
            results: vec![result],
            named_results: false,
            loops: 1,
            no_return: false,
            ..self.body.clone()
        };
        let body = std::mem::replace(&mut self.body, body);
        let text = format!("{name} := func({list}) {} {{", self.types.text(result));
        self.open(text);
        self.small_block(depth);
        self.return_stmt();
        self.close("}");
        self.body = body;
        self.vars.truncate(n_vars);
        self.mode = PLAIN;
        for _ in 0..1 + self.rng.below(2) {
            let args: Vec<String> = params.iter().map(|&ty| self.operand(ty, 2).text).collect();
            if self.rng.percent(25) {
                self.line(format!("defer {name}({})", args.join(", ")));
            } else {
                self.take_results(&format!("{name}({})", args.join(", ")), &[result]);
            }
        }
    }

    /// A function literal with a deferred `recover`.
    fn guarded(&mut self, depth: usize) {
        let body = Body {
            results: Vec::new(),
            named_results: false,
            loops: 1,
            no_return: true,
            ..self.body.clone()
        };
        let body = std::mem::replace(&mut self.body, body);
        self.open("func() {");
        self.open("defer func() {");
        let e = self.name("e");
        match self.body.untraced {
            true => self.line("recover()"),
            false => self.line(format!("if {e} := recover(); {e} != nil {{ mix(hashAny({e})) }}")),
        }
        if self.rng.percent(25) && !self.body.untraced {
            self.small_block(depth);
        }
        self.close("}()");
        if self.rng.percent(30) && !self.body.untraced {
            let text = format!("defer mix({})", self.rng.below(1000));
            self.line(text);
        }
        self.small_block(depth);
        self.choose_mode();
        match self.rng.below(5) {
            0 => {
                let ty = self.some_type();
                let value = self.value(ty, 2);
                self.line(format!("panic({value})"));
            }
            1 => {
                let text = format!("panic(problem{{{}}})", self.rng.below(9));
                self.line(text)
            }
            2 => {
                self.open("func() {");
                self.open("defer func() {");
                let text = format!("panic(rethrow(recover(), {}))", self.rng.below(9));
                self.line(text);
                self.close("}()");
                self.small_block(depth);
                self.close("}()");
            }
            _ => {}
        }
        self.close("}()");
        self.body = body;
    }

    /// A goroutine that sends, and a loop that receives.
    fn goroutine(&mut self) {
        let (ty, ch, n) = (self.some_type(), self.name("ch"), 1 + self.rng.below(4));
        let text = self.types.text(ty);
        let text = format!("{ch} := make(chan {text}, {})", self.rng.below(3));
        self.line(text);
        let body = Body { untraced: true, no_return: true, loops: 2, ..self.body.clone() };
        let body = std::mem::replace(&mut self.body, body);
        let vars = self.vars.clone();
        // Nothing that the goroutine does is seen but what it sends.
        for var in &mut self.vars {
            var.access = Access::Read;
        }
        self.open("go func() {");
        self.line(format!("defer close({ch})"));
        self.open(format!("for range {n} {{"));
        self.mode = PLAIN;
        for _ in 0..self.rng.below(2) {
            self.declare_stmt();
        }
        let text = format!("{ch} <- {}", self.operand(ty, 2).text);
        self.line(text);
        self.close("}");
        self.close("}()");
        self.vars = vars;
        self.body = body;
        let e = self.name("e");
        let hash = self.hash(ty, &e);
        self.line(format!("for {e} := range {ch} {{ mix({hash}) }}"));
    }

    fn select_stmt(&mut self) {
        let (ty, a, b) = (self.some_type(), self.name("ch"), self.name("ch"));
        let text = self.types.text(ty);
        self.mode = PLAIN;
        let value = self.operand(ty, 2).text;
        self.line(format!("{a}, {b} := make(chan {text}, 1), make(chan {text})"));
        let e = self.name("e");
        let hash = self.hash(ty, &e);
        match self.rng.below(3) {
            0 => {
                self.line(format!("{a} <- {value}"));
                self.line(format!("select {{ case {e} := <-{a}: mix({hash}); case <-{b}: mix(1) }}"));
            }
            1 => self.line(format!(
                "select {{ case {a} <- {value}: {e} := <-{a}; mix({hash}); case {b} <- {value}: mix(2) }}"
            )),
            _ => self.line(format!("select {{ case {e}, ok := <-{b}: mix({hash} + hashBool(ok)); default: mix(uint64(len({a}))) }}")),
        }
    }

    /// Closures that each capture their own loop variable, called after the loop.
    fn captured_loop(&mut self) {
        if self.body.untraced {
            return self.declare_stmt();
        }
        let (fs, i, f, ty) = (self.name("fs"), self.name("i"), self.name("f"), self.some_type());
        let (acc, e) = (self.name("v"), self.name("e"));
        let n_vars = self.vars.len();
        let value = self.operand(ty, 2).text;
        self.line(format!("{acc} := {value}; _ = {acc}"));
        self.line(format!("var {fs} []func() uint64"));
        let text = format!("for {i} := 0; {i} < {}; {i}++ {{", 2 + self.rng.below(3));
        self.open(text);
        let int = self.types.int("int");
        self.declare(i.clone(), int, Access::Read);
        let next = self.operand(ty, 2).text;
        let hash = self.hash(ty, &e);
        self.line(format!("{fs} = append({fs}, func() uint64 {{ {i} += 2; {e} := {acc}; {acc} = {next}; return {hash} + uint64({i}) }})"));
        self.close("}");
        self.line(format!("for _, {f} := range {fs} {{ mix({f}()); mix({f}()) }}"));
        self.vars.truncate(n_vars);
        self.declare(acc, ty, Access::Assign);
    }

    /// An assignment whose operands are calls: they run from left to right, then it assigns.
    fn ordered_assign(&mut self) {
        self.mode = PLAIN;
        let (mut targets, mut values) = (Vec::new(), Vec::new());
        let mut used: Vec<String> = Vec::new();
        for _ in 0..1 + self.rng.below(3) {
            let found: Vec<(String, Ty)> = (self.vars.iter())
                .filter(|var| var.access != Access::Read && !used.contains(&var.name))
                .map(|var| (var.name.clone(), var.ty))
                .collect();
            if found.is_empty() {
                break;
            }
            let (name, mut ty) = found[self.rng.below(found.len())].clone();
            let is_own = self.vars.iter().any(|var| var.name == name && var.access == Access::Own);
            used.push(name.clone());
            let n = self.rng.below(1000);
            let target = match self.types.under(ty).clone() {
                Kind::Array(len, elem) if !is_own => {
                    ty = elem;
                    format!("{name}[tr({n}, uint8({}))%{}]", self.rng.below(9), len.min(200))
                }
                Kind::Map(key, elem) if is_own && !self.types.has_reference(key) => {
                    ty = elem;
                    format!("{name}[tr({n}, {})]", self.operand(key, 1).text)
                }
                Kind::Pointer(elem) if is_own => {
                    ty = elem;
                    format!("*tr({n}, {name})")
                }
                Kind::Slice(elem) if is_own => {
                    ty = elem;
                    format!("tr({n}, {name})[tr({n}, {})]", self.rng.below(3))
                }
                _ if is_own => continue,
                _ => format!("*tr({n}, &{name})"),
            };
            targets.push(target);
            let n = self.rng.below(1000);
            values.push((ty, format!("tr({n}, {})", self.operand(ty, 2).text)));
        }
        match (targets.as_slice(), values.as_slice()) {
            ([], _) => self.mix_stmt(),
            ([target], [(ty, value)]) if matches!(self.types.under(*ty), Kind::Int { .. }) => {
                let op = self.rng.pick(&["+=", "-=", "^=", "*=", "="]);
                self.line(format!("{target} {op} {value}"));
            }
            _ => {
                let values: Vec<String> = values.into_iter().map(|(_, value)| value).collect();
                self.line(format!("{} = {}", targets.join(", "), values.join(", ")));
            }
        }
    }

    /// Goroutines that add up under a mutex; a WaitGroup waits for them.
    fn workers(&mut self) {
        let (mutex, group, total) = (self.name("m"), self.name("wg"), self.name("v"));
        let ty = self.types.int("uint64");
        let i = self.name("i");
        self.line(format!("var {mutex} sync.Mutex"));
        self.line(format!("var {group} sync.WaitGroup"));
        self.line(format!("var {total} uint64"));
        let text = format!("for {i} := range uint64({}) {{", 1 + self.rng.below(5));
        self.open(text);
        self.line(format!("_ = {i}"));
        let vars = self.vars.clone();
        self.declare(i.clone(), ty, Access::Read);
        self.vars.iter_mut().for_each(|var| var.access = Access::Read);
        let body = Body { untraced: true, ..self.body.clone() };
        let body = std::mem::replace(&mut self.body, body);
        self.mode = PLAIN;
        let value = self.value(ty, 3);
        self.body = body;
        self.vars = vars;
        match self.rng.below(2) {
            0 => self.line(format!("{group}.Add(1)")),
            _ => self.line(format!(
                "{group}.Go(func() {{ {mutex}.Lock(); defer {mutex}.Unlock(); {total} ^= {i} }})"
            )),
        }
        if self.text.trim_end().ends_with("Add(1)") {
            self.open("go func() {");
            self.line(format!("defer {group}.Done()"));
            self.line(format!("x := {value}"));
            self.line(format!("{mutex}.Lock()"));
            self.line(format!("{total} += x"));
            self.line(format!("{mutex}.Unlock()"));
            self.close("}()");
        }
        self.close("}");
        self.line(format!("{group}.Wait()"));
        self.line(format!("mix({total})"));
        self.declare(total, ty, Access::Assign);
    }

    /// Deferred calls in a loop: their arguments are computed at once, they run last to first.
    fn deferred_order(&mut self) {
        if self.body.untraced {
            return self.mix_stmt();
        }
        let (ty, i) = (self.some_type(), self.name("i"));
        self.mode = PLAIN;
        self.open("func() {");
        let text = format!("for {i} := range {} {{", 1 + self.rng.below(12));
        self.open(text);
        self.line(format!("_ = {i}"));
        let n_vars = self.vars.len();
        let int = self.types.int("int");
        self.declare(i.clone(), int, Access::Assign);
        let value = self.value(ty, 2);
        let hash = self.hash(ty, "x");
        let text = self.types.text(ty);
        match self.rng.below(3) {
            0 => self.line(format!("defer func(x {text}) {{ mix({hash} + uint64({i})) }}({value})")),
            1 => self.line(format!("defer tr(uint64({i}), {value})")),
            _ => {
                let hash = self.hash(ty, &value);
                self.line(format!("if {i}%2 == 0 {{ defer mix({hash}) }}"));
            }
        }
        self.vars.truncate(n_vars);
        self.close("}");
        self.close("}()");
    }

    /// A list of the generic type, and a range over its iterator that leaves early.
    fn list_stmt(&mut self) {
        if self.body.untraced {
            return self.mix_stmt();
        }
        let (ty, name, e) = (self.some_type(), self.name("l"), self.name("e"));
        self.mode = PLAIN;
        self.line(format!("var {name} *list[{}]", self.types.text(ty)));
        for _ in 0..self.rng.below(4) {
            let value = self.operand(ty, 2).text;
            self.line(format!("{name} = {name}.push({value})"));
        }
        self.open(format!("for {e} := range {name}.all() {{"));
        let n_vars = self.vars.len();
        self.declare(e.clone(), ty, Access::Assign);
        let hash = self.hash(ty, &e);
        self.line(format!("mix({hash})"));
        self.choose_mode();
        let bool_ty = self.types.of(Kind::Bool);
        let test = self.value(bool_ty, 2);
        if self.body.no_return || self.rng.percent(60) {
            let exit = self.rng.pick(&["break", "continue"]);
            self.line(format!("if ({test}) {{ {exit} }}"));
        } else {
            self.open(format!("if ({test}) {{"));
            self.return_stmt();
            self.close("}");
        }
        self.vars.truncate(n_vars);
        self.close("}");
    }

    /// A function literal that calls itself.
    fn recursive_closure(&mut self) {
        let (name, n) = (self.name("f"), self.name("n"));
        let ty = self.some_type();
        let text = self.types.text(ty);
        self.line(format!("var {name} func(int, {text}) {text}"));
        let x = self.name("p");
        self.open(format!("{name} = func({n} int, {x} {text}) {text} {{"));
        let n_vars = self.vars.len();
        let int = self.types.int("int");
        self.declare(n.clone(), int, Access::Read);
        self.declare(x.clone(), ty, Access::Assign);
        self.mode = PLAIN;
        let base = self.operand(ty, 2).text;
        self.line(format!("if {n} <= 0 {{ return {base} }}"));
        let next = self.operand(ty, 2).text;
        self.line(format!("{x} = {name}({n}-1, {next})"));
        self.line(format!("return {}({n}-2, {x})", name));
        self.close("}");
        self.vars.truncate(n_vars);
        let start = self.operand(ty, 1).text;
        let depth = self.rng.below(6);
        self.take_results(&format!("{name}({depth}, {start})"), &[ty]);
    }

    /// A switch over many small constants, which compilers make tables or trees of.
    fn dense_switch(&mut self) {
        let is_string = self.rng.percent(35);
        let ty = if is_string { self.types.of(Kind::Str) } else { self.int_type() };
        let value = self.value(ty, 2);
        match is_string {
            true => self.line(format!("switch sub({value}, 0, 2) {{")),
            false => self.line(format!("switch ({value} & 31) {{")),
        }
        let n = 6 + self.rng.below(16);
        let start = self.rng.below(8);
        for idx in 0..n {
            let test = match is_string {
                true => format!("\"{}{}\"", ["0", "a", "h", "", "x"][idx % 5], idx / 5),
                false if idx % 4 == 3 => continue,
                false => format!("{}", start + idx),
            };
            self.line(format!("case {test}:"));
            self.indent += 1;
            self.block(1, 0);
            self.indent -= 1;
        }
        self.line("}");
    }

    fn atomics(&mut self) {
        let name = self.name("v");
        let (text, suffix) = self.rng.pick(&[
            ("int32", "Int32"),
            ("int64", "Int64"),
            ("uint32", "Uint32"),
            ("uint64", "Uint64"),
        ]);
        let ty = self.types.int(text);
        self.mode = PLAIN;
        let [a, b, c] = [0; 3].map(|_| self.value(ty, 2));
        self.line(format!("{name} := {a}"));
        let operations = [
            format!("mix(uint64(atomic.Add{suffix}(&{name}, {b})))"),
            format!("mix(uint64(atomic.Swap{suffix}(&{name}, {b})))"),
            format!("mix(hashBool(atomic.CompareAndSwap{suffix}(&{name}, {a}, {c})))"),
            format!("mix(uint64(atomic.And{suffix}(&{name}, {c})))"),
            format!("mix(uint64(atomic.Or{suffix}(&{name}, {b})))"),
            format!("atomic.Store{suffix}(&{name}, atomic.Load{suffix}(&{name}) ^ {c})"),
        ];
        for _ in 0..3 {
            let idx = self.rng.below(operations.len());
            self.line(&operations[idx]);
        }
        self.declare(name, ty, Access::Assign);
    }

    /// A range over an array, which is copied, or over its address, which is not.
    fn range_of_array(&mut self, depth: usize) {
        let elem = self.some_type();
        let ty = self.types.of(Kind::Array(3, elem));
        let (name, i, e) = (self.name("v"), self.name("i"), self.name("e"));
        self.mode = PLAIN;
        let value = self.operand(ty, 2).text;
        self.line(format!("{name} := {value}"));
        let n_vars = self.vars.len();
        let by = self.rng.pick(&["", "&", "*&"]);
        self.open(format!("for {i}, {e} := range {by}{name} {{"));
        let int = self.types.int("int");
        let next = self.operand(elem, 2).text;
        self.line(format!("{name}[2-{i}] = {next}"));
        self.declare(i, int, Access::Assign);
        self.declare(e.clone(), elem, Access::Assign);
        if !self.body.untraced {
            let hash = self.hash(elem, &e);
            self.line(format!("mix({hash})"));
        }
        self.loop_body(depth, None);
        self.close("}");
        self.vars.truncate(n_vars);
        self.declare(name, ty, Access::Assign);
    }

    /// Calls of the prelude's functions near the machine.
    fn low_level(&mut self) {
        if self.body.untraced {
            return self.declare_stmt();
        }
        let (word, half, string) =
            (self.types.int("uint64"), self.types.int("uint32"), self.types.of(Kind::Str));
        let text = match self.rng.below(8) {
            4 if !self.closed => {
                let (depth, name) = (1 + self.rng.below(300), self.name("ch"));
                let run = format!("x := 1; {name} <- deepen({depth}, [40]int{{1, 5: {depth}}}, &x)");
                format!("{name} := make(chan int); go func() {{ {run} }}(); mix(uint64(<-{name}))")
            }
            5 if !self.closed => {
                let int = self.types.int("int");
                let (stages, n) = (1 + self.rng.below(4), 1 + self.rng.below(6));
                let vars = self.vars.clone();
                // What other goroutines read, nobody changes meanwhile: they end before the next statement.
                let step = self.func_literal(&[int], int, 2);
                self.vars = vars;
                format!("mix(uint64(pipeline({stages}, {n}, {step})))")
            }
            6 if !self.closed => {
                format!("mix(hashString(leaves({}, {})))", 1 + self.rng.below(6), self.rng.below(6))
            }
            7 => format!("mix(nans({}))", self.rng.below(7)),
            0 => format!("mix(uint64(low({})))", self.value(word, 3)),
            1 => {
                let (x, n) = (self.value(half, 3), self.value(half, 3));
                format!("mix(uint64(rotate({x}, {n})))")
            }
            2 => {
                let [a, b, c] = [0; 3].map(|_| self.value(word, 2));
                format!("mix(carry({a}, {b}, {c}))")
            }
            _ => format!("mix(hashString(split({})))", self.value(string, 3)),
        };
        self.line(text);
    }
}
