//! SSA to objects, through Cranelift.
//!
//! Each function is translated to Cranelift's language (`translate` and its children), compiled, and the
//! result given what Cranelift does not do: the stack check in front (`entry`), a shorter epilogue (`epilogue`),
//! and the tables that the runtime and debuggers read (`tables`). Functions are compiled on all cores, each alone, and
//! put together in the order of the program, so the bytes do not depend on the number of threads.
//!
//! The convention and every symbol that appears in no SSA but in objects are in `docs/design/convention.md`.
//!
//! Invariants: an address is lowered as root plus index first, the constant last, in the instruction (DESIGN 5);
//! the code of a write barrier from the load of the flag to the store lies in an unsafe range (DESIGN 7 and 8).

mod address;
mod address_rule;
mod border;
mod call;
mod compile;
mod data;
mod entry;
mod epilogue;
mod memory;
mod number;
mod tables;
mod target;
mod translate;
mod veneer;

pub use compile::{CompiledFunc, FuncReloc, compile_func};
pub use target::{Amd64Level, Options, TargetIsa};

use rayon::prelude::*;
use std::fmt;

/// A fault of rigo: the function that was being compiled and what Cranelift or an assertion said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodegenError {
    /// Symbol of the function.
    pub func: String,
    /// What went wrong.
    pub text: String,
}

impl fmt::Display for CodegenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "internal error while compiling {}: {}", self.func, self.text)
    }
}

impl std::error::Error for CodegenError {}

/// Compiles a verified program to one object.
pub fn compile(program: &ssa::Program, options: &Options) -> Result<obj::Object, CodegenError> {
    let mut isa = TargetIsa::new(options).map_err(|text| CodegenError { func: "(settings)".into(), text })?;
    let entries = program.funcs.iter().map(|func| &func.name).filter(|name| abi::entry::find(name).is_some());
    isa.go_entries = entries.cloned().collect();
    let funcs: Vec<CompiledFunc> = program
        .funcs
        .par_iter()
        .map_init(compile::Scratch::default, |scratch, func| compile::compile_with(func, &isa, scratch))
        .collect::<Result<_, _>>()?;
    let mut object = obj::Object::new("go", options.machine);
    for func in funcs {
        compile::add_to(&mut object, func);
    }
    for border in &program.borders {
        compile::add_to(&mut object, border::compile(border));
    }
    for data in &program.datas {
        data::add_to(&mut object, data);
    }
    for alias in &program.aliases {
        object.alias(&alias.name, &alias.target);
    }
    Ok(object)
}
