//! `cargo xtask fuzz`: the targets in `fuzz/`, seeded with the Go sources at hand.

use std::path::Path;
use std::process::Command;

use crate::process::{must_with, root, target_dir};
use crate::{Failure, Outcome, go, programs};

const TARGETS: [&str; 3] = ["scanner", "parser", "checker"];

/// The largest seed in bytes: small inputs are mutated more often.
const SEED_BYTES: u64 = 6000;

/// Runs one target or all of them, each for the given time.
pub fn run(arguments: &[&str]) -> Outcome {
    let (targets, seconds) = match arguments {
        [] => (&TARGETS[..], 600),
        ["--seconds", n] => (&TARGETS[..], number(n)?),
        ["programs", rest @ ..] => return programs::run(rest),
        [target] => (known(target)?, 600),
        [target, "--seconds", n] => (known(target)?, number(n)?),
        _ => return Err(Failure::usage(crate::USAGE)),
    };
    let seeds = target_dir().join("xtask/seeds");
    gather_seeds(&seeds)?;
    for target in targets {
        let corpus = target_dir().join("xtask/corpus").join(target);
        std::fs::create_dir_all(&corpus).map_err(|e| Failure::new(format!("{}: {e}", corpus.display())))?;
        let mut command = Command::new("cargo");
        command.args(["+nightly", "fuzz", "run", "--fuzz-dir", "fuzz", target]).arg(&corpus).arg(&seeds);
        let limit = format!("-max_total_time={seconds}");
        command.args(["--", &limit, "-timeout=10", "-rss_limit_mb=3072", "-detect_leaks=0"]);
        // Interned names, the universe and big constants live as long as the process, by design.
        command.env("ASAN_OPTIONS", "detect_leaks=0");
        must_with(command.current_dir(root()))?;
    }
    Ok(())
}

fn known(target: &str) -> Outcome<&'static [&'static str]> {
    let idx = TARGETS.iter().position(|known| *known == target);
    idx.map(|idx| &TARGETS[idx..=idx])
        .ok_or_else(|| Failure::usage(format!("fuzz targets: {}", TARGETS.join(", "))))
}

fn number(text: &str) -> Outcome<u32> {
    text.parse().map_err(|_| Failure::usage(format!("not a number of seconds: {text}")))
}

/// Copies the small Go files of GOROOT's libraries into one flat folder of the build folder.
fn gather_seeds(seeds: &Path) -> Outcome {
    let failed = |e: std::io::Error| Failure::new(format!("{}: {e}", seeds.display()));
    if seeds.is_dir() {
        return Ok(());
    }
    std::fs::create_dir_all(seeds).map_err(failed)?;
    let mut folders = vec![go::goroot()?.join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            if path.is_dir() && !path.ends_with("testdata") {
                folders.push(path);
            } else if path.extension().is_some_and(|ext| ext == "go") {
                let meta = path.metadata().map_err(failed)?;
                if meta.len() <= SEED_BYTES {
                    let name = path.to_string_lossy().replace('/', "_");
                    std::fs::copy(&path, seeds.join(name)).map_err(failed)?;
                }
            }
        }
    }
    Ok(())
}
