//! Arguments to packages.

use std::path::Path;

use crate::dir;
use crate::loader::{Loader, Root};
use crate::pattern::{self, Meta, Pattern, clean, short_path};
use crate::version::GoVersion;

/// Adds the packages that the arguments name; what they cannot name becomes errors of the loader.
pub fn add(loader: &mut Loader, patterns: &[String]) {
    if patterns.iter().any(|text| text.ends_with(".go") && is_file(loader, text)) {
        if let Err(error) = add_files(loader, patterns) {
            loader.errors.push(error);
        }
        return;
    }
    let here = [".".to_string()];
    for text in if patterns.is_empty() { &here } else { patterns } {
        let before = loader.nodes.len();
        let result = match Pattern::parse(text) {
            Pattern::Dir(path) => add_dir(loader, &path),
            Pattern::Path(path) => add_path(loader, &path),
            Pattern::DirWildcard(pattern) => add_dir_wildcard(loader, &pattern),
            Pattern::PathWildcard(pattern) => add_path_wildcard(loader, &pattern),
            Pattern::Meta(Meta::Std) => add_std(loader, "", &in_std),
            Pattern::Meta(Meta::Cmd) => add_std(loader, "cmd", &|_| true),
            Pattern::Meta(Meta::All) => add_all(loader),
        };
        match result {
            Ok(0) if before == loader.nodes.len() => {
                loader.warnings.push(format!("{text:?} matched no packages"));
            }
            Ok(_) => {}
            Err(error) => {
                loader.errors.push(error);
                if !text.contains("...") {
                    loader.unnamed.push(text.clone());
                }
            }
        }
    }
}

/// Adds the packages that every program has.
pub fn add_implicit(loader: &mut Loader) {
    for path in &loader.config.implicit {
        match loader.find(path, None) {
            Ok(idx) => loader.implicit.push(idx),
            Err(error) => loader.errors.push(error),
        }
    }
}

/// Makes roots of everything that was loaded, where `all` was asked for.
pub fn widen(loader: &mut Loader, patterns: &[String]) {
    if patterns.iter().any(|text| text == "all") {
        for node in &mut loader.nodes {
            node.root.get_or_insert(Root::Matched);
        }
    }
}

/// Reports whether a folder of the Go tree counts as standard library: not its programs, not the
/// documentation of the predeclared names, not what only cgo needs.
fn in_std(path: &str) -> bool {
    !path.starts_with("cmd/") && path != "builtin" && path != "runtime/cgo"
}

fn is_file(loader: &Loader, text: &str) -> bool {
    loader.config.cwd.join(text).is_file()
}

/// Makes one package of named files.
fn add_files(loader: &mut Loader, names: &[String]) -> Result<(), String> {
    let cwd = loader.config.cwd.clone();
    let mut dirs: Vec<_> = Vec::new();
    let mut files = Vec::new();
    for name in names {
        if !name.ends_with(".go") {
            return Err(format!("named files must be .go files: {name}"));
        }
        if !is_file(loader, name) {
            return Err(format!("open {name}: no such file or directory"));
        }
        let path = clean(&cwd, name);
        let dir = path.parent().expect("a file has a folder").to_path_buf();
        if !dirs.contains(&dir) {
            dirs.push(dir);
        }
        files.push(path.file_name().expect("it is a file").to_string_lossy().into_owned());
    }
    let [dir] = dirs.as_slice() else {
        let name = |dir: &Path| short_path(&cwd, dir);
        return Err(format!(
            "named files must all be in one directory; have {} and {}",
            name(&dirs[0]),
            name(&dirs[1])
        ));
    };
    files.sort();
    files.dedup();
    let (importer, go, in_std) = match loader.of_dir(dir) {
        Ok(found) => found,
        Err(_) => ("command-line-arguments".into(), GoVersion::NEWEST, dir.starts_with(&loader.goroot.dir)),
    };
    let idx = loader.node("command-line-arguments", dir.clone(), in_std, go);
    let node = &mut loader.nodes[idx];
    node.importer = importer;
    node.named_files = Some(files);
    node.root = Some(Root::Named);
    Ok(())
}

/// Adds the package of a folder. Returns how many packages were added or marked.
fn add_dir(loader: &mut Loader, text: &str) -> Result<usize, String> {
    let dir = clean(&loader.config.cwd, text);
    match dir.metadata() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(format!("stat {}: directory not found", dir.display()));
        }
        Ok(meta) if meta.is_dir() => {}
        _ => return Err(format!("stat {}: not a directory", dir.display())),
    }
    let (path, go, is_std) = match loader.of_dir(&dir) {
        Ok(found) => found,
        Err(_) if !dir::has_go_files(&dir) => return Err(format!("no Go files in {}", dir.display())),
        Err(error) => return Err(error),
    };
    let idx = loader.node(&path, dir, is_std, go);
    loader.nodes[idx].root = Some(Root::Named);
    Ok(1)
}

fn add_path(loader: &mut Loader, path: &str) -> Result<usize, String> {
    if let Some((base, _)) = path.split_once('@') {
        return Err(format!(
            "package {base}@{}: can only use path@version syntax with 'go get' and 'go install' in module-aware mode",
            &path[base.len() + 1..]
        ));
    }
    let idx = loader.find(path, None)?;
    loader.nodes[idx].root = Some(Root::Named);
    Ok(1)
}

/// Adds a package that a pattern matched.
fn add_matched(loader: &mut Loader, path: &str, dir: &Path, is_std: bool, go: GoVersion) {
    let idx = loader.node(path, dir.to_path_buf(), is_std, go);
    loader.nodes[idx].root.get_or_insert(Root::Matched);
}

/// Adds the packages of the Go tree below `src/<below>` whose paths `wanted` takes.
fn add_std(loader: &mut Loader, below: &str, wanted: &dyn Fn(&str) -> bool) -> Result<usize, String> {
    let src = loader.std_dir.clone();
    let mut n_found = 0;
    for dir in pattern::walk(&src.join(below), &|_| true) {
        let path = dir.strip_prefix(&src).expect("it lies below src").display().to_string();
        if wanted(&path) {
            add_matched(loader, &path, &dir, true, GoVersion::NEWEST);
            n_found += 1;
        }
    }
    Ok(n_found)
}

/// Adds the packages in folders that match a pattern.
fn add_dir_wildcard(loader: &mut Loader, text: &str) -> Result<usize, String> {
    let cwd = loader.config.cwd.clone();
    let root = clean(&cwd, pattern::wildcard_root(text));
    if !root.is_dir() {
        let name = pattern::wildcard_root(text);
        return Err(format!("pattern {text}: lstat {name}/: no such file or directory"));
    }
    let full = clean(&cwd, text).display().to_string();
    if root.starts_with(&loader.std_dir) {
        let src = loader.std_dir.display().to_string();
        let below = root.strip_prefix(&src).expect("it lies below src").display().to_string();
        return add_std(loader, &below, &|path| pattern::matches(&full, &format!("{src}/{path}")));
    }
    let mains = loader.modules.mains().iter();
    if !mains.clone().any(|main| main.dir.starts_with(&root) || root.starts_with(&main.dir)) {
        let name = short_path(&cwd, &root);
        return Err(if loader.modules.mains().len() > 1 {
            format!(
                "pattern {text}: directory prefix {name} does not contain modules listed in go.work or their selected dependencies"
            )
        } else {
            format!(
                "pattern {text}: directory prefix {name} does not contain main module or its selected dependencies"
            )
        });
    }
    let mut n_found = 0;
    for (path, dir, go) in main_packages(loader, &root) {
        if pattern::matches(&full, &dir.display().to_string()) {
            add_matched(loader, &path, &dir, false, go);
            n_found += 1;
        }
    }
    Ok(n_found)
}

/// Lists the folders with Go files of the main modules at or below `root`, sorted.
fn main_packages(loader: &Loader, root: &Path) -> Vec<(String, std::path::PathBuf, GoVersion)> {
    let mut found = Vec::new();
    for main in loader.modules.mains() {
        let start = if root.starts_with(&main.dir) { root } else { &main.dir };
        if !start.starts_with(root) {
            continue;
        }
        let ignored: Vec<_> =
            main.file.ignore.iter().map(|text| text.trim_end_matches('/').to_string()).collect();
        let enter = |dir: &Path| {
            let below = dir.strip_prefix(&main.dir).unwrap_or(dir).display().to_string();
            let is_ignored = ignored.iter().any(|text| match text.strip_prefix("./") {
                Some(rooted) => below == rooted,
                None => below == *text || below.ends_with(&format!("/{text}")),
            });
            !is_ignored && !dir.ends_with("vendor") && !dir.join("go.mod").is_file()
        };
        for dir in pattern::walk(start, &enter) {
            if let Ok(path) = loader.modules.import_path(&dir) {
                found.push((path, dir, main.go_version()));
            }
        }
    }
    found
}

/// Adds the packages of all modules and of the standard library whose import paths match.
fn add_path_wildcard(loader: &mut Loader, text: &str) -> Result<usize, String> {
    let mut n_found = add_std(loader, "", &|path| in_std(path) && pattern::matches(text, path))?;
    let root = Path::new("/");
    for (path, dir, go) in main_packages(loader, root) {
        if pattern::matches(text, &path) {
            add_matched(loader, &path, &dir, false, go);
            n_found += 1;
        }
    }
    let prefix = pattern::wildcard_root(text);
    let overlaps = |module: &str| prefix.starts_with(module) || module.starts_with(prefix);
    for (module, module_dir) in loader.modules.others(&overlaps)? {
        for dir in pattern::walk(&module_dir, &|dir| !dir.join("go.mod").is_file()) {
            let below = dir.strip_prefix(&module_dir).expect("it lies below").display().to_string();
            let path = [module.as_str(), below.as_str()]
                .iter()
                .filter(|part| !part.is_empty())
                .copied()
                .collect::<Vec<_>>()
                .join("/");
            // A nested module's packages are found by their own module; what is not provided is skipped.
            if pattern::matches(text, &path)
                && loader.modules.find(&path, None).is_ok_and(|place| place.dir == dir)
            {
                let go = loader.modules.find(&path, None).map_or(GoVersion::UNSTATED, |place| place.go);
                add_matched(loader, &path, &dir, false, go);
                n_found += 1;
            }
        }
    }
    Ok(n_found)
}

/// Adds the packages of the main modules; [`widen`] adds what they need.
fn add_all(loader: &mut Loader) -> Result<usize, String> {
    let packages = main_packages(loader, Path::new("/"));
    for (path, dir, go) in &packages {
        add_matched(loader, path, dir, false, *go);
    }
    loader.nodes.iter_mut().for_each(|node| node.needs_test_imports = node.root.is_some() && !node.is_std);
    Ok(packages.len())
}
