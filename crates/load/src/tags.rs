//! Which files belong to a build: by name and by build constraint. `go help buildconstraint`.
//!
//! A file is selected for a system, a processor and a set of tags. For most packages these are those
//! of the target; for a few of the standard library they differ, by the one table of rule R below.
//!
//! Rule R exists because assembly is read for amd64 only, and because some packages' assembly belongs to gc's runtime: where the
//! standard library has a pure-Go twin for its assembly, the twin is taken. Tags choose it in most packages; in five packages only
//! an unknown processor does. For amd64 the packages of `ASSEMBLED` are selected as gc selects them.

use std::collections::BTreeSet;

use target::{Arch, Os, Target};

use crate::{Env, GoVersion};

/// Names of systems that a file-name suffix or a tag may have. `internal/syslist` lists the same.
const KNOWN_OS: &[&str] = &[
    "aix",
    "android",
    "darwin",
    "dragonfly",
    "freebsd",
    "hurd",
    "illumos",
    "ios",
    "js",
    "linux",
    "nacl",
    "netbsd",
    "openbsd",
    "plan9",
    "solaris",
    "wasip1",
    "windows",
    "zos",
];

/// Names of processors that a file-name suffix may have.
const KNOWN_ARCH: &[&str] = &[
    "386",
    "amd64",
    "amd64p32",
    "arm",
    "armbe",
    "arm64",
    "arm64be",
    "loong64",
    "mips",
    "mipsle",
    "mips64",
    "mips64le",
    "mips64p32",
    "mips64p32le",
    "ppc",
    "ppc64",
    "ppc64le",
    "riscv",
    "riscv64",
    "s390",
    "s390x",
    "sparc",
    "sparc64",
    "wasm",
];

/// What rule R asks of one package of the standard library.
struct Exception {
    package: &'static str,
    /// No processor suffix or tag matches.
    unknown_arch: bool,
    /// A tag of the standard library that is off here.
    without: Option<&'static str>,
}

/// Rule R: packages selected as for an unknown processor, because their pure-Go files have no tag of
/// their own; `hash/maphash` needs only `runtime.memhash` without `purego`, with it `crypto/rand`.
const RULE_R: &[Exception] = &[
    Exception { package: "hash/crc32", unknown_arch: true, without: None },
    Exception { package: "hash/maphash", unknown_arch: false, without: Some("purego") },
    Exception { package: "internal/abi", unknown_arch: true, without: None },
    Exception { package: "internal/bytealg", unknown_arch: true, without: None },
    Exception { package: "math", unknown_arch: true, without: None },
    Exception { package: "reflect", unknown_arch: true, without: None },
];

/// Packages whose assembly for amd64 is used.
const ASSEMBLED: &[&str] = &[
    "crypto/internal/fips140/aes",
    "crypto/internal/fips140/aes/gcm",
    "crypto/internal/fips140/bigmod",
    "crypto/internal/fips140/edwards25519/field",
    "crypto/internal/fips140/nistec",
    "crypto/internal/fips140/sha256",
    "crypto/internal/fips140/sha3",
    "crypto/internal/fips140/sha512",
    "crypto/internal/fips140/subtle",
    "crypto/md5",
    "crypto/sha1",
    "hash/crc32",
    "internal/cpu",
    "math",
    "math/big",
    "vendor/golang.org/x/crypto/chacha20poly1305",
    "vendor/golang.org/x/crypto/internal/poly1305",
    "vendor/golang.org/x/sys/cpu",
];

/// Tags by which the standard library leaves its assembly out.
const STD_TAGS: &[&str] = &["math_big_pure_go", "purego"];

/// Tags by which modules commonly leave theirs out, for processors without an assembler.
const USER_TAGS: &[&str] = &["noasm", "purego"];

/// The processor of rule R's five packages: no file suffix and no tag has this name.
const UNKNOWN_ARCH: &str = "unknown";

/// What files are selected for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Selection {
    goos: &'static str,
    goarch: &'static str,
    tags: BTreeSet<String>,
    newest: GoVersion,
}

/// The selections of one request.
#[derive(Clone, Debug)]
pub struct Selections {
    user: Selection,
    std: Selection,
    /// For packages of the standard library whose assembly is used.
    assembled: Option<Selection>,
}

impl Selections {
    /// Makes the selections for a target and the tags that the user asked for.
    pub fn new(target: Target, tags: &[String], env: &Env) -> Selections {
        let mut common: BTreeSet<String> = tags.iter().cloned().collect();
        common.insert("gc".into());
        common.extend(experiments(env));
        common.extend(arch_levels(target.arch, env));
        if target.os == Os::OpenSbi {
            common.insert("opensbi".into());
        }
        let has_assembly = target.arch == Arch::Amd64;
        let with = |more: &[&str]| Selection {
            goos: target.goos(),
            goarch: target.goarch(),
            tags: common.iter().cloned().chain(more.iter().map(|tag| tag.to_string())).collect(),
            newest: GoVersion::NEWEST,
        };
        Selections {
            user: with(if has_assembly { &[] } else { USER_TAGS }),
            std: with(STD_TAGS),
            assembled: has_assembly.then(|| with(&[])),
        }
    }

    /// Returns the selection for packages outside the standard library.
    pub fn user(&self) -> &Selection {
        &self.user
    }

    /// Reports whether a package's assembly files are used.
    pub fn uses_assembly(&self, package: &str, is_std: bool) -> bool {
        self.assembled.is_some() && (!is_std || ASSEMBLED.contains(&package))
    }

    /// Returns the selection for a package of the standard library: rule R.
    pub fn std(&self, package: &str) -> Selection {
        if let Some(selection) = &self.assembled
            && ASSEMBLED.contains(&package)
        {
            return selection.clone();
        }
        let mut selection = self.std.clone();
        if let Some(exception) = RULE_R.iter().find(|e| e.package == package) {
            if exception.unknown_arch {
                selection.goarch = UNKNOWN_ARCH;
            }
            if let Some(tag) = exception.without {
                selection.tags.remove(tag);
            }
        }
        selection
    }
}

/// Returns the tags of experiments that are on: Go 1.26's own, and those that GOEXPERIMENT names.
///
/// The register calling convention is off: rigo has its own, and `internal/abi` must not promise registers.
fn experiments(env: &Env) -> Vec<String> {
    let mut on: BTreeSet<&str> = ["dwarf5", "greenteagc", "randomizedheapbase64"].into();
    for name in env.get("GOEXPERIMENT").unwrap_or_default().split(',').filter(|name| !name.is_empty()) {
        match name.strip_prefix("no") {
            _ if name == "none" => on.clear(),
            Some(name) => drop(on.remove(name)),
            None if name.starts_with("regabi") => {}
            None => drop(on.insert(name)),
        }
    }
    on.into_iter().map(|name| format!("goexperiment.{name}")).collect()
}

/// Returns the tags of the processor's levels up to the one chosen: `amd64.v1`, `amd64.v2`, ...
fn arch_levels(arch: Arch, env: &Env) -> Vec<String> {
    let (variable, levels, default): (_, &[&str], _) = match arch {
        // rigo's baseline is v2.
        Arch::Amd64 => ("GOAMD64", &["v1", "v2", "v3", "v4"], "v2"),
        Arch::Riscv64 => ("GORISCV64", &["rva20u64", "rva22u64", "rva23u64"], "rva20u64"),
        Arch::Arm64 => ("GOARM64", &["v8.0", "v8.1", "v8.2", "v8.3", "v8.4", "v8.5"], "v8.0"),
    };
    let place = |level: &str| levels.iter().position(|known| *known == level);
    let default = place(default).expect("the default is one of the levels");
    let chosen = env.get(variable).and_then(place).unwrap_or(default).max(default);
    let name = Target { os: Os::Linux, arch }.goarch();
    levels[..=chosen].iter().map(|level| format!("{name}.{level}")).collect()
}

impl Selection {
    /// Reports whether a build constraint's tag holds.
    pub fn has_tag(&self, tag: &str) -> bool {
        if let Some(minor) = tag.strip_prefix("go1.") {
            return minor.parse().is_ok_and(|minor: u16| (1..=self.newest.0).contains(&minor));
        }
        match tag {
            _ if tag == self.goos || tag == self.goarch => true,
            "unix" => self.goos == "linux",
            _ => self.tags.contains(tag),
        }
    }

    /// Reports whether the name of a file fits: `x_linux.go`, `x_amd64.go`, `x_linux_amd64_test.go`.
    pub fn matches_name(&self, name: &str) -> bool {
        let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
        // A system or processor counts only behind an underscore: `linux.go` is an ordinary file.
        let Some((_, suffixes)) = stem.split_once('_') else { return true };
        let mut words: Vec<&str> = suffixes.split('_').collect();
        if words.last() == Some(&"test") {
            words.pop();
        }
        let is_os = |word: &&str| KNOWN_OS.contains(word);
        let is_arch = |word: &&str| KNOWN_ARCH.contains(word);
        match words.as_slice() {
            [.., os, arch] if is_os(os) && is_arch(arch) => *os == self.goos && *arch == self.goarch,
            [.., last] if is_os(last) || is_arch(last) => *last == self.goos || *last == self.goarch,
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selections(target: &str) -> Selections {
        let target = target.parse().expect("a known target");
        Selections::new(target, &["mine".into()], &Env::default())
    }

    #[test]
    fn names_select_systems_and_processors() {
        let selections = selections("linux/amd64");
        let selection = selections.user();
        for name in [
            "a.go",
            "linux.go",
            "amd64.go",
            "a_linux.go",
            "a_amd64.go",
            "a_linux_amd64.go",
            "a_linux_amd64_test.go",
        ] {
            assert!(selection.matches_name(name), "{name}");
        }
        for name in [
            "a_windows.go",
            "a_arm64.go",
            "a_linux_arm64.go",
            "a_darwin_amd64.go",
            "a_386_test.go",
            "_wasm.go",
        ] {
            assert!(!selection.matches_name(name), "{name}");
        }
        // Only a system before a processor counts; other words do not.
        assert!(selection.matches_name("a_windows_x.go"));
        assert!(selection.matches_name("a_unix.go"));
        assert!(selection.matches_name("windows_test.go"));
    }

    #[test]
    fn tags_of_release_system_and_user() {
        let selections = selections("opensbi/riscv64");
        let user = selections.user();
        for tag in [
            "go1.1",
            "go1.26",
            "linux",
            "unix",
            "riscv64",
            "gc",
            "mine",
            "opensbi",
            "purego",
            "riscv64.rva20u64",
        ] {
            assert!(user.has_tag(tag), "{tag}");
        }
        for tag in
            ["go1.27", "go1.0", "amd64", "cgo", "gccgo", "windows", "math_big_pure_go", "riscv64.rva22u64"]
        {
            assert!(!user.has_tag(tag), "{tag}");
        }
    }

    #[test]
    fn rule_r() {
        let selections = selections("linux/amd64");
        assert!(selections.uses_assembly("math", true) && !selections.uses_assembly("reflect", true));
        assert!(selections.std("math").matches_name("exp_amd64.go"));
        assert!(
            !selections.std("math/big").has_tag("math_big_pure_go") && !selections.user().has_tag("purego")
        );
        assert!(!selections.std("reflect").has_tag("amd64"));
        assert!(!selections.std("internal/bytealg").matches_name("count_amd64.go"));
        assert!(selections.std("crypto/subtle").has_tag("purego"));
        assert!(!selections.std("hash/maphash").has_tag("purego"));
        assert!(selections.std("hash/maphash").has_tag("amd64"));
        assert!(!selections.std("internal/abi").has_tag("goexperiment.regabiargs"));
        let selections = self::selections("linux/riscv64");
        assert!(!selections.uses_assembly("math", true) && !selections.uses_assembly("example.com/m", false));
        assert!(!selections.std("math").has_tag("riscv64") && selections.user().has_tag("purego"));
        assert!(selections.std("math/big").has_tag("math_big_pure_go"));
    }
}
