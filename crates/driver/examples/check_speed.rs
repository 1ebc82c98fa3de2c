//! Measures the front end for `cargo xtask bench check`.
//!
//! `--list packages...` prints the packages in the order of their imports, one JSON object per line, so that
//! another program can check the same files. Otherwise the packages are checked, and lines, seconds from
//! the first folder read to the last error sorted, peak memory and the number of errors are printed as JSON.

use std::time::Instant;

use driver::{Env, Progress, Request};

fn main() -> Result<(), String> {
    let mut args: Vec<String> = driver::arguments();
    let mut take = |flag: &str| {
        let place = args.iter().position(|arg| arg == flag);
        place.map(|place| args.remove(place)).is_some()
    };
    let list = take("--list");
    let threads = if take("--threads") { Some(args.remove(0)) } else { None };
    let mut request = Request::new(driver::current_dir()?, Env::of_process(), args);
    request.overlay = false;
    request.n_threads = match threads {
        Some(text) => Some(text.parse().map_err(|_| format!("--threads {text}: not a number"))?),
        None => None,
    };
    if list { print_list(&request) } else { measure(&request) }
}

fn measure(request: &Request) -> Result<(), String> {
    let start = Instant::now();
    let outcome = driver::check(request, &Progress::default());
    let seconds = start.elapsed().as_secs_f64();
    let n_errors: usize = outcome.reports.iter().map(|report| report.diagnostics.len()).sum();
    let (lines, errors) = (outcome.n_lines, n_errors + outcome.errors.len());
    println!(
        "{{\"packages\": {}, \"lines\": {lines}, \"seconds\": {seconds:.6}, \"peak_kib\": {}, \"errors\": {errors}}}",
        outcome.n_packages,
        peak_kib()?
    );
    Ok(())
}

/// Returns the most memory that this process had at once, as the system counts it.
fn peak_kib() -> Result<u64, String> {
    let status = std::fs::read_to_string("/proc/self/status")
        .map_err(|error| format!("/proc/self/status: {error}"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
    number.ok_or_else(|| "/proc/self/status has no VmHWM".into())
}

fn print_list(request: &Request) -> Result<(), String> {
    driver::front::run(request, &Progress::default(), |front| {
        for package in &front.loaded.packages {
            let path = |number: usize| &front.loaded.packages[number].path;
            let files = package.files.iter().map(|(id, _)| &front.loaded.files[id.0 as usize].path);
            let files: Vec<String> = files.map(|path| format!("{:?}", path.display().to_string())).collect();
            let imports =
                package.imports.iter().map(|(written, id)| format!("{written:?}: {:?}", path(id.index())));
            let imports: Vec<String> = imports.collect();
            println!(
                "{{\"Path\": {:?}, \"Files\": [{}], \"Imports\": {{{}}}}}",
                package.path,
                files.join(", "),
                imports.join(", ")
            );
        }
    })
    .map(|_| ())
    .map_err(|outcome| outcome.errors.join("\n"))
}
