//! Labels: each defined once and used, each jump to where it may go. Spec, "Labeled statements", "Break statements",
//! "Continue statements", "Goto statements".
//!
//! Functions with labels are rare, so they get a pass of their own. One walk in source order collects labels, jumps
//! and variable declarations with the blocks they stand in and settles `break` and `continue`;
//! then each `goto` is judged by block and offset: its label must be in its block or one around it, and no variable
//! may be declared in that block between a jump forward and its label.

use rustc_hash::FxHashMap;
use source::{Name, place_in_text};
use syntax::{Block, BranchKind, Decl, Ident, List, Offset, StmtId, StmtKind};

use crate::checker::Checker;

/// A number in [`Walk::blocks`].
type BlockId = usize;

struct BlockInfo {
    parent: Option<BlockId>,
    // Where gc says that the block starts.
    start: Offset,
    // Declarations of variables that stand in the block itself, in source order.
    var_decls: Vec<VarDecl>,
}

struct Label {
    pos: Offset,
    block: BlockId,
    used: bool,
}

/// A `goto`.
struct Jump {
    target: Ident,
    block: BlockId,
}

/// A declaration of variables, which no jump may skip.
struct VarDecl {
    pos: Offset,
    // Past its last byte.
    end: Offset,
    names: String,
}

#[derive(Clone, Copy, PartialEq)]
enum Target {
    Loop,
    SwitchOrSelect,
    Other,
}

#[derive(Default)]
struct Walk {
    blocks: Vec<BlockInfo>,
    labels: FxHashMap<Name, Label>,
    // In source order, for the order of reports.
    names: Vec<Ident>,
    jumps: Vec<Jump>,
    // Labels of the statements around, the innermost last.
    around: Vec<(Name, Target)>,
}

impl<'s> Checker<'s> {
    /// Checks the labels of a function body and the jumps to them.
    pub(crate) fn check_labels(&mut self, body: Block) {
        let mut walk = Walk::default();
        self.walk_block(&mut walk, None, body.lbrace, body.stmts);
        for jump in std::mem::take(&mut walk.jumps) {
            self.check_goto(&mut walk, &jump);
        }
        for ident in &walk.names {
            if walk.labels.get(&ident.name).is_some_and(|label| !label.used && label.pos == ident.pos) {
                self.soft_error(self.pos(ident.pos), format!("label {} defined and not used", ident.name));
            }
        }
    }

    fn check_goto(&mut self, walk: &mut Walk, jump: &Jump) {
        let Ident { name, pos: from } = jump.target;
        let pos = self.pos(from);
        let Some(label) = walk.labels.get_mut(&name) else {
            self.error(pos, format!("label {name} not defined"));
            return;
        };
        label.used = true;
        let label = &walk.labels[&name];
        let mut block = Some(jump.block);
        while block.is_some_and(|block| block != label.block) {
            block = block.and_then(|block| walk.blocks[block].parent);
        }
        if block.is_none() {
            let start = place_in_text(self.pos(walk.blocks[label.block].start));
            self.error(pos, format!("goto {name} jumps into block starting at {start}"));
            return;
        }
        let var_decls = &walk.blocks[label.block].var_decls;
        let n_before = var_decls.partition_point(|decl| decl.end <= label.pos);
        if let Some(decl) = var_decls[..n_before].last().filter(|decl| decl.pos > from) {
            let place = place_in_text(self.pos(decl.pos));
            self.error(pos, format!("goto {name} jumps over declaration of {} at {place}", decl.names));
        }
    }

    fn walk_block(&mut self, walk: &mut Walk, parent: Option<BlockId>, start: Offset, stmts: List<StmtId>) {
        let block = walk.blocks.len();
        walk.blocks.push(BlockInfo { parent, start, var_decls: Vec::new() });
        for &stmt in &self.tree()[stmts] {
            self.walk_stmt(walk, block, stmt);
        }
    }

    fn walk_stmt(&mut self, walk: &mut Walk, block: BlockId, mut stmt: StmtId) {
        let tree = self.tree();
        let n_around = walk.around.len();
        while let StmtKind::Labeled { label, stmt: inner } = tree[stmt].kind {
            self.define_label(walk, block, label);
            let target = match tree[inner].kind {
                StmtKind::For { .. } | StmtKind::Range { .. } => Target::Loop,
                StmtKind::Switch { .. } | StmtKind::TypeSwitch { .. } | StmtKind::Select { .. } => {
                    Target::SwitchOrSelect
                }
                _ => Target::Other,
            };
            walk.around.push((label.name, target));
            stmt = inner;
        }
        match tree[stmt].kind {
            StmtKind::Branch { kind, label: Some(label) } => self.walk_branch(walk, block, kind, label),
            StmtKind::Block(inner) => self.walk_block(walk, Some(block), inner.lbrace, inner.stmts),
            StmtKind::If { .. } => self.walk_if(walk, block, stmt),
            StmtKind::For { body, .. } | StmtKind::Range { body, .. } => {
                self.walk_block(walk, Some(block), body.lbrace, body.stmts);
            }
            StmtKind::Switch { cases, .. } | StmtKind::TypeSwitch { cases, .. } => {
                for case in &tree[cases] {
                    self.walk_block(walk, Some(block), case.pos, case.body.stmts);
                }
            }
            StmtKind::Select { cases, .. } => {
                for case in &tree[cases] {
                    self.walk_block(walk, Some(block), case.pos, case.body.stmts);
                }
            }
            StmtKind::Decl(decls) => self.walk_decls(walk, block, &tree[decls]),
            StmtKind::Define { lhs, op_pos, .. } => {
                let names: Vec<_> = tree[lhs].iter().map(|expr| tree.text(tree[*expr].span)).collect();
                let end = tree[stmt].span.end;
                let decl = VarDecl { pos: op_pos, end, names: names.join(", ") };
                walk.blocks[block].var_decls.push(decl);
            }
            StmtKind::Branch { label: None, .. }
            | StmtKind::Labeled { .. }
            | StmtKind::Empty
            | StmtKind::Bad
            | StmtKind::Expr(_)
            | StmtKind::Send { .. }
            | StmtKind::Assign { .. }
            | StmtKind::OpAssign { .. }
            | StmtKind::Go(_)
            | StmtKind::Defer(_)
            | StmtKind::Return(_) => {}
        }
        walk.around.truncate(n_around);
    }

    fn walk_if(&mut self, walk: &mut Walk, block: BlockId, mut stmt: StmtId) {
        let tree = self.tree();
        while let StmtKind::If { then, otherwise, .. } = tree[stmt].kind {
            self.walk_block(walk, Some(block), then.lbrace, then.stmts);
            match otherwise {
                Some(otherwise) => stmt = otherwise,
                None => return,
            }
        }
        self.walk_stmt(walk, block, stmt);
    }

    fn walk_decls(&mut self, walk: &mut Walk, block: BlockId, decls: &[Decl]) {
        let tree = self.tree();
        for decl in decls {
            let Decl::Var(spec) = *decl else { continue };
            if let Some(first) = tree[tree[spec].names].first() {
                let end = tree[spec].span.end;
                let decl = VarDecl { pos: first.pos, end, names: first.name.to_string() };
                walk.blocks[block].var_decls.push(decl);
            }
        }
    }

    fn define_label(&mut self, walk: &mut Walk, block: BlockId, label: Ident) {
        if label.name.is_blank() {
            return;
        }
        if let Some(other) = walk.labels.get(&label.name) {
            let place = place_in_text(self.pos(other.pos));
            self.error(self.pos(label.pos), format!("label {} already defined at {place}", label.name));
            return;
        }
        walk.labels.insert(label.name, Label { pos: label.pos, block, used: false });
        walk.names.push(label);
    }

    fn walk_branch(&mut self, walk: &mut Walk, block: BlockId, kind: BranchKind, target: Ident) {
        let word = match kind {
            BranchKind::Goto => {
                walk.jumps.push(Jump { target, block });
                return;
            }
            BranchKind::Fallthrough => return,
            BranchKind::Break => "break",
            BranchKind::Continue => "continue",
        };
        let Ident { name, pos } = target;
        // A label that stands further down is not known yet, as in gc.
        let Some(label) = walk.labels.get_mut(&name) else {
            self.error(self.pos(pos), format!("{word} label not defined: {name}"));
            return;
        };
        label.used = true;
        let around = walk.around.iter().rev().find(|(around, _)| *around == name);
        let valid = match around {
            Some((_, Target::Loop)) => true,
            Some((_, Target::SwitchOrSelect)) => kind == BranchKind::Break,
            Some((_, Target::Other)) | None => false,
        };
        if !valid {
            self.error(self.pos(pos), format!("invalid {word} label {name}"));
        }
    }
}
