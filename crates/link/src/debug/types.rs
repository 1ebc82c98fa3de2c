//! Types of variables, read from their descriptors in the image.
//!
//! They stand in one unit. What is within a map, a channel, a function or an interface is left to whoever knows
//! their layout: these are pointers and pairs of pointers here.

use std::mem::offset_of;

use abi::types as layout;
use gimli::constants as dw;
use gimli::write::{AttributeValue, DebugInfoRef, Dwarf, LineProgram, StringId, Unit, UnitEntryId, UnitId};
use obj::SymbolId;
use rustc_hash::FxHashMap;

use super::Input;
use super::lines::ENCODING;

/// The types that are described, by the address of their descriptor.
pub(crate) struct Types<'a> {
    image: &'a [u8],
    // The address of the image's first byte.
    base: u64,
    /// Names count from here.
    names: u64,
    unit: Option<UnitId>,
    known: FxHashMap<u64, UnitEntryId>,
    /// Types that have no descriptor, by name.
    builtin: FxHashMap<&'static str, UnitEntryId>,
}

/// What a field of a made-up struct is.
type Field<'n> = (&'n str, u64, UnitEntryId);

impl<'a> Types<'a> {
    /// No type yet.
    pub fn new(input: Input<'a>) -> Types<'a> {
        Types {
            image: input.image,
            base: input.layout.base,
            names: input.layout.rodata.addr,
            unit: None,
            known: FxHashMap::default(),
            builtin: FxHashMap::default(),
        }
    }

    /// The type whose descriptor a symbol of an object stands for.
    pub fn of_symbol(
        &mut self,
        dwarf: &mut Dwarf,
        input: Input<'_>,
        object: usize,
        symbol: SymbolId,
    ) -> DebugInfoRef {
        let addr = input.layout.address(input.symbols.place(input.objects, object, symbol));
        let entry = self.of(dwarf, addr);
        DebugInfoRef::Entry(self.unit(dwarf), entry)
    }

    fn unit(&mut self, dwarf: &mut Dwarf) -> UnitId {
        *self.unit.get_or_insert_with(|| {
            let name = dwarf.strings.add("types");
            let id = dwarf.units.add(Unit::new(ENCODING, LineProgram::none()));
            let unit = dwarf.units.get_mut(id);
            let root = unit.root();
            unit.get_mut(root).set(dw::DW_AT_language, AttributeValue::Language(dw::DW_LANG_Go));
            unit.get_mut(root).set(dw::DW_AT_name, AttributeValue::StringRef(name));
            id
        })
    }

    // The image, as reflect reads it.

    fn word(&self, addr: u64) -> u64 {
        let off = (addr - self.base) as usize;
        u64::from_le_bytes(self.image[off..off + 8].try_into().expect("eight bytes"))
    }

    fn half(&self, addr: u64) -> u32 {
        self.word(addr) as u32
    }

    /// A name: a byte of flags, the length in seven bits a byte, the text.
    fn name(&self, addr: u64) -> &'a str {
        let mut bytes = self.image[(addr - self.base) as usize + 1..].iter();
        let (mut len, mut shift) = (0, 0);
        for byte in bytes.by_ref() {
            len |= usize::from(byte & 0x7f) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                break;
            }
        }
        std::str::from_utf8(&bytes.as_slice()[..len]).unwrap_or_default()
    }

    fn type_name(&self, addr: u64) -> &'a str {
        let off = self.half(addr + offset_of!(layout::Type, str_off) as u64);
        let name = self.name(self.names + u64::from(off));
        let has_star =
            self.byte(addr + offset_of!(layout::Type, tflag) as u64) & layout::TFLAG_EXTRA_STAR != 0;
        if has_star { &name[1..] } else { name }
    }

    fn byte(&self, addr: u64) -> u8 {
        self.image[(addr - self.base) as usize]
    }

    // Entries.

    fn add(&mut self, dwarf: &mut Dwarf, tag: gimli::DwTag, name: &str, size: u64) -> UnitEntryId {
        let id = self.unit(dwarf);
        let name: StringId = dwarf.strings.add(name);
        let unit = dwarf.units.get_mut(id);
        let root = unit.root();
        let entry = unit.add(root, tag);
        let die = unit.get_mut(entry);
        die.set(dw::DW_AT_name, AttributeValue::StringRef(name));
        die.set(dw::DW_AT_byte_size, AttributeValue::Udata(size));
        entry
    }

    fn refer(&mut self, dwarf: &mut Dwarf, entry: UnitEntryId, to: UnitEntryId) {
        let id = self.unit(dwarf);
        dwarf.units.get_mut(id).get_mut(entry).set(dw::DW_AT_type, AttributeValue::UnitRef(to));
    }

    fn base(&mut self, dwarf: &mut Dwarf, name: &str, size: u64, encoding: gimli::DwAte) -> UnitEntryId {
        let entry = self.add(dwarf, dw::DW_TAG_base_type, name, size);
        let id = self.unit(dwarf);
        dwarf.units.get_mut(id).get_mut(entry).set(dw::DW_AT_encoding, AttributeValue::Encoding(encoding));
        entry
    }

    fn field(&mut self, dwarf: &mut Dwarf, entry: UnitEntryId, (name, off, ty): Field<'_>) {
        let id = self.unit(dwarf);
        let name = dwarf.strings.add(name);
        let unit = dwarf.units.get_mut(id);
        let member = unit.add(entry, dw::DW_TAG_member);
        let die = unit.get_mut(member);
        die.set(dw::DW_AT_name, AttributeValue::StringRef(name));
        die.set(dw::DW_AT_data_member_location, AttributeValue::Udata(off));
        die.set(dw::DW_AT_type, AttributeValue::UnitRef(ty));
    }

    /// A type of the runtime's that no descriptor needs to exist for.
    fn builtin(&mut self, dwarf: &mut Dwarf, name: &'static str) -> UnitEntryId {
        if let Some(entry) = self.builtin.get(name) {
            return *entry;
        }
        let entry = match name {
            "int" => self.base(dwarf, name, 8, dw::DW_ATE_signed),
            "uintptr" => self.base(dwarf, name, 8, dw::DW_ATE_unsigned),
            "uint8" => self.base(dwarf, name, 1, dw::DW_ATE_unsigned),
            "*uint8" => {
                let byte = self.builtin(dwarf, "uint8");
                let entry = self.add(dwarf, dw::DW_TAG_pointer_type, name, 8);
                self.refer(dwarf, entry, byte);
                entry
            }
            // A pointer to anything.
            _ => self.add(dwarf, dw::DW_TAG_pointer_type, name, 8),
        };
        self.builtin.insert(name, entry);
        entry
    }

    /// The entry of the type with the descriptor at `addr`.
    fn of(&mut self, dwarf: &mut Dwarf, addr: u64) -> UnitEntryId {
        if let Some(entry) = self.known.get(&addr) {
            return *entry;
        }
        let name = self.type_name(addr);
        let size = self.word(addr);
        let kind = self.byte(addr + offset_of!(layout::Type, kind) as u64);
        let tail = addr + size_of::<layout::Type>() as u64;
        match kind {
            17 | 22 | 23 | 25 => {}
            _ => {
                let entry = self.simple(dwarf, kind, name, size);
                self.known.insert(addr, entry);
                return entry;
            }
        }
        let tag = match kind {
            17 => dw::DW_TAG_array_type,
            22 => dw::DW_TAG_pointer_type,
            _ => dw::DW_TAG_structure_type,
        };
        let entry = self.add(dwarf, tag, name, size);
        // The entry is known before its parts, which may refer to it.
        self.known.insert(addr, entry);
        match kind {
            17 => {
                let elem = self.of(dwarf, self.word(tail));
                self.refer(dwarf, entry, elem);
                let index = self.builtin(dwarf, "int");
                let count = self.word(tail + 16);
                let id = self.unit(dwarf);
                let unit = dwarf.units.get_mut(id);
                let range = unit.add(entry, dw::DW_TAG_subrange_type);
                unit.get_mut(range).set(dw::DW_AT_type, AttributeValue::UnitRef(index));
                unit.get_mut(range).set(dw::DW_AT_count, AttributeValue::Udata(count));
            }
            22 => {
                let elem = self.of(dwarf, self.word(tail));
                self.refer(dwarf, entry, elem);
            }
            23 => {
                let elem = self.of(dwarf, self.word(tail));
                let array = self.add(
                    dwarf,
                    dw::DW_TAG_pointer_type,
                    &format!("*{}", name.trim_start_matches("[]")),
                    8,
                );
                self.refer(dwarf, array, elem);
                let int = self.builtin(dwarf, "int");
                for field in [("array", 0, array), ("len", 8, int), ("cap", 16, int)] {
                    self.field(dwarf, entry, field);
                }
            }
            _ => {
                let (fields, n_fields) = (self.word(tail + 8), self.word(tail + 16));
                for n in 0..n_fields {
                    let at = fields + 24 * n;
                    let ty = self.of(dwarf, self.word(at + 8));
                    let field = (self.name(self.word(at)), self.word(at + 16), ty);
                    self.field(dwarf, entry, field);
                }
            }
        }
        entry
    }

    /// Types that do not refer to others. The numbers are `reflect.Kind`s.
    fn simple(&mut self, dwarf: &mut Dwarf, kind: u8, name: &str, size: u64) -> UnitEntryId {
        match kind {
            1 => self.base(dwarf, name, size, dw::DW_ATE_boolean),
            2..=6 => self.base(dwarf, name, size, dw::DW_ATE_signed),
            7..=12 => self.base(dwarf, name, size, dw::DW_ATE_unsigned),
            13 | 14 => self.base(dwarf, name, size, dw::DW_ATE_float),
            15 | 16 => self.base(dwarf, name, size, dw::DW_ATE_complex_float),
            layout::KIND_INTERFACE => {
                let entry = self.add(dwarf, dw::DW_TAG_structure_type, name, size);
                let word = self.builtin(dwarf, "unsafe.Pointer");
                let fields = [("tab", 0, word), ("data", 8, word)];
                fields.into_iter().for_each(|field| self.field(dwarf, entry, field));
                entry
            }
            layout::KIND_STRING => {
                let entry = self.add(dwarf, dw::DW_TAG_structure_type, name, size);
                let (bytes, int) = (self.builtin(dwarf, "*uint8"), self.builtin(dwarf, "int"));
                let fields = [("str", 0, bytes), ("len", 8, int)];
                fields.into_iter().for_each(|field| self.field(dwarf, entry, field));
                entry
            }
            // Channels, functions, maps and `unsafe.Pointer`.
            _ => self.add(dwarf, dw::DW_TAG_pointer_type, name, size),
        }
    }
}
