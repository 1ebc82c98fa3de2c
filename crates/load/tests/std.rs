//! The standard library as `load` selects it, against `go list`.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use load::{Config, Env, Loaded, load};

/// Packages that rule R selects in its own way, so that their files differ from the go command's, and
/// `internal/goexperiment`, whose files follow the calling convention.
const EXCEPTIONS: &[&str] = &[
    "hash/crc32",
    "hash/maphash",
    "internal/abi",
    "internal/bytealg",
    "internal/goexperiment",
    "math",
    "reflect",
];

fn std_for(target: &str, n_threads: usize) -> Loaded {
    let config = Config {
        cwd: "/".into(),
        env: Env::of_process(),
        target: target.parse().expect("a known target"),
        tags: vec![],
        overlay: false,
        tests: load::Tests::No,
        goroot: None,
        lang: None,
        implicit: vec![],
        any_internal: false,
        n_threads,
    };
    load(&config, &["std".into()]).expect("a Go tree is installed")
}

/// Runs `go list -f <format> std` for a target.
fn go_list(target: &str, tags: &str, format: &str) -> Vec<String> {
    let (os, arch) = target.split_once('/').expect("a slash");
    let output = Command::new("go")
        .args(["list", "-tags", tags, "-f", format, "std"])
        .env("CGO_ENABLED", "0")
        .env("GOOS", os)
        .env("GOARCH", arch)
        .env("GOFLAGS", "")
        .current_dir("/")
        .output()
        .expect("this test needs the go command to compare with");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("import paths are UTF-8").lines().map(str::to_string).collect()
}

fn asm_names(package: &load::Package) -> Vec<String> {
    let name = |file: &load::AsmFile| file.path.file_name().map(|name| name.to_string_lossy().into_owned());
    package.asm.iter().filter_map(name).collect()
}

fn check(target: &str) {
    let loaded = std_for(target, 2);
    assert_eq!(loaded.errors, Vec::<String>::new());
    let errors: Vec<_> = loaded.packages.iter().flat_map(|package| &package.errors).collect();
    assert!(errors.is_empty(), "{errors:?}");

    let roots = loaded.packages.iter().filter(|package| package.is_root);
    let names: BTreeSet<String> = roots.map(|package| package.path.clone()).collect();
    let listed: BTreeSet<String> = go_list(target, "", "{{.ImportPath}}").into_iter().collect();
    let surplus: Vec<_> = names.difference(&listed).collect();
    let missing: Vec<_> = listed.difference(&names).collect();
    assert!(surplus.is_empty() && missing.is_empty(), "surplus {surplus:?}, missing {missing:?}");

    let files = |tags: &str| -> BTreeMap<String, String> {
        go_list(target, tags, "{{.ImportPath}} {{.GoFiles}} {{.SFiles}}")
            .into_iter()
            .filter_map(|line| line.split_once(' ').map(|(path, files)| (path.into(), files.into())))
            .collect()
    };
    let (with_assembly, without) = (files(""), files("purego,math_big_pure_go"));
    for package in &loaded.packages {
        if !package.uses_assembly && EXCEPTIONS.contains(&package.path.as_str()) {
            continue;
        }
        let files = if package.uses_assembly { &with_assembly } else { &without };
        let name =
            |id: source::FileId| loaded.files[id.0 as usize].path.file_name().map(|n| n.to_string_lossy());
        let names: Vec<_> = package.files.iter().filter_map(|(id, _)| name(*id)).collect();
        let ours = format!("[{}] [{}]", names.join(" "), asm_names(package).join(" "));
        assert_eq!(files.get(&package.path), Some(&ours), "{}", package.path);
    }
}

#[test]
fn linux_amd64_is_what_go_lists() {
    check("linux/amd64");
}

#[test]
fn linux_riscv64_is_what_go_lists() {
    check("linux/riscv64");
}

#[test]
fn packages_of_the_runtime_have_no_assembly_for_a_processor() {
    let loaded = std_for("linux/amd64", 1);
    for package in ["internal/abi", "internal/bytealg", "reflect"] {
        let package =
            loaded.packages.iter().find(|p| p.path == package).expect("it is in the standard library");
        assert!(
            !package.uses_assembly && asm_names(package).iter().all(|name| !name.contains("amd64")),
            "{}: {:?}",
            package.path,
            package.asm
        );
        assert!(package.ignored.iter().any(|name| name.ends_with("_amd64.go")) || package.path == "reflect");
    }
}

#[test]
fn threads_do_not_show() {
    let (one, four) = (std_for("linux/amd64", 1), std_for("linux/amd64", 4));
    let names = |loaded: &Loaded| loaded.files.iter().map(|file| file.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&one), names(&four));
    let order = |loaded: &Loaded| {
        loaded.packages.iter().map(|p| (p.id.clone(), p.imports.clone())).collect::<Vec<_>>()
    };
    assert_eq!(order(&one), order(&four));
    for (number, package) in one.packages.iter().enumerate() {
        assert!(
            package.imports.iter().all(|(_, id)| id.index() < number),
            "{} comes too early",
            package.path
        );
    }
}
