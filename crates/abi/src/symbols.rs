//! Names of symbols that are neither runtime entries nor Go functions.
//!
//! The compiler emits the first group and the runtime refers to it; the runtime archive defines the
//! second and the linker looks for it.

/// The program, emitted by the compiler: runs every package initialiser in order, then `main.main`,
/// and returns. Code, `tail` convention, no parameter and no context. It runs on the main goroutine.
pub const PROGRAM: &str = "go.main";

/// Where the operating system enters a Linux image; defined by `rt0`. The linker's root symbol.
pub const START: &str = "_start";

/// The frame under every goroutine except the main one, as tracebacks and `runtime.Callers` show it.
pub const GOEXIT: &str = "runtime.goexit";

/// The frame under the main goroutine.
pub const MAIN: &str = "runtime.main";

/// The stub between two stack segments. `gdb` accepts a stack that jumps only at this name.
pub const MORESTACK: &str = "__morestack";

/// How local names begin that stand in stubs where these call on another stack. The symbol table has [`MORESTACK`]
/// for them, so that `gdb` follows.
pub const STACK_JUMP: &str = "__morestack.";

/// First byte of the image's code and the byte behind its end; defined by the linker.
pub const TEXT: &str = "runtime.text";
/// See [`TEXT`].
pub const ETEXT: &str = "runtime.etext";

/// Where the parts of an image begin, and where it ends: defined by the linker, for a kernel that is part of it. Multiples of the page
/// size, but for the variables that are zero, which follow the others.
pub const IMAGE_TEXT: &str = "rigo_text_start";
/// See [`IMAGE_TEXT`].
pub const IMAGE_RODATA: &str = "rigo_rodata_start";
/// See [`IMAGE_TEXT`].
pub const IMAGE_DATA: &str = "rigo_data_start";
/// See [`IMAGE_TEXT`].
pub const IMAGE_BSS: &str = "rigo_bss_start";
/// See [`IMAGE_TEXT`].
pub const IMAGE_END: &str = "rigo_image_end";

/// Where the variables begin that may point into the heap, and where they end: defined by the linker, for the collector. What a foreign linker
/// makes has no such range.
pub const SCAN_BEGIN: &str = "runtime.scanbegin";
/// See [`SCAN_BEGIN`].
pub const SCAN_END: &str = "runtime.scanend";

/// From where offsets of names and types count, in type descriptors; defined by the linker.
pub const TYPES: &str = "runtime.types";

/// Functions that the runtime archive calls on a goroutine's stack when an entry or a fault must panic. The archive's own end
/// the program; a program with Go functions of these names panics with Go values, and keeps them though nothing in Go calls them.
pub const UPCALLS: [&str; 3] = ["runtime.panicentry", "runtime.panicuncomparable", "runtime.sigpanic"];
