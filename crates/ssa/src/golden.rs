//! Golden files: programs in the printed form with runs in comments.
//!
//! `; run f(1, -2) == 3` expects results, `; run f(0) panics text` a panic whose text contains `text`. Names
//! with other signs than letters, digits, `.` and `_` do not occur in golden files. Numbers may be decimal or
//! `0x...`; where the type is a float, decimal numbers are floats, also `nan`, `inf`, `-inf`, and `0x...` are bits.

use crate::program::Program;
use crate::ty::Type;

/// A run of a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Line of the file, from 1.
    pub line: usize,
    /// Function.
    pub func: String,
    /// Arguments as bits.
    pub args: Vec<u64>,
    /// What must come out.
    pub outcome: Outcome,
}

/// What must come out of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// These results, as bits.
    Results(Vec<u64>),
    /// A panic with this text in it.
    Panics(String),
}

/// The runs in a file's comments; an error says which line is wrong.
pub fn runs(text: &str, program: &Program) -> Result<Vec<Run>, String> {
    let mut found = Vec::new();
    for (n, line) in text.lines().enumerate() {
        if let Some(rest) = line.trim().strip_prefix("; run ") {
            let run =
                run(n + 1, rest, program).ok_or_else(|| format!("line {}: {rest:?} is no run", n + 1))?;
            found.push(run);
        }
    }
    Ok(found)
}

fn run(line: usize, text: &str, program: &Program) -> Option<Run> {
    let (name, rest) = text.split_once('(')?;
    let (args, outcome) = rest.split_once(')')?;
    let func = program.func(name)?;
    let args = numbers(args, &func.sig.params)?;
    let outcome = outcome.trim();
    let outcome = match outcome.strip_prefix("panics ") {
        Some(text) => Outcome::Panics(text.trim().to_string()),
        None => {
            let results = outcome.strip_prefix("==").unwrap_or(outcome);
            Outcome::Results(numbers(results, &func.sig.results)?)
        }
    };
    Some(Run { line, func: name.to_string(), args, outcome })
}

fn numbers(text: &str, types: &[Type]) -> Option<Vec<u64>> {
    let text = text.trim();
    let words: Vec<&str> = if text.is_empty() { Vec::new() } else { text.split(',').collect() };
    if words.len() != types.len() {
        return None;
    }
    words.iter().zip(types).map(|(word, &ty)| number(word.trim(), ty)).collect()
}

fn number(word: &str, ty: Type) -> Option<u64> {
    if let Some(hex) = word.strip_prefix("0x") {
        return u64::from_str_radix(hex, 16).ok();
    }
    match ty {
        Type::F32 => Some(u64::from(word.parse::<f32>().ok()?.to_bits())),
        Type::F64 => Some(word.parse::<f64>().ok()?.to_bits()),
        Type::I8 | Type::I16 | Type::I32 | Type::I64 | Type::Ptr => {
            let value: i128 = word.parse().ok()?;
            Some(value as u64 & ty.mask())
        }
    }
}

/// The file without its comments and blank lines, to be compared with a printed program.
pub fn code_lines(text: &str) -> Vec<&str> {
    text.lines().filter(|line| !line.trim().is_empty() && !line.trim().starts_with(';')).collect()
}

/// The file with its code replaced by `printed`; leading comments stay.
pub fn with_code(text: &str, printed: &str) -> String {
    let comments: Vec<&str> = text.lines().filter(|line| line.trim().starts_with(';')).collect();
    let mut out = comments.join("\n");
    if !out.is_empty() {
        out.push_str("\n\n");
    }
    out.push_str(printed.trim_end());
    out.push('\n');
    out
}
