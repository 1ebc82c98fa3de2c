//! Constant declarations: what the compiler computes exactly.
//!
//! Go refuses a constant that its type cannot hold, so the value is computed here as well, in 128 bits;
//! an expression that leaves them is not written.

use super::generator::Generator;
use super::ty::INTS;

/// Untyped constants stay below 2 to this power.
const UNTYPED_BITS: u32 = 100;

/// What a typed constant may be; untyped without it.
#[derive(Clone, Copy)]
struct Range {
    low: i128,
    high: i128,
    signed: bool,
}

impl Range {
    fn of(typed: Option<(u32, bool)>) -> Range {
        match typed {
            None => Range { low: -(1 << UNTYPED_BITS), high: 1 << UNTYPED_BITS, signed: true },
            Some((bits, true)) => {
                Range { low: -(1 << (bits - 1)), high: (1 << (bits - 1)) - 1, signed: true }
            }
            Some((bits, false)) => Range { low: 0, high: (1 << bits) - 1, signed: false },
        }
    }

    fn holds(&self, number: i128) -> bool {
        (self.low..=self.high).contains(&number)
    }
}

impl Generator {
    /// Declares constants and a function that shows them.
    pub fn declare_constants(&mut self) {
        let mut shown = Vec::new();
        for idx in 0..12 {
            let name = format!("c{idx}");
            let typed = self.rng.percent(60).then(|| self.rng.pick(&INTS));
            let range = Range::of(typed.map(|(_, bits, signed)| (bits, signed)));
            let (text, _) = self.constant(range, 4);
            match typed {
                Some((ty, ..)) if self.rng.percent(50) => self.line(format!("\nconst {name} {ty} = {text}")),
                Some((ty, ..)) => self.line(format!("\nconst {name} = {ty}(0) + {text}")),
                None => self.line(format!("\nconst {name} = {text}")),
            }
            shown.push(match typed {
                Some(_) => format!("uint64({name} & 0x7f), uint64({name} >> 3 & 0x7f), float64({name})"),
                None => {
                    format!("uint64({name} & (1<<64 - 1)), uint64({name} >> 64 & 0xffff), float64({name})")
                }
            });
        }
        for idx in 0..6 {
            let (text, _) = self.float_constant(4);
            self.line(format!("\nconst d{idx} = {text}"));
            shown.push(format!("hashFloat(d{idx}), hashFloat(float64(float32(d{idx})))"));
        }
        self.iota_block(&mut shown);
        self.open("\nfunc constants() {");
        for values in shown {
            self.line(format!("println({values})"));
        }
        self.close("}");
    }

    /// A block whose expressions repeat, with `iota`, blanks and skipped lines.
    fn iota_block(&mut self, shown: &mut Vec<String>) {
        self.open("\nconst (");
        let ty = ["", " int64", " uint8", " float32"];
        let ty = self.rng.pick(&ty);
        let forms = ["iota", "iota * 3", "1 << iota", "7 - iota", "(iota + 1) * iota"];
        let (first, second) = (self.rng.pick(&forms), self.rng.pick(&forms));
        self.line(format!("e0, k0{ty} = {first}, {second} + 0"));
        for idx in 1..6 {
            match self.rng.below(4) {
                0 => self.line("_, _"),
                1 => {
                    let form = self.rng.pick(&forms);
                    self.line(format!("e{idx}, k{idx} = {form}, {idx}"));
                    shown.push(format!("e{idx}, k{idx}"));
                }
                _ => {
                    self.line(format!("e{idx}, k{idx}"));
                    shown.push(format!("e{idx}, k{idx}"));
                }
            }
        }
        self.close(")");
    }

    /// A constant expression without a type of its own, and its value.
    fn constant(&mut self, range: Range, depth: usize) -> (String, i128) {
        for _ in 0..8 {
            if depth == 0 {
                break;
            }
            let (a, x) = self.constant(range, depth - 1);
            let (b, y) = self.constant(range, depth - 1);
            let n = self.rng.below(40) as u32;
            let (text, number) = match self.rng.below(12) {
                0 | 1 => (format!("({a} + {b})"), x.checked_add(y)),
                2 => (format!("({a} - {b})"), x.checked_sub(y)),
                3 => (format!("({a} * {b})"), x.checked_mul(y)),
                4 if y != 0 => (format!("({a} / {b})"), x.checked_div(y)),
                5 if y != 0 => (format!("({a} % {b})"), x.checked_rem(y)),
                6 => (format!("({a} & {b})"), Some(x & y)),
                7 => (format!("({a} | {b})"), Some(x | y)),
                8 => (format!("({a} ^ {b})"), Some(x ^ y)),
                9 => (format!("({a} &^ {b})"), Some(x & !y)),
                10 => (format!("({a} << {n})"), x.checked_mul(1 << n)),
                11 if range.signed => (format!("(-{a})"), Some(-x)),
                _ => (format!("({a} >> {n})"), Some(x >> n)),
            };
            if let Some(number) = number.filter(|&number| range.holds(number)) {
                return (text, number);
            }
        }
        let number = match self.rng.below(4) {
            0 => i128::from(self.rng.next() >> self.rng.below(64)),
            1 => 1 << self.rng.below(64),
            _ => self.rng.below(40) as i128,
        };
        let number = if range.holds(number) { number } else { number & 0x7f };
        let text = match self.rng.below(5) {
            0 => format!("{number:#x}"),
            1 => format!("{number:#b}"),
            2 => format!("{number:#o}"),
            3 if (33..127).contains(&number) && number != 39 && number != 92 => {
                format!("'{}'", number as u8 as char)
            }
            _ => number.to_string(),
        };
        (text, number)
    }

    /// A floating-point constant expression of a middling size, and about its value.
    fn float_constant(&mut self, depth: usize) -> (String, f64) {
        for _ in 0..8 {
            if depth == 0 {
                break;
            }
            let ((a, x), (b, y)) = (self.float_constant(depth - 1), self.float_constant(depth - 1));
            let (text, number) = match self.rng.below(4) {
                0 => (format!("({a} + {b})"), x + y),
                1 => (format!("({a} - {b})"), x - y),
                2 => (format!("({a} * {b})"), x * y),
                _ => (format!("({a} / {b})"), x / y),
            };
            if number.abs() > 1e-9 && number.abs() < 1e12 {
                return (text, number);
            }
        }
        let (text, number) = self.rng.pick(&[
            ("0.1", 0.1),
            ("3.0", 3.0),
            ("1e3", 1e3),
            ("0x1.8p-3", 0.1875),
            ("2.718281828459045235360287", std::f64::consts::E),
            ("'a'*1.0", 97.0),
            ("1/3.0", 1.0 / 3.0),
        ]);
        (format!("({text})"), number)
    }
}
