//! The flags of `rigo test`: which are for the build, which for the test program. `go help testflag`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use driver::{Cover, CoverMode};

/// What the command line of `rigo test` says beside what is built.
#[derive(Clone, Debug)]
pub struct TestFlags {
    /// Arguments of the test program.
    pub program: Vec<String>,
    /// `-c`: build only.
    pub compile_only: bool,
    /// `-o`
    pub out: Option<PathBuf>,
    /// `-json`
    pub json: bool,
    /// `-v`
    pub verbose: bool,
    /// `-list`
    pub lists: bool,
    /// `-bench` with a pattern.
    pub has_bench: bool,
    /// The words of `-exec`, in front of the program.
    pub exec: Vec<String>,
    /// `-p`
    pub n_packages_at_once: usize,
    /// When a test program that does not heed its own time-out is ended.
    pub kill_after: Option<Duration>,
    /// `-fuzz` with a pattern.
    pub fuzzes: bool,
    /// `-failfast`
    pub fail_fast: bool,
    /// A flag that asks for a profile or a trace of one package.
    pub profile: Option<&'static str>,
    /// `-outputdir`
    pub output_dir: Option<PathBuf>,
    /// `-cover` and what implies it.
    pub cover: Option<CoverFlags>,
}

/// The flags of coverage.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct CoverFlags {
    /// `-covermode`
    pub mode: Option<CoverMode>,
    /// `-coverpkg`
    pub patterns: Option<Vec<String>>,
    /// `-coverprofile`
    pub profile: Option<String>,
}

impl CoverFlags {
    /// Returns what the build is asked for.
    pub fn of_build(&self, cwd: &Path) -> Cover {
        let mode = self.mode.unwrap_or(CoverMode::Set);
        Cover { mode, patterns: self.patterns.clone(), cwd: cwd.to_path_buf() }
    }

    /// Takes a flag; each but `-cover=false` asks for coverage.
    pub fn set(flags: &mut Option<CoverFlags>, name: &str, value: &str) -> Result<(), String> {
        if name == "cover" {
            match is_on(name, value)? {
                true => drop(flags.get_or_insert_default()),
                false => *flags = None,
            }
            return Ok(());
        }
        let flags = flags.get_or_insert_default();
        match name {
            "covermode" if value.is_empty() => flags.mode = None,
            "covermode" => {
                let modes = [CoverMode::Set, CoverMode::Count, CoverMode::Atomic];
                let mode = modes.into_iter().find(|mode| mode.name() == value);
                flags.mode =
                    Some(mode.ok_or_else(|| {
                        format!("invalid value {value:?} for flag -covermode: valid modes are \"set\", \"count\", or \"atomic\"")
                    })?);
            }
            "coverpkg" => {
                flags.patterns = (!value.is_empty()).then(|| value.split(',').map(str::to_string).collect());
            }
            _ => flags.profile = (!value.is_empty()).then(|| value.into()),
        }
        Ok(())
    }
}

/// Reads the value of a flag that is on or off, as Go's `strconv.ParseBool`.
fn is_on(name: &str, value: &str) -> Result<bool, String> {
    match value {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(false),
        _ => Err(format!("invalid boolean value {value:?} for -{name}: parse error")),
    }
}

/// Flags that the test program takes, without `test.`; whether they stand alone.
const PROGRAM: &[(&str, bool)] = &[
    ("artifacts", true),
    ("bench", false),
    ("benchmem", true),
    ("benchtime", false),
    ("blockprofile", false),
    ("blockprofilerate", false),
    ("count", false),
    ("cpu", false),
    ("cpuprofile", false),
    ("failfast", true),
    ("fullpath", true),
    ("fuzz", false),
    ("fuzzminimizetime", false),
    ("fuzztime", false),
    ("list", false),
    ("memprofile", false),
    ("memprofilerate", false),
    ("mutexprofile", false),
    ("mutexprofilefraction", false),
    ("outputdir", false),
    ("parallel", false),
    ("run", false),
    ("short", true),
    ("shuffle", false),
    ("skip", false),
    ("timeout", false),
    ("trace", false),
    ("v", true),
];

/// Flags that only `rigo test` reads; whether they stand alone.
const OWN: &[(&str, bool)] = &[
    ("c", true),
    ("o", false),
    ("json", true),
    ("exec", false),
    ("p", false),
    ("vet", false),
    ("cover", true),
    ("covermode", false),
    ("coverpkg", false),
    ("coverprofile", false),
];

/// Flags of the program that ask for a profile, which is one package's.
const PROFILES: &[&str] = &["blockprofile", "cpuprofile", "memprofile", "mutexprofile", "trace"];

/// Flags of `go test` that are not there.
const MISSING: &[&str] = &["race", "msan", "asan"];

impl TestFlags {
    /// Takes the flags of tests out of `args`, which follow the word `test`, and of GOFLAGS, which come first; `is_build_flag` says which of the others the
    /// build knows, and whether they stand alone. An unknown flag ends the packages: it and what follows are the program's.
    pub fn take(
        goflags: &[String],
        args: Vec<String>,
        is_build_flag: impl Fn(&str) -> Option<bool>,
    ) -> Result<(TestFlags, Vec<String>), String> {
        let n_threads = std::thread::available_parallelism().map_or(1, usize::from);
        let mut flags = TestFlags {
            program: Vec::new(),
            compile_only: false,
            out: None,
            json: false,
            verbose: false,
            lists: false,
            has_bench: false,
            exec: Vec::new(),
            n_packages_at_once: n_threads,
            kill_after: None,
            fuzzes: false,
            fail_fast: false,
            profile: None,
            output_dir: None,
            cover: None,
        };
        let mut timeout = Duration::from_secs(600);
        let mut rest = Vec::new();
        let mut behind = Vec::new();
        let mut needs_output_dir = false;
        let is_of_tests = |flag: &&String| {
            let name = flag.trim_start_matches('-').split('=').next().unwrap_or_default();
            OWN.iter().chain(PROGRAM).any(|(known, _)| *known == name.strip_prefix("test.").unwrap_or(name))
        };
        let of_env: Vec<String> = goflags.iter().filter(is_of_tests).cloned().collect();
        let mut args = of_env.into_iter().chain(args);
        while let Some(arg) = args.next() {
            let text = arg.trim_start_matches('-');
            if arg == "-args" || arg == "--args" {
                behind.extend(args);
                break;
            }
            if !arg.starts_with('-') || text.is_empty() {
                rest.push(arg);
                continue;
            }
            let (name, value) =
                text.split_once('=').map_or((text, None), |(name, value)| (name, Some(value)));
            let name = name.strip_prefix("test.").unwrap_or(name).to_string();
            let find =
                |list: &[(&str, bool)]| list.iter().find(|(flag, _)| *flag == name).map(|(_, alone)| *alone);
            let (own, program) = (find(OWN), find(PROGRAM));
            if MISSING.contains(&name.as_str()) {
                return Err(format!("-{name} is not supported yet"));
            }
            let Some(alone) = own.or(program).or_else(|| is_build_flag(&name)) else {
                behind.push(arg);
                behind.extend(args);
                break;
            };
            let value = match value {
                Some(value) => value.to_string(),
                None if alone => "true".into(),
                None => args.next().ok_or_else(|| format!("flag needs an argument: -{name}"))?,
            };
            if own.is_some() {
                flags.own(&name, value)?;
            } else if program.is_some() {
                match name.as_str() {
                    "timeout" => {
                        timeout = parse_duration(&value).ok_or_else(|| {
                            format!("invalid value {value:?} for flag -timeout: parse error")
                        })?;
                        continue;
                    }
                    "v" => flags.verbose = value != "false",
                    "list" => flags.lists = true,
                    "bench" => flags.has_bench = !value.is_empty(),
                    "fuzz" => flags.fuzzes = !value.is_empty(),
                    "failfast" => flags.fail_fast = is_on(&name, &value)?,
                    "artifacts" => needs_output_dir |= is_on(&name, &value)?,
                    "outputdir" => {
                        flags.output_dir = Some(value.into());
                        continue;
                    }
                    "shuffle" => check_shuffle(&value)?,
                    "count" | "parallel" => check_int(&name, &value)?,
                    _ => {}
                }
                if let Some(profile) = PROFILES.iter().find(|profile| **profile == name && !value.is_empty())
                {
                    flags.profile.get_or_insert(profile);
                    needs_output_dir = true;
                }
                flags.program.push(format!("-test.{name}={value}"));
            } else {
                rest.push(format!("--{name}={value}"));
            }
        }
        if flags.json {
            flags.program.retain(|flag| !flag.starts_with("-test.v="));
            flags.program.push("-test.v=test2json".into());
        }
        // A test program that calls os.Exit(0) has not passed. The time-out comes from outside so that it can be named.
        flags.program.insert(0, "-test.paniconexit0".into());
        flags.program.push(format!("-test.timeout={}", duration(timeout)));
        // Fuzzing and benchmarks may last as long as they like.
        let is_watched = !timeout.is_zero() && !flags.fuzzes && !flags.has_bench;
        flags.kill_after = is_watched.then(|| timeout + (timeout / 10).max(Duration::from_secs(60)));
        if needs_output_dir || flags.output_dir.is_some() {
            // The program runs in the folder of its package: profiles go where the command was called.
            let dir = flags.output_dir.take().unwrap_or_default();
            let here = std::path::absolute(Path::new(".").join(dir)).map_err(|error| error.to_string())?;
            flags.program.push(format!("-test.outputdir={}", here.display()));
            flags.output_dir = Some(here);
        }
        flags.check()?;
        flags.program.extend(behind);
        Ok((flags, rest))
    }

    /// What is said if there are several packages and a flag is for one.
    pub fn only_one(&self) -> Option<String> {
        let flag = if self.fuzzes { Some("fuzz") } else { self.profile };
        flag.map(|flag| format!("cannot use -{flag} flag with multiple packages"))
    }

    /// Refuses what does not go together.
    fn check(&self) -> Result<(), String> {
        let has_cover_profile = self.cover.as_ref().is_some_and(|cover| cover.profile.is_some());
        match self.profile {
            _ if self.fuzzes && has_cover_profile => {
                Err("cannot use -coverprofile flag with -fuzz flag".into())
            }
            Some(profile) if self.fuzzes => Err(format!("cannot use -{profile} flag with -fuzz flag")),
            _ => Ok(()),
        }
    }

    fn own(&mut self, name: &str, value: String) -> Result<(), String> {
        let on = value != "false";
        match name {
            "c" => self.compile_only = on,
            "o" => self.out = Some(value.into()),
            "json" => self.json = on,
            "cover" | "covermode" | "coverpkg" | "coverprofile" => {
                CoverFlags::set(&mut self.cover, name, &value)?;
            }
            "exec" => self.exec = value.split_whitespace().map(str::to_string).collect(),
            "p" => {
                let number = value.parse().ok().filter(|n| *n > 0);
                self.n_packages_at_once =
                    number.ok_or_else(|| format!("invalid value {value:?} for flag -p: parse error"))?;
            }
            // There is no vet to switch off.
            _ => {}
        }
        Ok(())
    }

    /// What passing tests print is shown.
    pub fn shows_pass(&self) -> bool {
        self.verbose || self.lists
    }
}

fn check_shuffle(value: &str) -> Result<(), String> {
    if matches!(value, "on" | "off") || value.parse::<i64>().is_ok() {
        return Ok(());
    }
    Err(format!(
        "invalid value {value:?} for flag -shuffle: -shuffle argument must be \"on\", \"off\", or an int64: \
         strconv.ParseInt: parsing {value:?}: invalid syntax"
    ))
}

fn check_int(name: &str, value: &str) -> Result<(), String> {
    value
        .parse::<i64>()
        .map(drop)
        .map_err(|_| format!("invalid value {value:?} for flag -{name}: parse error"))
}

/// Reads a duration as `time.ParseDuration` does: `1h2m3.5s`.
fn parse_duration(text: &str) -> Option<Duration> {
    if text == "0" {
        return Some(Duration::ZERO);
    }
    let mut total = 0.0;
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c: char| c != '.' && !c.is_ascii_digit())?;
        let number: f64 = rest[..end].parse().ok()?;
        rest = &rest[end..];
        let units =
            [("ns", 1e-9), ("us", 1e-6), ("µs", 1e-6), ("ms", 1e-3), ("s", 1.0), ("m", 60.0), ("h", 3600.0)];
        let (unit, seconds) = units.iter().find(|(unit, _)| {
            rest.strip_prefix(unit).is_some_and(|rest| rest.chars().next().is_none_or(|c| c.is_ascii_digit()))
        })?;
        total += number * seconds;
        rest = &rest[unit.len()..];
    }
    (!text.is_empty()).then(|| Duration::from_secs_f64(total))
}

/// Writes a duration as Go does, in whole milliseconds: `10m0s`, `1.5s`.
pub fn duration(time: Duration) -> String {
    let millis = time.as_millis();
    let (hours, minutes) = (millis / 3_600_000, millis / 60_000 % 60);
    let seconds = format!("{}.{:03}", millis / 1000 % 60, millis % 1000);
    let seconds = seconds.trim_end_matches('0').trim_end_matches('.');
    match (hours, minutes) {
        (0, 0) => format!("{seconds}s"),
        (0, minutes) => format!("{minutes}m{seconds}s"),
        (hours, minutes) => format!("{hours}h{minutes}m{seconds}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(args: &str) -> (TestFlags, Vec<String>) {
        let args = args.split_whitespace().map(str::to_string).collect();
        TestFlags::take(&["-short".into(), "-trimpath".into()], args, |name| {
            (name == "tags").then_some(false)
        })
        .expect("the flags are right")
    }

    #[test]
    fn flags_find_their_reader() {
        let (flags, rest) = take("-v -tags a,b ./... -run X -count=2 --timeout 1m30s -own -v z");
        assert_eq!(rest, ["--tags=a,b", "./..."]);
        let program = "-test.paniconexit0 -test.short=true -test.v=true -test.run=X -test.count=2 -test.timeout=1m30s -own -v z";
        assert_eq!(flags.program.join(" "), program);
        assert_eq!(flags.kill_after, Some(Duration::from_secs(150)));
        let (flags, rest) = take("-json -timeout 0 p -args -x");
        assert_eq!(
            flags.program,
            ["-test.paniconexit0", "-test.short=true", "-test.v=test2json", "-test.timeout=0s", "-x"]
        );
        assert_eq!((rest, flags.kill_after), (vec!["p".to_string()], None));
    }

    #[test]
    fn durations_as_go_writes_them() {
        for (text, again) in [("10m", "10m0s"), ("1.5s", "1.5s"), ("1h2m3s", "1h2m3s"), ("300ms", "0.3s")] {
            assert_eq!(duration(parse_duration(text).expect("it is a duration")), again);
        }
        assert_eq!(parse_duration("5"), None);
        assert_eq!(parse_duration(""), None);
    }
}
