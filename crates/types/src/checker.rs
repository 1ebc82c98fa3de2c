//! The state of checking one package in one phase.
//!
//! The work is spread over the modules beside this one, each with an `impl Checker`; the comment on
//! each group of fields says who writes it.

use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;

use bumpalo::Bump;
use rustc_hash::FxHashMap;
use source::{Code, Diagnostic, FileId, Name, Note, Pos};
use syntax::{ExprId, ExprKind, Offset};

use crate::constant::Value;
use crate::model::*;
use crate::session::{Input, Session, Version};

/// How an expression may be used.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Mode {
    /// In error; reported.
    #[default]
    Invalid,
    /// A call without results.
    NoValue,
    /// A predeclared function, not called.
    Builtin(Builtin),
    /// A type.
    Type,
    /// A constant.
    Constant,
    /// Addressable.
    Variable,
    /// An element of a map: assignable, not addressable.
    MapIndex,
    /// A value that is neither.
    Value,
    /// `nil`
    Nil,
    /// `v, ok` is allowed: a receive, a type assertion. A map element has its own mode.
    CommaOk,
    /// The uninstantiated value of a generic function is a `Value` with a generic signature.
    /// A generic type that is not instantiated, allowed only where an index follows.
    GenericType,
}

/// What checking an expression gives: `expr`'s mode, type and value.
#[derive(Clone, Copy, Debug)]
pub struct Operand<'s> {
    /// How it may be used.
    pub mode: Mode,
    /// Its type; `Invalid` when the mode is.
    pub ty: Ty<'s>,
    /// Its value, for constants.
    pub value: Option<Value<'s>>,
    /// The expression.
    pub expr: ExprId,
}

/// What is known of an expression after checking. Untyped constants have their final type here.
#[derive(Clone, Copy, Debug)]
pub struct ExprInfo<'s> {
    /// How it may be used.
    pub mode: Mode,
    /// Its type; `None` where there is none, such as keys of struct literals.
    pub ty: Option<Ty<'s>>,
    /// Its value, if constant.
    pub value: Option<Value<'s>>,
}

/// What `x.sel` selects.
#[derive(Clone, Copy, Debug)]
pub enum Selection<'s> {
    /// `pkg.Name`
    Qualified(Obj<'s>),
    /// A field: through the fields numbered in `path`, the last being `obj` itself.
    Field {
        /// The field.
        obj: Obj<'s>,
        /// Field numbers from the operand's (dereferenced) struct.
        path: &'s [u32],
        /// A pointer is dereferenced on the way.
        indirect: bool,
    },
    /// A method value or method call.
    Method {
        /// The method; of an instance, with substituted signature.
        obj: Obj<'s>,
        /// Field numbers of the embedded fields on the way to its receiver.
        path: &'s [u32],
        /// A pointer is dereferenced on the way.
        indirect: bool,
    },
    /// `T.method`
    MethodExpr {
        /// The method.
        obj: Obj<'s>,
        /// As above.
        path: &'s [u32],
        /// As above.
        indirect: bool,
    },
}

/// What is known of a file after checking. Tables are indexed by [`ExprId`].
#[derive(Default)]
pub struct FileInfo<'s> {
    /// Types and values.
    pub exprs: Vec<Option<ExprInfo<'s>>>,
    /// What names (`ExprKind::Name`) refer to.
    pub uses: Vec<Option<Obj<'s>>>,
    /// What identifiers declare, by their offset: variables, constants, types, functions, parameters, fields.
    pub defs: FxHashMap<Offset, Obj<'s>>,
    /// By expression: what selectors select.
    pub selections: FxHashMap<ExprId, Selection<'s>>,
    /// The variable that a clause of a type switch declares, by the offset of `case` or `default`.
    pub implicits: FxHashMap<Offset, Obj<'s>>,
    /// Type arguments, by the name or selector that is instantiated (explicitly or by inference).
    pub instances: FxHashMap<ExprId, &'s [Ty<'s>]>,
}

/// What a value goes to.
#[derive(Clone, Copy, Default)]
pub enum Goal<'s> {
    /// Nothing with a name.
    #[default]
    Unnamed,
    /// A declared variable, or a result, which need not have a name.
    Variable(Obj<'s>),
    /// What an expression denotes.
    Place(ExprId),
}

/// Where the checker is: replaced as a whole when another declaration is looked at.
#[derive(Clone, Default)]
pub struct Env<'s> {
    /// The number of the file in the package.
    pub file: usize,
    /// The signature of the function whose body is checked.
    pub sig: Option<Ty<'s>>,
    /// The value of `iota`, within a constant declaration.
    pub iota: Option<u32>,
    /// What the expression being checked will be assigned to, for messages about generic functions.
    pub goal: Goal<'s>,
    /// Constants repeated implicitly report errors at this position rather than at the expression.
    pub error_pos: Option<Pos>,
    /// Package-level objects that the declaration or body refers to are recorded for this one.
    pub decl: Option<Obj<'s>>,
    /// The number of calls and receives seen (for `len` of arrays; spec, "Length and capacity").
    pub has_call_or_recv: bool,
    /// Innermost last: names declared in functions, and type parameters. See `scope.rs`.
    pub locals: crate::scope::Locals<'s>,
}

/// Work put off until the current declaration is done.
pub type Action<'s> = Box<dyn FnOnce(&mut Checker<'s>) + Send + 's>;

/// The state of checking one package in one phase.
pub struct Checker<'s> {
    /// All packages.
    pub session: &'s Session<'s>,
    /// The sources of this one.
    pub input: &'s Input,
    /// This package.
    pub pkg: &'s Package<'s>,
    /// What this phase allocates lives here.
    pub bump: &'s Bump,
    /// What is known of each file; phase 2 goes on with what phase 1 wrote.
    pub info: Vec<FileInfo<'s>>,
    /// Errors found so far.
    pub diagnostics: Vec<Diagnostic>,
    /// Where we are.
    pub env: Env<'s>,
    /// Declarations of the package and what becomes of them; written by `collect` and `decl`.
    pub decls: crate::decl::Decls<'s>,
    /// Run by `decl` when the stack of declarations in progress is empty.
    pub later: Vec<Action<'s>>,
    /// Types of untyped expressions that wait for their final type; written by `untyped`.
    pub untyped: FxHashMap<(usize, ExprId), crate::untyped::Pending<'s>>,
    /// How many expressions are being checked within each other; written by `expr`.
    pub depth: u32,
    /// Instances made in this phase; written by `instantiate`.
    pub instances: crate::instantiate::Instances<'s>,
    /// Types declared within generic functions by their type arguments, all by address; written by `subst`.
    pub local_instances: FxHashMap<Vec<usize>, Ty<'s>>,
    /// Looked-up methods of instances and such; written by `lookup`.
    pub lookups: crate::lookup::Cache<'s>,
}

impl<'s> Checker<'s> {
    /// Returns the tree of the current file.
    pub fn tree(&self) -> &'s syntax::File {
        &self.input.files[self.env.file].tree
    }

    /// Returns the number of the current file in the source map.
    pub fn file_id(&self) -> FileId {
        self.input.files[self.env.file].id
    }

    /// Returns the position of `offset` in the current file.
    pub fn pos(&self, offset: Offset) -> Pos {
        Pos { file: self.file_id(), offset }
    }

    /// Returns the position at which gc reports errors about `expr`: its first byte, but if it begins with a slice
    /// expression, the bracket of that, and if with a function type, the parenthesis.
    pub fn expr_pos(&self, expr: ExprId) -> Pos {
        let tree = self.tree();
        let mut first = expr;
        loop {
            first = match tree[first].kind {
                ExprKind::Slice { x, .. } => return self.after(x, b'['),
                ExprKind::FuncType(_) => return self.func_type_pos(tree[first].span.start),
                ExprKind::Binary { x, .. }
                | ExprKind::Index { x, .. }
                | ExprKind::Selector { x, .. }
                | ExprKind::TypeAssert { x, .. }
                | ExprKind::Call { fun: x, .. }
                | ExprKind::KeyValue { key: x, .. } => x,
                _ => return self.pos(tree[expr].span.start),
            };
        }
    }

    // gc's parser has read the word `func` before it makes the type.
    fn func_type_pos(&self, start: Offset) -> Pos {
        let rest = &self.tree().bytes[start as usize..];
        let word = if rest.starts_with(b"func") { 4 } else { 0 };
        let blanks = rest[word..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        self.pos(start + (word + blanks) as u32)
    }

    /// Returns a predeclared type.
    pub fn basic(&self, basic: Basic) -> Ty<'s> {
        self.session.universe.basic[basic as usize]
    }

    /// Returns the type of expressions in error.
    pub fn invalid(&self) -> Ty<'s> {
        self.basic(Basic::Invalid)
    }

    /// Allocates a type.
    pub fn alloc(&self, ty: Type<'s>) -> Ty<'s> {
        self.bump.alloc(ty)
    }

    /// Allocates a copy of a slice.
    pub fn slice<T: Copy>(&self, items: &[T]) -> &'s [T] {
        self.bump.alloc_slice_copy(items)
    }

    /// Allocates an object of this package.
    pub fn object(&self, name: Name, pos: Pos, kind: ObjKind<'s>, ty: Option<Ty<'s>>) -> Obj<'s> {
        let ty = ty.map_or_else(OnceLock::new, OnceLock::from);
        self.bump.alloc(Object { name, pos, pkg: Some(self.pkg), kind, ty, used: AtomicBool::new(false) })
    }

    /// Reports an error.
    pub fn error(&mut self, pos: Pos, text: impl Into<String>) {
        self.report(Diagnostic::new(self.env.error_pos.unwrap_or(pos), Code::Types, text));
    }

    /// Reports an error at an expression.
    pub fn error_at(&mut self, expr: ExprId, text: impl Into<String>) {
        self.error(self.expr_pos(expr), text);
    }

    /// Reports an error that does not keep later stages from understanding the program (unused things).
    pub fn soft_error(&mut self, pos: Pos, text: impl Into<String>) {
        self.report(Diagnostic::new(pos, Code::Unused, text));
    }

    /// Reports an error with a second place, such as `other declaration of x`.
    pub fn error_with_note(&mut self, pos: Pos, text: impl Into<String>, note: (Pos, String)) {
        let mut diagnostic = Diagnostic::new(pos, Code::Types, text);
        diagnostic.notes.push(Note { pos: note.0, text: note.1 });
        self.report(diagnostic);
    }

    /// Adds a diagnostic unless it only follows from one already reported.
    pub fn report(&mut self, mut diagnostic: Diagnostic) {
        // As gc: what mentions an invalid operand or type follows from an earlier error.
        let follows = ["invalid operand", "invalid type"].iter().any(|word| diagnostic.text.contains(word));
        if follows && !self.diagnostics.is_empty() {
            return;
        }
        if diagnostic.text.contains("requires go1.") && diagnostic.text.contains(" or later") {
            diagnostic.text += &self.version_source(diagnostic.pos.file);
        }
        if !self.repeats_last(&diagnostic) {
            self.diagnostics.push(diagnostic);
        }
    }

    // Says where the version of a file comes from.
    fn version_source(&self, file: FileId) -> String {
        let own = self.input.files.iter().find(|input| input.id == file).map(|input| input.version);
        match own.filter(|version| *version != self.input.version) {
            Some(version) => format!(" (file declares //go:build go1.{})", version.0),
            None => format!(" (-lang was set to go1.{}; check go.mod)", self.input.version.0),
        }
    }

    // As gc, which says nothing twice in a row of one line; what is said first stays.
    fn repeats_last(&self, diagnostic: &Diagnostic) -> bool {
        let Some(last) = self.diagnostics.last() else { return false };
        let (a, b) = (last.pos.offset as usize, diagnostic.pos.offset as usize);
        let between = a.min(b)..a.max(b);
        let file = || self.input.files.iter().find(|input| input.id == last.pos.file);
        last.text == diagnostic.text
            && last.pos.file == diagnostic.pos.file
            && file()
                .and_then(|file| file.tree.bytes.get(between))
                .is_some_and(|bytes| !bytes.contains(&b'\n'))
    }

    /// Puts work off until types are set up.
    pub fn later(&mut self, action: impl FnOnce(&mut Checker<'s>) + Send + 's) {
        self.later.push(Box::new(action));
    }

    /// Reports whether the current file may use what version `v` brought.
    pub fn allows(&self, v: Version) -> bool {
        self.input.files[self.env.file].version >= v
    }

    /// Reports `what` as needing version `v` unless the file may use it. gc: `x requires go1.N or later`.
    pub fn require_version(&mut self, pos: Pos, v: Version, what: &str) -> bool {
        let ok = self.allows(v);
        if !ok {
            self.error(pos, format!("{what} requires go1.{} or later", v.0));
        }
        ok
    }
}
