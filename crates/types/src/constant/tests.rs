use bumpalo::Bump;
use syntax::{BinaryOp, LitKind, UnaryOp};

use super::*;

fn number<'s>(bump: &'s Bump, text: &'s str) -> Value<'s> {
    let hex = text.starts_with("0x") || text.starts_with("0X");
    let kind = match text {
        _ if text.starts_with('"') || text.starts_with('`') => LitKind::String,
        _ if text.starts_with('\'') => LitKind::Rune,
        _ if text.ends_with('i') => LitKind::Imag,
        _ if hex && text.contains(['p', 'P']) => LitKind::Float,
        _ if !hex && text.contains(['.', 'e', 'E']) => LitKind::Float,
        _ => LitKind::Int,
    };
    literal(bump, kind, text.as_bytes())
}

#[track_caller]
fn shows(text: &str, want: &str) {
    let bump = Bump::new();
    assert_eq!(number(&bump, text).to_string(), want, "{text}");
}

#[test]
fn literals() {
    shows("0", "0");
    shows("1_000", "1000");
    shows("0x_FF", "255");
    shows("0b101", "5");
    shows("0o17", "15");
    shows("017", "15");
    shows("9223372036854775807", "9223372036854775807");
    shows("9223372036854775808", "9223372036854775808");
    shows("0xffffffffffffffffffff", "1208925819614629174706175");
    shows("1.5", "1.5");
    shows("1e100", "1e+100");
    shows("0x1p-2", "0.25");
    shows("0x1.8p1", "3");
    shows(".5", "0.5");
    shows("0123i", "(0 + 123i)");
    shows("0x10i", "(0 + 16i)");
    shows("1.5i", "(0 + 1.5i)");
    shows("1234567i", "(0 + 1.23457e+06i)");
    shows("'a'", "97");
    shows(r"'\''", "39");
    shows(r"'\xff'", "255");
    shows(r"'\u00e4'", "228");
    shows(r"'\377'", "255");
    shows("'ä'", "228");
    shows("`a\r\nb`", r#""a\nb""#);
    shows(r#""a\tb\xff""#, r#""a\tb\xff""#);
}

#[test]
fn large_floats_in_messages() {
    shows("1e308", "1e+308");
    shows("1e400", "1e+400");
    shows("1.5e5000", "1.5e+5000");
    shows("1e-5000", "1e-5000");
    shows("1e100000", "1e+100000");
    shows("3.14159265358979323846", "3.14159");
    shows("123456.5", "123456.5");
    shows("1234567.0", "1.23457e+06");
    shows("0.00001", "1e-05");
    shows("1e1000000000000", "unknown");
    shows("1e-1000000000000", "0");
}

#[test]
fn long_strings_are_cut() {
    let long = format!("\"{}\"", "x".repeat(100));
    shows(&long, &format!("\"{}...", "x".repeat(68)));
    let fits = format!("\"{}\"", "x".repeat(70));
    shows(&fits, &fits);
}

#[track_caller]
fn gives(lhs: &str, op: BinaryOp, rhs: &str, want: &str) {
    let bump = Bump::new();
    let (a, b) = (number(&bump, lhs), number(&bump, rhs));
    let both_int = a.kind() == Kind::Int && b.kind() == Kind::Int;
    assert_eq!(binary(&bump, op, a, b, both_int).to_string(), want, "{lhs} {op:?} {rhs}");
}

#[test]
fn arithmetic() {
    gives("9223372036854775807", BinaryOp::Add, "1", "9223372036854775808");
    gives("9223372036854775808", BinaryOp::Sub, "1", "9223372036854775807");
    gives("4294967296", BinaryOp::Mul, "4294967296", "18446744073709551616");
    gives("7", BinaryOp::Div, "2", "3");
    gives("7.0", BinaryOp::Div, "2", "3.5");
    gives("7", BinaryOp::Rem, "4", "3");
    gives("12", BinaryOp::AndNot, "4", "8");
    gives("0xffffffffffffffffff", BinaryOp::And, "255", "255");
    gives("1", BinaryOp::Add, "2i", "(1 + 2i)");
    gives("2i", BinaryOp::Mul, "2i", "(-4 + 0i)");
    gives("1", BinaryOp::Div, "2i", "(0 + -0.5i)");
    gives("1e5000", BinaryOp::Div, "1e4999", "10");
    gives("1e5000", BinaryOp::Add, "1", "1e+5000");
    gives("1", BinaryOp::Div, "0.0", "unknown");
    gives("\"a\"", BinaryOp::Add, "\"b\"", "\"ab\"");
}

#[test]
fn negation_and_complement() {
    let bump = Bump::new();
    let min = unary(&bump, UnaryOp::Minus, number(&bump, "9223372036854775808"), 0);
    assert_eq!(min.int64_exact(), Some(i64::MIN));
    assert_eq!(unary(&bump, UnaryOp::Minus, min, 0).uint64_exact(), Some(1 << 63));
    assert_eq!(unary(&bump, UnaryOp::BitNot, Value::Int(0), 8).int64_exact(), Some(255));
    assert_eq!(unary(&bump, UnaryOp::BitNot, Value::Int(1), 64).uint64_exact(), Some(u64::MAX - 1));
    assert_eq!(unary(&bump, UnaryOp::BitNot, Value::Int(1), 0).int64_exact(), Some(-2));
    assert_eq!(min.bit_len(), 64);
    assert_eq!(Value::Int(-256).bit_len(), 9);
}

#[test]
fn shifts() {
    let bump = Bump::new();
    let one = Value::Int(1);
    assert_eq!(shift(&bump, BinaryOp::Shl, one, 62).int64_exact(), Some(1 << 62));
    assert_eq!(shift(&bump, BinaryOp::Shl, one, 63).uint64_exact(), Some(1 << 63));
    let long = shift(&bump, BinaryOp::Shl, one, 500);
    assert_eq!(long.bit_len(), 501);
    assert_eq!(shift(&bump, BinaryOp::Shr, long, 499).int64_exact(), Some(2));
    assert_eq!(shift(&bump, BinaryOp::Shr, Value::Int(-1), 100).int64_exact(), Some(-1));
    assert_eq!(shift(&bump, BinaryOp::Shr, long, u64::MAX).int64_exact(), Some(0));
}

#[test]
fn comparisons_climb_the_ladder() {
    let bump = Bump::new();
    let n = |text| number(&bump, text);
    assert!(compare(BinaryOp::Eq, n("1"), n("1.0")));
    assert!(compare(BinaryOp::Lt, n("1e400"), n("1e5000")));
    assert!(compare(BinaryOp::Gt, n("1e-400"), n("1e-5000")));
    assert!(compare(BinaryOp::Ne, n("1"), n("1i")));
    assert!(compare(BinaryOp::Lt, n("\"a\""), n("\"b\"")));
    assert!(!compare(BinaryOp::Eq, Value::Unknown, Value::Unknown));
    assert!(!compare(BinaryOp::Ne, Value::Unknown, Value::Unknown));
}

#[test]
fn integers_among_floats() {
    let bump = Bump::new();
    assert_eq!(number(&bump, "1e3").to_int(&bump).int64_exact(), Some(1000));
    assert!(number(&bump, "1.5").to_int(&bump).is_unknown());
    // Three thirds in rounded floats are an integer all the same.
    let huge = number(&bump, "1e5000");
    let third = binary(&bump, BinaryOp::Div, number(&bump, "1e5000"), number(&bump, "3e5000"), false);
    let one = binary(&bump, BinaryOp::Mul, third, Value::Int(3), false);
    assert_eq!(one.to_int(&bump).int64_exact(), Some(1));
    assert!(huge.to_int(&bump).is_unknown());
}

#[track_caller]
fn rounds(text: &str, want: f64) {
    let bump = Bump::new();
    assert_eq!(to_f64(number(&bump, text)).to_bits(), want.to_bits(), "{text}");
}

#[test]
fn rounding_is_to_nearest_even() {
    rounds("0.1", 0.1);
    rounds("1e23", 1e23);
    rounds("1.7976931348623157e308", f64::MAX);
    rounds("1.797693134862315807e308", f64::MAX);
    rounds("1.797693134862315808e308", f64::INFINITY);
    rounds("1e5000", f64::INFINITY);
    rounds("5e-324", 5e-324);
    rounds("2e-324", 0.0);
    rounds("2.4703282292062328e-324", 5e-324);
    rounds("2.2250738585072011e-308", f64::from_bits(0x000f_ffff_ffff_ffff));
    rounds("9007199254740993", 9007199254740992.0);
    rounds("9007199254740993.0000000001", 9007199254740994.0);
    let bump = Bump::new();
    assert_eq!(to_f32(number(&bump, "16777217")), 16777216.0);
    assert_eq!(to_f32(number(&bump, "1e-45")), f32::from_bits(1));
    assert!(round32(&bump, number(&bump, "3.5e38")).is_none());
    assert_eq!(round32(&bump, number(&bump, "0.1")).map(to_f64), Some(f64::from(0.1f32)));
    assert_eq!(round64(&bump, number(&bump, "0.1")), Some(from_f64(&bump, 0.1)));
}

#[test]
fn decimal_floats_out_of_range_are_right_to_the_last_bit() {
    let bump = Bump::new();
    // 10^2000 by two ways: directly, and as a ratio to a number beyond the range of ratios.
    let direct = number(&bump, "1e1200");
    let detour = binary(&bump, BinaryOp::Div, number(&bump, "1e3000"), number(&bump, "1e1800"), false);
    assert_eq!(to_f64(binary(&bump, BinaryOp::Div, detour, direct, false)), 1.0);
    let near = binary(
        &bump,
        BinaryOp::Sub,
        binary(&bump, BinaryOp::Div, detour, direct, false),
        Value::Int(1),
        false,
    );
    assert!(to_f64(near).abs() < 2f64.powi(-505));
}
