//! Nothing that is registered is left out: each activation has its file, its bound, its kept hash,
//! its special values and its line in the README, and what covers "all" iterates the registry.

mod common;

use activations::AnyActivation;
use common::bounds;
use std::path::Path;

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn every_activation_is_everywhere() {
    let readme = read("README.md");
    let hashes = read("tests/data/hashes.txt");
    let special_values = read("tests/special_values.rs");
    for activation in AnyActivation::all() {
        let name = activation.name();
        let source = read(&format!("src/activation/{name}.rs"));
        assert!(
            source.contains("/// | Special values |"),
            "{name}: its page states none"
        );
        let bound = bounds::max_ulp(name);
        assert!(
            hashes
                .lines()
                .any(|line| line[17..] == activation.to_string()),
            "{name} has no line in tests/data/hashes.txt"
        );
        assert!(
            special_values.contains(&format!("\"{name}\"")),
            "{name} has no special values"
        );
        let line = readme
            .lines()
            .find(|line| line.starts_with(&format!("| `{name}` |")))
            .unwrap_or_else(|| panic!("{name} has no line in the README's table"));
        // A bar that is part of a formula is escaped.
        let line = line.replace("\\|", "");
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        assert_eq!(
            cells[4],
            bound.to_string(),
            "{name}: max ULP in the README's table"
        );
        for parameter in activation.parameter_names() {
            assert!(
                cells[3].contains(&format!("`{parameter}`")),
                "{name}: {parameter}"
            );
        }
    }
    let registered = AnyActivation::all().len();
    assert_eq!(
        bounds::MAX_ULP.len(),
        registered,
        "a bound for what is not registered"
    );
    assert_eq!(hashes.lines().count(), registered);
}

#[test]
fn what_covers_all_iterates_the_registry() {
    for path in [
        "tests/elementwise.rs",
        "tests/exhaustive.rs",
        "tests/hashes.rs",
        "tests/page_guard.rs",
        "tests/special_values.rs",
        "benches/elementwise.rs",
        "benches/ratios/main.rs",
        "fuzz/fuzz_targets/elementwise/main.rs",
        "examples/report/args.rs",
    ] {
        assert!(read(path).contains("AnyActivation::all()"), "{path}");
    }
}
