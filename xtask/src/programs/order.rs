//! The order of evaluation, where Go fixes it.
//!
//! Calls, receives and logical operators run from left to right; the operands of an assignment before it, the assignments
//! from left to right. So these expressions are made of constants and calls alone, and every call changes what all the
//! others see: a closure that steps a hidden state, leaves a trace of it and returns its low bits. What else they read
//! (an array, a slice, a map) no call changes.

use super::generator::Generator;
use super::rng::Rng;

/// Writes expressions of calls of the closures that [`Generator::ordered`] declares.
struct Steps<'r> {
    rng: &'r mut Rng,
    /// Ends the names of the closures.
    id: usize,
    /// Nothing that only goroutines need.
    closed: bool,
}

impl Generator {
    /// Declares the closures and makes statements of their calls.
    pub fn ordered(&mut self) {
        self.n_names += 1;
        let id = self.n_names;
        self.open("{");
        let start = self.rng.below(9);
        self.line(format!(
            "v{id}, a{id}, m{id}, p{id} := {start}, [8]int{{1, 2, 3, 4, 5}}, map[int]int{{1: 7}}, 0"
        ));
        self.line(format!(
            "t{id} := func(k int) int {{ v{id} = v{id}*5 + k; mix(uint64(v{id})); return v{id} & 3 }}"
        ));
        for (name, ty, value) in [
            ("at", "*[8]int", format!("&a{id}")),
            ("sl", "[]int", format!("a{id}[2:7]")),
            ("ms", "map[int]int", format!("m{id}")),
            ("pt", "*int", format!("&p{id}")),
            ("fs", "func(int) int", format!("t{id}")),
        ] {
            self.line(format!(
                "{name}{id} := func(k int) {ty} {{ t{id}(k); return {value} }}; _ = {name}{id}"
            ));
        }
        for _ in 0..1 + self.rng.below(3) {
            let mut steps = Steps { rng: &mut self.rng, id, closed: self.closed };
            let text = steps.stmt();
            self.line(text);
        }
        self.line(format!("for _, e := range a{id} {{ mix(uint64(e)) }}"));
        self.line(format!("mix(uint64(p{id} + m{id}[0] + m{id}[1]*3 + len(m{id})))"));
        self.close("}");
    }
}

impl Steps<'_> {
    /// A call of one of the closures.
    fn call(&mut self, name: &str) -> String {
        format!("{name}{}({})", self.id, self.rng.below(90))
    }

    /// A small number, not negative.
    fn int(&mut self, depth: usize) -> String {
        if depth == 0 {
            return self.call("t");
        }
        let depth = depth - 1;
        match self.rng.below(20) {
            0..=2 => {
                let (a, b) = (self.int(depth), self.int(depth));
                format!("({a} {} {b})", self.rng.pick(&["+", "*", "|", "&"]))
            }
            3 => format!("{}[{}&7]", self.call("at"), self.int(depth)),
            4 => format!(
                "{}({}, {}, {})",
                self.rng.pick(&["min", "max"]),
                self.int(depth),
                self.int(depth),
                self.int(0)
            ),
            5 => format!("len({}[{}&1:{}&3|2])", self.call("sl"), self.int(depth), self.int(depth)),
            6 => format!("func(x, y int) int {{ return x*3 + y }}({}, {})", self.int(depth), self.int(depth)),
            7 => format!(
                "[3]int{{{}, {}, {}}}[{}%3]",
                self.int(depth),
                self.int(0),
                self.int(depth),
                self.int(0)
            ),
            8 => format!("map[int]int{{1: {}, 2: {}}}[{}&3]", self.int(depth), self.int(depth), self.int(0)),
            9 => {
                let form = self.rng.pick(&["{b: @, a: @}.a", "{@, @}.b", "{b: @, a: @}.b"]);
                let form = form.replacen('@', &self.int(depth), 1).replacen('@', &self.int(depth), 1);
                format!("struct{{ a, b int }}{form}")
            }
            10 => format!("int(imag(complex(float64({}), float64({}))))", self.int(depth), self.int(depth)),
            11 => format!("cond({}, {}, {})", self.bool(depth), self.int(depth), self.int(depth)),
            12 => format!("len({})", self.string(depth)),
            13 => format!("any({}).(int)", self.int(depth)),
            14 => format!(
                "mkpair({}, {}).swap().{}",
                self.int(depth),
                self.int(depth),
                self.rng.pick(&["a", "b"])
            ),
            15 => format!("{}({})", self.call("fs"), self.int(depth)),
            16 => format!("{}[{}]", self.call("ms"), self.int(depth)),
            17 => format!(
                "len(append({}[:{}&1:1], {}, {}))",
                self.call("sl"),
                self.int(depth),
                self.int(0),
                self.int(depth)
            ),
            18 if !self.closed => {
                let (value, k) = (self.int(depth), self.rng.below(90));
                format!(
                    "<-func(k, x int) chan int {{ c := make(chan int, 1); c <- x + t{}(k); return c }}({k}, {value})",
                    self.id
                )
            }
            _ => format!("*id({})", self.call("pt")),
        }
    }

    fn bool(&mut self, depth: usize) -> String {
        if depth == 0 {
            return format!("({} > 1)", self.call("t"));
        }
        let depth = depth - 1;
        match self.rng.below(5) {
            0 | 1 => format!("({} {} {})", self.bool(depth), self.rng.pick(&["&&", "||"]), self.bool(depth)),
            2 => format!("!{}", self.bool(depth)),
            3 => format!("({} {} {})", self.int(depth), self.rng.pick(&["<", "==", ">="]), self.int(depth)),
            _ => format!(
                "({} {} {})",
                self.string(depth),
                self.rng.pick(&["<", "==", "!="]),
                self.string(depth)
            ),
        }
    }

    fn string(&mut self, depth: usize) -> String {
        if depth == 0 {
            return format!("string(rune('a'+{}))", self.call("t"));
        }
        match self.rng.below(3) {
            0 => format!("({} + {} + {})", self.string(depth - 1), self.string(0), self.string(depth - 1)),
            1 => format!("sub({}, 0, {})", self.string(depth - 1), self.int(depth - 1)),
            _ => format!("string([]byte{{byte({}), byte({})}})", self.int(depth - 1), self.int(0)),
        }
    }

    /// Something that can be assigned to; the operands are evaluated first.
    fn target(&mut self) -> String {
        match self.rng.below(5) {
            0 => format!("{}[{}&7]", self.call("at"), self.int(1)),
            1 => format!("{}[{}]", self.call("sl"), self.int(0)),
            2 => format!("{}[{}&1]", self.call("ms"), self.int(1)),
            3 => format!("*{}", self.call("pt")),
            _ => "_".into(),
        }
    }

    /// One that panics when it is assigned to, not before.
    fn bad_target(&mut self) -> String {
        match self.rng.below(3) {
            0 => format!("{}[{} + 50]", self.call("sl"), self.int(1)),
            1 => format!("map[int]int(nil)[{}]", self.int(1)),
            _ => format!("*(*int)(at([]*int{{nil}}, {}*0))", self.int(0)),
        }
    }

    fn stmt(&mut self) -> String {
        let id = self.id;
        match self.rng.below(16) {
            0 | 1 => format!("mix(uint64({}))", self.int(3)),
            2 => format!("mix(hashBool({}))", self.bool(3)),
            3 => format!("mix(hashString({}))", self.string(3)),
            4 => format!("{} = {}", self.target(), self.int(2)),
            5 => {
                let targets = [self.target(), self.target(), self.target()];
                format!("{} = {}, {}, {}", targets.join(", "), self.int(1), self.int(2), self.int(1))
            }
            6 => {
                let (a, b) = (self.target(), self.target());
                format!(
                    "{a}, {b} = func(x, y int) (int, int) {{ return y + {}, x }}({}, {})",
                    self.int(0),
                    self.int(1),
                    self.int(1)
                )
            }
            7 => format!(
                "{}[{}&7] {} {}",
                self.call("at"),
                self.int(1),
                self.rng.pick(&["+=", "^=", "|="]),
                self.int(2)
            ),
            8 => {
                let targets = [self.target(), self.bad_target(), self.target()];
                format!(
                    "func() {{ defer func() {{ mix(hashAny(recover())) }}(); {} = {}, {}, {} }}()",
                    targets.join(", "),
                    self.int(0),
                    self.int(1),
                    self.int(0)
                )
            }
            9 => format!(
                "switch ({}&3) {{ case {}&3, {}&3: {}; fallthrough; case {}&1: mix(5); default: {} }}",
                self.int(1),
                self.int(1),
                self.int(0),
                self.call("t"),
                self.int(1),
                self.call("t")
            ),
            10 => format!(
                "if ({}) {{ {} }} else if ({}) {{ {} }}",
                self.bool(2),
                self.call("t"),
                self.bool(2),
                self.call("t")
            ),
            11 => format!(
                "func() {{ defer func(x, y int) {{ mix(uint64(x*7 + y)) }}({}, {}); {} }}()",
                self.int(1),
                self.int(2),
                self.call("t")
            ),
            12 => {
                format!("for {} = range ({}&3) {{ {} }}", self.target_of_range(), self.int(1), self.call("t"))
            }
            13 => format!(
                "copy({}[{}&1:], {}[{}&1:{}&3|1])",
                self.call("at"),
                self.int(1),
                self.call("sl"),
                self.int(1),
                self.int(1)
            ),
            14 => self.phases(),
            _ if self.closed => format!("p{id}, a{id}[p{id}&7] = {}, {}", self.int(2), self.int(1)),
            _ => {
                let full = format!("func(k int) chan int {{ t{id}(k); return nil }}({})", self.rng.below(90));
                let ready = format!(
                    "func(k int) chan int {{ t{id}(k); return make(chan int, 1) }}({})",
                    self.rng.below(90)
                );
                format!(
                    "select {{ case {full} <- {}: case {ready} <- {}: {}; case <-{full}: }}",
                    self.int(1),
                    self.int(2),
                    self.call("t")
                )
            }
        }
    }

    fn target_of_range(&mut self) -> String {
        match self.rng.below(3) {
            0 => format!("{}[{}&7]", self.call("at"), self.int(1)),
            1 => format!("{}[{}&1]", self.call("ms"), self.int(0)),
            _ => format!("*{}", self.call("pt")),
        }
    }

    /// Assignments whose left sides use what they change: the old values count.
    fn phases(&mut self) -> String {
        let id = self.id;
        match self.rng.below(5) {
            0 => format!("a{id}[0], a{id}[1], a{id}[2] = a{id}[2], a{id}[0], a{id}[1]"),
            1 => format!("p{id}, a{id}[p{id}&7] = {}, {}", self.int(1), self.int(1)),
            2 => format!(
                "{{ s := a{id}[1:]; s, s[0], s[1] = s[2:], {}, {}; mix(uint64(s[0])) }}",
                self.int(1),
                self.int(1)
            ),
            3 => format!(
                "{{ p, q := &a{id}[3], &a{id}[4]; p, *p, q, *q = q, {}, p, {}; *p += 2; *q *= 3 }}",
                self.int(1),
                self.int(1)
            ),
            _ => format!(
                "{{ l := (*list[int])(nil).push({}).push({}).push(3); var r *list[int]; for l != nil {{ l, l.next, r = l.next, r, l }}; for e := range r.all() {{ mix(uint64(e)) }} }}",
                self.int(1),
                self.int(1)
            ),
        }
    }
}
