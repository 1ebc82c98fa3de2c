//! What must hold for every file of the installed standard library.

mod common;

use std::sync::Arc;

use common::{goroot_files, on_large_stack};
use syntax::{ExprId, ExprKind, File, Mode, StmtId, parse};

fn parse_text(text: &str) -> (File, Vec<syntax::Error>) {
    parse(Arc::from(text.as_bytes()), Mode::Full)
}

#[test]
fn every_file_parses_without_an_error() {
    on_large_stack(|| {
        for (path, bytes) in goroot_files() {
            let (_, errors) = parse(bytes, Mode::Full);
            assert_eq!(errors, [], "{}", path.display());
        }
    });
}

#[test]
fn printed_and_parsed_again_gives_the_same_tree() {
    on_large_stack(|| {
        for (path, bytes) in goroot_files() {
            let (file, _) = parse(bytes, Mode::Full);
            let text = file.source_text();
            let (again, errors) = parse_text(&text);
            assert_eq!(errors, [], "{} printed:\n{text}", path.display());
            // A whole tree in a message would hide where the difference is.
            let (tree, tree_again) = (file.tree_text(), again.tree_text());
            let differs = tree.lines().zip(tree_again.lines()).find(|(a, b)| a != b);
            assert_eq!(differs, None, "{}", path.display());
            assert_eq!(tree.len(), tree_again.len(), "{}", path.display());
        }
    });
}

#[test]
fn the_header_alone_gives_the_same_imports() {
    for (path, bytes) in goroot_files() {
        let (full, _) = parse(bytes.clone(), Mode::Full);
        let (header, errors) = parse(bytes, Mode::Imports);
        assert_eq!(errors, [], "{}", path.display());
        assert_eq!(full.constraints, header.constraints);
        assert_eq!(full.package, header.package);
        let imports = |file: &File| -> Vec<String> {
            let path = |decl: &syntax::Decl| match decl {
                syntax::Decl::Import(spec) => Some(file.text(file[spec.path].span).to_owned()),
                _ => None,
            };
            file.decls.iter().filter_map(path).collect()
        };
        assert_eq!(imports(&full), imports(&header), "{}", path.display());
    }
}

#[test]
fn children_come_before_their_parents_and_lie_within_them() {
    for (path, bytes) in goroot_files() {
        let (file, _) = parse(bytes, Mode::Full);
        for idx in 0..file.exprs.len() {
            let id = ExprId(idx as u32);
            let span = file[id].span;
            for child in children(&file, id) {
                let inner = file[child].span;
                assert!(child < id, "{}: {id:?} and {child:?}", path.display());
                let is_within = span.start <= inner.start && inner.end <= span.end;
                assert!(is_within, "{}: {span:?} and {inner:?}", path.display());
            }
        }
        for idx in 0..file.stmts.len() {
            let stmt = &file[StmtId(idx as u32)];
            assert!(stmt.span.start <= stmt.span.end && stmt.span.end <= file.eof);
        }
    }
}

fn children(file: &File, id: ExprId) -> Vec<ExprId> {
    let with = |x: ExprId, list: &[ExprId]| std::iter::once(x).chain(list.iter().copied()).collect();
    match file[id].kind {
        ExprKind::Bad
        | ExprKind::Name(_)
        | ExprKind::BasicLit { .. }
        | ExprKind::FuncLit(_)
        | ExprKind::FuncType(_) => vec![],
        ExprKind::CompositeLit { ty, elems, .. } => {
            ty.into_iter().chain(file[elems].iter().copied()).collect()
        }
        ExprKind::KeyValue { key: x, value: y }
        | ExprKind::Binary { x, y, .. }
        | ExprKind::MapType { key: x, elem: y } => vec![x, y],
        ExprKind::Paren(x)
        | ExprKind::Selector { x, .. }
        | ExprKind::Star(x)
        | ExprKind::Unary { x, .. }
        | ExprKind::SliceType(x)
        | ExprKind::Ellipsis(x)
        | ExprKind::ChanType { elem: x, .. } => vec![x],
        ExprKind::Index { x, indices, .. } => with(x, &file[indices]),
        ExprKind::Slice { x, indices, .. } => {
            std::iter::once(x).chain(indices.into_iter().flatten()).collect()
        }
        ExprKind::TypeAssert { x, ty } => std::iter::once(x).chain(ty).collect(),
        ExprKind::Call { fun, args, .. } => with(fun, &file[args]),
        ExprKind::ArrayType { len, elem } => std::iter::once(elem).chain(len).collect(),
        ExprKind::StructType { fields: list, .. } | ExprKind::InterfaceType { elems: list, .. } => {
            file[list].iter().map(|field| field.ty).collect()
        }
    }
}
