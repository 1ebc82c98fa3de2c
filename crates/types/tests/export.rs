//! Export data of the standard library: what is written reads back equal, and serves importers as the sources do.

mod support;

use support::Std;
use types::export::{export, import};
use types::{Arenas, FIRST, Session};

fn with_std(test: fn(&[types::Input])) {
    let mut std = Std::list("amd64");
    support::on_large_stack(move || {
        let all: Vec<String> = std.packages.iter().map(|pkg| pkg.path.clone()).collect();
        test(&std.std_inputs(&all));
    });
}

/// Declares all packages from their sources and returns their export data.
fn export_all(inputs: &[types::Input]) -> Vec<Vec<u8>> {
    let mut arenas = Arenas::new(inputs.len());
    let session = Session::new(target::Target::LINUX_AMD64, inputs, &mut arenas);
    let all = FIRST..FIRST + inputs.len() as u32;
    let declared: Vec<_> = all.clone().map(|index| session.declare(index)).collect();
    drop(declared);
    all.map(|index| export(session, &session.packages[index as usize])).collect()
}

#[test]
fn std_reads_back_equal() {
    with_std(|inputs| {
        let exported = export_all(inputs);
        let mut arenas = Arenas::new(inputs.len());
        let session = Session::new(target::Target::LINUX_AMD64, inputs, &mut arenas);
        for (index, bytes) in (FIRST..).zip(&exported) {
            import(session, index, bytes)
                .unwrap_or_else(|err| panic!("{}: {err}", session.packages[index as usize].path));
        }
        for (index, bytes) in (FIRST..).zip(&exported) {
            let pkg = &session.packages[index as usize];
            assert!(export(session, pkg) == *bytes, "{} differs", pkg.path);
        }
        println!("{} bytes", exported.iter().map(Vec::len).sum::<usize>());
    });
}

#[test]
fn half_of_std_is_checked_against_export_data_of_the_other_half() {
    with_std(|inputs| {
        let exported = export_all(inputs);
        for odd in [0, 1] {
            let mut arenas = Arenas::new(inputs.len());
            let session = Session::new(target::Target::LINUX_AMD64, inputs, &mut arenas);
            let mut declared = Vec::new();
            for (index, bytes) in (FIRST..).zip(&exported) {
                if index % 2 == odd {
                    declared.push(session.declare(index));
                } else {
                    import(session, index, bytes).unwrap();
                }
            }
            for declared in declared {
                let checked = session.check_bodies(declared);
                assert!(checked.diagnostics.is_empty(), "{}: {:?}", checked.pkg.path, checked.diagnostics);
            }
        }
    });
}

#[test]
fn damaged_bytes_are_an_error() {
    let mut std = Std::list("amd64");
    support::on_large_stack(move || {
        let inputs = std.std_inputs(&["internal/cpu".to_owned()]);
        let exported = export_all(&inputs);
        let bytes = exported.last().unwrap();
        for cut in 0..bytes.len() {
            let mut damaged = bytes.clone();
            match cut % 2 {
                0 => damaged.truncate(cut),
                _ => damaged[cut] ^= 0x55,
            }
            let mut arenas = Arenas::new(inputs.len());
            let session = Session::new(target::Target::LINUX_AMD64, &inputs, &mut arenas);
            for (index, bytes) in (FIRST..).zip(&exported[..exported.len() - 1]) {
                import(session, index, bytes).unwrap();
            }
            let result = import(session, FIRST + inputs.len() as u32 - 1, &damaged);
            assert!(cut % 2 == 1 || result.is_err(), "cut at {cut}");
        }
    });
}
