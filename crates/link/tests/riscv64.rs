//! Relocations of riscv64: code that mentions one place in every form is linked, and each form read back must say where the
//! place is.

use obj::{Binding, Machine, Object, Reloc, RelocKind, Section, SectionKind, Symbol, SymbolDef, SymbolId};

/// An instruction or a number, and what is to be filled in.
struct Piece {
    bytes: Vec<u8>,
    relocs: Vec<(u32, RelocKind, i64)>,
}

fn words(words: &[u32], relocs: &[(u32, RelocKind, i64)]) -> Piece {
    Piece { bytes: words.iter().flat_map(|word| word.to_le_bytes()).collect(), relocs: relocs.to_vec() }
}

fn section(object: &mut Object, name: &str, kind: SectionKind, bytes: Vec<u8>) -> (SymbolId, obj::SectionId) {
    let mut made = Section::new(name, kind, 16);
    made.size = bytes.len() as u64;
    made.bytes = bytes;
    let section = object.add_section(made);
    (object.define(&name.into(), Binding::Global, section), section)
}

/// Links `_start`, made of the pieces, with a function `f` before and a variable `v` behind it. Yields the bytes of `_start` and its address,
/// and where `f` and `v` are.
fn link(
    pieces: impl FnOnce(SymbolId, SymbolId, SymbolId) -> Vec<(Piece, SymbolId)>,
) -> (Vec<u8>, u64, [u64; 2]) {
    let mut object = Object::new("test", Machine::Riscv64);
    let (f, _) = section(&mut object, "f", SectionKind::Text, 0x8067u32.to_le_bytes().to_vec());
    let (v, _) = section(&mut object, "v", SectionKind::Data, vec![7; 16]);
    let (start, start_section) = section(&mut object, "_start", SectionKind::Text, Vec::new());
    let here = object.local_symbol(Symbol {
        name: "here".into(),
        binding: Binding::Local,
        def: SymbolDef::Section { section: start_section, off: 0 },
        size: 0,
        is_func: false,
    });
    let made = &mut object.sections[start_section.index()];
    // First the two addresses themselves, by which the test knows them.
    let abs = |symbol| (Piece { bytes: vec![0; 8], relocs: vec![(0, RelocKind::Abs8, 0)] }, symbol);
    for (piece, symbol) in [abs(f), abs(v), abs(start)].into_iter().chain(pieces(f, v, here)) {
        let base = made.bytes.len() as u32;
        let relocs = piece.relocs.into_iter();
        made.relocs.extend(relocs.map(|(off, kind, addend)| Reloc { off: base + off, kind, symbol, addend }));
        made.bytes.extend(piece.bytes);
    }
    made.size = made.bytes.len() as u64;
    let size = made.bytes.len();
    let image = link::link(&[object], &options()).unwrap();
    // `_start` is where the file says that the program begins.
    let entry = u64::from_le_bytes(image.bytes[24..32].try_into().unwrap());
    let off = (entry - 0x40_0000) as usize;
    let bytes = image.bytes[off..off + size].to_vec();
    let word = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap());
    assert_eq!(word(16), entry);
    let places = [word(0), word(8)];
    (bytes, entry, places)
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap())
}

/// What `auipc` or `lui` adds.
fn high(word: u32) -> i64 {
    i64::from((word & 0xffff_f000) as i32)
}

/// The number in an instruction of the I form.
fn low_i(word: u32) -> i64 {
    i64::from(word as i32 >> 20)
}

/// The number in an instruction of the S form.
fn low_s(word: u32) -> i64 {
    i64::from((word as i32 >> 25) << 5 | (word >> 7 & 0x1f) as i32)
}

/// Where the pieces begin.
const FIRST: usize = 24;
const AUIPC_T0: u32 = 0x297;
const JALR_T0: u32 = 0x0002_80e7;
const ADDI_T0: u32 = 0x0002_8293;
const SD_T0: u32 = 0x0052_b023;
const LUI_T0: u32 = 0x2b7;

#[test]
fn a_call_reaches_its_target() {
    let (bytes, entry, [f, _]) =
        link(|f, _, _| vec![(words(&[AUIPC_T0, JALR_T0], &[(0, RelocKind::RiscvCall, 0)]), f)]);
    let (first, second) = (u32_at(&bytes, FIRST), u32_at(&bytes, FIRST + 4));
    assert_eq!((first & 0xfff, second & 0xf_ffff), (AUIPC_T0, JALR_T0));
    assert_eq!((entry + FIRST as u64).wrapping_add_signed(high(first) + low_i(second)), f);
}

#[test]
fn low_parts_follow_their_auipc() {
    let (bytes, entry, [_, v]) = link(|_, v, here| {
        let at = FIRST as i64;
        vec![
            (words(&[AUIPC_T0], &[(0, RelocKind::RiscvPcrelHi20, 8)]), v),
            (words(&[ADDI_T0], &[(0, RelocKind::RiscvPcrelLo12I, at)]), here),
            (words(&[SD_T0], &[(0, RelocKind::RiscvPcrelLo12S, at)]), here),
        ]
    });
    let auipc = (entry + FIRST as u64).wrapping_add_signed(high(u32_at(&bytes, FIRST)));
    assert_eq!(auipc.wrapping_add_signed(low_i(u32_at(&bytes, FIRST + 4))), v + 8);
    assert_eq!(auipc.wrapping_add_signed(low_s(u32_at(&bytes, FIRST + 8))), v + 8);
}

#[test]
fn absolute_parts_add_up() {
    let (bytes, _, [_, v]) = link(|_, v, _| {
        vec![
            (words(&[LUI_T0], &[(0, RelocKind::RiscvHi20, 4)]), v),
            (words(&[ADDI_T0], &[(0, RelocKind::RiscvLo12I, 4)]), v),
            (words(&[SD_T0], &[(0, RelocKind::RiscvLo12S, 4)]), v),
        ]
    });
    let lui = high(u32_at(&bytes, FIRST));
    assert_eq!(lui + low_i(u32_at(&bytes, FIRST + 4)), v as i64 + 4);
    assert_eq!(lui + low_s(u32_at(&bytes, FIRST + 8)), v as i64 + 4);
}

#[test]
fn branches_have_their_bits_in_place() {
    // Distances -24 (back to the first byte), from places that follow each other.
    let (bytes, ..) = link(|_, _, here| {
        let (jal, beq) = (0x6f, 0x63);
        let compressed = Piece {
            bytes: [0xa001u16.to_le_bytes(), 0xc101u16.to_le_bytes()].concat(),
            relocs: vec![(0, RelocKind::RiscvRvcJump, 8), (2, RelocKind::RiscvRvcBranch, 10)],
        };
        vec![
            (words(&[jal], &[(0, RelocKind::RiscvJal, 0)]), here),
            (words(&[beq], &[(0, RelocKind::RiscvBranch, 4)]), here),
            (compressed, here),
        ]
    });
    // As LLVM's assembler encodes `j .-24`, `beqz zero, .-24`, `c.j .-24`, `c.beqz a0, .-24`.
    assert_eq!(u32_at(&bytes, FIRST), 0xfe9f_f06f);
    assert_eq!(u32_at(&bytes, FIRST + 4), 0xfe00_04e3);
    assert_eq!(u32_at(&bytes, FIRST + 8), 0xd565_b7e5);
}

#[test]
fn numbers_are_added_subtracted_and_set() {
    let (bytes, entry, [_, v]) = link(|_, v, here| {
        let zeros = |relocs: &[_]| Piece { bytes: vec![0; 4], relocs: relocs.to_vec() };
        let uleb = Piece { bytes: vec![0x80, 0x80, 0x80, 0], relocs: vec![(0, RelocKind::RiscvSetUleb, 0)] };
        vec![
            (zeros(&[(0, RelocKind::Add(4), 5)]), v),
            (Piece { bytes: Vec::new(), relocs: vec![] }, v),
            (zeros(&[(0, RelocKind::Sub(2), 0), (2, RelocKind::Set(1), 0)]), here),
            (uleb, v),
        ]
    });
    assert_eq!(u32_at(&bytes, FIRST), v as u32 + 5);
    assert_eq!(u16::from_le_bytes([bytes[FIRST + 4], bytes[FIRST + 5]]), (entry as u16).wrapping_neg());
    assert_eq!(bytes[FIRST + 6], entry as u8);
    let uleb =
        bytes[FIRST + 8..FIRST + 12].iter().rev().fold(0u64, |n, byte| n << 7 | u64::from(byte & 0x7f));
    assert_eq!(uleb, v);
    assert_eq!(bytes[FIRST + 8..FIRST + 12].iter().map(|byte| byte >> 7).collect::<Vec<_>>(), [1, 1, 1, 0]);
}

#[test]
fn a_branch_that_does_not_reach_is_an_error() {
    let mut object = Object::new("test", Machine::Riscv64);
    section(&mut object, "_start", SectionKind::Text, vec![0x63, 0, 0, 0]);
    section(&mut object, "far", SectionKind::Text, vec![0; 8192]);
    let (end, _) = section(&mut object, "end", SectionKind::Text, vec![0; 16]);
    let reach = object.find("far").unwrap();
    object.sections[0].relocs.push(Reloc { off: 0, kind: RelocKind::RiscvBranch, symbol: end, addend: 0 });
    object.sections[2].relocs.push(Reloc { off: 0, kind: RelocKind::RiscvCall, symbol: reach, addend: 0 });
    let errors = link::link(&[object], &options()).unwrap_err();
    assert_eq!(errors[0].to_string(), "_start: the address of end is out of range");
}

fn options() -> link::Options {
    link::Options { entry: "_start".into(), text_addr: link::LINUX_TEXT, symbols: false, debug: false }
}
