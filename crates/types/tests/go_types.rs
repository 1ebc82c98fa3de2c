//! Every expression of the standard library has the type, the kind of use and the constant value that go/types finds.
//!
//! Where the two differ by design, [`excused`] says why.

mod support;

use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use bumpalo::Bump;
use support::Std;
use types::constant::{Value, to_f64};
use types::{Arenas, ExprInfo, FIRST, Mode, Session, Type};

/// What is known of one expression, in words.
#[derive(PartialEq, Debug)]
struct Known {
    mode: &'static str,
    ty: String,
    value: String,
}

fn value(value: Value<'_>) -> String {
    let bump = Bump::new();
    let value = value.copy_to(&bump);
    let bits = |value: Value<'_>| format!("{:x}", to_f64(value).to_bits());
    match value {
        Value::Unknown => "unknown".into(),
        Value::Bool(b) => b.to_string(),
        Value::Str(text) => {
            let hash = text.iter().fold(0u64, |hash, &c| hash.wrapping_mul(31).wrapping_add(c.into()));
            format!("string {} {hash:x}", text.len())
        }
        _ => match (value.to_int(&bump).int64_exact(), value) {
            (Some(int), _) => format!("int {int}"),
            (None, Value::Complex((re, im))) => format!("complex {} {}", bits(*re), bits(*im)),
            (None, _) => format!("float {}", bits(value)),
        },
    }
}

fn known(entry: &ExprInfo<'_>) -> Known {
    let mode = match entry.mode {
        Mode::Invalid => "invalid",
        Mode::NoValue => "no value",
        Mode::Builtin(_) => "builtin",
        Mode::Type | Mode::GenericType => "type",
        Mode::Constant => "constant",
        Mode::Variable => "variable",
        Mode::MapIndex => "map index",
        Mode::Value => "value",
        Mode::Nil => "nil",
        Mode::CommaOk => "comma ok",
    };
    let ty = match entry.ty {
        _ if mode == "nil" => String::new(),
        Some(Type::Tuple(types)) => {
            let types: Vec<String> = types.iter().map(|ty| types::format::type_string(ty, None)).collect();
            format!("({})", types.join(", "))
        }
        Some(ty) => types::format::type_string(ty, None),
        None => String::new(),
    };
    let value = match entry.value {
        Some(constant) if mode == "constant" => value(constant),
        _ => String::new(),
    };
    Known { mode, ty, value }
}

/// Reports whether the difference is meant to be.
fn excused(theirs: (&str, &str, &str), ours: &Known) -> bool {
    let (mode, ty, value) = theirs;
    // `x++` counts there as `x += 1` with a 1 where `x` is.
    mode == "constant" && value == "int 1" && ours.mode != "constant"
        // Conditions, shift counts and strings that are copied from get their types here.
        || ty == "untyped bool" && ours.ty == "bool"
        || ty == "untyped int" && ours.ty == "uint"
        || ty == "untyped string" && ours.ty == "string"
        // The methods of an interface are in another order.
        || ty.contains("interface{") && ours.ty.contains("interface{") && ty.len() == ours.ty.len()
        // The operand of unsafe.Offsetof is no value there.
        || mode == "value" && ours.mode == "variable" && ty == ours.ty
}

fn dump(std: &mut Std) -> HashMap<(String, u32, u32), Vec<Known>> {
    let all: Vec<String> = std.packages.iter().map(|pkg| pkg.path.clone()).collect();
    let inputs = std.std_inputs(&all);
    let mut arenas = Arenas::new(inputs.len());
    let session = Session::new(target::Target::LINUX_AMD64, &inputs, &mut arenas);
    let declared: Vec<_> = (FIRST..FIRST + inputs.len() as u32).map(|index| session.declare(index)).collect();
    let mut found: HashMap<_, Vec<Known>> = HashMap::new();
    for declared in declared {
        let checked = session.check_bodies(declared);
        let input = &inputs[(checked.pkg.index - FIRST) as usize];
        for (file, info) in input.files.iter().zip(&checked.info) {
            let name = &std.map.file(file.id).name;
            for (expr, entry) in file.tree.exprs.iter().zip(&info.exprs) {
                if let Some(entry) = entry {
                    let key = (name.clone(), expr.span.start, expr.span.end);
                    found.entry(key).or_default().push(known(entry));
                }
            }
        }
    }
    found
}

fn compare() -> Result<(), String> {
    let mut std = Std::list("amd64");
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/go_types/main.go");
    let mut go = Command::new("go")
        .arg("run")
        .arg(program)
        .arg("std")
        .envs([
            ("CGO_ENABLED", "0"),
            ("GOARCH", "amd64"),
            ("GOOS", "linux"),
            ("GOFLAGS", ""),
            ("GO111MODULE", "off"),
            ("GODEBUG", "gotypesalias=1"),
        ])
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|err| err.to_string())?;
    let found = dump(&mut std);
    let (mut n_compared, mut differences) = (0u32, Vec::new());
    for line in BufReader::new(go.stdout.take().ok_or("no output")?).lines() {
        let line = line.map_err(|err| err.to_string())?;
        let fields: Vec<&str> = line.split('\t').collect();
        let [name, start, end, mode, ty, value] = fields[..] else { return Err(format!("bad line {line}")) };
        let offset = |text: &str| text.parse::<u32>().map_err(|err| err.to_string());
        // Types of functions and parameters are no expressions here.
        let Some(ours) = found.get(&(name.to_owned(), offset(start)?, offset(end)?)) else { continue };
        n_compared += 1;
        let same = |ours: &Known| (mode, ty, value) == (ours.mode, &*ours.ty, &*ours.value);
        if !ours.iter().any(|ours| same(ours) || excused((mode, ty, value), ours)) {
            differences.push(format!("{name}:{start}-{end}: {mode} {ty} {value}, here {ours:?}"));
        }
    }
    if !go.wait().map_err(|err| err.to_string())?.success() {
        return Err("go run fails".into());
    }
    if n_compared < 1_000_000 || !differences.is_empty() {
        differences.truncate(40);
        return Err(format!("{n_compared} compared\n{}", differences.join("\n")));
    }
    Ok(())
}

#[test]
fn every_expression_is_as_go_types_has_it() -> Result<(), String> {
    support::on_large_stack(compare)
}
