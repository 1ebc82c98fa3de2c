//! Programs of `tests/run`: what they print and how they end is what gc's binary prints and how it ends, optimised
//! or not, and with both families of waiting.
//!
//! `NAME.out` holds the standard output, the standard error and the exit status. `RIGO_BLESS=1` writes it from gc;
//! `RIGO_RUN=TEXT` takes only the programs whose name contains the text. Of a report of a panic the lines from
//! `goroutine` on are left out: they hold addresses.

mod programs;

#[test]
fn programs_behave_as_those_of_gc() {
    programs::check_all("linux/amd64", &[]);
}
