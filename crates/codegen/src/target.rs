//! Which machine code is made, and with how much care.

use cranelift_codegen::isa::{self, CallConv, OwnedTargetIsa};
use cranelift_codegen::settings::{self, Configurable, Flags};
use obj::Machine;
use rustc_hash::FxHashSet;
use ssa::Symbol;

/// Levels of amd64 (System V psABI, "Micro-Architecture Levels"), as GOAMD64 names them. v1 is not made: rigo's
/// baseline is v2.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub enum Amd64Level {
    /// SSE4.2, popcnt.
    V2,
    /// AVX2, BMI, FMA, lzcnt.
    V3,
    /// AVX-512; code is the same as for v3.
    V4,
}

/// What `compile` is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Options {
    /// Processor.
    pub machine: Machine,
    /// Level of amd64.
    pub amd64_level: Amd64Level,
    /// Fastest build and best debugging instead of fastest code: `-N`.
    pub no_opt: bool,
    /// Let Cranelift check its own input: tests and debugging of rigo.
    pub verify: bool,
}

impl Options {
    /// Optimised code for the machine's baseline.
    pub fn new(machine: Machine) -> Options {
        Options { machine, amd64_level: Amd64Level::V2, no_opt: false, verify: false }
    }
}

/// Options in the form that Cranelift wants.
pub struct TargetIsa {
    /// Cranelift's description of the target.
    pub(crate) isa: OwnedTargetIsa,
    /// The same without compressed instructions, where there are any: for functions that need veneers (`crate::veneer`).
    pub(crate) uncompressed: Option<OwnedTargetIsa>,
    /// Processor.
    pub(crate) machine: Machine,
    /// Registers for arguments and results.
    pub(crate) registers: abi::call::Registers,
    /// Check Cranelift's input and output.
    pub(crate) verify: bool,
    /// Whether `fma` is an instruction.
    pub(crate) has_fma: bool,
    /// Entries of the runtime that the program defines itself, in Go.
    pub(crate) go_entries: FxHashSet<Symbol>,
}

impl TargetIsa {
    /// Prepares Cranelift.
    pub fn new(options: &Options) -> Result<TargetIsa, String> {
        let flags = Flags::new(flags(options).map_err(|error| error.to_string())?);
        let triple = match options.machine {
            Machine::Amd64 => "x86_64-unknown-none",
            Machine::Riscv64 => "riscv64gc-unknown-none-elf",
        };
        let isa = |features: &[&str]| {
            let mut builder = isa::lookup_by_name(triple).map_err(|error| error.to_string())?;
            for feature in features {
                builder.enable(feature).map_err(|error| format!("{feature}: {error}"))?;
            }
            builder.finish(flags.clone()).map_err(|error| error.to_string())
        };
        let registers = match options.machine {
            Machine::Amd64 => abi::call::AMD64,
            Machine::Riscv64 => abi::call::RISCV64,
        };
        let has_fma = options.machine == Machine::Riscv64 || options.amd64_level >= Amd64Level::V3;
        let uncompressed = (options.machine == Machine::Riscv64).then(|| isa(&[])).transpose()?;
        let isa = isa(features(options))?;
        let (machine, verify) = (options.machine, options.verify);
        Ok(TargetIsa {
            isa,
            uncompressed,
            machine,
            registers,
            verify,
            has_fma,
            go_entries: FxHashSet::default(),
        })
    }

    /// The convention of a function of the runtime: C's for an entry of the archive (`abi::entry`), unless the
    /// program defines it; else Go's.
    pub(crate) fn runtime_convention(&self, name: &str) -> CallConv {
        match abi::entry::find(name) {
            Some(_) if !self.go_entries.contains(name) => CallConv::SystemV,
            _ => CallConv::Tail,
        }
    }
}

fn flags(options: &Options) -> Result<settings::Builder, settings::SetError> {
    let mut builder = settings::builder();
    builder.set("opt_level", if options.no_opt { "none" } else { "speed" })?;
    builder.set("regalloc_algorithm", if options.no_opt { "single_pass" } else { "backtracking" })?;
    builder.set("preserve_frame_pointers", "true")?;
    builder.set("enable_probestack", "false")?;
    builder.set("unwind_info", "false")?;
    builder.set("enable_llvm_abi_extensions", "true")?;
    builder.set("is_pic", "false")?;
    builder.set("machine_code_cfg_info", "true")?;
    builder.set("enable_verifier", if options.verify { "true" } else { "false" })?;
    // g lives in r15. Cranelift has no such register on riscv64; there g lives in tp, which it never allocates.
    builder.set("enable_pinned_reg", if options.machine == Machine::Amd64 { "true" } else { "false" })?;
    // Tables of constants reveal nothing here: the program is trusted, the checks are ours.
    builder.set("enable_table_access_spectre_mitigation", "false")?;
    builder.set("enable_heap_access_spectre_mitigation", "false")?;
    Ok(builder)
}

fn features(options: &Options) -> &'static [&'static str] {
    const V2: &[&str] = &["has_sse3", "has_ssse3", "has_cmpxchg16b", "has_sse41", "has_sse42", "has_popcnt"];
    const V3: &[&str] = &[
        "has_sse3",
        "has_ssse3",
        "has_cmpxchg16b",
        "has_sse41",
        "has_sse42",
        "has_popcnt",
        "has_avx",
        "has_avx2",
        "has_fma",
        "has_bmi1",
        "has_bmi2",
        "has_lzcnt",
    ];
    match (options.machine, options.amd64_level) {
        (Machine::Amd64, Amd64Level::V2) => V2,
        (Machine::Amd64, Amd64Level::V3 | Amd64Level::V4) => V3,
        (Machine::Riscv64, _) => &["has_zca", "has_zcd"],
    }
}
