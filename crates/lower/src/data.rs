//! Data symbols: strings, package variables.

use std::rc::Rc;

use ssa::Value;
use types::Obj;

use crate::func::Lowerer;
use crate::layout::TypeId;
use crate::names::package_path;
use crate::program::Program;
use crate::value::Val;

impl<'a, 's> Program<'a, 's> {
    /// The symbol of bytes that never change; equal bytes have one symbol.
    pub fn bytes_symbol(&mut self, bytes: &[u8]) -> Rc<str> {
        let symbol: Rc<str> = match std::str::from_utf8(bytes) {
            Ok(text) if text.len() <= 64 && !text.contains('\0') => format!("go:string.{text:?}").into(),
            // Longer texts are named by a hash of 128 bits.
            _ => format!("go:string.{}.{:032x}", bytes.len(), fnv128(bytes)).into(),
        };
        if self.claim(&symbol) {
            self.out.datas.push(ssa::Data {
                name: (&*symbol).into(),
                align: 1,
                size: bytes.len() as u64,
                bytes: bytes.to_vec(),
                readonly: true,
                dup_ok: true,
                ..Default::default()
            });
        }
        symbol
    }

    /// The name of a package variable's symbol.
    pub fn variable_symbol(&self, var: Obj<'s>) -> Rc<str> {
        let path = var.pkg.map_or("", |pkg| package_path(pkg));
        self.given_symbol(var).unwrap_or_else(|| format!("{path}.{}", var.name).into())
    }

    /// The symbol of a package variable, whose datum is made when it is first mentioned.
    pub fn global_symbol(&mut self, var: Obj<'s>, ty: TypeId) -> Rc<str> {
        let symbol = self.variable_symbol(var);
        if self.claim(&symbol) {
            let data = self.data(ty);
            let ptrs = self.pointer_mask(ty);
            let mut datum = ssa::Data {
                name: (&*symbol).into(),
                align: data.align,
                size: data.size,
                ptrs,
                ..Default::default()
            };
            self.embed(var, ty, &mut datum);
            self.out.datas.push(datum);
        }
        symbol
    }

    /// One bit for each word of the type that may hold a pointer.
    pub fn pointer_mask(&self, ty: TypeId) -> Vec<u8> {
        let words = self.types.get(ty).ptr_bytes.div_ceil(8);
        let mut mask = vec![0u8; words.div_ceil(8) as usize];
        self.types.for_each_pointer(ty, 0, &mut |off| mask[(off / 64) as usize] |= 1 << (off / 8 % 8));
        mask
    }
}

impl<'a, 's> Lowerer<'_, 'a, 's> {
    /// A string constant.
    pub fn string_const(&mut self, bytes: &[u8]) -> Val {
        let data = match bytes {
            [] => self.nil(),
            bytes => {
                let symbol = self.p.bytes_symbol(bytes);
                self.b.sym_addr(&symbol, 0)
            }
        };
        let len = self.int(bytes.len() as i64);
        Val::of(&[data, len])
    }

    /// The symbol of a package variable.
    pub fn global(&mut self, var: Obj<'s>) -> Rc<str> {
        let ty = self.type_id(var.ty().expect("variables are typed"));
        self.p.global_symbol(var, ty)
    }

    /// A new object of the type, by its address.
    pub fn new_object(&mut self, ty: TypeId) -> Value {
        let data = self.p.data(ty);
        let descriptor = self.p.descriptor(ty);
        self.b.new_object(&descriptor, data.size, data.align)
    }

    /// The descriptor of a type in the function's table of symbols.
    pub fn descriptor_sym(&mut self, ty: TypeId) -> ssa::Sym {
        let symbol = self.p.descriptor(ty);
        self.b.sym(&symbol)
    }

    /// The address of a type's descriptor.
    pub fn descriptor_addr(&mut self, ty: TypeId) -> Value {
        let symbol = self.p.descriptor(ty);
        self.b.sym_addr(&symbol, 0)
    }
}

/// FNV-1a over 128 bits. Fowler, Noll, Vo; draft-eastlake-fnv.
pub(crate) fn fnv128(bytes: &[u8]) -> u128 {
    let mut hash: u128 = 0x6c62272e07bb014262b821756295c58d;
    for byte in bytes {
        hash ^= u128::from(*byte);
        hash = hash.wrapping_mul(0x0000000001000000000000000000013b);
    }
    hash
}
