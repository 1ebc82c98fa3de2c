//! The calling convention between Go functions.
//!
//! It is one computation over sizes and kinds, done by the compiler from types and by the runtime (for
//! `reflect`) from type descriptors. Two steps:
//!
//! 1. *Flatten*: a parameter or result of a type with at most [`MAX_SCALARS`] scalars and no array of two or
//!    more elements is passed as these scalars. Any other travels as a pointer: a parameter as pointer to a copy
//!    that the caller made and the callee may change, a result as pointer to memory that the callee fills (on any
//!    stack or in the heap; the callee writes it without barrier only if it is on a stack, so it
//!    always is). Types of size zero travel as nothing.
//! 2. *Place*: the list of scalars is
//!    `[context] [result area] [pointers for results in memory] [receiver] parameters...`.
//!    Integers and pointers take the next integer register, floats the next float register, what is left goes to
//!    8-byte slots on the stack, which the callee pops. The context is there in closures only. Scalars of results take
//!    result registers in the same way; if they do not suffice, `result area` is there and points to 8 bytes for each
//!    scalar that is left.
//!
//! Bits of a register above the width of its scalar are undefined.
//!
//! [`Shape`] is implemented on both sides; [`flatten`], [`Args`] and [`Results`] do the work.

/// A type with more scalars than this is passed in memory.
pub const MAX_SCALARS: usize = 4;

/// Which registers a scalar may use.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Class {
    /// Integers and pointers.
    Int,
    /// Floats.
    Float,
}

/// A scalar in a type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Scalar {
    /// Its offset in the type.
    pub off: u32,
    /// Its size: 1, 2, 4 or 8.
    pub bytes: u8,
    /// Its registers.
    pub class: Class,
    /// Whether the collector follows it.
    pub is_ptr: bool,
}

/// A type, as far as calls are concerned.
pub trait Shape {
    /// Calls `visit` for each scalar in the order of memory, blank fields too, until it answers false. Answers
    /// false if `visit` did or if the type has an array of two or more elements of size other than zero.
    fn scalars(&self, visit: &mut dyn FnMut(Scalar) -> bool) -> bool;
}

/// How a parameter or result is passed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Passing {
    /// As so many scalars, the first elements of the array.
    Scalars([Scalar; MAX_SCALARS], usize),
    /// By pointer.
    Memory,
}

/// Says how a value of a type is passed.
pub fn flatten(ty: &(impl Shape + ?Sized)) -> Passing {
    let mut list = [Scalar { off: 0, bytes: 0, class: Class::Int, is_ptr: false }; MAX_SCALARS];
    let mut n = 0;
    let fits = ty.scalars(&mut |scalar| {
        if n == MAX_SCALARS {
            return false;
        }
        list[n] = scalar;
        n += 1;
        true
    });
    if fits { Passing::Scalars(list, n) } else { Passing::Memory }
}

/// The registers of a processor that carry arguments and results.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Registers {
    /// Integer arguments.
    pub int_args: u32,
    /// Float arguments.
    pub float_args: u32,
    /// Integer results.
    pub int_results: u32,
    /// Float results.
    pub float_results: u32,
}

/// amd64. Arguments: rdi, rsi, rdx, rcx, r8, r9; xmm0-7. Results: rax, rcx, rdx, rsi, rdi, r8, r9, r10; xmm0-7.
pub const AMD64: Registers = Registers { int_args: 6, float_args: 8, int_results: 8, float_results: 8 };

/// riscv64. Arguments: a0-a7; fa0-fa7. Results: a0, a1; fa0, fa1.
pub const RISCV64: Registers = Registers { int_args: 8, float_args: 8, int_results: 2, float_results: 2 };

/// Where an argument or result is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Location {
    /// The n-th integer register of the list above.
    Int(u32),
    /// The n-th float register of the list above.
    Float(u32),
    /// Arguments: bytes above the return address, at the moment of the call. Results: bytes in the result area.
    Memory(u32),
}

#[derive(Clone, Copy, Debug)]
struct Counter {
    n_int: u32,
    n_float: u32,
    int: u32,
    float: u32,
    memory: u32,
}

impl Counter {
    fn next(&mut self, class: Class) -> Location {
        match class {
            Class::Int if self.int < self.n_int => {
                self.int += 1;
                Location::Int(self.int - 1)
            }
            Class::Float if self.float < self.n_float => {
                self.float += 1;
                Location::Float(self.float - 1)
            }
            Class::Int | Class::Float => {
                self.memory += 8;
                Location::Memory(self.memory - 8)
            }
        }
    }
}

/// Places arguments one by one, the hidden ones first.
#[derive(Clone, Copy, Debug)]
pub struct Args(Counter);

impl Args {
    /// No argument is placed yet.
    pub fn new(registers: Registers) -> Args {
        Args(Counter {
            n_int: registers.int_args,
            n_float: registers.float_args,
            int: 0,
            float: 0,
            memory: 0,
        })
    }

    /// Places the next argument.
    pub fn next(&mut self, class: Class) -> Location {
        self.0.next(class)
    }

    /// Bytes on the stack, as the callee pops them.
    pub fn stack_bytes(&self) -> u32 {
        self.0.memory.next_multiple_of(16)
    }
}

/// Places results one by one.
#[derive(Clone, Copy, Debug)]
pub struct Results(Counter);

impl Results {
    /// No result is placed yet.
    pub fn new(registers: Registers) -> Results {
        Results(Counter {
            n_int: registers.int_results,
            n_float: registers.float_results,
            int: 0,
            float: 0,
            memory: 0,
        })
    }

    /// Places the next result.
    pub fn next(&mut self, class: Class) -> Location {
        self.0.next(class)
    }

    /// Bytes of the result area; if there are any, the area's address is an argument.
    pub fn area_bytes(&self) -> u32 {
        self.0.memory
    }
}

/// One scalar of a signature, as [`classify`] reports it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Item {
    /// The context of a closure.
    Context,
    /// The pointer to the result area.
    ResultArea,
    /// The n-th scalar of the parameters.
    Param(usize),
    /// The n-th scalar of the results.
    Result(usize),
}

/// Places every scalar of a signature and yields the bytes of stack arguments.
///
/// `params` begins with the pointers for results in memory. `place` hears of each scalar in the order of
/// the hidden arguments, the parameters, the results.
pub fn classify(
    registers: Registers,
    has_context: bool,
    params: impl Iterator<Item = Class>,
    results: impl Iterator<Item = Class> + Clone,
    mut place: impl FnMut(Item, Location),
) -> u32 {
    let mut args = Args::new(registers);
    if has_context {
        place(Item::Context, args.next(Class::Int));
    }
    if result_area_bytes(registers, results.clone()) > 0 {
        place(Item::ResultArea, args.next(Class::Int));
    }
    for (n, class) in params.enumerate() {
        place(Item::Param(n), args.next(class));
    }
    let mut placed = Results::new(registers);
    for (n, class) in results.enumerate() {
        place(Item::Result(n), placed.next(class));
    }
    args.stack_bytes()
}

/// Bytes of the result area that these results need.
pub fn result_area_bytes(registers: Registers, results: impl Iterator<Item = Class>) -> u32 {
    let mut placed = Results::new(registers);
    results.for_each(|class| {
        placed.next(class);
    });
    placed.area_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Ints(usize);

    impl Shape for Ints {
        fn scalars(&self, visit: &mut dyn FnMut(Scalar) -> bool) -> bool {
            (0..self.0)
                .all(|n| visit(Scalar { off: n as u32 * 8, bytes: 8, class: Class::Int, is_ptr: false }))
        }
    }

    #[test]
    fn five_scalars_go_to_memory() {
        assert!(matches!(flatten(&Ints(0)), Passing::Scalars(_, 0)));
        assert!(matches!(flatten(&Ints(4)), Passing::Scalars(_, 4)));
        assert_eq!(flatten(&Ints(5)), Passing::Memory);
    }

    #[test]
    fn result_area_follows_the_context() {
        let mut placed = [Location::Memory(99); 6];
        let mut n = 0;
        let results = [Class::Int, Class::Int, Class::Int];
        let stack =
            classify(RISCV64, true, [Class::Float].into_iter(), results.into_iter(), |_, location| {
                placed[n] = location;
                n += 1;
            });
        assert_eq!(stack, 0);
        let expected = [
            Location::Int(0),
            Location::Int(1),
            Location::Float(0),
            Location::Int(0),
            Location::Int(1),
            Location::Memory(0),
        ];
        assert_eq!(placed, expected);
    }
}
