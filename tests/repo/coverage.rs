//! Nothing that is registered is left out: each activation has its page, its bound, its kept hash,
//! its special values and its line in docs/, and what covers "all" iterates the registry. So it is with gates
//! and operations on rows.

use crate::common::{bounds, rows};
use activations::{AnyActivation, AnyGate, AnyRowActivation};
use std::path::Path;

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn every_page_is_whole() {
    for activation in AnyActivation::all() {
        let name = activation.name();
        let source = read(&format!("src/activation/{name}.rs"));
        let row = |title: &str| {
            source
                .lines()
                .find_map(|line| line.strip_prefix(&format!("/// | {title} | ")))
                .unwrap_or_else(|| panic!("{name}: its page has no row {title:?}"))
        };
        for title in [
            "Domain",
            "Shapes",
            "Special values",
            "Errors",
            "Panics",
            "Source",
        ] {
            row(title);
        }
        for parameter in activation.parameter_names() {
            let named = row("Parameters").contains(parameter);
            assert!(named, "{name}: its page does not name {parameter}");
        }
        let stated = match bounds::max_ulp(name) {
            0.0 => "none".to_owned(),
            bound => format!("at most {bound} ULP"),
        };
        assert!(
            row("Error").starts_with(&stated),
            "{name}: its page does not say {stated:?}"
        );
    }
}

#[test]
fn every_activation_is_everywhere() {
    let table = read("docs/activations.md");
    let hashes = read("tests/data/hashes.txt");
    let special_values = ["periodic", "piecewise", "smooth"]
        .map(|name| read(&format!("tests/it/special_values/{name}.rs")))
        .concat();
    for activation in AnyActivation::all() {
        let name = activation.name();
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
        let line = table
            .lines()
            .find(|line| line.starts_with(&format!("| `{name}` |")))
            .unwrap_or_else(|| panic!("{name} has no line in docs/activations.md"));
        // A bar that is part of a formula is escaped.
        let line = line.replace("\\|", "");
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        assert_eq!(
            cells[4],
            bound.to_string(),
            "{name}: max ULP in docs/activations.md"
        );
        for parameter in activation.parameter_names() {
            let named = cells[3].contains(&format!("`{parameter}`"));
            assert!(named, "{name}: {parameter} in docs/activations.md");
        }
    }
    let registered = AnyActivation::all().len();
    let bounded = bounds::MAX_ULP.len();
    assert_eq!(bounded, registered, "a bound for what is not registered");
}

/// What the README repeats of the pages in docs/ is what stands there.
#[test]
fn the_readme_repeats_what_the_pages_say() {
    let [readme, speed] = ["README.md", "docs/speed.md"].map(read);
    let mut repeated = 0;
    for activation in AnyActivation::all() {
        let name = activation.name();
        let row = |page: &str| {
            let mut lines = page.lines().filter_map(|line| line.strip_prefix("| `"));
            let line = lines.find_map(|line| line.strip_prefix(&format!("{name}` | ")))?;
            let cells = line.trim_end_matches(" |").split(" | ");
            Some(cells.map(str::to_owned).collect::<Vec<_>>())
        };
        let Some(row_of_readme) = row(&readme) else {
            continue;
        };
        let row_of_speed = row(&speed).unwrap_or_else(|| panic!("{name} is not in docs/speed.md"));
        // Out of place, on 256 KiB.
        let out = |cell: &str| cell.split(" / ").next().unwrap_or(cell).to_owned();
        let expected = [
            bounds::max_ulp(name).to_string(),
            out(&row_of_speed[0]),
            out(&row_of_speed[1]),
        ];
        assert_eq!(row_of_readme, expected, "{name}");
        repeated += 1;
    }
    assert!(
        repeated > 4,
        "only {repeated} activations are in the README"
    );
}

#[test]
fn every_gate_is_everywhere() {
    let table = read("docs/gates.md");
    let hashes = read("tests/data/hashes_gates.txt");
    let hashed = |text: String| hashes.lines().any(|line| line[17..] == text);
    for gate in AnyGate::all() {
        let name = gate.name();
        assert!(
            hashed(gate.to_string()),
            "{gate} has no line in tests/data/hashes_gates.txt"
        );
        let page = read(&format!("src/gate/{name}.rs"));
        for title in [
            "Domain",
            "Shapes",
            "Error",
            "Special values",
            "Errors",
            "Panics",
            "Source",
        ] {
            assert!(
                page.contains(&format!("\n/// | {title} | ")),
                "{name}: its page has no row {title:?}"
            );
        }
        let row = table
            .lines()
            .find(|line| line.starts_with(&format!("| `{name}` |")))
            .unwrap_or_else(|| panic!("{name} has no line in docs/gates.md"));
        for parameter in gate.parameter_names() {
            assert!(row.contains(&format!("`{parameter}` =")), "{name}: {row}");
        }
    }
    for activation in AnyActivation::all() {
        assert!(
            hashed(format!("fused({activation})")),
            "{activation}, fused, has no line in tests/data/hashes_gates.txt"
        );
    }
}

#[test]
fn every_operation_on_rows_is_everywhere() {
    let table = read("docs/rows.md");
    let hashes = read("tests/data/hashes_rows.txt");
    let special_values = read("tests/it/rows_special_values.rs");
    for operation in AnyRowActivation::all() {
        let name = operation.name();
        let hashed = format!("{operation}, way ");
        assert!(
            hashes.lines().any(|line| line[17..].starts_with(&hashed)),
            "{operation} has no line in tests/data/hashes_rows.txt"
        );
        let page = read(&format!("src/row/{name}.rs"));
        for title in [
            "Domain",
            "Shapes",
            "Error",
            "Special values",
            "Errors",
            "Panics",
            "Source",
        ] {
            assert!(
                page.contains(&format!("\n/// | {title} | ")),
                "{name}: its page has no row {title:?}"
            );
        }
        let of_type = format!("{operation:?}");
        let of_type = &of_type[..of_type.find('(').unwrap_or(of_type.len())];
        assert!(
            special_values.contains(&format!("assert_gives({of_type}")),
            "{name} has no special values in tests/it/rows_special_values.rs"
        );
        let row = table
            .lines()
            .find(|line| line.starts_with(&format!("| `{name}` |")))
            .unwrap_or_else(|| panic!("{name} has no line in docs/rows.md"));
        for parameter in operation.parameter_names() {
            assert!(row.contains(&format!("`{parameter}`")), "{name}: {row}");
        }
        // Else its mask and lengths would go untested.
        let has_scale = operation.parameter("scale").is_some();
        let known = rows::attention(&operation).is_some();
        assert_eq!(known, has_scale, "{name} in tests/common/rows.rs");
    }
}

#[test]
fn what_covers_all_operations_on_rows_iterates_them() {
    for path in [
        "tests/common/rows.rs", // and with it hashes_rows.rs, rows.rs and rows_oracle.rs of tests/it
        "tests/it/page_guard_rows.rs",
        "tests/it/rows_refusals.rs",
        "tests/it/row_names.rs",
        "fuzz/fuzz_targets/rows/main.rs",
    ] {
        assert!(read(path).contains("AnyRowActivation::all()"), "{path}");
    }
}

#[test]
fn what_covers_all_gates_iterates_them() {
    for path in [
        "tests/common/steps.rs", // and with it hashes_gates.rs and gates.rs of tests/it
        "benches/gates.rs",
        "benches/ratios/gates.rs",
        "examples/report/composed.rs",
    ] {
        assert!(read(path).contains("AnyGate::all()"), "{path}");
    }
}

#[test]
fn what_covers_all_iterates_the_registry() {
    for path in [
        "tests/common/inputs.rs", // and with it hashes.rs and exhaustive.rs of tests/it
        "tests/it/elementwise.rs",
        "tests/it/monotone.rs",
        "tests/it/oracle.rs",
        "tests/it/page_guard.rs",
        "tests/it/page_guard_gates.rs",
        "tests/it/special_values.rs",
        "benches/elementwise.rs",
        "benches/gates.rs",
        "benches/ratios/main.rs",
        "tests/common/bounds.rs", // and with it elementwise/main.rs of fuzz_targets
        "fuzz/fuzz_targets/elementwise/case.rs",
        "examples/report/args.rs",
    ] {
        let source = read(path);
        let mut code = source
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        assert!(
            code.any(|line| line.contains("AnyActivation::all()")),
            "{path}"
        );
    }
}
