//! `rigo doctor` and `rigo clean`.

use std::process::ExitCode;

use clap::ArgMatches;
use driver::{Env, Request};

/// Prints what a build needs and what of it is there; the exit status is 1 when something needed is not.
pub fn examine() -> Result<ExitCode, String> {
    let env = Env::of_process();
    let findings = driver::doctor::examine(&env, crate::check::target(None, &env)?);
    for finding in &findings {
        match (&finding.state, finding.is_needed) {
            (Ok(state), _) => println!("ok       {}: {state}", finding.what),
            (Err(state), true) => println!("MISSING  {}: {state}", finding.what),
            (Err(state), false) => println!("absent   {}: {state}", finding.what),
        }
    }
    let is_sound = findings.iter().all(|finding| finding.state.is_ok() || !finding.is_needed);
    Ok(if is_sound { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Removes executables, or the module cache.
pub fn clean(matches: &ArgMatches) -> Result<ExitCode, String> {
    let env = Env::of_process();
    let cleaned = if matches.get_flag("modcache") {
        driver::clean::module_cache(&env).map_err(|error| vec![error])
    } else {
        let packages = matches.get_many("packages").into_iter().flatten().cloned().collect();
        driver::clean::executables(&Request::new(driver::current_dir()?, env, packages))
    };
    let errors = cleaned.err().unwrap_or_default();
    errors.iter().for_each(|error| eprintln!("{error}"));
    Ok(if errors.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}
