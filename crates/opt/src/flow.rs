//! Where pointers go.
//!
//! A pointer is followed through everything derived from it. It is kept when it is returned, turned into a number, handed
//! to code that is not known or to a parameter that keeps it, or stored in what is not known. Stored in an object or slot
//! of the function, it goes on in what is loaded from there, and is kept if that is, or if its contents are.
//!
//! The slot of an object is one piece of memory, however often the allocation runs. The pointer of an allocation on a
//! cycle may therefore not reach a block's param: the object of one turn could be alive in the next. It may be stored
//! only in objects that are made at least as often.
//!
//! A closure that is called gets its own address. What its code does with that says the summary of the code, which is
//! known where the closure is made; for a parameter it is left to the caller.

use crate::escape::is_in_slot;
use crate::inline::code_stored;
use crate::pass::Facts;
use crate::rewrite::in_cycle;
use rustc_hash::FxHashMap;
use ssa::dom::{Cfg, DomTree};
use ssa::{Block, Callee, Func, Inst, Op, Slot, Terminator, Type, Value, ValueDef};
use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

/// Runtime entries that keep none of their arguments.
const HARMLESS_ENTRIES: &[&str] = &["memcmp", "memset", "runtime.memclr", "runtime.memequal"];
/// Those that copy what their second argument points to.
const COPYING_ENTRIES: &[&str] = &["memmove", "memcpy"];

/// What may be kept beyond a call or a function.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Keeps {
    /// The pointer.
    pub pointer: bool,
    /// A pointer that was loaded from what it points to, or from there on.
    pub contents: bool,
    /// What the code of the closure keeps that it points to: it is called.
    pub called: bool,
}

const UNKNOWN: Keeps = Keeps { pointer: true, contents: true, called: true };

impl Keeps {
    fn add(&mut self, other: Keeps) {
        self.pointer |= other.pointer;
        self.contents |= other.contents;
        self.called |= other.called;
    }
}

/// What a pointer begins as.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Root {
    /// The result of `new`.
    Object(Value),
    /// The address of a slot.
    Slot(Slot),
    /// A parameter, with its number.
    Param(Value, usize),
}

/// What becomes of a pointer.
pub(crate) struct Fate {
    pub keeps: Keeps,
    /// The objects and slots it is stored in.
    pub holders: Vec<Root>,
    /// The pointers loaded from what it points to, with their offset there if that is known.
    loads: Vec<(Option<i64>, Value)>,
}

/// For each parameter, what may be kept beyond the call.
pub(crate) fn kept_params(func: &Func, facts: &Facts) -> Vec<Keeps> {
    let params = &func.blocks[func.entry().index()].params;
    if params.iter().all(|&param| func.ty(param) != Type::Ptr) {
        return vec![Keeps::default(); params.len()];
    }
    let cfg = Cfg::new(func);
    let flows = Flows::new(func, facts, &cfg);
    let keeps = |(n, &param): (usize, &Value)| {
        if func.ty(param) != Type::Ptr {
            return Keeps::default();
        }
        let fate = flows.fate(Root::Param(param, n));
        let mut keeps = fate.keeps;
        keeps.contents |= flows.are_kept(fate.loads.iter().map(|load| load.1).collect());
        keeps
    };
    params.iter().enumerate().map(keeps).collect()
}

/// The flow of pointers in a function.
pub(crate) struct Flows<'a> {
    func: &'a Func,
    facts: &'a Facts,
    cfg: &'a Cfg,
    in_cycle: Vec<bool>,
    uses: Vec<Vec<Use>>,
    /// Where the address of each slot is taken.
    slot_addresses: Vec<Vec<(Value, u32)>>,
    block_of: FxHashMap<Value, Block>,
    dominators: OnceCell<DomTree>,
    /// `None` while it is looked for.
    fates: RefCell<FxHashMap<Root, Option<Rc<Fate>>>>,
}

#[derive(Clone, Copy)]
enum Use {
    Inst(Inst),
    End(Block),
}

impl<'a> Flows<'a> {
    pub fn new(func: &'a Func, facts: &'a Facts, cfg: &'a Cfg) -> Flows<'a> {
        let mut flows = Flows {
            func,
            facts,
            cfg,
            in_cycle: in_cycle(func, cfg),
            uses: vec![Vec::new(); func.values.len()],
            slot_addresses: vec![Vec::new(); func.slots.len()],
            block_of: FxHashMap::default(),
            dominators: OnceCell::new(),
            fates: RefCell::default(),
        };
        for &block in &func.layout {
            let data = &func.blocks[block.index()];
            for &inst in &data.insts {
                flows.note(block, inst);
            }
            data.term.for_each_arg(|value| {
                if func.ty(value) == Type::Ptr {
                    flows.uses[value.index()].push(Use::End(block));
                }
            });
        }
        flows
    }

    fn note(&mut self, block: Block, inst: Inst) {
        let data = &self.func.insts[inst.index()];
        match data.op {
            Op::New { .. } => drop(self.block_of.insert(data.results.single(), block)),
            Op::SlotAddr { slot, off } => {
                self.slot_addresses[slot.index()].push((data.results.single(), off));
            }
            _ => {}
        }
        data.op.for_each_arg(|value| {
            if self.func.ty(value) == Type::Ptr {
                self.uses[value.index()].push(Use::Inst(inst));
            }
        });
    }

    /// What becomes of a pointer. Where that depends on itself, it is taken to be kept.
    pub fn fate(&self, root: Root) -> Rc<Fate> {
        if let Some(known) = self.fates.borrow().get(&root) {
            let unknown = || Rc::new(Fate { keeps: UNKNOWN, holders: Vec::new(), loads: Vec::new() });
            return known.clone().unwrap_or_else(unknown);
        }
        self.fates.borrow_mut().insert(root, None);
        let start = match root {
            Root::Object(value) | Root::Param(value, _) => vec![(value, Some(0))],
            Root::Slot(slot) => {
                let addresses = self.slot_addresses[slot.index()].iter();
                addresses.map(|&(value, off)| (value, Some(i64::from(off)))).collect()
            }
        };
        let mut walk = Walk::new(self, Some(root), start);
        walk.run();
        let Walk { keeps, holders, loads, .. } = walk;
        let mut fate = Fate { keeps, holders, loads };
        if let (Root::Object(_) | Root::Slot(_), true) = (root, keeps.called) {
            fate.keeps.add(self.kept_by_code(root));
        }
        let fate = Rc::new(fate);
        self.fates.borrow_mut().insert(root, Some(fate.clone()));
        fate
    }

    /// What the code of a closure that is made here keeps of it.
    fn kept_by_code(&self, root: Root) -> Keeps {
        let code = match root {
            Root::Object(value) => code_stored(self.func, value),
            Root::Slot(slot) => {
                let starts = self.slot_addresses[slot.index()].iter().filter(|(_, off)| *off == 0);
                starts.into_iter().find_map(|(value, _)| code_stored(self.func, *value))
            }
            Root::Param(..) => None,
        };
        let summary = code.and_then(|code| self.facts.summary(code));
        summary.and_then(|summary| summary.keeps.first().copied()).unwrap_or(UNKNOWN)
    }

    /// Whether any of these pointers is kept, or one that is loaded from what they point to.
    fn are_kept(&self, pointers: Vec<Value>) -> bool {
        let mut walk = Walk::new(self, None, pointers.into_iter().map(|value| (value, None)).collect());
        walk.run();
        walk.keeps != Keeps::default()
    }

    /// The object or slot that an address certainly lies in, and the offset if that is known.
    fn holder(&self, mut addr: Value, off: i32) -> Option<(Root, Option<i64>)> {
        let mut total = Some(i64::from(off));
        loop {
            match self.func.def_op(addr)? {
                Op::SlotAddr { slot, off } => {
                    return Some((Root::Slot(*slot), total.map(|total| total + i64::from(*off))));
                }
                Op::New { .. } => return Some((Root::Object(addr), total)),
                Op::PtrAdd { root, index, off } => {
                    total = total.filter(|_| index.is_none()).map(|total| total + off);
                    addr = *root;
                }
                _ => return None,
            }
        }
    }

    /// Whether there is a holder of its own for each object that the allocation `root` makes.
    fn is_made_as_often(&self, holder: Root, root: Root) -> bool {
        let Root::Object(object) = root else { return true };
        let block = self.block_of[&object];
        if !self.in_cycle[block.index()] {
            return true;
        }
        let Root::Object(holder) = holder else { return false };
        let other = self.block_of[&holder];
        // Whoever uses a holder has passed its allocation, and before that, if it is dominated, that of the object.
        other == block || self.dominators.get_or_init(|| DomTree::new(self.cfg)).dominates(block, other)
    }
}

/// The search for what becomes of one pointer.
struct Walk<'f, 'a> {
    flows: &'f Flows<'a>,
    /// `None`: pointers loaded from what is followed are followed in their turn.
    root: Option<Root>,
    /// What may be the pointer, or point into what it points to: with its offset there if that is known.
    derived: Vec<(Value, Option<i64>)>,
    seen: FxHashMap<Value, Option<i64>>,
    keeps: Keeps,
    holders: Vec<Root>,
    loads: Vec<(Option<i64>, Value)>,
}

impl<'f, 'a> Walk<'f, 'a> {
    fn new(flows: &'f Flows<'a>, root: Option<Root>, derived: Vec<(Value, Option<i64>)>) -> Self {
        let seen = derived.iter().copied().collect();
        Walk { flows, root, derived, seen, keeps: Keeps::default(), holders: Vec::new(), loads: Vec::new() }
    }

    fn run(&mut self) {
        let mut next = 0;
        while let Some(&(value, off)) = self.derived.get(next) {
            next += 1;
            for at in &self.flows.uses[value.index()] {
                match *at {
                    Use::Inst(inst) => self.inst(inst, value, off),
                    Use::End(block) => self.end(block, value),
                }
                // What is loaded matters no more.
                if self.keeps.pointer {
                    return;
                }
            }
        }
    }

    fn derive(&mut self, value: Value, off: Option<i64>) {
        match self.seen.insert(value, off) {
            None => self.derived.push((value, off)),
            Some(known) if known == off => {}
            // Two ways lead here, and what is loaded was noted with the offset of the first.
            Some(_) => self.keeps.pointer = true,
        }
    }

    fn inst(&mut self, inst: Inst, value: Value, off: Option<i64>) {
        let data = &self.flows.func.insts[inst.index()];
        match &data.op {
            Op::PtrAdd { index, off: more, .. } => {
                let off = off.filter(|_| index.is_none()).map(|off| off + more);
                self.derive(data.results.single(), off);
            }
            Op::Select { .. } => self.derive(data.results.single(), None),
            Op::Load { ty: Type::Ptr, off: more, .. } => {
                self.loaded(off.map(|off| off + i64::from(*more)), data.results.single());
            }
            Op::AtomicLoad { ty: Type::Ptr, .. } => self.loaded(None, data.results.single()),
            Op::MemCopy { src, .. } => self.keeps.contents |= *src == value,
            Op::Load { .. }
            | Op::AtomicLoad { .. }
            | Op::MemZero { .. }
            | Op::NilCheck { .. }
            | Op::Compare { .. }
            | Op::KeepAlive { .. } => {}
            Op::Store { addr, val, off, .. } | Op::StorePtr { addr, val, off } => {
                if *val == value {
                    self.stored(*addr, *off);
                }
            }
            Op::AtomicStore { val, .. } => self.keeps.pointer |= *val == value,
            Op::AtomicRmw { val, .. } => {
                self.keeps.pointer |= *val == value;
                self.keeps.contents = true;
            }
            Op::AtomicCas { old, new, .. } => self.keeps.pointer |= *old == value || *new == value,
            Op::Call { callee, args, .. } => self.call(*callee, args, value),
            _ => self.keeps.pointer = true,
        }
    }

    fn loaded(&mut self, off: Option<i64>, result: Value) {
        match self.root {
            Some(_) => self.loads.push((off, result)),
            None => self.derive(result, None),
        }
    }

    /// The pointer is stored at this address.
    fn stored(&mut self, addr: Value, off: i32) {
        let flows = self.flows;
        let (Some(root), Some((holder, off))) = (self.root, flows.holder(addr, off)) else {
            self.keeps.pointer = true;
            return;
        };
        let fate = flows.fate(holder);
        if fate.keeps.pointer || fate.keeps.contents || !flows.is_made_as_often(holder, root) {
            self.keeps.pointer = true;
            return;
        }
        if !self.holders.contains(&holder) {
            self.holders.push(holder);
        }
        for &(from, load) in &fate.loads {
            if off.is_none() || from.is_none() || off == from {
                // The pointer may have been moved before it was stored.
                self.derive(load, None);
            }
        }
    }

    fn call(&mut self, callee: Callee, args: &[Value], value: Value) {
        let (func, facts) = (self.flows.func, self.flows.facts);
        let is_arg = |n: usize| args.get(n) == Some(&value);
        match callee {
            Callee::Direct(sym) => {
                let name = func.sym_name(sym);
                let summary = facts.summary(name);
                for n in (0..args.len()).filter(|&n| is_arg(n)) {
                    // What a parameter hands to itself is kept only if something else keeps it.
                    if *name == func.name && self.root == Some(Root::Param(value, n)) {
                        continue;
                    }
                    self.keeps
                        .add(summary.and_then(|summary| summary.keeps.get(n).copied()).unwrap_or(UNKNOWN));
                }
            }
            Callee::Runtime(sym) => match &**func.sym_name(sym) {
                // A record in the frame is off the list when the frame ends; what it holds is called.
                "runtime.deferpush" if is_in_slot(func, args[0]) && !is_arg(0) && !is_arg(1) => {
                    self.keeps.called = true;
                }
                name if COPYING_ENTRIES.contains(&name) => self.keeps.contents |= is_arg(1),
                name if HARMLESS_ENTRIES.contains(&name) => {}
                _ => self.keeps = UNKNOWN,
            },
            Callee::Closure(fv) => {
                self.keeps.called |= fv == value;
                self.keeps.pointer |= args.contains(&value);
            }
            Callee::Indirect(_) => self.keeps.pointer = true,
        }
    }

    fn end(&mut self, block: Block, value: Value) {
        let flows = self.flows;
        let term = &flows.func.blocks[block.index()].term;
        let through_params = match self.root {
            Some(Root::Object(object)) => !flows.in_cycle[flows.block_of[&object].index()],
            Some(Root::Slot(_) | Root::Param(..)) | None => true,
        };
        if matches!(term, Terminator::Return(_) | Terminator::DeferInit { .. }) || !through_params {
            self.keeps.pointer = true;
            return;
        }
        let mut params = Vec::new();
        term.for_each_succ(|succ, args| {
            for (&param, &arg) in flows.func.blocks[succ.index()].params.iter().zip(args) {
                if arg == value {
                    debug_assert!(matches!(flows.func.values[param.index()].def, ValueDef::Param(..)));
                    params.push(param);
                }
            }
        });
        params.into_iter().for_each(|param| self.derive(param, None));
    }
}
