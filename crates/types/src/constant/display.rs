//! Constants in messages: in gc's form, which shortens long strings and rounds floats to six digits.

use std::fmt;

use dashu_int::ops::BitTest;

use super::{Float, Value, magnitude, to_f64};

/// Quoted strings of more characters than this are cut.
const MAX_QUOTED: usize = 72;

impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Value::Unknown => f.write_str("unknown"),
            Value::Bool(b) => write!(f, "{b}"),
            Value::Str(bytes) => f.write_str(&shortened(bytes)),
            Value::Int(int) => write!(f, "{int}"),
            Value::BigInt(int) => write!(f, "{int}"),
            Value::Ratio(_) | Value::Float(_) => f.write_str(&real(*self)),
            Value::Complex((re, im)) => write!(f, "({re} + {im}i)"),
        }
    }
}

// Quotes bytes as a Go string literal; what is cut off is not looked at, for constants may be very long.
fn shortened(bytes: &[u8]) -> String {
    let mut out = String::from("\"");
    'chunks: for chunk in bytes[..bytes.len().min(4 * MAX_QUOTED)].utf8_chunks() {
        for c in chunk.valid().chars() {
            quote_char(&mut out, c);
            if out.len() > 4 * MAX_QUOTED {
                break 'chunks;
            }
        }
        for byte in chunk.invalid() {
            out += &format!("\\x{byte:02x}");
        }
    }
    out.push('"');
    match out.char_indices().nth(MAX_QUOTED) {
        None => out,
        Some(_) => {
            let (end, _) = out.char_indices().nth(MAX_QUOTED - 3).expect("it is longer");
            format!("{}...", &out[..end])
        }
    }
}

fn quote_char(out: &mut String, c: char) {
    match c {
        '"' => *out += "\\\"",
        '\\' => *out += "\\\\",
        '\x07' => *out += "\\a",
        '\x08' => *out += "\\b",
        '\x0c' => *out += "\\f",
        '\n' => *out += "\\n",
        '\r' => *out += "\\r",
        '\t' => *out += "\\t",
        '\x0b' => *out += "\\v",
        // What Rust's `Debug` would escape is not printable.
        _ if c == ' ' || !c.escape_debug().to_string().starts_with('\\') || c == '\'' => out.push(c),
        '\0'..='\x7f' => *out += &format!("\\x{:02x}", c as u32),
        '\u{80}'..='\u{ffff}' => *out += &format!("\\u{:04x}", c as u32),
        _ => *out += &format!("\\U{:08x}", c as u32),
    }
}

fn real(value: Value<'_>) -> String {
    let float = to_f64(value);
    if float.is_finite() && (float == 0.0) == (value.sign() == 0) {
        let text = general(float, Some(6));
        let is_int = match value {
            // What is left of it in 512 bits counts, as in gc.
            Value::Ratio(ratio) => Float::from_ratio(ratio).is_some_and(|float| float.parts().1 >= 0),
            Value::Float(float) => float.parts().1 >= 0,
            _ => true,
        };
        // Six digits would make a fraction look like an integer.
        return if !is_int && !text.contains('.') { general(float, None) } else { text };
    }
    match value {
        Value::Float(float) => out_of_range(float),
        Value::Ratio(ratio) => {
            Float::from_ratio(ratio).map_or_else(String::new, |float| out_of_range(&float))
        }
        _ => String::new(),
    }
}

/// Formats as C's `%g`, with so many digits or as few as tell the float apart.
fn general(float: f64, precision: Option<usize>) -> String {
    let scientific = match precision {
        Some(precision) => format!("{float:.*e}", precision - 1),
        None => format!("{float:e}"),
    };
    let (mant, exp) = scientific.split_once('e').expect("the form has an exponent");
    let exp: i32 = exp.parse().expect("the form has an exponent");
    // Without a precision the choice of form is made as with six digits.
    if exp < -4 || exp >= precision.unwrap_or(6) as i32 {
        let sign = if exp < 0 { '-' } else { '+' };
        return format!("{}e{sign}{:02}", trim_zeros(mant), exp.abs());
    }
    match precision {
        Some(precision) => {
            let n_decimals = (precision as i32 - 1 - exp).max(0) as usize;
            trim_zeros(&format!("{float:.n_decimals$}")).to_string()
        }
        None => format!("{float}"),
    }
}

fn trim_zeros(decimal: &str) -> &str {
    if decimal.contains('.') { decimal.trim_end_matches('0').trim_end_matches('.') } else { decimal }
}

/// Formats a number that is no `float64` from its logarithm; six digits are right.
fn out_of_range(float: &Float) -> String {
    let (mant, _) = float.parts();
    let digits = magnitude(mant);
    let surplus = digits.bit_len().saturating_sub(64);
    let top = u64::try_from(&digits >> surplus).expect("64 bits are left");
    let mut mant = top as f64 / 2f64.powi((digits.bit_len() - surplus) as i32);
    let log = float.top() as f64 * std::f64::consts::LOG10_2;
    let mut exp = log as i64;
    mant *= 10f64.powf(log - exp as f64);
    if mant < 1.0 - 0.5e-6 {
        mant *= 10.0;
        exp -= 1;
    } else if mant >= 10.0 {
        mant /= 10.0;
        exp += 1;
    }
    let sign = if float.sign() < 0 { "-" } else { "" };
    format!("{sign}{}e{exp:+}", general(mant, Some(6)))
}
