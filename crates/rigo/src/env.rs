//! `rigo env` and `rigo version`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::ArgMatches;
use driver::{Env, Goroot};

/// Prints variables as rigo reads them: all, or the values of those that are named.
pub fn print_env(matches: &ArgMatches) -> Result<ExitCode, String> {
    let variables = variables()?;
    let names: Vec<&String> = matches.get_many("names").into_iter().flatten().collect();
    let value = |name: &str| {
        let found = variables.iter().find(|(known, _)| *known == name);
        found.map_or("", |(_, value)| value.as_str())
    };
    if matches.get_flag("json") {
        let wanted = variables.iter().filter(|(name, _)| names.is_empty() || names.iter().any(|n| n == name));
        let lines: Vec<String> = wanted.map(|(name, value)| format!("\t{name:?}: {value:?}")).collect();
        println!("{{\n{}\n}}", lines.join(",\n"));
    } else if names.is_empty() {
        variables.iter().for_each(|(name, value)| println!("{name}='{value}'"));
    } else {
        names.iter().for_each(|name| println!("{}", value(name)));
    }
    Ok(ExitCode::SUCCESS)
}

fn variables() -> Result<Vec<(&'static str, String)>, String> {
    let env = Env::of_process();
    let cwd = driver::current_dir()?;
    let target = crate::check::target(None, &env)?;
    let goroot = Goroot::find(&env, None).ok();
    let path = |path: Option<PathBuf>| path.map_or(String::new(), |path| path.display().to_string());
    let var = |name: &str| env.get(name).unwrap_or_default().to_string();
    let go_mod = driver::find_up(&cwd, "go.mod").map(|dir| dir.join("go.mod"));
    let gopath = env.get("GOPATH").map(PathBuf::from).or_else(|| Some(env.home()?.join("go")));
    Ok(vec![
        ("CGO_ENABLED", "0".into()),
        ("GOARCH", target.goarch().into()),
        ("GOEXPERIMENT", var("GOEXPERIMENT")),
        ("GOFLAGS", var("GOFLAGS")),
        ("GOMOD", path(go_mod.or(Some("/dev/null".into())))),
        ("GOMODCACHE", path(env.module_cache())),
        ("GOOS", target.goos().into()),
        ("GOPATH", path(gopath)),
        ("GOROOT", path(goroot.as_ref().map(|goroot| goroot.dir.clone()))),
        ("GOVERSION", goroot.map_or(String::new(), |goroot| goroot.version)),
        ("GOWORK", path(driver::find_workspace(&cwd, &env)?)),
        ("RIGO_THREADS", var("RIGO_THREADS")),
        ("RIGOVERSION", env!("CARGO_PKG_VERSION").into()),
    ])
}

/// Prints the version of rigo and of the standard library it found.
pub fn print_version() -> Result<ExitCode, String> {
    let env = Env::of_process();
    let target = crate::check::target(None, &env)?;
    let std = match Goroot::find(&env, None) {
        Ok(goroot) => format!("standard library of {} in {}", goroot.version, goroot.dir.display()),
        Err(_) => format!("no standard library of {} found", driver::GO_VERSION),
    };
    println!("rigo version {} {target}, {std}", env!("CARGO_PKG_VERSION"));
    Ok(ExitCode::SUCCESS)
}
