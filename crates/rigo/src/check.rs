//! `rigo check`.

use std::process::ExitCode;

use clap::ArgMatches;
use driver::{Env, GoVersion, Request, Tests};
use target::Target;

use crate::{progress, report};

/// Checks the packages that the arguments name and prints what is wrong.
pub fn run(matches: &ArgMatches) -> Result<ExitCode, String> {
    let request = request(matches)?;
    let outcome = driver::check(&request, &progress::line());
    let by_files = request.packages.iter().any(|text| text.ends_with(".go"));
    report::print(&outcome, !by_files);
    Ok(if outcome.is_ok() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Reads the flags into a request.
pub fn request(matches: &ArgMatches) -> Result<Request, String> {
    let text = |name: &str| matches.get_one::<String>(name).map(String::as_str);
    let on = |name: &str| matches.get_one::<bool>(name) == Some(&true);
    let mut env = Env::of_process();
    let mut cwd = driver::current_dir()?;
    if let Some(dir) = text("C") {
        cwd = cwd.join(dir).canonicalize().map_err(|error| format!("-C {dir}: {error}"))?;
    }
    if let Some(mode) = text("mod") {
        let flags = format!("{} -mod={mode}", env.get("GOFLAGS").unwrap_or_default());
        env.set("GOFLAGS", &flags);
    }
    let tags = text("tags").map(str::to_string).or_else(|| env.goflag("tags")).unwrap_or_default();
    let tags = tags.split([',', ' ']).filter(|tag| !tag.is_empty()).map(str::to_string).collect();
    let packages = matches.get_many("packages").into_iter().flatten().cloned().collect();
    let target = target(text("target"), &env)?;
    Ok(Request {
        target,
        tags,
        lang: text("lang").map(GoVersion::parse_lang).transpose()?,
        overlay: text("overlay") != Some("off"),
        tests: if on("tests") { Tests::Check } else { Tests::No },
        goroot: text("goroot").map(|dir| cwd.join(dir)),
        complete: on("complete"),
        all_errors: on("e"),
        any_internal: on("allow-internal"),
        n_threads: matches.get_one("threads").copied(),
        ..Request::new(cwd, env, packages)
    })
}

/// Returns the target: the flag's, or that of GOOS and GOARCH, each this machine's by default.
pub fn target(flag: Option<&str>, env: &Env) -> Result<Target, String> {
    if let Some(text) = flag {
        return text.parse();
    }
    let arch = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    };
    format!("{}/{}", env.get("GOOS").unwrap_or("linux"), env.get("GOARCH").unwrap_or(arch)).parse()
}
