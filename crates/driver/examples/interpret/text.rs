//! What `print` makes of numbers, and strings of runes.

use std::fmt::LowerExp;

/// Formats as `print` does: the fewest digits that read back equal, in the form that `%g` chooses for six digits.
pub fn float<F: LowerExp + Into<f64> + Copy>(value: F) -> String {
    let wide: f64 = value.into();
    if wide.is_nan() {
        return "NaN".into();
    }
    if wide.is_infinite() {
        return if wide > 0.0 { "+Inf" } else { "-Inf" }.into();
    }
    let text = format!("{value:e}");
    let (mantissa, exponent) = text.split_once('e').expect("an exponent is always written");
    let exponent: i32 = exponent.parse().expect("the exponent is a number");
    let (sign, mantissa) = match mantissa.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", mantissa),
    };
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    sign.to_string() + &place(&digits, exponent)
}

/// Places the point in `d.ddd` times ten to the `exponent`.
fn place(digits: &str, exponent: i32) -> String {
    if !(-4..6).contains(&exponent) {
        let sign = if exponent < 0 { '-' } else { '+' };
        let point = if digits.len() > 1 { "." } else { "" };
        return format!("{}{point}{}e{sign}{:02}", &digits[..1], &digits[1..], exponent.abs());
    }
    if exponent < 0 {
        return format!("0.{}{digits}", "0".repeat((-exponent - 1) as usize));
    }
    let whole = exponent as usize + 1;
    if digits.len() <= whole {
        return format!("{digits}{}", "0".repeat(whole - digits.len()));
    }
    format!("{}.{}", &digits[..whole], &digits[whole..])
}

/// Formats as `print` does.
pub fn complex<F: LowerExp + Into<f64> + Copy>(re: F, im: F) -> String {
    let imag = float(im);
    let sign = if imag.starts_with(['+', '-']) { "" } else { "+" };
    format!("({}{sign}{imag}i)", float(re))
}

/// The rune that begins at `at`, and the index behind it; what is no UTF-8 is a byte wide. Spec, "For range".
pub fn decode_rune(bytes: &[u8], at: usize) -> (u32, usize) {
    for width in 1..=4.min(bytes.len() - at) {
        if let Ok(text) = std::str::from_utf8(&bytes[at..at + width]) {
            let rune = text.chars().next().map_or(0xfffd, u32::from);
            return (rune, at + width);
        }
    }
    (0xfffd, at + 1)
}

/// The UTF-8 of a number: U+FFFD if it is no rune. Spec, "Conversions to and from a string type".
pub fn encode_rune(rune: u64) -> String {
    let rune = u32::try_from(rune).ok().and_then(char::from_u32);
    rune.unwrap_or(char::REPLACEMENT_CHARACTER).to_string()
}
