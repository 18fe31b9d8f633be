//! `ACTIVATIONS_ISA` caps what is picked. The variable is read once in a process, so each of its values has a
//! process of its own: this program again, which is to run one of the tests below that are ignored otherwise.

use activations::{Activation, Error, ISA_VARIABLE, Isa, Relu};
use std::process::Command;

/// What stands before a program of this platform where the CPU is emulated.
const RUNNER: &str = "ACTIVATIONS_TEST_RUNNER";

/// Runs the ignored test `name` with `value` in the variable.
#[track_caller]
fn passes(name: &str, value: &str) {
    let name = format!("isa_cap::{name}");
    let this = std::env::current_exe().unwrap();
    let runner = std::env::var(RUNNER).unwrap_or_default();
    let mut words = runner.split_whitespace();
    let mut command = match words.next() {
        None => Command::new(&this),
        Some(first) => {
            let mut command = Command::new(first);
            command.args(words).arg(&this);
            command
        }
    };
    let arguments = ["--exact", &name, "--ignored", "--nocapture"];
    let command = command.args(arguments).env(ISA_VARIABLE, value);
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && printed.contains(" 1 passed;"),
        "{value:?}, {name}: {}\n{printed}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
}

fn best() -> Isa {
    Isa::available().last().unwrap()
}

#[test]
fn the_variable_caps_what_is_picked() {
    for value in ["scalar", "Scalar", " scalar", "scalar\n"] {
        passes("in_a_process_capped_to_scalar", value);
    }
}

#[test]
#[ignore = "needs ACTIVATIONS_ISA=scalar"]
fn in_a_process_capped_to_scalar() {
    assert_eq!(Isa::detect(), Isa::Scalar);
    assert_eq!(Isa::env_cap(), Ok(Some(Isa::Scalar)));
    // What is available stays so.
    for isa in Isa::available() {
        let mut x = [-1.0, 1.0];
        Relu.apply_in_place_on(isa, &mut x).unwrap();
        assert_eq!(x, [0.0, 1.0]);
    }
    // SAFETY: the only test of this process; no other thread reads the environment.
    unsafe { std::env::remove_var(ISA_VARIABLE) };
    assert_eq!(Isa::detect(), Isa::Scalar, "the variable is read once");
}

/// On each platform one of these is more than scalar code and no more than the best.
#[test]
fn spaces_around_a_name_do_not_count() {
    for value in [" avx2 ", "\tneon "] {
        passes("in_a_process_capped_with_spaces", value);
    }
}

#[test]
#[ignore = "needs a name with spaces in ACTIVATIONS_ISA"]
fn in_a_process_capped_with_spaces() {
    let value = std::env::var(ISA_VARIABLE).unwrap();
    let cap: Isa = value.trim().parse().unwrap();
    assert_eq!(Isa::env_cap(), Ok(Some(cap)), "{value:?}");
    let picked = Isa::available().filter(|isa| *isa <= cap).last();
    assert_eq!(Some(Isa::detect()), picked, "{value:?}");
}

#[test]
fn an_empty_value_is_none() {
    passes("in_a_process_with_an_empty_value", "");
}

#[test]
#[ignore = "needs an empty ACTIVATIONS_ISA"]
fn in_a_process_with_an_empty_value() {
    assert_eq!(Isa::env_cap(), Ok(None));
    assert_eq!(Isa::detect(), best());
}

#[test]
fn an_unknown_value_is_ignored_and_can_be_asked_for() {
    passes("in_a_process_with_an_unknown_value", "sse9");
}

#[test]
#[ignore = "needs ACTIVATIONS_ISA=sse9"]
fn in_a_process_with_an_unknown_value() {
    assert_eq!(Isa::detect(), best());
    let error = Isa::env_cap().unwrap_err();
    assert_eq!(error, Error::UnknownIsa("sse9".to_owned()));
    let message = error.to_string();
    assert!(message.contains("avx512"), "it lists the known ones");
}
