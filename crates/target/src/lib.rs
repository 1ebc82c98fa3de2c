//! What rigo compiles for: operating system, processor, sizes.
//!
//! A [`Target`] is chosen once, by `-target`, or GOOS and GOARCH, and never changes during a build.

use std::fmt;
use std::str::FromStr;

/// The systems that rigo makes images for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Os {
    /// Linux, by system calls.
    Linux,
    /// Bare RISC-V above OpenSBI. To the standard library it is Linux.
    OpenSbi,
}

/// The processors that rigo makes code for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Arch {
    /// x86-64, at least v2.
    Amd64,
    /// RV64GC.
    Riscv64,
    /// AArch64. The front end knows it; there is no code generation yet.
    Arm64,
}

/// An operating system and a processor.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Target {
    /// The operating system.
    pub os: Os,
    /// The processor.
    pub arch: Arch,
}

impl Target {
    /// linux/amd64.
    pub const LINUX_AMD64: Target = Target { os: Os::Linux, arch: Arch::Amd64 };

    /// Returns the value of `runtime.GOOS`: the standard library is compiled for Linux everywhere.
    pub fn goos(self) -> &'static str {
        match self.os {
            Os::Linux | Os::OpenSbi => "linux",
        }
    }

    /// Returns the value of `runtime.GOARCH`.
    pub fn goarch(self) -> &'static str {
        match self.arch {
            Arch::Amd64 => "amd64",
            Arch::Riscv64 => "riscv64",
            Arch::Arm64 => "arm64",
        }
    }

    /// Returns the size of a word in bytes.
    pub fn word_bytes(self) -> u64 {
        match self.arch {
            Arch::Amd64 | Arch::Riscv64 | Arch::Arm64 => 8,
        }
    }
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Target, String> {
        let unknown = || {
            format!(
                "unsupported target {text} (known: linux/amd64, linux/arm64, linux/riscv64, opensbi/riscv64)"
            )
        };
        let (os, arch) = text.split_once('/').ok_or_else(unknown)?;
        let arch = match arch {
            "amd64" => Arch::Amd64,
            "riscv64" => Arch::Riscv64,
            "arm64" => Arch::Arm64,
            _ => return Err(unknown()),
        };
        match (os, arch) {
            ("linux", _) => Ok(Target { os: Os::Linux, arch }),
            ("opensbi", Arch::Riscv64) => Ok(Target { os: Os::OpenSbi, arch }),
            _ => Err(unknown()),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let os = match self.os {
            Os::Linux => "linux",
            Os::OpenSbi => "opensbi",
        };
        write!(f, "{os}/{}", self.goarch())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_print_as_they_are_written() {
        for text in ["linux/amd64", "linux/arm64", "linux/riscv64", "opensbi/riscv64"] {
            assert_eq!(text.parse::<Target>().map(|t| t.to_string()), Ok(text.into()));
        }
        assert!("opensbi/amd64".parse::<Target>().is_err());
        assert!("plan9/386".parse::<Target>().is_err());
    }
}
