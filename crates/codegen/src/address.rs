//! Addresses.
//!
//! An address is a root, an index in bytes and a constant. Nested `ptradd`s are flattened to that form;
//! the root and the index are added first and the constant goes last, into the instruction where it
//! fits. Cranelift rewrites `(a+B)+(c+D)` to `(a+c)+(B+D)`; with a constant on the root that could leave, across a
//! call, only a pointer outside the object, which the conservative scan would not follow (DESIGN 5).

use crate::translate::Translator;
use cranelift_codegen::ir::{self, InstBuilder, types};
use ssa::{Op, Value};

/// A flattened address.
pub(crate) struct Address {
    /// Root plus index.
    pub base: ir::Value,
    /// The constant.
    pub off: i32,
}

impl Translator<'_> {
    /// The address `addr + off`, for use in an instruction.
    pub(crate) fn address(&mut self, addr: Value, off: i64) -> Address {
        let (root, indices, total) = self.flatten(addr, off);
        let fits = i32::try_from(total);
        if let Some(Op::SlotAddr { slot, off }) = self.func.def_op(root)
            && indices.is_empty()
            && let Ok(total) = i32::try_from(total + i64::from(*off))
        {
            let slot = self.slot(*slot);
            return Address { base: self.builder.ins().stack_addr(types::I64, slot, total), off: 0 };
        }
        let base = self.base(root, &indices);
        match fits {
            Ok(off) => Address { base, off },
            Err(_) => Address { base: self.builder.ins().iadd_imm_s(base, total), off: 0 },
        }
    }

    /// The root of nested `ptradd`s, all indices and the sum of the constants.
    fn flatten(&self, addr: Value, off: i64) -> (Value, Vec<Value>, i64) {
        let (mut root, mut indices, mut total) = (addr, Vec::new(), off);
        while let Some(Op::PtrAdd { root: next, index, off }) = self.func.def_op(root) {
            total = total.wrapping_add(*off);
            indices.extend(index);
            root = *next;
        }
        (root, indices, total)
    }

    fn base(&mut self, root: Value, indices: &[Value]) -> ir::Value {
        let root = self.value(root);
        // Indices are numbers: they are added up before they meet the pointer, so that no sum but the last is one.
        let mut sum = None;
        for &index in indices {
            let index = self.value(index);
            sum = Some(match sum {
                None => index,
                Some(sum) => self.builder.ins().iadd(sum, index),
            });
        }
        match sum {
            None => root,
            Some(sum) => self.builder.ins().iadd(root, sum),
        }
    }

    /// Makes a pointer that was not made where it is defined, because until now only addresses wanted it.
    pub(crate) fn materialize(&mut self, value: Value) -> ir::Value {
        match self.func.def_op(value) {
            Some(Op::PtrAdd { .. }) => {
                let Address { base, off } = self.address(value, 0);
                if off == 0 { base } else { self.builder.ins().iadd_imm_s(base, i64::from(off)) }
            }
            Some(Op::SlotAddr { slot, off }) => {
                let slot = self.slot(*slot);
                self.builder.ins().stack_addr(types::I64, slot, *off as i32)
            }
            Some(Op::SymAddr { sym, off }) => {
                let (name, off) = (self.func.sym_name(*sym).clone(), *off);
                self.symbol_address(&name, off)
            }
            Some(Op::FuncAddr { sym }) => {
                let name = self.func.sym_name(*sym).clone();
                self.symbol_address(&name, 0)
            }
            op => unreachable!("{value} is used before it is defined: {op:?}"),
        }
    }

    /// Whether a value is made anew wherever it is wanted. Such values depend on nothing that changes.
    pub(crate) fn is_rematerialized(&self, value: Value) -> bool {
        matches!(
            self.func.def_op(value),
            Some(Op::PtrAdd { .. } | Op::SlotAddr { .. } | Op::SymAddr { .. } | Op::FuncAddr { .. })
        )
    }
}
