//! In which order packages are checked.
//!
//! Phase 1 of a package can begin when phase 1 of its imports is done. The longest chain of such steps
//! bounds the time that any number of threads needs, so packages at the bottom of long chains come first,
//! and phase 2, for which nobody waits, fills what is left, large packages first.

use crate::pool::Graph;

/// What a package needs, for the schedule.
#[derive(Clone, Debug)]
pub struct Unit {
    /// Numbers of the packages it imports, all smaller than its own.
    pub imports: Vec<u32>,
    /// How much work it is.
    pub bytes: u64,
}

/// A step: a phase of a package.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// Phase 1.
    Declare(u32),
    /// Phase 2.
    Bodies(u32),
}

/// Returns the steps in order of priority, and what each waits for.
pub fn schedule(units: &[Unit]) -> (Vec<Step>, Graph) {
    let chains = chains(units);
    let mut declare: Vec<u32> = (0..units.len() as u32).collect();
    declare.sort_by_key(|unit| (std::cmp::Reverse(chains[*unit as usize]), *unit));
    let mut bodies = declare.clone();
    bodies.sort_by_key(|unit| (std::cmp::Reverse(units[*unit as usize].bytes), *unit));

    let mut place = vec![0; units.len()];
    declare.iter().enumerate().for_each(|(idx, unit)| place[*unit as usize] = idx);
    let mut graph = Graph::new(2 * units.len());
    for &unit in &declare {
        for import in &units[unit as usize].imports {
            graph.after(place[unit as usize], place[*import as usize]);
        }
    }
    for (idx, &unit) in bodies.iter().enumerate() {
        graph.after(units.len() + idx, place[unit as usize]);
    }
    let steps = declare.into_iter().map(Step::Declare).chain(bodies.into_iter().map(Step::Bodies));
    (steps.collect(), graph)
}

/// Returns for each package the work on the longest chain from it up to a package that nobody imports.
fn chains(units: &[Unit]) -> Vec<u64> {
    let mut chains: Vec<u64> = units.iter().map(|unit| unit.bytes).collect();
    for (number, unit) in units.iter().enumerate().rev() {
        for &import in &unit.imports {
            let through = chains[number] + units[import as usize].bytes;
            let chain = &mut chains[import as usize];
            *chain = (*chain).max(through);
        }
    }
    chains
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_chains_come_first() {
        let unit = |imports: &[u32], bytes| Unit { imports: imports.to_vec(), bytes };
        // 0 <- 2 <- 3, and 1 alone.
        let units = [unit(&[], 1), unit(&[], 2), unit(&[0], 5), unit(&[2], 1)];
        let (steps, _) = schedule(&units);
        assert_eq!(steps[..4], [Step::Declare(0), Step::Declare(2), Step::Declare(1), Step::Declare(3)]);
        assert_eq!(steps[4..], [Step::Bodies(2), Step::Bodies(1), Step::Bodies(0), Step::Bodies(3)]);
    }

    #[test]
    fn every_step_runs() {
        let units = vec![Unit { imports: vec![], bytes: 1 }; 3];
        let (steps, graph) = schedule(&units);
        let n_run = std::sync::atomic::AtomicUsize::new(0);
        crate::pool::run(2, &graph, &|_| {
            n_run.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        });
        assert_eq!(n_run.into_inner(), steps.len());
    }
}
