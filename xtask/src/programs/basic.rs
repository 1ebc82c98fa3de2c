//! Expressions of truth values, numbers and strings.

use super::expr::{Operand, computed};
use super::generator::Generator;
use super::ty::{Kind, Ty};

/// The prelude's conversions of floats that fit, and what they take.
const FLOAT_CONVERSIONS: [(&str, u32); 8] = [
    ("toInt", 64),
    ("toInt32", 32),
    ("toInt16", 32),
    ("toInt8", 64),
    ("toUint", 64),
    ("toUint32", 32),
    ("toUint16", 64),
    ("toByte", 64),
];

impl Generator {
    pub fn bool_expr(&mut self, ty: Ty, depth: usize) -> Operand {
        let name = self.types.text(ty);
        match self.rng.below(10) {
            5 => {
                // Compilers do without the copy of the bytes.
                let (byte, string) = (self.types.int("uint8"), self.types.of(Kind::Str));
                let bytes = self.types.of(Kind::Slice(byte));
                let (a, b) = (self.value(bytes, depth), self.value(string, depth));
                let test = self.rng.pick(&[
                    "string(@) == #",
                    "string(@) < #",
                    "map[string]bool{#: true, \"a\": false}[string(@)]",
                ]);
                computed(format!("{name}({})", test.replace('@', &a).replace('#', &b)))
            }
            0 => {
                let (a, b) = (self.value(ty, depth), self.operand(ty, depth).text);
                // A comparison alone has no type of its own: a generic function would take it for `bool`.
                computed(format!("{name}({a} {} {b})", self.rng.pick(&["&&", "||", "==", "!="])))
            }
            1 => computed(format!("(!{})", self.value(ty, depth))),
            2 => {
                let any = self.types.of(Kind::Interface(Vec::new()));
                let (a, ty) = (self.value(any, depth), self.some_type());
                let target = self.types.text(ty);
                computed(format!("{name}(func() bool {{ _, ok := {a}.({target}); return ok }}())"))
            }
            4 => {
                // An interface and a value that it may hold.
                let (any, of) = (self.types.of(Kind::Interface(Vec::new())), self.ordered_type());
                let (a, b) = (self.value(any, depth), self.value(of, depth));
                match self.may_panic() {
                    true => computed(format!("{name}({a} == {b})")),
                    false => computed(format!("{name}(any({b}) == any(id({b})))")),
                }
            }
            3 => {
                let of = self.some_type();
                if !self.types.is_comparable(of) || self.types.has_reference(of) && !self.may_panic() {
                    return self.bool_expr(ty, depth);
                }
                let (a, b) = (self.value(of, depth), self.operand(of, depth).text);
                computed(format!("{name}({a} {} {b})", self.rng.pick(&["==", "!="])))
            }
            _ => {
                let of = self.ordered_type();
                let (a, b) = (self.value(of, depth), self.operand(of, depth).text);
                computed(format!("{name}({a} {} {b})", self.rng.pick(&["<", "<=", ">", ">=", "==", "!="])))
            }
        }
    }

    pub fn int_expr(&mut self, ty: Ty, bits: u32, signed: bool, depth: usize) -> Operand {
        let name = self.types.text(ty);
        let text = match self.rng.below(20) {
            0..=5 => {
                let (a, b) = (self.value(ty, depth), self.int_right(ty, bits, signed, depth));
                format!("({a} {} {b})", self.rng.pick(&["+", "-", "*", "&", "|", "^", "&^"]))
            }
            6 | 7 => self.division(ty, bits, signed, depth),
            8..=10 => self.shift(ty, depth),
            11 => format!("({}{})", self.rng.pick(&["-", "^", "+"]), self.value(ty, depth)),
            12 | 13 => {
                let from = self.int_type();
                format!("{name}({})", self.value(from, depth))
            }
            14 => {
                let (helper, from) = self.rng.pick(&FLOAT_CONVERSIONS);
                let from = self.types.of(Kind::Float { bits: from });
                format!("{name}({helper}({}))", self.value(from, depth))
            }
            15 => self.length(&name, depth),
            16 => {
                let (a, b) = (self.value(ty, depth), self.operand(ty, depth).text);
                let c = self.value(ty, depth.min(1));
                format!("{}({a}, {b}, {c})", self.rng.pick(&["min", "max"]))
            }
            17 | 18 => self.bits_call(&name, depth),
            _ => {
                let string = self.types.of(Kind::Str);
                let (s, byte) = (self.value(string, depth), self.types.int("uint8"));
                let i = self.value(byte, depth);
                match self.may_panic() {
                    true => format!("{name}({s}[{i}%9])"),
                    false => format!("{name}(at([]byte({s}), int({i}%9)))"),
                }
            }
        };
        computed(text)
    }

    /// A right operand: a typed expression, or a constant that takes the left one's type.
    fn int_right(&mut self, ty: Ty, bits: u32, signed: bool, depth: usize) -> String {
        match self.rng.percent(30) {
            true => self.integer(bits, signed).to_string(),
            false => self.operand(ty, depth).text,
        }
    }

    fn division(&mut self, ty: Ty, bits: u32, signed: bool, depth: usize) -> String {
        let a = self.value(ty, depth);
        let b = match self.rng.below(3) {
            0 => {
                let number = self.integer(bits, signed);
                (if number == 0 { 3 } else { number }).to_string()
            }
            1 if self.may_panic() => self.value(ty, depth),
            _ => format!("({} | 1)", self.value(ty, depth)),
        };
        format!("({a} {} {b})", self.rng.pick(&["/", "%"]))
    }

    fn shift(&mut self, ty: Ty, depth: usize) -> String {
        let (a, by) = (self.value(ty, depth), self.int_type());
        let Kind::Int { signed, .. } = *self.types.under(by) else { unreachable!("an integer type") };
        let n = self.value(by, depth);
        let op = self.rng.pick(&["<<", ">>"]);
        match self.rng.below(6) {
            4 => {
                let huge = self.rng.pick(&[1u64 << 63, 1 << 32, 64, 65, 31, 1 << 16]);
                format!("({a} {op} opaque(uint64({huge})))")
            }
            5 => {
                let name = self.types.text(ty);
                format!("{name}(1 << (({n}) & 15))")
            }
            0 => format!("({a} {op} {})", self.rng.below(70)),
            1 => format!("({a} {op} ({n} & 31))"),
            2 if !signed || self.may_panic() => format!("({a} {op} {n})"),
            _ if signed => format!("({a} {op} ({n} & 127))"),
            _ => format!("({a} {op} ({n} % 9 & 15))"),
        }
    }

    fn length(&mut self, name: &str, depth: usize) -> String {
        let of = match self.rng.below(3) {
            0 => self.types.of(Kind::Str),
            1 => self.some_type(),
            _ => {
                let elem = self.some_type();
                self.types.of(Kind::Slice(elem))
            }
        };
        match self.types.under(of) {
            Kind::Str | Kind::Slice(_) | Kind::Map(..) => {
                format!("{name}(len({}))", self.value(of, depth))
            }
            // `opaque` keeps it from being a constant that its type may not hold.
            _ => format!(
                "{name}(opaque(uintptr(0)) + unsafe.Sizeof({}))",
                self.place(of).unwrap_or("fuel".into())
            ),
        }
    }

    fn bits_call(&mut self, name: &str, depth: usize) -> String {
        let (suffix, of) =
            self.rng.pick(&[("64", "uint64"), ("32", "uint32"), ("16", "uint16"), ("8", "uint8")]);
        let of = self.types.int(of);
        let a = self.value(of, depth);
        match self.rng.below(6) {
            0 => format!("{name}(bits.LeadingZeros{suffix}({a}))"),
            1 => format!("{name}(bits.TrailingZeros{suffix}({a}))"),
            2 => format!("{name}(bits.OnesCount{suffix}({a}))"),
            3 => {
                let int = self.types.int("int");
                let n = self.value(int, depth);
                format!("{name}(bits.RotateLeft{suffix}({a}, {n}))")
            }
            4 => format!("{name}(bits.Reverse{suffix}({a}))"),
            _ => {
                let word = self.types.int("uint64");
                let (a, b) = (self.value(word, depth), self.value(word, depth));
                let (op, args) = self.rng.pick(&[("Mul64", ""), ("Add64", ", 1"), ("Sub64", ", 0")]);
                format!("{name}(func() uint64 {{ x, y := bits.{op}({a}, {b}{args}); return x ^ y*3 }}())")
            }
        }
    }

    pub fn float_expr(&mut self, ty: Ty, bits: u32, depth: usize) -> Operand {
        let name = self.types.text(ty);
        let double = self.types.of(Kind::Float { bits: 64 });
        let text = match self.rng.below(12) {
            0..=4 => {
                let a = self.value(ty, depth);
                let op = self.rng.pick(&["+", "-", "*", "/"]);
                match self.rng.percent(30) {
                    true => format!("({a} {op} {})", self.rng.pick(&["0.3", "2", "7", "-1.5", "1e5"])),
                    false => format!("({a} {op} {})", self.value(ty, depth)),
                }
            }
            5 => format!("(-{})", self.value(ty, depth)),
            6 => {
                let from = self.int_type();
                format!("{name}({})", self.value(from, depth))
            }
            7 => {
                let from = self.types.of(Kind::Float { bits: 96 - bits });
                format!("{name}({})", self.value(from, depth))
            }
            8 => {
                let call = ["Sqrt", "Floor", "Ceil", "Trunc", "Abs", "RoundToEven", "Round"];
                format!("{name}(math.{}({}))", self.rng.pick(&call), self.value(double, depth))
            }
            9 => {
                let complex = self.types.of(Kind::Complex { bits: bits * 2 });
                format!("{name}({}({}))", self.rng.pick(&["real", "imag"]), self.value(complex, depth))
            }
            10 => {
                let (a, b) = (self.value(ty, depth), self.value(ty, depth));
                format!("{}({a}, {b})", self.rng.pick(&["min", "max"]))
            }
            _ => {
                let (a, b) = (self.value(double, depth), self.value(double, depth));
                format!("{name}(math.{}({a}, {b}))", self.rng.pick(&["Copysign", "Max", "Min", "Mod"]))
            }
        };
        computed(text)
    }

    pub fn complex_expr(&mut self, ty: Ty, bits: u32, depth: usize) -> Operand {
        let name = self.types.text(ty);
        let text = match self.rng.below(4) {
            0 => {
                let part = self.types.of(Kind::Float { bits: bits / 2 });
                let (a, b) = (self.value(part, depth), self.value(part, depth));
                format!("{name}(complex({a}, {b}))")
            }
            1 => {
                let from = self.types.of(Kind::Complex { bits: 192 - bits });
                format!("{name}({})", self.value(from, depth))
            }
            _ => {
                let (a, b) = (self.value(ty, depth), self.value(ty, depth));
                format!("({a} {} {b})", self.rng.pick(&["+", "-", "*", "/"]))
            }
        };
        computed(text)
    }

    pub fn string_expr(&mut self, ty: Ty, depth: usize) -> Operand {
        let name = self.types.text(ty);
        let (byte, rune, string) =
            (self.types.int("uint8"), self.types.int("int32"), self.types.of(Kind::Str));
        let text = match self.rng.below(8) {
            0 | 1 => {
                let (a, b) = (self.value(string, depth), self.operand(string, depth).text);
                format!("{name}(cut({a} + {b}))")
            }
            2 => {
                let slice = self.types.of(Kind::Slice(byte));
                format!("{name}({})", self.value(slice, depth))
            }
            3 => {
                let slice = self.types.of(Kind::Slice(rune));
                format!("{name}({})", self.value(slice, depth))
            }
            4 => format!("{name}(string({}))", self.value(rune, depth)),
            5 => {
                let (a, b) = (self.value(string, depth), self.value(string, depth));
                format!("{name}({}({a}, {b}))", self.rng.pick(&["min", "max"]))
            }
            6 if self.may_panic() => {
                let (s, i, j) = (self.value(string, depth), self.value(byte, depth), self.value(byte, depth));
                match self.rng.below(3) {
                    0 => format!("{name}({s}[{i}%8:])"),
                    1 => format!("{name}({s}[:{i}%8])"),
                    _ => format!("{name}({s}[{i}%8:{j}%16])"),
                }
            }
            _ => {
                let (s, i, j) = (self.value(string, depth), self.value(byte, depth), self.value(byte, depth));
                format!("{name}(sub({s}, int({i}%8), int({j}%16)))")
            }
        };
        computed(text)
    }
}
