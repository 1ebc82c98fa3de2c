//! `select` statements.

use source::Name;
use ssa::{Type, Value};
use syntax::{CommCase, ExprId, ExprKind, StmtId, StmtKind};
use types::Basic;

use crate::func::{Jump, Lowerer};
use crate::layout::{Kind, TypeId};
use crate::value::Val;

/// A communication with its operands evaluated.
struct Comm {
    /// The channel.
    chan: Value,
    /// The element's type.
    elem: TypeId,
    /// The address of the value to send, or of room for the one received.
    buffer: Value,
    /// A send.
    is_send: bool,
}

impl<'a, 's> Lowerer<'_, 'a, 's> {
    /// A `select` statement. Spec: channels and values to send are evaluated once, in source order.
    pub fn select_stmt(&mut self, label: Option<Name>, cases: &[CommCase]) {
        let comms: Vec<(usize, StmtId)> =
            cases.iter().enumerate().filter_map(|(idx, case)| Some((idx, case.comm?))).collect();
        let default = cases.iter().position(|case| case.comm.is_none());
        if cases.is_empty() {
            self.runtime("runtime.block", &[], &[]);
            self.b.unreachable();
            return;
        }
        let operands: Vec<Comm> = comms.iter().map(|(_, stmt)| self.comm(*stmt)).collect();
        let bodies: Vec<ssa::Block> = cases.iter().map(|_| self.b.block()).collect();
        let received = match (&operands[..], default) {
            ([], Some(default)) => {
                let never = self.b.iconst(Type::I8, 0);
                self.b.jump(bodies[default]);
                never
            }
            ([only], default) => {
                let ok = self.communicate(only, default.is_some());
                match default {
                    Some(default) => self.b.branch(ok.0, bodies[comms[0].0], bodies[default]),
                    None => self.b.jump(bodies[comms[0].0]),
                }
                ok.1
            }
            _ => {
                let order: Vec<ssa::Block> = comms.iter().map(|(idx, _)| bodies[*idx]).collect();
                self.select_many(&operands, &order, default.map(|idx| bodies[idx]))
            }
        };
        let done = self.b.block();
        self.jumps.push(Jump { label, on_break: done, on_continue: None });
        for (idx, case) in cases.iter().enumerate() {
            self.b.switch_to(bodies[idx]);
            self.at(case.pos);
            if let Some(at) = comms.iter().position(|(of, _)| *of == idx) {
                self.take_received(comms[at].1, &operands[at], received);
            }
            self.block(&case.body);
            self.b.jump(done);
        }
        self.jumps.pop();
        self.b.switch_to(done);
    }

    /// The receive expression of a communication, with what it is assigned to.
    fn received_by(&self, stmt: StmtId) -> (ExprId, Vec<ExprId>, bool) {
        let tree = self.tree();
        let (rhs, lhs, define) = match tree[stmt].kind {
            StmtKind::Expr(x) => (x, Vec::new(), false),
            StmtKind::Assign { lhs, rhs, .. } => (tree[rhs][0], tree[lhs].to_vec(), false),
            StmtKind::Define { lhs, rhs, .. } => (tree[rhs][0], tree[lhs].to_vec(), true),
            ref other => panic!("{}: {other:?} is no communication", self.symbol),
        };
        match tree[tree.unparen(rhs)].kind {
            ExprKind::Unary { op: syntax::UnaryOp::Recv, x } => (x, lhs, define),
            _ => panic!("{}: no receive in a communication", self.symbol),
        }
    }

    fn comm(&mut self, stmt: StmtId) -> Comm {
        let tree = self.tree();
        self.at(tree[stmt].span.start);
        let (chan, value) = match tree[stmt].kind {
            StmtKind::Send { chan, value, .. } => (chan, Some(value)),
            _ => (self.received_by(stmt).0, None),
        };
        let ty = self.type_of(chan);
        let Kind::Chan { elem, .. } = self.p.data(ty).kind else { panic!("{}: no channel", self.symbol) };
        let chan = self.expr(chan).single();
        let buffer = match value {
            Some(value) => {
                let val = self.expr_as(value, elem);
                self.spill(elem, &val)
            }
            None => {
                let slot = self.slot_for(elem);
                self.b.slot_addr(slot, 0)
            }
        };
        Comm { chan, elem, buffer, is_send: value.is_some() }
    }

    /// A select with one communication: whether it took place, and whether a value was received.
    fn communicate(&mut self, comm: &Comm, has_default: bool) -> (Value, Value) {
        let (chan, buffer) = (comm.chan, comm.buffer);
        match (comm.is_send, has_default) {
            (true, false) => {
                self.runtime("runtime.chansend1", &[chan, buffer], &[]);
                let one = self.b.iconst(Type::I8, 1);
                (one, one)
            }
            (true, true) => {
                let sent = self.runtime("runtime.selectnbsend", &[chan, buffer], &[Type::I8])[0];
                (sent, sent)
            }
            (false, false) => {
                let ok = self.runtime("runtime.chanrecv2", &[chan, buffer], &[Type::I8])[0];
                (ok, ok)
            }
            (false, true) => {
                let results = self.runtime("runtime.selectnbrecv", &[buffer, chan], &[Type::I8, Type::I8]);
                (results[0], results[1])
            }
        }
    }

    /// Two or more communications: `selectgo` on an array of channels and buffers, sends first.
    fn select_many(&mut self, comms: &[Comm], bodies: &[ssa::Block], default: Option<ssa::Block>) -> Value {
        let n = comms.len();
        let mut order: Vec<usize> = (0..n).collect();
        order.sort_by_key(|idx| !comms[*idx].is_send);
        let n_sends = comms.iter().filter(|comm| comm.is_send).count();
        let cases = self.b.slot(16 * n as u32, 8);
        let cases = self.b.slot_addr(cases, 0);
        for (at, idx) in order.iter().enumerate() {
            self.b.store(cases, 16 * at as i32, comms[*idx].chan);
            self.b.store(cases, 16 * at as i32 + 8, comms[*idx].buffer);
        }
        let room = self.b.slot(4 * n as u32, 8);
        let room = self.b.slot_addr(room, 0);
        let (sends, recvs) = (self.int(n_sends as i64), self.int((n - n_sends) as i64));
        let blocks = self.int(i64::from(default.is_none()));
        let results =
            self.runtime("runtime.selectgo", &[cases, room, sends, recvs, blocks], &[Type::I64, Type::I8]);
        let targets = order.iter().enumerate().map(|(at, idx)| (at as u64, bodies[*idx])).collect();
        match default {
            Some(default) => self.b.switch(results[0], targets, default),
            None => {
                let never = self.b.cold_block();
                self.b.switch(results[0], targets, never);
                self.b.switch_to(never);
                self.b.unreachable();
            }
        }
        results[1]
    }

    /// Gives the variables of a receiving case their values.
    fn take_received(&mut self, stmt: StmtId, comm: &Comm, ok: Value) {
        if comm.is_send {
            return;
        }
        let (_, lhs, define) = self.received_by(stmt);
        let bool_ty = self.basic(Basic::Bool);
        let val = self.load(comm.elem, comm.buffer, 0);
        let vals = [(comm.elem, val), (bool_ty, Val::one(ok))];
        for (x, (from, val)) in lhs.into_iter().zip(vals) {
            self.iterate(Some(x), define, from, val);
        }
    }
}
