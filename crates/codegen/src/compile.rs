//! Compiles one function and puts compiled functions into an object.

use crate::address_rule;
use crate::epilogue;
use crate::tables::{self, Tables};
use crate::target::TargetIsa;
use crate::translate::{Names, translate};
use crate::{CodegenError, entry, veneer};
use cranelift_codegen::binemit::Reloc as ClifReloc;
use cranelift_codegen::control::ControlPlane;
use cranelift_codegen::entity::PrimaryMap;
use cranelift_codegen::ir::{ExternalName, LibCall, UserExternalName, UserExternalNameRef};
use cranelift_codegen::{Context, FinalizedMachReloc, FinalizedRelocTarget};
use cranelift_frontend::FunctionBuilderContext;
use obj::{Binding, FuncMeta, Object, Reloc, RelocKind, Section, SectionKind};
use ssa::{Func, Symbol};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Cranelift's numbers of symbols to ours.
type UserNames = PrimaryMap<UserExternalNameRef, UserExternalName>;

/// Memory that is used again for the next function.
pub(crate) struct Scratch {
    context: Context,
    builder: FunctionBuilderContext,
}

impl Default for Scratch {
    fn default() -> Scratch {
        Scratch { context: Context::new(), builder: FunctionBuilderContext::new() }
    }
}

/// A relocation of a compiled function. It names its symbol, so that compiled functions can be cached.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FuncReloc {
    /// Offset in the function.
    pub off: u32,
    /// In which form.
    pub kind: RelocKind,
    /// Whose address.
    pub target: Symbol,
    /// Added to it.
    pub addend: i64,
}

/// The machine code of a function.
#[derive(Clone, PartialEq, Debug)]
pub struct CompiledFunc {
    /// Symbol.
    pub name: Symbol,
    /// Equal copies may come from several objects.
    pub dup_ok: bool,
    /// Code.
    pub bytes: Vec<u8>,
    /// Alignment.
    pub align: u32,
    /// Addresses in it.
    pub relocs: Vec<FuncReloc>,
    /// What the runtime and debuggers must know.
    pub tables: Tables,
}

/// Compiles a verified function.
pub fn compile_func(func: &Func, isa: &TargetIsa) -> Result<CompiledFunc, CodegenError> {
    compile_with(func, isa, &mut Scratch::default())
}

/// As `compile_func`, with memory from earlier functions.
pub(crate) fn compile_with(
    func: &Func,
    isa: &TargetIsa,
    scratch: &mut Scratch,
) -> Result<CompiledFunc, CodegenError> {
    let fault = |text: String| CodegenError { func: func.name.to_string(), text };
    // Assertions in Cranelift do not know the function; whoever has to mend them wants to.
    let result = catch_unwind(AssertUnwindSafe(|| compile(func, isa, scratch)));
    match result {
        Ok(result) => result.map_err(fault),
        Err(payload) => {
            *scratch = Scratch::default();
            let text = payload.downcast_ref::<String>().cloned();
            let text = text.or_else(|| payload.downcast_ref::<&str>().map(|text| text.to_string()));
            Err(fault(text.unwrap_or_else(|| "a panic without a message".into())))
        }
    }
}

fn compile(func: &Func, isa: &TargetIsa, scratch: &mut Scratch) -> Result<CompiledFunc, String> {
    let mut select = |with: &dyn cranelift_codegen::isa::TargetIsa| {
        scratch.context.clear();
        let names = translate(func, isa, &mut scratch.context.func, &mut scratch.builder);
        let made = scratch.context.compile(with, &mut ControlPlane::default());
        let code = made.map_err(|error| format!("{:?}", error.inner))?;
        Ok::<_, String>((names, veneer::is_there(code.code_buffer())))
    };
    let (mut names, has_veneer) = select(&*isa.isa)?;
    if let (true, Some(uncompressed)) = (has_veneer, &isa.uncompressed) {
        (names, _) = select(&**uncompressed)?;
    }
    let context = &mut scratch.context;
    let user_names = context.func.params.user_named_funcs().clone();
    if isa.verify {
        address_rule::check(&context.func, &names.pointers)?;
    }
    let code = context.compiled_code().ok_or("Cranelift keeps no code")?;
    let mut body = code.code_buffer().to_vec();
    let layout = code.buffer.frame_layout().ok_or("Cranelift reports no frame layout")?;
    epilogue::shorten(isa.machine, &mut body, &code.bb_starts);
    let mut relocs: Vec<FuncReloc> = Vec::new();
    for reloc in code.buffer.relocs() {
        relocs.push(neutral_reloc(func, &user_names, &names, reloc)?);
    }
    let mut tables = Tables::new(func, isa, code, &names, &body, &relocs);
    let frame = entry::Frame {
        bytes: layout.frame_to_fp_offset + 16,
        stack_arg_bytes: tables.meta.stack_arg_bytes,
        is_leaf: tables.meta.calls.is_empty(),
        is_deep: func.flags.deep,
    };
    let align = code.buffer.alignment;
    if func.flags.nosplit || frame.needs_no_check() {
        tables.meta.nosplit = true;
    } else {
        entry::add(isa.machine, &func.name, frame, align, &mut body, &mut relocs, &mut tables);
    }
    relocs.sort_by_key(|reloc| reloc.off);
    Ok(CompiledFunc {
        name: func.name.clone(),
        dup_ok: func.flags.dup_ok,
        bytes: body,
        align: align.max(16),
        relocs,
        tables,
    })
}

fn neutral_reloc(
    func: &Func,
    user_names: &UserNames,
    names: &Names,
    reloc: &FinalizedMachReloc,
) -> Result<FuncReloc, String> {
    let kind = match reloc.kind {
        ClifReloc::Abs8 => RelocKind::Abs8,
        ClifReloc::X86PCRel4 | ClifReloc::X86CallPCRel4 | ClifReloc::X86CallPLTRel4 => RelocKind::Rel4,
        ClifReloc::RiscvCallPlt => RelocKind::RiscvCall,
        ClifReloc::RiscvPCRelHi20 => RelocKind::RiscvPcrelHi20,
        ClifReloc::RiscvPCRelLo12I => RelocKind::RiscvPcrelLo12I,
        other => return Err(format!("relocation {other:?}, which rigo does not expect")),
    };
    let (target, addend) = match &reloc.target {
        FinalizedRelocTarget::Func(off) => (func.name.clone(), reloc.addend + i64::from(*off)),
        FinalizedRelocTarget::ExternalName(ExternalName::User(name)) => {
            let name = &user_names[*name];
            (names.symbols[name.index as usize].clone(), reloc.addend)
        }
        FinalizedRelocTarget::ExternalName(ExternalName::LibCall(call)) => {
            (libcall_name(*call)?.into(), reloc.addend)
        }
        FinalizedRelocTarget::ExternalName(other) => return Err(format!("a relocation against {other:?}")),
    };
    Ok(FuncReloc { off: reloc.offset, kind, target, addend })
}

fn libcall_name(call: LibCall) -> Result<&'static str, String> {
    Ok(match call {
        LibCall::FmaF32 => "fmaf",
        LibCall::FmaF64 => "fma",
        LibCall::Memcpy => "memcpy",
        LibCall::Memset => "memset",
        LibCall::Memmove => "memmove",
        LibCall::Memcmp => "memcmp",
        other => return Err(format!("a call of {other:?}, which the runtime does not define")),
    })
}

/// Adds a compiled function as a section with its symbol.
pub(crate) fn add_to(object: &mut Object, func: CompiledFunc) {
    let CompiledFunc { name, dup_ok, bytes, align, relocs, tables } = func;
    let mut section = Section::new(name.clone(), SectionKind::Text, align);
    section.size = bytes.len() as u64;
    section.bytes = bytes;
    for reloc in relocs {
        let symbol = object.symbol(&reloc.target);
        section.relocs.push(Reloc { off: reloc.off, kind: reloc.kind, symbol, addend: reloc.addend });
    }
    let meta: FuncMeta = tables::finish(tables, object);
    section.func = Some(Box::new(meta));
    let section = object.add_section(section);
    object.define(&name, if dup_ok { Binding::DupOk } else { Binding::Global }, section);
}
