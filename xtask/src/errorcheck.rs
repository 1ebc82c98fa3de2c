//! `cargo xtask goroot-test`: Go's own `test` folder.
//!
//! `errorcheck` takes the tests that expect errors: exactly the marked lines must have errors. They are checked, those with
//! the trait `build` compiled. `compile` takes those that must be accepted; they are compiled. A test that is a folder
//! (`errorcheckdir`, `compiledir`) becomes a module of its own in the build folder, in which the
//! relative imports `"./a"` read `"test/a"`; gc's own runner compiles them under these paths too.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::conformance::{Choice, GoTest, go_tests, run_list};
use crate::process::{output, rigo, scratch};
use crate::{Failure, Outcome, go, marks};

/// Runs one of the lists `errorcheck` and `compile`.
pub fn run(arguments: &[&str]) -> Outcome {
    if let Some((&"run", rest)) = arguments.split_first() {
        return crate::goroot_run::run(rest);
    }
    let Some((&list @ ("errorcheck" | "compile"), rest)) = arguments.split_first() else {
        return Err(Failure::usage(crate::USAGE));
    };
    let folder = go::test_dir()?;
    let go = go::go()?.get_program().to_owned();
    let scratch = scratch(list)?;
    let mine = |test: &GoTest| test.kind.starts_with(list);
    let tests: Vec<GoTest> = go_tests()?.into_iter().filter(mine).collect();
    let names: Vec<String> = tests.iter().map(|test| test.name.clone()).collect();
    // What gc finds after type checking is for `rigo build`.
    let built = tests.into_iter().filter(|test| test.traits.iter().any(|t| t == "build"));
    let built: BTreeSet<String> = built.map(|test| test.name).collect();
    let choice = match rest {
        ["--built"] => Choice::Among(&built),
        rest => Choice::from_arguments(rest)?,
    };
    let rigo = rigo()?;
    let suite = Suite { rigo, folder, scratch, go: go.into(), built: built.clone() };
    run_list(list, &names, choice, |name| suite.check(name))
}

struct Suite {
    rigo: PathBuf,
    folder: PathBuf,
    scratch: PathBuf,
    go: PathBuf,
    /// The tests whose errors come from behind the type checker.
    built: BTreeSet<String>,
}

/// The first line of a test: `// errorcheck -lang=go1.17`.
pub struct Directive {
    /// The first word.
    pub verb: String,
    /// What begins with `-`.
    pub flags: Vec<String>,
    /// The other words.
    pub arguments: Vec<String>,
}

impl Suite {
    fn check(&self, name: &str) -> Result<(), String> {
        let file = self.folder.join(name);
        let source = read(&file)?;
        let directive = directive(&source);
        match directive.verb.as_str() {
            "errorcheck" if self.built.contains(name) => self.compile(&[file], &directive, true),
            "errorcheck" => self.check_files(&[file], &directive),
            "compile" | "build" => self.compile(&[file], &directive, false),
            "errorcheckoutput" => self.check_generated(&file, &directive),
            "errorcheckdir" => self.check_folder(&file.with_extension("dir"), &directive, true),
            "compiledir" => self.check_folder(&file.with_extension("dir"), &directive, false),
            verb => Err(format!("a directive that this runner does not know: {verb}")),
        }
    }

    /// Compiles files as one package.
    fn compile(&self, files: &[PathBuf], directive: &Directive, errors: bool) -> Result<(), String> {
        let mut command = self.rigo("build", directive);
        command.arg("-compile-only");
        self.compare(command, files, errors)
    }

    /// Checks files as one package.
    fn check_files(&self, files: &[PathBuf], directive: &Directive) -> Result<(), String> {
        self.compare(self.rigo("check", directive), files, true)
    }

    fn compare(&self, mut command: Command, files: &[PathBuf], errors: bool) -> Result<(), String> {
        let mut expected = BTreeSet::new();
        for file in files.iter().filter(|_| errors) {
            expected.extend(marks::trailing(&file_name(file), &read(file)?));
        }
        // gc's runner passes no -complete.
        command.arg("-complete=false").args(files);
        marks::compare(&expected, &output(&mut command).map_err(|failure| failure.text)?, |_| false)
    }

    /// Runs a program of the test folder with gc and checks what it prints.
    fn check_generated(&self, file: &Path, directive: &Directive) -> Result<(), String> {
        let mut command = Command::new(&self.go);
        let extra = directive.arguments.iter().map(|name| self.folder.join(name));
        command.arg("run").args(extra).arg(file).current_dir(&self.scratch);
        let out = output(&mut command).map_err(|failure| failure.text)?;
        if !out.status.success() {
            return Err(format!("gc does not run it: {}", String::from_utf8_lossy(&out.stderr)));
        }
        let generated = self.scratch.join(file_name(file));
        std::fs::write(&generated, &out.stdout).map_err(|e| format!("{}: {e}", generated.display()))?;
        self.check_files(&[generated], directive)
    }

    /// Checks a folder of several packages, one for each package name, or for each file with `-s`.
    fn check_folder(&self, folder: &Path, directive: &Directive, errors: bool) -> Result<(), String> {
        let module = self.scratch.join(file_name(folder));
        let mut expected = BTreeSet::new();
        let single = directive.flags.iter().any(|flag| flag == "-s");
        let packages = packages(folder, single)?;
        for (path, files) in &packages {
            for file in files {
                let source = read(file)?;
                if errors {
                    expected.extend(marks::trailing(&file_name(file), &source));
                }
                write(&module.join(path).join(file_name(file)), &absolute_imports(&source, &packages))?;
            }
        }
        write(&module.join("go.mod"), "module test\n\ngo 1.26\n")?;
        let mut command = match errors {
            true => self.rigo("check", directive),
            false => self.rigo("build", directive),
        };
        if !errors {
            command.arg("-compile-only");
        }
        command.arg("-complete=false").arg("./...").current_dir(&module);
        marks::compare(&expected, &output(&mut command).map_err(|failure| failure.text)?, |_| false)
    }

    fn rigo(&self, what: &str, directive: &Directive) -> Command {
        let mut command = Command::new(&self.rigo);
        command.arg(what).env_remove("GOFLAGS").env("GOWORK", "off");
        if what == "check" {
            command.arg("-overlay=off");
        }
        command.args(directive.flags.iter().filter(|flag| flag.starts_with("-lang=")));
        command
    }
}

/// Reads the first line of a test.
pub fn directive(source: &str) -> Directive {
    let line = source.lines().next().unwrap_or_default();
    let mut words = line.trim_start_matches("//").split_whitespace().map(str::to_owned);
    let verb = words.next().unwrap_or_default();
    let (flags, arguments) = words.partition(|word| word.starts_with('-'));
    Directive { verb, flags, arguments }
}

/// Groups the files of a folder into packages, each with its import path below `test`: the name of its first
/// file. The files stay in their order, which is that of the imports.
pub fn packages(folder: &Path, single: bool) -> Result<Vec<(String, Vec<PathBuf>)>, String> {
    let failed = |e: std::io::Error| format!("{}: {e}", folder.display());
    let entries: Vec<_> =
        std::fs::read_dir(folder).map_err(failed)?.collect::<Result<_, _>>().map_err(failed)?;
    let mut files: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).collect();
    files.retain(|file| file.extension().is_some_and(|ext| ext == "go"));
    files.sort();
    let mut packages: Vec<(String, String, Vec<PathBuf>)> = Vec::new();
    for file in files {
        let name = package_name(&read(&file)?);
        let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        match packages.iter_mut().find(|(_, known, _)| !single && *known == name) {
            Some((_, _, files)) => files.push(file),
            None => packages.push((stem, name, vec![file])),
        }
    }
    Ok(packages.into_iter().map(|(path, _, files)| (path, files)).collect())
}

fn package_name(source: &str) -> String {
    let clause = source.lines().find_map(|line| line.strip_prefix("package "));
    clause
        .and_then(|rest| rest.split_whitespace().next())
        .unwrap_or_default()
        .trim_end_matches(';')
        .to_owned()
}

/// Makes relative imports absolute ones of the module `test`.
pub fn absolute_imports(source: &str, packages: &[(String, Vec<PathBuf>)]) -> String {
    let mut source = source.to_owned();
    for (path, _) in packages {
        source = source.replace(&format!("\"./{path}\""), &format!("\"test/{path}\""));
    }
    source
}

/// The last part of a path.
pub fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Reads a file; bytes that are not UTF-8 are replaced.
pub fn read(path: &Path) -> Result<String, String> {
    let bytes = std::fs::read(path).map_err(|e| format!("{}: {e}", path.display()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Writes a file and the folders above it.
pub fn write(path: &Path, text: &str) -> Result<(), String> {
    let failed = |e: std::io::Error| format!("{}: {e}", path.display());
    std::fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).map_err(failed)?;
    std::fs::write(path, text).map_err(failed)
}
