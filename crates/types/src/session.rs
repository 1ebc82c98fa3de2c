//! The session: the packages of a request and the memory of their types.

use std::sync::{Arc, Mutex};

use bumpalo::Bump;
use source::{FileId, Name, Pos};
use target::Target;

use crate::model::Package;
use crate::universe::Universe;

/// A version of the language, `go1.N`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Version(pub u16);

impl Version {
    /// The newest version that rigo knows.
    pub const NEWEST: Version = Version(26);
}

/// A file to check.
pub struct InputFile {
    /// Its number in the request's source map.
    pub id: FileId,
    /// Its tree.
    pub tree: Arc<syntax::File>,
    /// The language version of this file: that of the package, unless a build constraint changes it.
    pub version: Version,
}

/// A package to check.
pub struct Input {
    /// The import path.
    pub path: String,
    /// Its files, in the order of their names.
    pub files: Vec<InputFile>,
    /// For each import path as written in its files, the number of the package in the session.
    /// Paths that could not be loaded are missing: `load` has reported them.
    pub imports: Vec<(String, u32)>,
    /// The language version of the module, or of `-lang`.
    pub version: Version,
    /// It is a program, not a library that happens to be called `main`: its symbols begin with `main.`.
    pub is_program: bool,
    /// Functions without a body are allowed: there are `.s` files, or it is the standard library.
    pub bodyless: bool,
    /// It belongs to the standard library.
    pub is_std: bool,
    /// Variables that `//go:embed` fills.
    pub embeds: Vec<Embed>,
}

/// A variable that `//go:embed` fills. The checker only looks at its declaration.
pub struct Embed {
    /// The variable.
    pub var: Name,
    /// Where it is declared.
    pub pos: Pos,
    /// Paths and contents of the files, by path.
    pub files: Vec<(String, Arc<[u8]>)>,
}

/// The numbers of the packages that are always there.
pub const UNIVERSE: u32 = 0;
/// Package `unsafe`.
pub const UNSAFE: u32 = 1;
/// The first package of the request.
pub const FIRST: u32 = 2;

/// How many arenas a package has.
const ARENAS: usize = 3;

/// The memory of a session: for each package one arena for each phase and one for questions, and one for the session
/// itself.
pub struct Arenas(Vec<Bump>);

impl Arenas {
    /// Makes arenas for `n_inputs` packages of a request.
    pub fn new(n_inputs: usize) -> Arenas {
        Arenas((0..ARENAS * (n_inputs + FIRST as usize)).map(|_| Bump::new()).collect())
    }
}

/// A request's packages.
pub struct Session<'s> {
    /// Sizes and alignments are those of this target.
    pub target: Target,
    /// The packages of the request; number `i` of the session is `inputs[i - FIRST]`.
    pub inputs: &'s [Input],
    /// All packages, the universe and `unsafe` first.
    pub packages: &'s [Package<'s>],
    /// The predeclared objects.
    pub universe: Universe<'s>,
    // Each is taken once: that of phase `k` (0 or 1) of package `i` has number `ARENAS * i + k`, that for questions
    // on its behalf comes behind them.
    arenas: &'s [Mutex<Option<&'s mut Bump>>],
}

impl<'s> Session<'s> {
    /// Makes a session for `inputs`, whose imports name packages by their place in `inputs` plus [`FIRST`].
    pub fn new(target: Target, inputs: &'s [Input], arenas: &'s mut Arenas) -> &'s Session<'s> {
        let (own, rest) = arenas.0.split_first_mut().expect("the universe has arenas");
        let bump: &'s Bump = own;
        let rest: Vec<_> = rest.iter_mut().map(|arena| Mutex::new(Some(arena))).collect();
        let names = ["", "unsafe"].into_iter().map(|name| (name, name, false));
        let own = inputs.iter().map(|input| (&*input.path, package_name(input), input.is_program));
        let names = names.chain(own);
        let packages: Vec<_> = (0..)
            .zip(names)
            .map(|(index, (path, name, is_program))| Package {
                path: Name::new(path),
                name: Name::new(name),
                is_program,
                index,
                scope: Default::default(),
            })
            .collect();
        let packages: &'s [Package<'s>] = bump.alloc_slice_fill_iter(packages);
        let universe = Universe::new(bump, packages);
        let arenas = bump.alloc_slice_fill_iter(rest);
        bump.alloc(Session { target, inputs, packages, universe, arenas })
    }

    /// Takes the arena of a phase (0 or 1) of package `index`, which must be one of the request, or that for questions (2).
    pub(crate) fn take_arena(&self, index: u32, phase: u32) -> &'s Bump {
        // The universe has used up number 0.
        let arena = &self.arenas[ARENAS * index as usize + phase as usize - 1];
        arena.lock().expect("nothing panics while it holds this").take().expect("each arena is taken once")
    }
}

fn package_name(input: &Input) -> &str {
    input.files.first().map_or("", |file| file.tree.package.name.as_str())
}
