//! Ways through loops over functions, promoted members, closures in structs, labelled statements.

use super::expr::PLAIN;
use super::generator::{Access, Body, Generator};
use super::ty::{Kind, Ty};

impl Generator {
    fn bool_value(&mut self, depth: usize) -> String {
        let ty = self.types.of(Kind::Bool);
        self.value(ty, depth)
    }

    /// A statement that shows a value.
    fn show(&mut self, ty: Ty, value: &str) {
        let hash = self.hash(ty, value);
        self.line(format!("mix({hash})"));
    }

    /// A small number that is not known before the program runs.
    fn small_int(&mut self) -> String {
        let ty = self.types.int("uint8");
        let value = self.value(ty, 1);
        format!("int({value}%5)")
    }

    /// An iterator over one value, and the type of its elements.
    fn iterator(&mut self) -> (String, Ty) {
        let int = self.types.int("int");
        let n = 1 + self.rng.below(5);
        match self.rng.below(4) {
            0 => (format!("count({n})"), int),
            1 => {
                (format!("filter(count({n}), func(i int) bool {{ return i != {} }})", self.rng.below(4)), int)
            }
            2 => (format!("careful(count({n}))"), int),
            _ => {
                let ty = self.some_type();
                let name = self.types.text(ty);
                let (a, b) = (self.operand(ty, 1).text, self.operand(ty, 1).text);
                (format!("careful((*list[{name}])(nil).push({a}).push({b}).all())"), ty)
            }
        }
    }

    /// Loops over functions in each other, left in every way there is, with calls deferred in their bodies.
    pub fn ways_out(&mut self, depth: usize) {
        let ty = self.some_type();
        let text = self.types.text(ty);
        let (result, outer, out) = (self.name("r"), self.name("L"), self.name("L"));
        let body =
            Body { results: vec![ty], named_results: true, loops: 2, no_return: false, ..self.body.clone() };
        let body = std::mem::replace(&mut self.body, body);
        let n_vars = self.vars.len();
        self.mode = PLAIN;
        self.open("func() {");
        self.line("defer func() { mix(hashAny(recover())) }()");
        self.open(format!("x := func() ({result} {text}) {{"));
        self.declare(result.clone(), ty, Access::Assign);
        self.line(format!("{outer}:"));
        let (first, first_ty) = self.iterator();
        let (x, y) = (self.name("e"), self.name("e"));
        self.open(format!("for {x} := range {first} {{"));
        self.line(format!("tick(); _ = {x}"));
        self.declare(x, first_ty, Access::Assign);
        self.deferred_in_body(ty, &result);
        let n_outer = self.vars.len();
        let (second, second_ty) = self.iterator();
        self.open(format!("for {y} := range {second} {{"));
        self.line(format!("tick(); _ = {y}"));
        self.declare(y.clone(), second_ty, Access::Assign);
        self.show(second_ty, &y);
        if self.rng.percent(30) {
            self.deferred_in_body(ty, &result);
        }
        self.small_block(depth);
        self.exits(&outer, &out);
        self.close("}");
        self.vars.truncate(n_outer);
        self.choose_mode();
        let test = self.bool_value(1);
        let exit = self.rng.pick(&["break", "continue"]);
        self.line(format!("if ({test}) {{ {exit} {outer} }}"));
        self.close("}");
        self.line(format!("mix(3)\n{out}:\nmix(4)"));
        self.line("return");
        self.close("}()");
        self.body = body;
        self.vars.truncate(n_vars);
        self.show(ty, "x");
        self.close("}()");
    }

    fn deferred_in_body(&mut self, ty: Ty, result: &str) {
        self.mode = PLAIN;
        let value = self.operand(ty, 1).text;
        let hash = self.hash(ty, result);
        match self.rng.below(3) {
            0 => self.line(format!("defer mix({hash})")),
            1 => self.line(format!("defer func() {{ mix({hash}); {result} = {value} }}()")),
            _ => self.line(format!(
                "defer func() {{ if e := recover(); e != nil {{ mix(hashAny(e)); {result} = {value} }} }}()"
            )),
        }
    }

    /// The exits of the inner loop.
    fn exits(&mut self, outer: &str, out: &str) {
        self.line("switch {");
        let mut list = [
            format!("continue {outer}"),
            format!("break {outer}"),
            format!("goto {out}"),
            "return".into(),
            "continue".into(),
            "break".into(),
            format!("panic(problem{{{}}})", self.rng.below(9)),
            "fallthrough".into(),
        ];
        for idx in (1..list.len()).rev() {
            list.swap(idx, self.rng.below(idx + 1));
        }
        for exit in list {
            self.mode = PLAIN;
            let test = self.bool_value(2);
            self.line(format!("case ({test}):"));
            match exit.as_str() {
                "return" if self.rng.percent(60) => {
                    self.indent += 1;
                    self.return_stmt();
                    self.indent -= 1;
                }
                _ => self.line(format!("\t{exit}")),
            }
        }
        self.line("default:");
        self.line("\tmix(9)");
        self.line("}");
    }

    /// Fields and methods that a struct has of what it embeds, through its value, its pointer and interfaces.
    pub fn promotion(&mut self) {
        let ty = self.some_type();
        let (text, b) = (self.types.text(ty), self.name("b"));
        self.mode = PLAIN;
        let (x, y, n) = (self.operand(ty, 2).text, self.operand(ty, 2).text, self.small_int());
        self.line(format!("{b} := newBox[{text}]({x}, {y}, {n})"));
        let z = self.operand(ty, 2).text;
        let hash = |g: &mut Generator, value: &str| g.hash(ty, value);
        for _ in 0..2 + self.rng.below(4) {
            let text = match self.rng.below(14) {
                0 => format!("{b}.rename(\"{}\")", self.rng.below(100)),
                1 => format!("renamer({b}).rename(\"r\")"),
                2 => {
                    format!("func(f func() string) {{ {b}.rename(\"f\"); mix(hashString(f())) }}({b}.called)")
                }
                3 => format!("func(f func(string)) {{ {b}.inner = &inner{{}}; f(\"g\") }}({b}.rename)"),
                4 => format!("(*box[{text}]).rename({b}, \"e\"); mix(hashString(box[{text}].called(*{b})))"),
                5 => format!("{b}.set({z}, 4); mix({} + uint64({b}.b))", hash(self, &format!("{b}.first()"))),
                6 => format!("mix({})", hash(self, &format!("{b}.x"))),
                7 => format!("for e := range {b}.push({z}).all() {{ mix({}) }}", hash(self, "e")),
                12 => format!("mix(hashString(caller.called({b}) + renamer(opaque({b})).called()))"),
                13 => format!("for i := range 2 {{ defer {b}.rename(string(rune('a'+i))) }}"),
                8 => format!("mix(uint64({b}.second()*3 + caller2({b}).second()))"),
                9 => format!(
                    "func(f func(box[{text}]) {text}) {{ mix({}) }}(box[{text}].first)",
                    hash(self, &format!("f(*{b})"))
                ),
                10 => format!(
                    "try(\"promoted\", func() {{ c := *{b}; c.list = nil; mix({}) }})",
                    hash(self, "c.x")
                ),
                _ => format!(
                    "try(\"promoted\", func() {{ c := *{b}; c.inner, c.caller2 = nil, opaque(caller2(nil)); c.pad[1]++; println(c.second()) }})"
                ),
            };
            self.line(text);
        }
        self.line(format!("mix(hashString({b}.name) + uint64({b}.pad[0]))"));
    }

    /// Closures in the fields of a struct, in maps and slices, that share a variable.
    pub fn cells(&mut self) {
        let ty = self.some_type();
        let (text, c, d) = (self.types.text(ty), self.name("c"), self.name("d"));
        self.mode = PLAIN;
        let [x, y, z] = [0; 3].map(|_| self.operand(ty, 2).text);
        self.line(format!("{c} := newCell[{text}]({x}); {d} := {c}"));
        self.line(format!("fs{c} := []func({text}) {text}{{{c}.set, func(x {text}) {text} {{ return {d}.get() }}, id[{text}]}}"));
        let hash = self.hash(ty, "x");
        self.line(format!(
            "for i, f := range fs{c} {{ x := f({y}); if i == 1 {{ {d}.set({z}) }}; mix({hash}) }}"
        ));
        let hash = self.hash(ty, &format!("{d}.get()"));
        self.line(format!("mix({hash} + uint64(*{c}.hits))"));
    }

    /// What a type switch over type parameters makes of a value.
    pub fn which_type(&mut self) {
        let (of, ty) = (self.some_type(), self.some_type());
        self.mode = PLAIN;
        let (name, value) = (self.types.text(of), self.operand(ty, 2).text);
        let n = self.small_int();
        let form = match self.rng.below(8) {
            0 => format!("any([]{}{{{value}}})", self.types.text(ty)),
            1 => format!("any(&[]{}{{{value}}}[0])", self.types.text(ty)),
            2 => format!("any(mkpair({value}, {n}))"),
            3 => format!("any(mkpair({n}, {value}))"),
            4 => format!("any(mkpair({value}, \"\"))"),
            5 => "any(problem{1})".into(),
            _ => format!("any({value})"),
        };
        let name = if self.rng.percent(50) { self.types.text(ty) } else { name };
        self.line(format!("mix(uint64(which[{name}]({form})))"));
    }

    /// A generic tree, by key, and a loop over it that ends early.
    pub fn tree_stmt(&mut self) {
        let (key, value, t) = (self.ordered_type(), self.some_type(), self.name("t"));
        let (key_text, value_text) = (self.types.text(key), self.types.text(value));
        self.mode = PLAIN;
        self.line(format!("var {t} tree[{key_text}, {value_text}]"));
        for _ in 0..2 + self.rng.below(5) {
            let (k, v) = (self.operand(key, 2).text, self.operand(value, 1).text);
            self.line(format!("mix(hashBool({t}.put({k}, {v})))"));
        }
        let (k, v) = (self.hash(key, "k"), self.hash(value, "v"));
        let n = 1 + self.rng.below(6);
        self.line(format!(
            "for k, v := range {t}.all() {{ mix({k}*3 + {v}); if {t}.n--; {t}.n == {n} {{ break }} }}"
        ));
    }

    /// A call of one of the forms that every program has, with values of any type.
    pub fn shown_form(&mut self) {
        let ty = self.some_type();
        let (text, n) = (self.types.text(ty), self.small_int());
        self.mode = PLAIN;
        let [x, y, z] = [0; 3].map(|_| self.operand(ty, 2).text);
        let list = self.types.of(Kind::Slice(ty));
        let (string, ints) = (self.types.of(Kind::Str), self.types.int("int"));
        let ints = self.types.of(Kind::Slice(ints));
        let is_key = self.types.is_comparable(ty) && !self.types.has_reference(ty);
        match self.rng.below(6) {
            0 => self.show(list, &format!("aliases[{text}]({x}, {y}, {z})")),
            1 | 2 if is_key => self.line(format!("mix(keyed[{text}]({x}, {y}, {n}))")),
            3 if !self.closed => {
                let (a, b) = (self.value(ints, 2), self.value(ints, 2));
                self.line(format!("mix(uint64(merge({a}, {b})))"));
            }
            4 if !self.closed => {
                let (seq, of) = self.iterator();
                let list = self.types.of(Kind::Slice(of));
                self.show(list, &format!("pulls({seq}, {n})"));
            }
            _ => {
                let s = self.value(string, 2);
                self.line(format!("mix(runes({s}, {n}))"));
            }
        }
    }

    /// A labelled switch or block in a loop, left by its label.
    pub fn labelled_switch(&mut self, depth: usize) {
        let (label, ty) = (self.name("L"), self.int_type());
        self.mode = PLAIN;
        let value = self.value(ty, 2);
        self.line(format!("{label}:"));
        self.line(format!("switch x := ({value}); x & 3 {{"));
        for idx in 0..4 {
            self.line(if idx == 3 { "default:".into() } else { format!("case {idx}:") });
            self.indent += 1;
            let body = Body { loops: 2, ..self.body.clone() };
            let body = std::mem::replace(&mut self.body, body);
            let n = self.rng.below(4) + 1;
            self.open(format!("for i := range {n} {{"));
            self.line("_ = i");
            self.block(1, depth - 1);
            self.choose_mode();
            let test = self.bool_value(2);
            self.line(format!("if ({test}) {{ break {label} }}"));
            self.close("}");
            self.body = body;
            self.indent -= 1;
            if idx < 3 && self.rng.percent(40) {
                self.line("\tfallthrough");
            }
        }
        self.line("}");
    }
}
