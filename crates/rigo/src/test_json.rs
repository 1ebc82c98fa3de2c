//! What a test program prints, as events in JSON. `go doc test2json` has the form, which tools read.
//!
//! The program is run with `-test.v=test2json`: it then marks the lines that are its own with a byte 0x16, so that nothing
//! a test prints is taken for one of them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Turns one package's output into events, one line each.
pub struct Converter {
    package: String,
    /// The test that what follows belongs to; empty for the package.
    test: String,
    /// Results of tests, outer before inner, that are told when what belongs to them has been printed.
    reports: Vec<Report>,
    /// Only marked lines count: one has been seen.
    needs_mark: bool,
    skipped: bool,
    /// What has come of the current line.
    line: Vec<u8>,
}

struct Report {
    action: String,
    test: String,
    seconds: Option<f64>,
}

const MARK: u8 = 0x16;

/// What begins the lines that tell of a test's course.
const UPDATES: &[&str] =
    &["=== RUN   ", "=== PAUSE ", "=== CONT  ", "=== NAME  ", "=== PASS  ", "=== FAIL  ", "=== SKIP  "];

/// What begins the lines that tell how a test ended.
const REPORTS: &[&str] = &["--- PASS: ", "--- FAIL: ", "--- SKIP: ", "--- BENCH: "];

impl Converter {
    /// Makes a converter for a package's tests.
    pub fn new(package: &str) -> Converter {
        Converter {
            package: package.into(),
            test: String::new(),
            reports: Vec::new(),
            needs_mark: false,
            skipped: false,
            line: Vec::new(),
        }
    }

    /// The tests begin.
    pub fn start(&self, out: &mut Vec<u8>) {
        self.event("start", "", None, None, out);
    }

    /// Takes output; whole lines become events.
    pub fn write(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.line.extend(part);
            if part.ends_with(b"\n") {
                let line = std::mem::take(&mut self.line);
                self.take_line(&String::from_utf8_lossy(&line), out);
            }
        }
    }

    /// The tests have ended.
    pub fn finish(&mut self, failed: bool, seconds: f64, out: &mut Vec<u8>) {
        let line = std::mem::take(&mut self.line);
        if !line.is_empty() {
            self.take_line(&String::from_utf8_lossy(&line), out);
        }
        self.flush(0, out);
        let action = match (failed, self.skipped) {
            (true, _) => "fail",
            (false, true) => "skip",
            (false, false) => "pass",
        };
        self.event(action, "", Some((seconds * 1000.0).round() / 1000.0), None, out);
    }

    fn take_line(&mut self, text: &str, out: &mut Vec<u8>) {
        // A mark may follow text that a test printed without ending its line.
        if let Some(at) = text.bytes().position(|byte| byte == MARK).filter(|at| *at > 0) {
            self.output(&text[..at], out);
            return self.take_line(&text[at..], out);
        }
        let marked = text.as_bytes()[0] == MARK;
        let whole = text.trim_start_matches(char::from(MARK));
        if self.needs_mark && !marked {
            return self.output(whole, out);
        }
        let line = whole.trim_end_matches(['\n', '\r']);
        let is_end =
            line == "PASS" || line == "FAIL" || line.starts_with("FAIL\t") || line.starts_with("FAIL:");
        if is_end || line.starts_with("*** Test killed") {
            self.flush(0, out);
            self.needs_mark = marked;
            return self.output(whole, out);
        }
        if line.starts_with("?   \t") && line.ends_with("\t[no test files]") {
            self.skipped = true;
        }
        if let Some(prefix) = UPDATES.iter().find(|prefix| line.starts_with(**prefix)) {
            self.needs_mark = marked;
            self.flush(0, out);
            self.test = line[prefix.len()..].trim().into();
            let action = prefix[4..].trim().to_lowercase();
            match action.as_str() {
                // It only says whose the following output is.
                "name" => {}
                "pause" => {
                    self.output(whole, out);
                    self.event(&action, &self.test, None, None, out);
                }
                _ => {
                    self.event(&action, &self.test, None, None, out);
                    self.output(whole, out);
                }
            }
            return;
        }
        let inner = line.trim_start_matches("    ");
        let depth = (line.len() - inner.len()) / 4;
        let prefix = REPORTS.iter().find(|prefix| inner.starts_with(**prefix));
        let Some(prefix) = prefix.filter(|_| depth <= self.reports.len()) else {
            // Indented output belongs to the result above it.
            if depth > 0 && depth <= self.reports.len() {
                self.test = self.reports[depth - 1].test.clone();
            }
            return self.output(whole, out);
        };
        self.needs_mark = marked;
        self.flush(depth, out);
        let rest = inner[prefix.len()..].trim();
        let (name, time) =
            rest.split_once(" (").map_or((rest, None), |(name, time)| (name, time.strip_suffix("s)")));
        let action = prefix[4..].trim_end_matches(": ").to_lowercase();
        self.test = name.into();
        self.reports.push(Report {
            action,
            test: name.into(),
            seconds: time.and_then(|time| time.parse().ok()),
        });
        self.output(whole, out);
    }

    /// Tells the results of tests at this depth and below.
    fn flush(&mut self, depth: usize, out: &mut Vec<u8>) {
        self.test.clear();
        while self.reports.len() > depth {
            let Report { action, test, seconds } = self.reports.pop().expect("there are more");
            self.event(&action, &test, seconds, None, out);
        }
    }

    fn output(&self, text: &str, out: &mut Vec<u8>) {
        self.event("output", &self.test, None, Some(text), out);
    }

    fn event(&self, action: &str, test: &str, seconds: Option<f64>, output: Option<&str>, out: &mut Vec<u8>) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let mut text = format!(
            "{{\"Time\":\"{}\",\"Action\":{},\"Package\":{}",
            time(now),
            quote(action),
            quote(&self.package)
        );
        if !test.is_empty() {
            text += &format!(",\"Test\":{}", quote(test));
        }
        if let Some(seconds) = seconds {
            text += &format!(",\"Elapsed\":{seconds}");
        }
        if let Some(output) = output {
            text += &format!(",\"Output\":{}", quote(output));
        }
        out.extend((text + "}\n").into_bytes());
    }
}

/// A string in JSON, with the characters escaped that Go's encoder escapes.
fn quote(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted += "\\\"",
            '\\' => quoted += "\\\\",
            '\n' => quoted += "\\n",
            '\r' => quoted += "\\r",
            '\t' => quoted += "\\t",
            '\u{8}' => quoted += "\\b",
            '\u{c}' => quoted += "\\f",
            c if c < ' ' || "<>&\u{2028}\u{2029}".contains(c) => quoted += &format!("\\u{:04x}", c as u32),
            c => quoted.push(c),
        }
    }
    quoted + "\""
}

/// A time since 1970 in UTC, as RFC 3339 has it. Days to dates: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
fn time(since: Duration) -> String {
    let seconds = since.as_secs();
    let (days, second) = (seconds / 86_400 + 719_468, seconds % 86_400);
    let (era, day) = (days / 146_097, days % 146_097);
    let year_of_era = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day_of_year = day - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    format!(
        "{year:04}-{month:02}-{:02}T{:02}:{:02}:{:02}.{:09}Z",
        day_of_year - (153 * shifted + 2) / 5 + 1,
        second / 3600,
        second / 60 % 60,
        second % 60,
        since.subsec_nanos()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_events() {
        let mut converter = Converter::new("p");
        let mut out = Vec::new();
        converter.write(
            b"\x16=== RUN   TestA\nhello\n\x16=== RUN   TestA/b\n    --- PASS: no\nx\x16--- PASS: TestA (0.01s)\n\
              \x16    --- PASS: TestA/b (0.00s)\n\x16PASS\nok  \tp\t0.1s\n",
            &mut out,
        );
        converter.finish(false, 0.1, &mut out);
        let text = String::from_utf8(out).expect("JSON is text");
        let events: Vec<&str> =
            text.lines().map(|line| line.split_once("\"Action\":").expect("every event has one").1).collect();
        assert_eq!(
            events,
            [
                r#""run","Package":"p","Test":"TestA"}"#,
                r#""output","Package":"p","Test":"TestA","Output":"=== RUN   TestA\n"}"#,
                r#""output","Package":"p","Test":"TestA","Output":"hello\n"}"#,
                r#""run","Package":"p","Test":"TestA/b"}"#,
                r#""output","Package":"p","Test":"TestA/b","Output":"=== RUN   TestA/b\n"}"#,
                r#""output","Package":"p","Test":"TestA/b","Output":"    --- PASS: no\n"}"#,
                r#""output","Package":"p","Test":"TestA/b","Output":"x"}"#,
                r#""output","Package":"p","Test":"TestA","Output":"--- PASS: TestA (0.01s)\n"}"#,
                r#""output","Package":"p","Test":"TestA/b","Output":"    --- PASS: TestA/b (0.00s)\n"}"#,
                r#""pass","Package":"p","Test":"TestA/b","Elapsed":0}"#,
                r#""pass","Package":"p","Test":"TestA","Elapsed":0.01}"#,
                r#""output","Package":"p","Output":"PASS\n"}"#,
                r#""output","Package":"p","Output":"ok  \tp\t0.1s\n"}"#,
                r#""pass","Package":"p","Elapsed":0.1}"#,
            ]
        );
    }

    #[test]
    fn times_are_dates() {
        assert_eq!(time(Duration::from_secs(951_782_400)), "2000-02-29T00:00:00.000000000Z");
        assert_eq!(time(Duration::new(1_795_303_999, 5)), "2026-11-21T23:33:19.000000005Z");
    }
}
