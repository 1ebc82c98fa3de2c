//! Package variables whose values are known before the program runs: they become data, not code.
//!
//! An initialiser is lowered as any code is. If what came out only computes, makes objects and writes
//! to them and to the variables that it initialises, it is run here, once, on memory made of bytes and addresses. The
//! objects become data symbols, the variables' data is filled, and the code is dropped. Tables as those of `unicode`
//! then cost neither instructions nor time at start.
//!
//! Nobody can tell the difference: what runs before an initialiser refers neither to the variables nor to
//! the objects, for otherwise these would have been initialised first (spec, "Package initialization").
//! Reading any other variable is not done here, for code that runs before might have changed it.
//!
//! Begin reading at [`Program::make_static`].

use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;

use rustc_hash::FxHashMap;
use ssa::eval;
use ssa::{
    Cmp, Conv, Data, DataReloc, DataRelocKind, Func, Op, Sym, Symbol, Target, Terminator, Type, Value,
};

use crate::layout::TypeId;
use crate::program::Program;

/// Operations after which an initialiser is taken for one that is better run than computed.
const MAX_STEPS: usize = 1 << 20;
/// Bytes of one variable or object that may lie in the image; larger ones are made when the program runs.
const MAX_REGION_BYTES: u64 = 1 << 20;

/// Memory that the initialiser may write.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Place {
    /// A region: slots come first, then the variables, then objects in the order in which they are made.
    Region(usize),
    /// A symbol of the function; its memory is neither read nor written.
    Symbol(Sym),
}

/// A value: a number, or an address.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Word {
    Bits(u64),
    Addr(Place, i64),
}

/// Some bytes, and the addresses among them by offset: those bytes are zero.
#[derive(Default)]
struct Region {
    bytes: Vec<u8>,
    addrs: BTreeMap<u32, (Place, i64)>,
    align: u32,
    /// The descriptor of its type, for objects.
    desc: Option<Sym>,
}

/// What became of an initialiser: the new contents of variables, and new objects.
pub(crate) type Contents = FxHashMap<Symbol, (Vec<u8>, Vec<DataReloc>)>;

impl Program<'_, '_> {
    /// Runs the initialiser `func` of the variables `vars`, if that can be done now, and reports whether it was:
    /// then `func` is not needed.
    pub fn make_static(&mut self, func: &Func, vars: &[(Rc<str>, TypeId)]) -> bool {
        let slots = func.slots.iter().map(|slot| u64::from(slot.size));
        let mut sizes = slots.chain(vars.iter().map(|(_, ty)| self.types.get(*ty).size));
        if sizes.any(|size| size > MAX_REGION_BYTES) {
            return false;
        }
        let mut machine = Machine::new(func, vars, self);
        if machine.run().is_none() {
            return false;
        }
        let Some(contents) = machine.contents() else { return false };
        let objects = machine.regions[machine.n_named..].iter().map(|region| (region.align, region.desc));
        let objects: Vec<(u32, Vec<u8>)> = objects
            .map(|(align, desc)| {
                (align, desc.map_or(Vec::new(), |desc| self.pointers_of(func.sym_name(desc))))
            })
            .collect();
        let n_slots = func.slots.len();
        for (idx, (bytes, relocs)) in contents.into_iter().enumerate() {
            match vars.get(idx) {
                Some((var, _)) => drop(self.static_vars.insert((&**var).into(), (bytes, relocs))),
                None => {
                    let (align, ptrs) = objects[idx - vars.len()].clone();
                    let name = object_name(func, n_slots + idx);
                    let size = bytes.len() as u64;
                    self.out.datas.push(Data { name, align, size, bytes, relocs, ptrs, ..Data::default() });
                }
            }
        }
        true
    }

    /// The pointer mask of the type that a descriptor describes.
    fn pointers_of(&self, descriptor: &str) -> Vec<u8> {
        let link =
            descriptor.strip_prefix("type:").expect("objects are made by the descriptors of their types");
        self.pointer_mask(self.types.by_link(link).expect("types with descriptors are known"))
    }

    /// Gives the variables that were initialised here their contents.
    pub fn fill_static_vars(&mut self) {
        for data in &mut self.out.datas {
            if let Some((bytes, relocs)) = self.static_vars.remove(&data.name) {
                (data.bytes, data.relocs) = (bytes, relocs);
            }
        }
    }
}

/// The symbol of an object that an initialiser makes.
fn object_name(func: &Func, region: usize) -> Symbol {
    format!("{}.object{region}", func.name).as_str().into()
}

struct Machine<'f> {
    func: &'f Func,
    values: Vec<Word>,
    regions: Vec<Region>,
    vars: FxHashMap<&'f str, usize>,
    /// Regions before this are slots and variables.
    n_named: usize,
}

impl<'f> Machine<'f> {
    fn new(func: &'f Func, vars: &'f [(Rc<str>, TypeId)], program: &Program<'_, '_>) -> Machine<'f> {
        let zeroed =
            |size: u64, align: u32| Region { bytes: vec![0; size as usize], align, ..Region::default() };
        let mut regions: Vec<Region> =
            func.slots.iter().map(|slot| zeroed(slot.size.into(), slot.align)).collect();
        let n_slots = regions.len();
        regions.extend(vars.iter().map(|(_, ty)| {
            let data = program.types.get(*ty);
            zeroed(data.size, data.align)
        }));
        let vars = vars.iter().enumerate().map(|(idx, (var, _))| (&**var, n_slots + idx)).collect();
        let n_named = regions.len();
        Machine { func, values: vec![Word::Bits(0); func.values.len()], regions, vars, n_named }
    }

    /// Runs to the end; `None` at anything that is more than arithmetic and memory of its own.
    fn run(&mut self) -> Option<()> {
        let func = self.func;
        let mut block = func.entry();
        for _ in 0..MAX_STEPS {
            for inst in &func.blocks[block.index()].insts {
                let inst = &func.insts[inst.index()];
                let result = self.op(&inst.op)?;
                if let Some(word) = result {
                    self.values[inst.results.single().index()] = word;
                }
            }
            let target = match &func.blocks[block.index()].term {
                Terminator::Return(_) => return Some(()),
                Terminator::Jump(target) => target,
                Terminator::Branch { cond, then, els } => {
                    if self.bits(*cond)? != 0 {
                        then
                    } else {
                        els
                    }
                }
                Terminator::Switch { .. } | Terminator::DeferInit { .. } | Terminator::Unreachable => {
                    return None;
                }
            };
            self.go(target);
            block = target.block;
        }
        None
    }

    fn go(&mut self, target: &Target) {
        let args: Vec<Word> = target.args.iter().map(|arg| self.values[arg.index()]).collect();
        let params = &self.func.blocks[target.block.index()].params;
        for (param, arg) in params.iter().zip(args) {
            self.values[param.index()] = arg;
        }
    }

    fn word(&self, value: Value) -> Word {
        self.values[value.index()]
    }

    fn bits(&self, value: Value) -> Option<u64> {
        match self.word(value) {
            Word::Bits(bits) => Some(bits),
            Word::Addr(..) => None,
        }
    }

    /// Does one operation. The inner `None` is for those without a result.
    fn op(&mut self, op: &Op) -> Option<Option<Word>> {
        let func = self.func;
        let word = match op {
            Op::Const { bits, .. } => Word::Bits(*bits),
            Op::Unary { op, arg } => Word::Bits(eval::unary(*op, func.ty(*arg), self.bits(*arg)?)),
            Op::Binary { op, lhs, rhs } => {
                Word::Bits(eval::binary(*op, func.ty(*lhs), self.bits(*lhs)?, self.bits(*rhs)?)?)
            }
            Op::Compare { cmp, lhs, rhs } => Word::Bits(self.compare(*cmp, *lhs, *rhs)?.into()),
            Op::Convert { conv: Conv::Bitcast, ty: Type::Ptr | Type::I64, arg } => self.word(*arg),
            Op::Convert { conv, ty, arg } => {
                Word::Bits(eval::convert(*conv, func.ty(*arg), *ty, self.bits(*arg)?))
            }
            Op::Select { cond, if_true, if_false } => {
                self.word(if self.bits(*cond)? != 0 { *if_true } else { *if_false })
            }
            Op::PtrAdd { root, index, off } => match self.word(*root) {
                Word::Bits(_) => return None,
                Word::Addr(place, at) => {
                    let index = index.map_or(Some(0), |index| self.bits(index))?;
                    Word::Addr(place, at.wrapping_add(index as i64).wrapping_add(*off))
                }
            },
            Op::SlotAddr { slot, off } => Word::Addr(Place::Region(slot.index()), i64::from(*off)),
            Op::SymAddr { sym, off } => match self.vars.get(&**func.sym_name(*sym)) {
                Some(region) => Word::Addr(Place::Region(*region), *off),
                None => Word::Addr(Place::Symbol(*sym), *off),
            },
            Op::FuncAddr { sym } => Word::Addr(Place::Symbol(*sym), 0),
            Op::Load { ty, addr, off, flags } if !flags.volatile => self.load(*ty, *addr, *off)?,
            Op::New { desc, size, align } if *size <= MAX_REGION_BYTES => {
                let bytes = vec![0; *size as usize];
                self.regions.push(Region { bytes, align: *align, desc: Some(*desc), ..Region::default() });
                Word::Addr(Place::Region(self.regions.len() - 1), 0)
            }
            other => return self.effect(other).map(|()| None),
        };
        Some(Some(word))
    }

    /// Does an operation without a result.
    fn effect(&mut self, op: &Op) -> Option<()> {
        match op {
            Op::Store { addr, off, val, flags } if !flags.volatile => self.store(*addr, *off, *val),
            Op::StorePtr { addr, off, val } => self.store(*addr, *off, *val),
            Op::MemCopy { dst, src, size, .. } => self.copy(*dst, *src, *size),
            Op::MemZero { addr, size, .. } => {
                let (region, range) = self.range(*addr, 0, *size)?;
                self.clear(region, range)
            }
            Op::NilCheck { ptr } => matches!(self.word(*ptr), Word::Addr(..)).then_some(()),
            Op::BoundsCheck { kind, x, y, .. } => kind.holds(self.bits(*x)?, self.bits(*y)?).then_some(()),
            Op::Check { cond, .. } => (self.bits(*cond)? != 0).then_some(()),
            Op::KeepAlive { .. } => Some(()),
            _ => None,
        }
    }

    /// Compares numbers, and addresses with nil.
    fn compare(&self, cmp: Cmp, lhs: Value, rhs: Value) -> Option<bool> {
        match (self.word(lhs), self.word(rhs)) {
            (Word::Bits(a), Word::Bits(b)) => Some(eval::compare(cmp, self.func.ty(lhs), a, b)),
            (Word::Addr(..), Word::Bits(0)) | (Word::Bits(0), Word::Addr(..)) => match cmp {
                Cmp::Eq => Some(false),
                Cmp::Ne => Some(true),
                _ => None,
            },
            _ => None,
        }
    }

    /// The bytes at an address, which must lie in one region.
    fn range(&self, addr: Value, off: i64, size: u64) -> Option<(usize, Range<u32>)> {
        let Word::Addr(Place::Region(region), at) = self.word(addr) else { return None };
        let start = u32::try_from(at.checked_add(off)?).ok()?;
        let end = start.checked_add(u32::try_from(size).ok()?)?;
        (end as usize <= self.regions[region].bytes.len()).then_some((region, start..end))
    }

    fn load(&self, ty: Type, addr: Value, off: i32) -> Option<Word> {
        let (region, range) = self.range(addr, off.into(), (ty.bits() / 8).into())?;
        let region = &self.regions[region];
        if let Some((place, at)) = region.addrs.get(&range.start) {
            return (ty.bits() == 64).then_some(Word::Addr(*place, *at));
        }
        if region.addrs_at(&range).next().is_some() {
            return None;
        }
        let mut word = [0; 8];
        word[..range.len()].copy_from_slice(&region.bytes[range.start as usize..range.end as usize]);
        Some(Word::Bits(u64::from_le_bytes(word)))
    }

    fn store(&mut self, addr: Value, off: i32, val: Value) -> Option<()> {
        let size = self.func.ty(val).bits() / 8;
        let (region, range) = self.range(addr, off.into(), size.into())?;
        self.clear(region, range.clone())?;
        let word = self.word(val);
        let region = &mut self.regions[region];
        match word {
            Word::Bits(bits) => region.bytes[range.start as usize..range.end as usize]
                .copy_from_slice(&bits.to_le_bytes()[..range.len()]),
            Word::Addr(place, at) => drop(region.addrs.insert(range.start, (place, at))),
        }
        Some(())
    }

    /// Clears bytes; addresses among them must lie there as a whole.
    fn clear(&mut self, region: usize, range: Range<u32>) -> Option<()> {
        let region = &mut self.regions[region];
        if region.cuts_address(&range) {
            return None;
        }
        region.addrs.retain(|off, _| !range.contains(off));
        region.bytes[range.start as usize..range.end as usize].fill(0);
        Some(())
    }

    fn copy(&mut self, dst: Value, src: Value, size: u64) -> Option<()> {
        let (from, from_range) = self.range(src, 0, size)?;
        let (to, to_range) = self.range(dst, 0, size)?;
        let source = &self.regions[from];
        let bytes = source.bytes[from_range.start as usize..from_range.end as usize].to_vec();
        if source.cuts_address(&from_range) {
            return None;
        }
        let addrs: Vec<_> = source.addrs.range(from_range.clone()).map(|(off, addr)| (*off, *addr)).collect();
        self.clear(to, to_range.clone())?;
        let target = &mut self.regions[to];
        target.bytes[to_range.start as usize..to_range.end as usize].copy_from_slice(&bytes);
        target
            .addrs
            .extend(addrs.into_iter().map(|(off, addr)| (off - from_range.start + to_range.start, addr)));
        Some(())
    }

    /// Bytes and addresses of the variables and objects; `None` when one of them refers to the frame.
    fn contents(&self) -> Option<Vec<(Vec<u8>, Vec<DataReloc>)>> {
        let n_slots = self.func.slots.len();
        let content = |region: &Region| {
            let relocs = region.addrs.iter().map(|(off, (place, addend))| {
                let target = match place {
                    Place::Region(idx) if *idx < n_slots => return None,
                    Place::Region(idx) if *idx < self.n_named => {
                        let (name, _) = self.vars.iter().find(|(_, region)| *region == idx)?;
                        (*name).into()
                    }
                    Place::Region(idx) => object_name(self.func, *idx),
                    Place::Symbol(sym) => self.func.sym_name(*sym).clone(),
                };
                Some(DataReloc { off: *off, kind: DataRelocKind::Addr, target, addend: *addend })
            });
            Some((region.bytes.clone(), relocs.collect::<Option<Vec<_>>>()?))
        };
        self.regions[n_slots..].iter().map(content).collect()
    }
}

impl Region {
    /// The offsets of addresses that have bytes in the range.
    fn addrs_at(&self, range: &Range<u32>) -> impl Iterator<Item = u32> {
        let (start, near) = (range.start, range.start.saturating_sub(7)..range.end.max(range.start));
        self.addrs.range(near).map(|(off, _)| *off).filter(move |off| off + 8 > start)
    }

    /// Reports whether an address lies in the range with a part of it.
    fn cuts_address(&self, range: &Range<u32>) -> bool {
        self.addrs_at(range).any(|off| off < range.start || off + 8 > range.end)
    }
}
