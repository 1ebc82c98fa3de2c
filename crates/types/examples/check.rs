//! Checks packages of the standard library (`check std`, `check fmt os`, all below them with `-deep`) or
//! files of one package (`check a.go b.go`), and prints what is wrong in gc's form.

#[path = "../tests/support/mod.rs"]
mod support;

use support::{Source, Std, Text};

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let failed = support::on_large_stack(move || run(&args));
    std::process::exit(i32::from(failed));
}

fn run(args: &[String]) -> bool {
    let deep = args.iter().any(|arg| arg == "-deep");
    let lang = args.iter().find_map(|arg| types::Version::parse(arg.strip_prefix("-lang=")?));
    let names: Vec<String> = args.iter().filter(|arg| !arg.starts_with('-')).cloned().collect();
    let mut std = Std::list("amd64").expect("there is a go command");
    let start = std::time::Instant::now();
    let mut diagnostics = if names.iter().any(|name| name.ends_with(".go")) {
        let files = names
            .iter()
            .map(|name| Text { name: name.clone(), bytes: std::fs::read(name).expect("the file exists") });
        let source = Source {
            path: "main".into(),
            files: files.collect(),
            version: lang.unwrap_or(types::Version::NEWEST),
            imports: vec![],
            bodyless: false,
        };
        std.check_sources(vec![source])
    } else if names == ["std"] {
        let all: Vec<String> = std.packages.iter().map(|pkg| pkg.path.clone()).collect();
        std.check_std(&all, true)
    } else if deep {
        std.check_std(&names, true)
    } else {
        std.check_std(&names, false)
    };
    source::sort_diagnostics(&mut diagnostics, &std.map);
    for diagnostic in &diagnostics {
        println!("{}", diagnostic.render(&std.map));
    }
    eprintln!("{} errors, {:?}", diagnostics.len(), start.elapsed());
    !diagnostics.is_empty()
}
