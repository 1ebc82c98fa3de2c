//! The string of a type that `%T` prints and `reflect` parses.
//!
//! Packages stand by name; inside the brackets of an instance by path. Members that are not exported are not qualified in structs, and
//! are in interfaces (observed of gc 1.26 with `reflect.TypeOf(x).String()`).

use std::fmt::Write;

use types::{Obj, Ty, Type};

use crate::names;

/// Writes a type for people.
pub(crate) fn type_string(ty: Ty<'_>) -> String {
    let mut out = String::new();
    write_type(&mut out, ty, false);
    out
}

fn write_type(out: &mut String, ty: Ty<'_>, by_path: bool) {
    match types::predicates::unalias(ty) {
        Type::Basic(basic) => out.push_str(names::basic_name(*basic)),
        Type::Named(named) => {
            if let Some(pkg) = named.obj.pkg {
                let home = if by_path { names::package_path(pkg) } else { pkg.name.as_str() };
                put(out, format_args!("{home}."));
            }
            out.push_str(named.obj.name.as_str());
            for (idx, arg) in named.targs.iter().enumerate() {
                out.push(if idx == 0 { '[' } else { ',' });
                write_type(out, arg, true);
            }
            if !named.targs.is_empty() {
                out.push(']');
            }
            if by_path && named.local_number > 0 {
                put(out, format_args!("·{}", named.local_number));
            }
        }
        Type::Pointer(elem) => prefixed(out, "*", elem, by_path),
        Type::Slice(elem) => prefixed(out, "[]", elem, by_path),
        Type::Array { elem, len } => prefixed(out, &format!("[{len}]"), elem, by_path),
        Type::Map { key, elem } => {
            prefixed(out, "map[", key, by_path);
            prefixed(out, "]", elem, by_path);
        }
        Type::Chan { dir, elem } => {
            let nested =
                matches!(types::predicates::unalias(elem), Type::Chan { dir: syntax::ChanDir::Recv, .. });
            match dir {
                syntax::ChanDir::Recv => prefixed(out, "<-chan ", elem, by_path),
                syntax::ChanDir::Send => prefixed(out, "chan<- ", elem, by_path),
                syntax::ChanDir::Both if nested => {
                    prefixed(out, "chan (", elem, by_path);
                    out.push(')');
                }
                syntax::ChanDir::Both => prefixed(out, "chan ", elem, by_path),
            }
        }
        Type::Struct(st) => write_struct(out, st, by_path),
        Type::Tuple(types) => {
            out.push('(');
            types.iter().enumerate().for_each(|(idx, ty)| {
                prefixed(out, if idx > 0 { ", " } else { "" }, ty, by_path);
            });
            out.push(')');
        }
        Type::Signature(sig) => {
            out.push_str("func");
            write_signature(out, sig, by_path);
        }
        Type::Interface(interface) => {
            let methods = interface.type_set.get().map_or(interface.methods, |set| set.methods);
            if methods.is_empty() {
                out.push_str("interface {}");
                return;
            }
            out.push_str("interface {");
            for (idx, method) in methods.iter().enumerate() {
                out.push_str(if idx > 0 { "; " } else { " " });
                if let (false, Some(pkg)) = (method.name.is_exported(), method.pkg) {
                    put(out, format_args!("{}.", pkg.name));
                }
                out.push_str(method.name.as_str());
                if let Some(Type::Signature(sig)) = method.ty() {
                    write_signature(out, sig, by_path);
                }
            }
            out.push_str(" }");
        }
        other => panic!("lowering saw {other:?}, which is no type of a value"),
    }
}

fn put(out: &mut String, text: std::fmt::Arguments<'_>) {
    out.write_fmt(text).expect("strings take text");
}

fn prefixed(out: &mut String, prefix: &str, ty: Ty<'_>, by_path: bool) {
    out.push_str(prefix);
    write_type(out, ty, by_path);
}

fn write_struct(out: &mut String, st: &types::Struct<'_>, by_path: bool) {
    if st.fields.is_empty() {
        out.push_str("struct {}");
        return;
    }
    out.push_str("struct {");
    for (idx, field) in st.fields.iter().enumerate() {
        out.push_str(if idx > 0 { "; " } else { " " });
        if !field.is_embedded() {
            put(out, format_args!("{} ", field.name));
        }
        write_type(out, field.ty().expect("fields are typed"), by_path);
        if !st.tag(idx).is_empty() {
            put(out, format_args!(" {}", types::format::quote(st.tag(idx))));
        }
    }
    out.push_str(" }");
}

fn write_signature(out: &mut String, sig: &types::Signature<'_>, by_path: bool) {
    let list = |out: &mut String, objs: &[Obj<'_>], variadic: bool| {
        for (idx, obj) in objs.iter().enumerate() {
            let sep = if idx > 0 { ", " } else { "" };
            match obj.ty() {
                Some(Type::Slice(elem)) if variadic && idx + 1 == objs.len() => {
                    prefixed(out, &format!("{sep}..."), elem, by_path);
                }
                Some(ty) => prefixed(out, sep, ty, by_path),
                None => out.push_str(sep),
            }
        }
    };
    out.push('(');
    list(out, sig.params, sig.variadic);
    out.push(')');
    match sig.results {
        [] => {}
        [one] => prefixed(out, " ", one.ty().expect("results are typed"), by_path),
        many => {
            out.push_str(" (");
            list(out, many, false);
            out.push(')');
        }
    }
}
