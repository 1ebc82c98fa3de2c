//! Maps: reading, writing and deleting elements.
//!
//! `internal/runtime/maps` has functions of its own for keys of four bytes, of eight bytes and for strings, which take the key
//! itself; the others take its address.

use ssa::{Type, Value};

use crate::func::Lowerer;
use crate::layout::{Kind, TypeId};
use crate::value::{Scalars, Val};

/// The bytes of `runtime.zeroVal`: larger elements that are not there have no address.
const ZERO_VAL_BYTES: u64 = 1024;
/// Maps with larger elements have no functions of their own (`internal/abi.MapMaxElemBytes`).
const FAST_ELEM_BYTES: u64 = 128;

/// What functions of `internal/runtime/maps` serve a map.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum MapKeys {
    /// Those for keys of four bytes without pointers.
    Word32,
    /// Those for keys of eight bytes without pointers.
    Word64,
    /// Those for pointers.
    Pointer,
    /// Those for strings.
    String,
    /// Those for any keys.
    Any,
}

impl<'a, 's> Lowerer<'_, 'a, 's> {
    /// What functions serve a map with these types (cmd/compile/internal/walk, `mapfast`).
    pub fn map_keys(&mut self, key: TypeId, elem: TypeId) -> MapKeys {
        if self.p.data(elem).size > FAST_ELEM_BYTES {
            return MapKeys::Any;
        }
        if self.is_string(key) {
            return MapKeys::String;
        }
        let data = self.p.data(key);
        let (bytes, has_pointers) = (data.size, data.ptr_bytes > 0);
        match (self.p.is_regular_memory(key), bytes, has_pointers) {
            (true, 4, _) => MapKeys::Word32,
            (true, 8, false) => MapKeys::Word64,
            (true, 8, true) => MapKeys::Pointer,
            _ => MapKeys::Any,
        }
    }

    /// Calls the function `what` of a map.
    fn map_call(&mut self, what: &str, ty: TypeId, map: Value, key: &Val, results: &[Type]) -> Scalars {
        let Kind::Map { key: key_ty, elem } = self.p.data(ty).kind else { panic!("{}: no map", self.symbol) };
        let desc = self.descriptor_addr(ty);
        let mut args = vec![desc, map];
        let suffix = match self.map_keys(key_ty, elem) {
            MapKeys::Word32 => {
                args.push(self.key_word(key_ty, key, Type::I32));
                "_fast32"
            }
            MapKeys::Pointer if what == "mapassign" => {
                args.push(self.key_word(key_ty, key, Type::Ptr));
                "_fast64ptr"
            }
            MapKeys::Word64 | MapKeys::Pointer => {
                args.push(self.key_word(key_ty, key, Type::I64));
                "_fast64"
            }
            MapKeys::String => {
                args.extend(key.scalars());
                "_faststr"
            }
            MapKeys::Any => {
                args.push(self.address_of_val(key_ty, key));
                ""
            }
        };
        self.runtime(&format!("runtime.{what}{suffix}"), &args, results)
    }

    /// A key of one word as that word.
    fn key_word(&mut self, ty: TypeId, key: &Val, word: Type) -> Value {
        if let Val::Scalars(scalars) = key
            && let [scalar] = scalars[..]
        {
            return match self.b.func().ty(scalar) {
                of if of == word => scalar,
                _ => self.b.convert(ssa::Conv::Bitcast, word, scalar),
            };
        }
        let addr = self.address_of_val(ty, key);
        self.b.load(word, addr, 0)
    }

    /// `make(map...)`
    pub fn make_map(&mut self, ty: TypeId, hint: Value) -> Value {
        let desc = self.descriptor_addr(ty);
        let nil = self.nil();
        self.runtime("runtime.makemap", &[desc, hint, nil], &[Type::Ptr])[0]
    }

    /// Reads an element; with `comma_ok` also whether it is there.
    pub fn map_read(&mut self, ty: TypeId, map: Value, key: &Val, comma_ok: bool) -> (Val, Option<Value>) {
        let Kind::Map { elem, .. } = self.p.data(ty).kind else { panic!("{}: no map", self.symbol) };
        let is_large = self.p.data(elem).size > ZERO_VAL_BYTES;
        let (addr, ok) = match comma_ok || is_large {
            true => {
                let parts = self.map_call("mapaccess2", ty, map, key, &[Type::Ptr, Type::I8]);
                (parts[0], Some(parts[1]))
            }
            false => (self.map_call("mapaccess1", ty, map, key, &[Type::Ptr])[0], None),
        };
        if let (true, Some(ok)) = (is_large, ok) {
            let val = self.zero(elem);
            let place = self.place_of_val(elem, &val);
            let (found, done) = (self.b.block(), self.b.block());
            self.b.branch(ok, found, done);
            self.b.switch_to(found);
            let there = self.load(elem, addr, 0);
            self.write_place(elem, &place, &there);
            self.b.jump(done);
            self.b.switch_to(done);
            return (val, Some(ok));
        }
        let val = self.load(elem, addr, 0);
        (self.stable(elem, val), ok)
    }

    /// Writes an element.
    pub fn map_write(&mut self, ty: TypeId, map: Value, key: &Val, val: &Val) {
        let Kind::Map { elem, .. } = self.p.data(ty).kind else { panic!("{}: no map", self.symbol) };
        let addr = self.map_element(ty, map, key);
        self.store(elem, addr, 0, val, false);
    }

    /// The address of an element, which is made if it is not there.
    pub fn map_element(&mut self, ty: TypeId, map: Value, key: &Val) -> Value {
        self.map_call("mapassign", ty, map, key, &[Type::Ptr])[0]
    }

    /// `delete(map, key)`
    pub fn map_delete(&mut self, ty: TypeId, map: Value, key: &Val) {
        self.map_call("mapdelete", ty, map, key, &[]);
    }
}
