//! The tree of one file.
//!
//! Nodes live in flat arrays of the [`File`] and name each other by dense ids. So a tree of any depth
//! is dropped without recursion, and later stages keep what they learn of an expression in arrays
//! indexed by [`ExprId`] rather than in hash maps.
//!
//! Positions are byte offsets into the file. `span.start..span.end` covers a node from its first to
//! past its last byte. Where gc reports an error at another place (an operator, a dot, a brace), the
//! node has a field for it.
//!
//! Invariants: ids name nodes of the same file; a child has a smaller id than its parent, except
//! that function bodies may refer to later nodes; every `List` lies within its pool.

use std::marker::PhantomData;
use std::ops::Range;
use std::sync::Arc;

use source::{LineDirective, Name};

/// A byte offset into the file.
pub type Offset = u32;

/// A range of bytes of the file.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Span {
    /// The first byte.
    pub start: Offset,
    /// The byte after the last.
    pub end: Offset,
}

macro_rules! ids {
    ($($(#[$doc:meta])* $id:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub struct $id(pub u32);

        impl $id {
            /// Returns the id as an index.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

ids! {
    /// Names an [`Expr`].
    ExprId,
    /// Names a [`Stmt`].
    StmtId,
    /// Names a [`Func`]: a declared function or a function literal.
    FuncId,
    /// Names a [`FuncType`].
    FuncTypeId,
    /// Names a [`TypeSpec`].
    TypeSpecId,
    /// Names a [`ValueSpec`].
    ValueSpecId,
}

/// A run of entries in the pool for `T` of the same file.
pub struct List<T> {
    /// The first entry.
    pub start: u32,
    /// How many.
    pub len: u32,
    marker: PhantomData<fn() -> T>,
}

impl<T> List<T> {
    /// The empty list.
    pub const EMPTY: List<T> = List { start: 0, len: 0, marker: PhantomData };

    /// Makes a list from a range of pool indices.
    pub fn new(range: Range<usize>) -> List<T> {
        let start = range.start as u32;
        List { start, len: range.end as u32 - start, marker: PhantomData }
    }

    /// Returns the pool indices.
    pub fn range(self) -> Range<usize> {
        self.start as usize..(self.start + self.len) as usize
    }

    /// Reports whether there are no entries.
    pub fn is_empty(self) -> bool {
        self.len == 0
    }

    /// Returns the number of entries.
    pub fn len(self) -> usize {
        self.len as usize
    }
}

impl<T> Clone for List<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for List<T> {}

impl<T> PartialEq for List<T> {
    fn eq(&self, other: &Self) -> bool {
        (self.start, self.len) == (other.start, other.len)
    }
}

impl<T> std::fmt::Debug for List<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.range())
    }
}

/// An identifier where it stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ident {
    /// Its text.
    pub name: Name,
    /// Its first byte.
    pub pos: Offset,
}

/// An expression or a type; the parser cannot always tell which.
#[derive(Clone, Copy, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// All its bytes.
    pub span: Span,
}

/// The forms of literals. The text is the node's span.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LitKind {
    /// `1_000`, `0x1F`, `0b1`, `0o7`, `017`.
    Int,
    /// `1.5`, `1e9`, `0x1p-2`.
    Float,
    /// `2i`.
    Imag,
    /// `'a'`.
    Rune,
    /// `"a"` or `` `a` ``.
    String,
}

/// The direction of a channel type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ChanDir {
    /// `chan T`.
    Both,
    /// `chan<- T`.
    Send,
    /// `<-chan T`.
    Recv,
}

/// Unary operators. A pointer indirection is [`ExprKind::Star`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum UnaryOp {
    /// `+x`
    Plus,
    /// `-x`
    Minus,
    /// `!x`
    Not,
    /// `^x`
    BitNot,
    /// `&x`
    Addr,
    /// `<-x`
    Recv,
    /// `~T`, only in constraints.
    Tilde,
}

/// Binary operators.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum BinaryOp {
    /// `||`
    LogOr,
    /// `&&`
    LogAnd,
    /// `==`
    Eq,
    /// `!=`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `|`; also joins the terms of a union.
    Or,
    /// `^`
    Xor,
    /// `*`
    Mul,
    /// `/`
    Div,
    /// `%`
    Rem,
    /// `&`
    And,
    /// `&^`
    AndNot,
    /// `<<`
    Shl,
    /// `>>`
    Shr,
}

/// What an expression is.
#[derive(Clone, Copy, Debug)]
pub enum ExprKind {
    /// Text that is no expression; an error was reported.
    Bad,
    /// `x`
    Name(Name),
    /// A literal; its text is the node's span. `bad` when the scanner reported an error in it.
    BasicLit {
        /// Which form.
        kind: LitKind,
        /// The scanner reported an error in it.
        bad: bool,
    },
    /// `T{...}` or, within another literal, `{...}`.
    CompositeLit {
        /// The type, unless elided.
        ty: Option<ExprId>,
        /// Elements, some of them [`ExprKind::KeyValue`].
        elems: List<ExprId>,
        /// The opening brace.
        lbrace: Offset,
        /// The closing brace.
        rbrace: Offset,
    },
    /// `key: value` in a composite literal.
    KeyValue {
        /// Before the colon.
        key: ExprId,
        /// After it.
        value: ExprId,
    },
    /// `func(...) {...}`
    FuncLit(FuncId),
    /// `(x)`
    Paren(ExprId),
    /// `x.sel`
    Selector {
        /// Before the dot.
        x: ExprId,
        /// After the dot.
        sel: Ident,
    },
    /// `x[i]` or `x[T1, T2]`: at least one index.
    Index {
        /// What is indexed or instantiated.
        x: ExprId,
        /// Between the brackets.
        indices: List<ExprId>,
        /// The opening bracket.
        lbrack: Offset,
    },
    /// `x[lo:hi]`, `x[lo:hi:max]`
    Slice {
        /// What is sliced.
        x: ExprId,
        /// `lo`, `hi` and `max`.
        indices: [Option<ExprId>; 3],
        /// Two colons were written.
        full: bool,
    },
    /// `x.(T)`; `x.(type)` without a type.
    TypeAssert {
        /// Before the dot.
        x: ExprId,
        /// `None` for `.(type)`.
        ty: Option<ExprId>,
    },
    /// `f(args)`
    Call {
        /// What is called, or the type converted to.
        fun: ExprId,
        /// The arguments; the first of `make` and `new` may be a type.
        args: List<ExprId>,
        /// Where `...` stands behind the last argument.
        dots: Option<Offset>,
        /// The closing parenthesis.
        rparen: Offset,
    },
    /// `*x`: an indirection or a pointer type.
    Star(ExprId),
    /// `op x`
    Unary {
        /// The operator, at the start of the span.
        op: UnaryOp,
        /// The operand.
        x: ExprId,
    },
    /// `x op y`
    Binary {
        /// The operator.
        op: BinaryOp,
        /// Where it stands.
        op_pos: Offset,
        /// The left operand.
        x: ExprId,
        /// The right operand.
        y: ExprId,
    },
    /// `[N]T`, or `[...]T` without a length.
    ArrayType {
        /// `None` for `[...]`.
        len: Option<ExprId>,
        /// The element type.
        elem: ExprId,
    },
    /// `[]T`
    SliceType(ExprId),
    /// `...T`, the type of a variadic parameter. (Elsewhere the parser reports it.)
    Ellipsis(ExprId),
    /// `struct {...}`
    StructType {
        /// Its fields; embedded ones have no name.
        fields: List<Field>,
        /// The closing brace.
        rbrace: Offset,
    },
    /// `func(...) ...` as a type.
    FuncType(FuncTypeId),
    /// `interface {...}`
    InterfaceType {
        /// Methods have a name and a [`ExprKind::FuncType`]; embedded elements have no name and are
        /// a type, a `~T` or a union by [`BinaryOp::Or`].
        elems: List<Field>,
        /// The closing brace.
        rbrace: Offset,
    },
    /// `map[K]V`
    MapType {
        /// The key type.
        key: ExprId,
        /// The element type.
        elem: ExprId,
    },
    /// `chan T`, `chan<- T`, `<-chan T`
    ChanType {
        /// The direction.
        dir: ChanDir,
        /// The element type.
        elem: ExprId,
    },
}

/// A field of a struct, an element of an interface, a parameter, a result, or a type parameter.
///
/// `a, b T` gives two fields with the same `ty`, so that the type is resolved once.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// `None` for embedded fields and elements, and for parameters without a name.
    pub name: Option<Ident>,
    /// The type; of a type parameter, the constraint.
    pub ty: ExprId,
    /// The tag of a struct field, a [`ExprKind::BasicLit`].
    pub tag: Option<ExprId>,
}

/// The parameters and results of a function type, function literal or declaration.
#[derive(Clone, Copy, Debug)]
pub struct FuncType {
    /// `func` or, in an interface, the method's name.
    pub pos: Offset,
    /// Type parameters, of a declaration.
    pub type_params: List<Field>,
    /// Parameters; the last one's type may be [`ExprKind::Ellipsis`].
    pub params: List<Field>,
    /// Results; their names are all there or all missing.
    pub results: List<Field>,
}

/// A function declaration or a function literal.
#[derive(Clone, Copy, Debug)]
pub struct Func {
    /// Its parameters and results.
    pub ty: FuncTypeId,
    /// Its body, or `None` where a declaration has none.
    pub body: Option<Block>,
}

/// Statements in braces, or those of a case.
#[derive(Clone, Copy, Debug)]
pub struct Block {
    /// The opening brace, or the colon of a case.
    pub lbrace: Offset,
    /// The statements.
    pub stmts: List<StmtId>,
    /// The closing brace, or the end of a case's last statement. gc reports a missing return here.
    pub rbrace: Offset,
}

/// A statement.
#[derive(Clone, Copy, Debug)]
pub struct Stmt {
    /// What it is.
    pub kind: StmtKind,
    /// All its bytes.
    pub span: Span,
}

/// `break`, `continue`, `goto`, `fallthrough`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BranchKind {
    /// `break`
    Break,
    /// `continue`
    Continue,
    /// `goto`
    Goto,
    /// `fallthrough`
    Fallthrough,
}

/// What a statement is.
#[derive(Clone, Copy, Debug)]
pub enum StmtKind {
    /// Nothing, as between two semicolons.
    Empty,
    /// Text that is no statement; an error was reported.
    Bad,
    /// An expression.
    Expr(ExprId),
    /// `ch <- x`
    Send {
        /// The channel.
        chan: ExprId,
        /// The value.
        value: ExprId,
        /// The arrow.
        arrow: Offset,
    },
    /// `lhs = rhs`
    Assign {
        /// The left side.
        lhs: List<ExprId>,
        /// The right side.
        rhs: List<ExprId>,
        /// `=`
        op_pos: Offset,
    },
    /// `lhs := rhs`
    Define {
        /// The left side, each a name unless an error was reported.
        lhs: List<ExprId>,
        /// The right side.
        rhs: List<ExprId>,
        /// `:=`
        op_pos: Offset,
    },
    /// `x op= y`; also `x++` and `x--`, without `y`.
    OpAssign {
        /// The left side.
        x: ExprId,
        /// The operator; `Add` for `++`, `Sub` for `--`.
        op: BinaryOp,
        /// Where it stands.
        op_pos: Offset,
        /// The right side; `None` stands for 1.
        y: Option<ExprId>,
    },
    /// `go x`
    Go(ExprId),
    /// `defer x`
    Defer(ExprId),
    /// `return x, y`
    Return(List<ExprId>),
    /// A jump.
    Branch {
        /// Which.
        kind: BranchKind,
        /// Its label.
        label: Option<Ident>,
    },
    /// `{...}`
    Block(Block),
    /// `if init; cond {...} else ...`
    If {
        /// The statement before the condition.
        init: Option<StmtId>,
        /// The condition.
        cond: ExprId,
        /// The first branch.
        then: Block,
        /// A block or another `if`.
        otherwise: Option<StmtId>,
    },
    /// `switch init; tag {...}`
    Switch {
        /// The statement before the tag.
        init: Option<StmtId>,
        /// What is compared; without it, `true`.
        tag: Option<ExprId>,
        /// The cases.
        cases: List<Case>,
        /// The opening brace.
        lbrace: Offset,
        /// The closing brace.
        rbrace: Offset,
    },
    /// `switch init; name := x.(type) {...}`
    TypeSwitch {
        /// The statement before the guard.
        init: Option<StmtId>,
        /// The variable.
        name: Option<Ident>,
        /// The operand `x`.
        x: ExprId,
        /// The cases.
        cases: List<Case>,
        /// The opening brace.
        lbrace: Offset,
        /// The closing brace.
        rbrace: Offset,
    },
    /// `select {...}`
    Select {
        /// The cases.
        cases: List<CommCase>,
        /// The closing brace.
        rbrace: Offset,
    },
    /// `for init; cond; post {...}`
    For {
        /// The first clause.
        init: Option<StmtId>,
        /// The second.
        cond: Option<ExprId>,
        /// The third.
        post: Option<StmtId>,
        /// The body.
        body: Block,
    },
    /// `for key, value := range x {...}`
    Range {
        /// Left of the operator.
        key: Option<ExprId>,
        /// Left of the operator.
        value: Option<ExprId>,
        /// More than two were written: an error that the checker reports at the first surplus one.
        extra: Option<ExprId>,
        /// `:=` rather than `=`.
        define: bool,
        /// The word `range`.
        range_pos: Offset,
        /// What is ranged over.
        x: ExprId,
        /// The body.
        body: Block,
    },
    /// `label: stmt`
    Labeled {
        /// The label.
        label: Ident,
        /// The statement; [`StmtKind::Empty`] before a closing brace.
        stmt: StmtId,
    },
    /// `const`, `type` or `var` within a function; a group gives one statement.
    Decl(List<Decl>),
}

/// A case of an expression switch or of a type switch.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// The word `case` or `default`.
    pub pos: Offset,
    /// `default`, rather than `case`.
    pub is_default: bool,
    /// Values or types.
    pub exprs: List<ExprId>,
    /// What follows the colon.
    pub body: Block,
}

/// A case of a `select`.
#[derive(Clone, Copy, Debug)]
pub struct CommCase {
    /// The word `case` or `default`.
    pub pos: Offset,
    /// A send, an expression, an assignment or a definition; `None` for `default`.
    pub comm: Option<StmtId>,
    /// What follows the colon.
    pub body: Block,
}

/// A declaration, at the top of a file or within a function.
#[derive(Clone, Copy, Debug)]
pub enum Decl {
    /// One import.
    Import(ImportSpec),
    /// One line of a `const` declaration.
    Const(ValueSpecId),
    /// One line of a `var` declaration.
    Var(ValueSpecId),
    /// One type declaration.
    Type(TypeSpecId),
    /// A function or method, at the top of a file only.
    Func(FuncDecl),
}

/// `import name "path"`
#[derive(Clone, Copy, Debug)]
pub struct ImportSpec {
    /// The name, `.` or `_`.
    pub name: Option<Ident>,
    /// The path, a [`ExprKind::BasicLit`].
    pub path: ExprId,
    /// Where the specification begins.
    pub pos: Offset,
}

/// One line of `const` or `var`.
#[derive(Clone, Copy, Debug)]
pub struct ValueSpec {
    /// The names, each a [`ExprKind::Name`].
    pub names: List<Ident>,
    /// The type.
    pub ty: Option<ExprId>,
    /// The values.
    pub values: List<ExprId>,
    /// Of a constant: its place in the group, from 0.
    pub iota: u32,
    /// Of a constant without type and values: the earlier line of the group whose type and values it repeats.
    pub repeats: Option<ValueSpecId>,
    /// Directives above it.
    pub directives: List<Directive>,
    /// All its bytes.
    pub span: Span,
}

/// `name[type_params] = ty`
#[derive(Clone, Copy, Debug)]
pub struct TypeSpec {
    /// The name.
    pub name: Ident,
    /// Type parameters.
    pub type_params: List<Field>,
    /// Where `=` stands, for an alias.
    pub alias: Option<Offset>,
    /// The type.
    pub ty: ExprId,
    /// Directives above it.
    pub directives: List<Directive>,
    /// All its bytes.
    pub span: Span,
}

/// `func (recv) name(...) {...}`
#[derive(Clone, Copy, Debug)]
pub struct FuncDecl {
    /// The word `func`.
    pub pos: Offset,
    /// The receiver: one field unless an error is to be reported; empty but present for `func () f()`.
    pub recv: Option<List<Field>>,
    /// The name.
    pub name: Ident,
    /// Type parameters are in the function's type.
    pub func: FuncId,
    /// Directives above it.
    pub directives: List<Directive>,
}

/// A comment `//go:verb args`, `//export` or `//line`-like directive attached to a declaration.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Directive {
    /// The first slash.
    pub pos: Offset,
    /// The text after `//`, such as `go:linkname local remote`.
    pub text: String,
}

/// A file: its declarations and the pools in which its nodes live.
#[derive(Debug)]
pub struct File {
    /// The bytes it was parsed from; literals are read from here.
    pub bytes: Arc<[u8]>,
    /// The name in the package clause; blank when it is missing.
    pub package: Ident,
    /// The declarations in their order; groups are flattened.
    pub decls: Vec<Decl>,
    /// `//go:build` and `// +build` lines above the package clause, as [`Directive`]s.
    pub constraints: Vec<Directive>,
    /// Every `//go:` directive of the file, attached or not, in order (linkname, embed, debug ...).
    pub directives: Vec<Directive>,
    /// `//line` directives.
    pub line_directives: Vec<LineDirective>,
    /// The end of the file.
    pub eof: Offset,

    /// Pool of expressions.
    pub exprs: Vec<Expr>,
    /// Pool of statements.
    pub stmts: Vec<Stmt>,
    /// Pool of functions.
    pub funcs: Vec<Func>,
    /// Pool of function types.
    pub func_types: Vec<FuncType>,
    /// Pool of type declarations.
    pub type_specs: Vec<TypeSpec>,
    /// Pool of constant and variable declarations.
    pub value_specs: Vec<ValueSpec>,
    /// Pool of lists of expressions.
    pub expr_lists: Vec<ExprId>,
    /// Pool of lists of statements.
    pub stmt_lists: Vec<StmtId>,
    /// Pool of lists of fields.
    pub fields: Vec<Field>,
    /// Pool of lists of identifiers.
    pub idents: Vec<Ident>,
    /// Pool of lists of cases.
    pub cases: Vec<Case>,
    /// Pool of lists of cases of `select`.
    pub comm_cases: Vec<CommCase>,
    /// Pool of lists of declarations within functions.
    pub local_decls: Vec<Decl>,
}

macro_rules! pools {
    ($($id:ty => $pool:ident: $node:ty),* $(,)?) => {$(
        impl std::ops::Index<$id> for File {
            type Output = $node;

            fn index(&self, id: $id) -> &$node {
                &self.$pool[id.index()]
            }
        }
    )*};
}

pools! {
    ExprId => exprs: Expr,
    StmtId => stmts: Stmt,
    FuncId => funcs: Func,
    FuncTypeId => func_types: FuncType,
    TypeSpecId => type_specs: TypeSpec,
    ValueSpecId => value_specs: ValueSpec,
}

macro_rules! lists {
    ($($node:ty => $pool:ident),* $(,)?) => {$(
        impl std::ops::Index<List<$node>> for File {
            type Output = [$node];

            fn index(&self, list: List<$node>) -> &[$node] {
                &self.$pool[list.range()]
            }
        }
    )*};
}

lists! {
    ExprId => expr_lists,
    StmtId => stmt_lists,
    Field => fields,
    Ident => idents,
    Case => cases,
    CommCase => comm_cases,
    Decl => local_decls,
    Directive => directives,
}
