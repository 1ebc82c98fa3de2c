//! `rigo build` and `rigo run`.

use std::process::ExitCode;

use clap::ArgMatches;
use driver::Request;
use driver::build::Built;

use crate::{check, ldflags, progress, report};

/// Writes the executable of the program that the arguments name.
pub fn build(matches: &ArgMatches) -> Result<ExitCode, String> {
    let (built, image) = match image(matches, None)? {
        Image::Program(built, image) => (built, image),
        Image::Packages => return Ok(ExitCode::SUCCESS),
        Image::Wrong => return Ok(ExitCode::from(1)),
    };
    let out = matches.get_one::<String>("o").unwrap_or(&built.name);
    driver::build::write_image(&check::request(matches)?.cwd.join(out), &image)?;
    Ok(ExitCode::SUCCESS)
}

/// Builds a program and runs it.
pub fn run(matches: &ArgMatches) -> Result<ExitCode, String> {
    let words: Vec<String> = matches.get_many("packages").into_iter().flatten().cloned().collect();
    // The program's arguments begin behind the first package, or behind the last file of the first run of files.
    let n_files = words.iter().take_while(|word| word.ends_with(".go")).count();
    let (packages, arguments) = words.split_at(n_files.max(1));
    let (built, image) = match image(matches, Some(packages))? {
        Image::Program(built, image) => (built, image),
        Image::Packages => return Err(format!("package {} is not a main package", packages.join(" "))),
        Image::Wrong => return Ok(ExitCode::from(1)),
    };
    Ok(ExitCode::from(driver::build::run_image(&image, &built.name, arguments)?))
}

/// Where the current folder belongs to no module and the package is given as a folder, that folder's module is meant.
/// The go command has an error here.
fn enter_module(request: &mut Request) {
    let [package] = &request.packages[..] else { return };
    let folder = request.cwd.join(package);
    if folder.is_dir() && driver::find_up(&request.cwd, "go.mod").is_none() {
        request.cwd = folder;
        request.packages = vec![".".into()];
    }
}

/// What a build gives.
enum Image {
    /// An executable.
    Program(Box<Built>, Vec<u8>),
    /// Packages that are no program were compiled.
    Packages,
    /// Something is wrong, and was printed.
    Wrong,
}

/// Builds.
fn image(matches: &ArgMatches, packages: Option<&[String]>) -> Result<Image, String> {
    let mut request = check::request(matches)?;
    if let Some(packages) = packages {
        request.packages = packages.to_vec();
    }
    enter_module(&mut request);
    request.no_opt = matches.get_one::<bool>("N") == Some(&true);
    let given = matches.get_one::<String>("ldflags").map(String::as_str).or(request.env.goflag("ldflags"));
    request.link = ldflags::parse(given.unwrap_or_default())?;
    let mut built = driver::build::build(&request, &progress::line());
    let Some(image) = built.image.take() else {
        let by_files = request.packages.iter().any(|text| text.ends_with(".go"));
        if built.outcome.is_ok() {
            return Ok(Image::Packages);
        }
        report::print(&built.outcome, !by_files);
        return Ok(Image::Wrong);
    };
    Ok(Image::Program(Box::new(built), image))
}
