//! Link names: symbols of functions, strings that identify types.
//!
//! A function's symbol is what a traceback shows: `main.main`, `main.(*T).Add`, `main.F[int]`, `main.F.func1`.

use std::fmt::Write;

use types::{Basic, Obj, ObjKind, Ty, Type};

/// Returns a string that two types share exactly when they are identical.
pub fn link_string(ty: Ty<'_>) -> String {
    let mut out = String::new();
    write_type(&mut out, ty);
    out
}

/// Returns the path of a package as it stands in symbols; that of a program is `main`.
pub fn package_path<'s>(pkg: &types::Package<'s>) -> &'s str {
    if pkg.is_program { "main" } else { pkg.path.as_str() }
}

fn write_type(out: &mut String, ty: Ty<'_>) {
    match types::predicates::unalias(ty) {
        Type::Basic(basic) => out.push_str(basic_name(*basic)),
        Type::Named(named) => {
            write_qualified(out, named.obj);
            if named.local_number > 0 {
                write!(out, "·{}", named.local_number).expect("strings take text");
            }
            write_args(out, named.targs);
        }
        Type::Pointer(elem) => prefixed(out, "*", elem),
        Type::Slice(elem) => prefixed(out, "[]", elem),
        Type::Array { elem, len } => prefixed(out, &format!("[{len}]"), elem),
        Type::Map { key, elem } => {
            prefixed(out, "map[", key);
            prefixed(out, "]", elem);
        }
        Type::Chan { dir, elem } => {
            let (open, close) = match dir {
                syntax::ChanDir::Both => ("chan (", ")"),
                syntax::ChanDir::Send => ("chan<- (", ")"),
                syntax::ChanDir::Recv => ("<-chan (", ")"),
            };
            prefixed(out, open, elem);
            out.push_str(close);
        }
        Type::Struct(st) => {
            out.push_str("struct {");
            for (idx, field) in st.fields.iter().enumerate() {
                out.push_str(if idx == 0 { " " } else { "; " });
                // An embedded field is named after its type or an alias of it.
                if field.is_embedded() {
                    out.push('@');
                }
                write_member(out, field);
                out.push(' ');
                write_type(out, field.ty().expect("fields are typed"));
                if !st.tag(idx).is_empty() {
                    write!(out, " {:?}", st.tag(idx)).expect("strings take text");
                }
            }
            out.push_str(" }");
        }
        Type::Tuple(types) => {
            out.push('(');
            types.iter().for_each(|ty| prefixed(out, ",", ty));
            out.push(')');
        }
        Type::Signature(sig) => {
            out.push_str("func(");
            write_vars(out, sig.params, sig.variadic);
            out.push_str(") (");
            write_vars(out, sig.results, false);
            out.push(')');
        }
        Type::Interface(interface) => {
            out.push_str("interface {");
            let set = interface.type_set.get();
            let methods = set.map_or(interface.methods, |set| set.methods);
            for method in methods {
                out.push(' ');
                write_member(out, method);
                write_type(out, method.ty().expect("methods are typed"));
                out.push(';');
            }
            if let Some(terms) = set.and_then(|set| set.terms) {
                for term in terms {
                    prefixed(out, if term.tilde { "|~" } else { "|" }, term.ty);
                }
            }
            if set.is_some_and(|set| set.comparable) {
                out.push_str(" comparable");
            }
            out.push_str(" }");
        }
        Type::TypeParam(param) => write!(out, "${}", param.obj.name).expect("strings take text"),
        Type::Alias(_) | Type::Union(_) => panic!("lowering saw {ty:?}, which is no type of a value"),
    }
}

fn prefixed(out: &mut String, prefix: &str, ty: Ty<'_>) {
    out.push_str(prefix);
    write_type(out, ty);
}

/// Names that are not exported are different in different packages. Spec, "Uniqueness of identifiers".
fn write_member(out: &mut String, obj: Obj<'_>) {
    if !obj.name.is_exported() {
        let path = obj.pkg.map_or("", |pkg| package_path(pkg));
        write!(out, "{path}.").expect("strings take text");
    }
    out.push_str(obj.name.as_str());
}

fn write_vars(out: &mut String, vars: &[Obj<'_>], variadic: bool) {
    for (idx, var) in vars.iter().enumerate() {
        let dots = if variadic && idx + 1 == vars.len() { "..." } else { "" };
        prefixed(out, if idx > 0 { ", " } else { "" }, var.ty().expect("parameters are typed"));
        out.push_str(dots);
    }
}

fn write_args(out: &mut String, targs: &[Ty<'_>]) {
    for (idx, ty) in targs.iter().enumerate() {
        prefixed(out, if idx == 0 { "[" } else { "," }, ty);
    }
    if !targs.is_empty() {
        out.push(']');
    }
}

fn write_qualified(out: &mut String, obj: Obj<'_>) {
    if let Some(pkg) = obj.pkg {
        write!(out, "{}.", package_path(pkg)).expect("strings take text");
    }
    out.push_str(obj.name.as_str());
}

/// Returns the symbol of a function or method with its type arguments. Methods of instances are named by the
/// instance.
pub fn func_symbol(obj: Obj<'_>, recv: Option<Ty<'_>>, targs: &[Ty<'_>]) -> String {
    let mut out = String::new();
    match (recv, &obj.kind) {
        (Some(recv), ObjKind::Func { ptr_recv, .. }) => {
            let recv = match types::predicates::unalias(recv) {
                Type::Pointer(base) => base,
                base => base,
            };
            let base = link_string(recv);
            let (path, name) = split_qualified(&base);
            match ptr_recv {
                true => write!(out, "{path}(*{name}).{}", obj.name),
                false => write!(out, "{path}{name}.{}", obj.name),
            }
            .expect("strings take text");
        }
        _ => {
            write_qualified(&mut out, obj);
            write_args(&mut out, targs);
        }
    }
    out
}

/// Splits `a/b.T[x/y.U]` into `a/b.` and `T[x/y.U]`.
fn split_qualified(name: &str) -> (&str, &str) {
    let head = name.find('[').unwrap_or(name.len());
    let slash = name[..head].rfind('/').map_or(0, |idx| idx + 1);
    let dot = name[slash..head].find('.').map_or(0, |idx| slash + idx + 1);
    name.split_at(dot)
}

/// Returns the name of a predeclared type.
pub fn basic_name(basic: Basic) -> &'static str {
    match basic {
        Basic::Invalid => "invalid type",
        Basic::Bool | Basic::UntypedBool => "bool",
        Basic::Int | Basic::UntypedInt => "int",
        Basic::Int8 => "int8",
        Basic::Int16 => "int16",
        Basic::Int32 | Basic::UntypedRune => "int32",
        Basic::Int64 => "int64",
        Basic::Uint => "uint",
        Basic::Uint8 => "uint8",
        Basic::Uint16 => "uint16",
        Basic::Uint32 => "uint32",
        Basic::Uint64 => "uint64",
        Basic::Uintptr => "uintptr",
        Basic::Float32 => "float32",
        Basic::Float64 | Basic::UntypedFloat => "float64",
        Basic::Complex64 => "complex64",
        Basic::Complex128 | Basic::UntypedComplex => "complex128",
        Basic::String | Basic::UntypedString => "string",
        Basic::UnsafePointer | Basic::UntypedNil => "unsafe.Pointer",
    }
}
