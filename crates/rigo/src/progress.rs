//! The progress line, on terminals, for requests that take more than half a second.

use std::io::IsTerminal;

use driver::{Progress, Stage};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Makes the counters of a request; they draw a line where there is a terminal to draw it on.
pub fn line() -> Progress {
    if !std::io::stderr().is_terminal() {
        return Progress::default();
    }
    let line = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::hidden());
    let style = ProgressStyle::with_template("{spinner} {msg} {pos}/{len} [{elapsed}]");
    line.set_style(style.expect("the template is well formed"));
    // The bar clears itself when the counters are dropped, before anything is reported.
    let line = Erased(line);
    Progress::new(move |stage, done, total| {
        let line = &line.0;
        line.set_message(match stage {
            Stage::Load => "finding packages",
            Stage::Parse => "parsing files",
            Stage::Check => "checking packages",
        });
        line.set_length(total as u64);
        line.set_position(done as u64);
        if line.is_hidden() {
            line.set_draw_target(ProgressDrawTarget::stderr());
        }
        line.tick();
    })
}

/// A line that is wiped when it is no longer needed.
struct Erased(ProgressBar);

impl Drop for Erased {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
