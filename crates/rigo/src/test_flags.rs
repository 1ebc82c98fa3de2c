//! The flags of `rigo test`: which are for the build, which for the test program. `go help testflag`.

use std::path::PathBuf;
use std::time::Duration;

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
}

/// Flags that the test program takes, without `test.`; whether they stand alone.
const PROGRAM: &[(&str, bool)] = &[
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
const OWN: &[(&str, bool)] =
    &[("c", true), ("o", false), ("json", true), ("exec", false), ("p", false), ("vet", false)];

/// Flags of `go test` that are not there yet.
const MISSING: &[&str] = &["race", "msan", "asan", "cover", "covermode", "coverpkg", "coverprofile", "i"];

impl TestFlags {
    /// Takes the flags of tests out of `args`, which follow the word `test`; `is_build_flag` says which of the others the
    /// build knows, and whether they stand alone. An unknown flag ends the packages: it and what follows are the program's.
    pub fn take(
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
        };
        let mut timeout = Duration::from_secs(600);
        let mut rest = Vec::new();
        let mut behind = Vec::new();
        let mut args = args.into_iter();
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
                    _ => {}
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
        flags.kill_after = (!timeout.is_zero()).then(|| timeout + Duration::from_secs(60));
        flags.program.extend(behind);
        Ok((flags, rest))
    }

    fn own(&mut self, name: &str, value: String) -> Result<(), String> {
        let on = value != "false";
        match name {
            "c" => self.compile_only = on,
            "o" => self.out = Some(value.into()),
            "json" => self.json = on,
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
        TestFlags::take(args, |name| (name == "tags").then_some(false)).expect("the flags are right")
    }

    #[test]
    fn flags_find_their_reader() {
        let (flags, rest) = take("-v -tags a,b ./... -run X -count=2 --timeout 1m30s -own -v z");
        assert_eq!(rest, ["--tags=a,b", "./..."]);
        let program =
            "-test.paniconexit0 -test.v=true -test.run=X -test.count=2 -test.timeout=1m30s -own -v z";
        assert_eq!(flags.program.join(" "), program);
        assert_eq!(flags.kill_after, Some(Duration::from_secs(150)));
        let (flags, rest) = take("-json -timeout 0 p -args -x");
        assert_eq!(flags.program, ["-test.paniconexit0", "-test.v=test2json", "-test.timeout=0s", "-x"]);
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
