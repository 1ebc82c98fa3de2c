//! Modules from a proxy, which here is a folder: what is downloaded, what is checked, and what is said when it is wrong.
//!
//! The expected texts are those of the go command for the same files.

mod tree;

use std::io::Write;
use std::path::Path;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use load::{Config, GoVersion, load};
use sha2::{Digest, Sha256};
use tree::{Tree, errors_of, roots};
use zip::write::SimpleFileOptions;

/// A module in a proxy: its path, version, and files.
type Module<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)]);

const MODULES: [Module<'static>; 7] = [
    ("example.org/a", "v1.0.0", &[("go.mod", "module example.org/a\n"), ("a.go", "package a\n")]),
    (
        "example.org/a",
        "v1.1.0",
        &[
            ("go.mod", "module example.org/a\ngo 1.16\nrequire example.org/B v1.0.0\n"),
            ("a.go", "package a\nimport _ \"example.org/B\"\n"),
        ],
    ),
    (
        "example.org/B",
        "v1.0.0",
        &[
            ("go.mod", "module example.org/B\ngo 1.19\nrequire example.org/a v1.1.0\n"),
            ("b.go", "package B\n"),
            ("deep/down/d.go", "package down\n"),
        ],
    ),
    (
        "example.org/p",
        "v0.0.0-20240102030405-0123456789ab",
        &[("go.mod", "module example.org/p\n"), ("p.go", "package p\n")],
    ),
    (
        "example.org/old",
        "v2.0.0+incompatible",
        &[("go.mod", "module example.org/old\n"), ("o.go", "package old\n")],
    ),
    ("example.org/other", "v1.0.0", &[("go.mod", "module example.org/name\n"), ("o.go", "package other\n")]),
    (
        "example.org/evil",
        "v1.0.0",
        &[("go.mod", "module example.org/evil\n"), ("../../../../out.go", "package out\n")],
    ),
];

const MAIN: &str = "
-- m/go.mod --
module example.com/m
go 1.24
require example.org/a v1.1.0
-- m/m.go --
package m
import \"example.org/a\"
-- old/go.mod --
module example.com/old
go 1.24
require example.org/a v1.0.0
-- old/m.go --
package m
import \"example.org/a\"
-- absent/go.mod --
module example.com/absent
go 1.24
require example.org/absent v1.0.0
-- absent/m.go --
package m
import \"example.org/absent/x\"
-- evil/go.mod --
module example.com/evil
go 1.24
require example.org/evil v1.0.0
-- evil/m.go --
package m
import \"example.org/evil\"
-- versions/go.mod --
module example.com/versions
go 1.24
require example.org/p v0.0.0-20240102030405-0123456789ab
require example.org/old v2.0.0+incompatible
-- versions/m.go --
package m
import _ \"example.org/p\"
import _ \"example.org/old\"
-- other/go.mod --
module example.com/other
go 1.24
require example.org/other v1.0.0
-- other/m.go --
package m
import \"example.org/other\"
-- excluded/go.mod --
module example.com/excluded
go 1.24
require example.org/a v1.1.0
exclude example.org/B v1.0.0
-- excluded/m.go --
package m
import \"example.org/a\"
-- instead/go.mod --
module example.com/instead
go 1.24
require example.org/x v1.0.0
replace example.org/x => example.org/a v1.0.0
-- instead/m.go --
package m
import \"example.org/x\"
-- work/go.work --
go 1.24
use ./in
-- work/in/go.mod --
module example.com/in
require example.org/a v1.0.0
-- work/in/m.go --
package m
import \"example.org/a\"
";

fn h1(files: &[(String, &str)]) -> String {
    let mut files = files.to_vec();
    files.sort();
    let mut list = String::new();
    for (name, text) in files {
        let digest: String = Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect();
        list += &format!("{digest}  {name}\n");
    }
    format!("h1:{}", BASE64_STANDARD.encode(Sha256::digest(list)))
}

/// Makes the tree, fills its proxy, and writes a `go.sum` with every hash into each folder of a main module.
fn tree() -> Tree {
    let tree = Tree::new(MAIN);
    let mut sums = String::new();
    for (path, version, files) in MODULES {
        let folder = tree.0.join("proxy").join(path.replace('B', "!b")).join("@v");
        std::fs::create_dir_all(&folder).expect("the tree takes folders");
        std::fs::write(folder.join(format!("{version}.mod")), files[0].1).expect("the tree takes files");
        let zip = std::fs::File::create(folder.join(format!("{version}.zip"))).expect("the tree takes files");
        let mut zip = zip::ZipWriter::new(zip);
        let named = |name: &str| format!("{path}@{version}/{name}");
        for (name, text) in files {
            zip.start_file(named(name), SimpleFileOptions::default()).expect("it is a name");
            zip.write_all(text.as_bytes()).expect("the file can be written");
        }
        zip.finish().expect("the file can be written");
        let all: Vec<_> = files.iter().map(|(name, text)| (named(name), *text)).collect();
        sums += &format!("{path} {version} {}\n", h1(&all));
        sums += &format!("{path} {version}/go.mod {}\n", h1(&[("go.mod".into(), files[0].1)]));
    }
    for main in ["m", "old", "absent", "evil", "versions", "other", "excluded", "instead", "work/in"] {
        std::fs::write(tree.0.join(main).join("go.sum"), &sums).expect("the tree takes files");
    }
    tree
}

/// A request whose modules come from the tree's proxy.
fn config(tree: &Tree, below: &str) -> Config {
    let mut config = tree.config(below);
    config.env.set("GOPROXY", &format!("file://{}/proxy", tree.0.display()));
    config.env.set("GOPRIVATE", "");
    config
}

fn errors(tree: &Tree, below: &str) -> String {
    errors_of(&config(tree, below), ".").replace(&tree.0.display().to_string(), "DIR")
}

/// Rewrites a file of the tree.
fn edit(path: &Path, change: impl Fn(&str) -> String) {
    let text = std::fs::read_to_string(path).expect("the file is there");
    std::fs::write(path, change(&text)).expect("the file can be written");
}

#[test]
fn modules_are_downloaded_once_and_kept_as_the_go_command_keeps_them() {
    let tree = tree();
    let loaded = load(&config(&tree, "m"), &[]).expect("the modules are sound");
    let names: Vec<&str> = loaded.packages.iter().map(|package| package.path.as_str()).collect();
    assert_eq!(names, ["example.org/B", "example.org/a", "example.com/m"]);
    assert_eq!(loaded.packages[0].go_version, GoVersion(19));
    assert!(loaded.packages.iter().all(|package| package.errors.is_empty()));
    let cache = tree.0.join("cache");
    let downloaded = cache.join("cache/download/example.org/!b/@v");
    for ending in ["mod", "zip", "ziphash", "lock"] {
        assert!(downloaded.join(format!("v1.0.0.{ending}")).is_file(), "{ending}");
    }
    assert!(!downloaded.join("v1.0.0.partial").exists());
    for path in ["example.org/!b@v1.0.0", "example.org/!b@v1.0.0/deep/down", "example.org/!b@v1.0.0/b.go"] {
        let permissions = cache.join(path).metadata().expect("it was unpacked").permissions();
        assert!(permissions.readonly(), "{path}");
    }
    // From now on nothing is asked of the proxy.
    std::fs::remove_dir_all(tree.0.join("proxy")).expect("the tree is ours");
    assert_eq!(errors(&tree, "m"), "");
    let named = load(&config(&tree, "m"), &["example.org/...".into()]).expect("the modules are sound");
    assert_eq!(roots(&named), "example.org/B example.org/B/deep/down example.org/a");
}

#[test]
fn roots_alone_provide_what_is_imported() {
    let tree = tree();
    let loaded = load(&config(&tree, "old"), &[]).expect("the modules are sound");
    assert!(loaded.files[0].name.ends_with("a@v1.0.0/a.go"));
    assert!(!tree.0.join("cache/example.org/!b@v1.0.0").exists());
    assert_eq!(errors(&tree, "instead"), "");
    assert_eq!(errors(&tree, "work/in"), "");
}

#[test]
fn folders_that_are_not_complete_are_unpacked_again() {
    let tree = tree();
    assert_eq!(errors(&tree, "old"), "");
    let partial = tree.0.join("cache/cache/download/example.org/a/@v/v1.0.0.partial");
    std::fs::write(&partial, "").expect("the cache is ours");
    assert_eq!(errors(&tree, "old"), "");
    assert!(!partial.exists());
}

#[test]
fn hashes_must_be_known() {
    let tree = tree();
    let sum = tree.0.join("old/go.sum");
    let only = |ending: &str| {
        edit(&sum, |text| {
            text.lines().filter(|line| line.contains(ending)).map(|line| format!("{line}\n")).collect()
        });
    };
    only("v1.0.0/go.mod");
    let missing = "./m.go:2:8: missing go.sum entry for module providing package example.org/a (imported by example.com/old); \
                   to add:\n\tgo get example.com/old";
    assert_eq!(errors(&tree, "old"), missing);
    assert!(!tree.0.join("cache/example.org").exists());
    std::fs::copy(tree.0.join("m/go.sum"), &sum).expect("the tree is ours");
    only("v1.0.0 h1");
    let missing = "./m.go:2:8: example.org/a@v1.0.0: missing go.sum entry for go.mod file; to add it:\n\tgo mod download example.org/a";
    assert_eq!(errors(&tree, "old"), missing);
    edit(&sum, |_| "too short\n".into());
    assert_eq!(errors(&tree, "old"), "go: malformed go.sum:\nDIR/old/go.sum:1: wrong number of fields 2");
}

#[test]
fn hashes_must_match() {
    let security = "\n\nSECURITY ERROR\n\
                    This download does NOT match an earlier download recorded in go.sum.\n\
                    The bits may have been replaced on the origin server, or an attacker may\n\
                    have intercepted the download attempt.\n\n\
                    For more information, see 'go help module-auth'.";
    for part in ["", "/go.mod"] {
        let tree = tree();
        let sum = tree.0.join("old/go.sum");
        let key = format!("example.org/a v1.0.0{part} h1:");
        let text = std::fs::read_to_string(&sum).expect("it was written");
        let hash = text.split(&key).nth(1).and_then(|rest| rest.split('\n').next()).expect("it has the line");
        let wrong = "A".repeat(hash.len());
        edit(&sum, |text| text.replace(hash, &wrong));
        let want = format!(
            "verifying example.org/a@v1.0.0{part}: checksum mismatch\n\tdownloaded: h1:{hash}\n\tgo.sum:     h1:{wrong}{security}"
        );
        assert_eq!(errors(&tree, "old"), want);
        // Nor is it taken from the cache, by this request or another.
        assert_eq!(errors(&tree, "old"), want);
        let kept = tree.0.join("cache/cache/download/example.org/a/@v/v1.0.0");
        assert!(!kept.with_extension(if part.is_empty() { "0.zip" } else { "0.mod" }).exists());
    }
}

#[test]
fn what_the_cache_holds_is_compared_too() {
    let tree = tree();
    assert_eq!(errors(&tree, "old"), "");
    edit(&tree.0.join("old/go.sum"), |text| {
        text.replace("example.org/a v1.0.0 h1:", "example.org/a v1.0.0 h1:A")
    });
    assert!(errors(&tree, "old").starts_with("verifying example.org/a@v1.0.0: checksum mismatch\n"));
}

#[test]
fn proxies_that_do_not_have_it() {
    let tree = tree();
    edit(&tree.0.join("absent/go.sum"), |text| {
        text.replace("example.org/a v1.0.0", "example.org/absent v1.0.0")
    });
    let absent = "./m.go:2:8: example.org/absent@v1.0.0: reading file://DIR/proxy/example.org/absent/@v/v1.0.0.zip: \
                  no such file or directory";
    assert_eq!(errors(&tree, "absent"), absent);
    let with = |proxies: &str, private: &str| {
        let mut config = config(&tree, "old");
        config.env.set("GOPROXY", &proxies.replace("DIR", &tree.0.display().to_string()));
        config.env.set("GOPRIVATE", private);
        errors_of(&config, ".")
    };
    assert_eq!(with("off", ""), "./m.go:2:8: module lookup disabled by GOPROXY=off");
    let scheme = "./m.go:2:8: invalid proxy URL scheme (must be https, http, file): ftp://x";
    assert_eq!(with("ftp://x", ""), scheme);
    let direct = "./m.go:2:8: example.org/a@v1.0.0: no module proxy has it, and rigo does not fetch from version control; \
                  to get it:\n\tgo mod download example.org/a@v1.0.0";
    assert_eq!(with("direct", ""), direct);
    assert_eq!(with("file://DIR/proxy", "*.com,example.org"), direct);
    // Behind a comma the next proxy is asked for what is not there, behind a bar also after other errors.
    assert_eq!(with("file://DIR/nowhere,off", ""), "./m.go:2:8: module lookup disabled by GOPROXY=off");
    assert_eq!(with("ftp://x,file://DIR/proxy", ""), scheme);
    assert_eq!(with("ftp://x|file://DIR/nowhere,file://DIR/proxy", ""), "");
}

#[test]
fn versions_without_a_tag_and_without_go_mod() {
    assert_eq!(errors(&tree(), "versions"), "");
}

#[test]
fn modules_that_are_others() {
    let wrong = "./m.go:2:8: example.org/other@v1.0.0: parsing go.mod:\n\tmodule declares its path as: example.org/name\n\
                 \t        but was required as: example.org/other";
    assert_eq!(errors(&tree(), "other"), wrong);
}

#[test]
fn excluded_versions_are_not_there() {
    let missing = errors(&tree(), "excluded");
    assert!(
        missing.ends_with(
            "no required module provides package example.org/B; to add it:\n\tgo get example.org/B"
        ),
        "{missing}"
    );
}

#[test]
fn archives_that_are_broken_or_malicious() {
    let tree = tree();
    let zip = tree.0.join("proxy/example.org/a/@v/v1.0.0.zip");
    let bytes = std::fs::read(&zip).expect("it was written");
    std::fs::write(&zip, &bytes[..bytes.len() / 2]).expect("the tree is ours");
    assert_eq!(errors(&tree, "old"), "./m.go:2:8: zip: not a valid zip file");
    assert!(!tree.0.join("cache/example.org").exists());
    let evil = errors(&tree, "evil");
    assert!(evil.contains("malformed file path \"../../../../out.go\""), "{evil}");
    assert!(!tree.0.join("cache/example.org").exists() && !tree.0.join("out.go").exists());
}
