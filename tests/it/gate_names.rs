//! Gates by name.

use activations::{AnyActivation, AnyGate, Error, Gated, Hardtanh, Mish, Swiglu};

fn parse(text: &str) -> Result<AnyGate<'static>, Error> {
    text.parse()
}

#[test]
fn every_gate_reads_back() {
    for gate in AnyGate::all() {
        assert_eq!(parse(&gate.to_string()), Ok(gate));
    }
}

#[test]
fn all_are_those_with_names_and_every_activation_gated() {
    let gated = AnyGate::all().filter(|gate| gate.name() == "gated");
    assert!(gated.eq(AnyActivation::all().map(|any| AnyGate::from(Gated(any)))));
    let mut named: Vec<_> = AnyGate::all().map(|gate| gate.name()).collect();
    named.retain(|name| *name != "gated");
    assert_eq!(named, ["glu", "swiglu", "geglu", "geglu_tanh", "reglu"]);
}

#[test]
fn names_and_parameters_read() {
    for (text, printed) in [
        ("GLU", "glu"),
        ("SwiGLU", "swiglu(alpha=1)"),
        ("swiglu(1.5)", "swiglu(alpha=1.5)"),
        (" Swi_Glu ( alpha = 1.5 ) ", "swiglu(alpha=1.5)"),
        ("GeGLU", "geglu"),
        ("geglu-tanh", "geglu_tanh"),
        ("ReGLU()", "reglu"),
        ("gated(mish)", "gated(mish)"),
        ("Gated( Mish )", "gated(mish)"),
        ("gated(clip(0, 6))", "gated(hardtanh(min=0, max=6))"),
        ("gated(Swish(alpha=2))", "gated(swish(beta=2))"),
    ] {
        let gate = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(gate.to_string(), printed, "{text}");
        assert_eq!(parse(printed), Ok(gate), "{text}");
    }
    assert_eq!(parse("gated(mish)"), Ok(Gated(Mish).into()));
    let hardtanh = Hardtanh { min: 0.0, max: 6.0 };
    assert_eq!(parse("gated(hardtanh(0, 6))"), Ok(Gated(hardtanh).into()));
    assert_eq!(parse("swiglu(2)"), Ok(Swiglu { alpha: 2.0 }.into()));
}

#[test]
fn bad_text_is_an_error_that_names_it() {
    let message = |text: &str| parse(text).unwrap_err().to_string();
    assert!(
        message("swigul").contains("swiglu"),
        "{}",
        message("swigul")
    );
    assert!(message("xyzzy").contains("no gate is called \"xyzzy\""));
    assert!(message("swiglu(beta=2)").contains("alpha"));
    assert!(message("swiglu(2").contains("swiglu"));
    assert!(message("glu(1)").contains("it has none"));
    assert!(message("swiglu(nan)").contains("alpha is NaN"));
    assert!(message("gated(mihs)").contains("mish"));
    assert!(message("gated(celu(0))").contains("alpha is 0"));
    for text in ["gated", "gated()", "gated(", "gated(relu", "gated(relu) x"] {
        assert!(
            matches!(parse(text), Err(Error::UnknownActivation { .. })),
            "{text}: {:?}",
            parse(text)
        );
    }
}

#[test]
fn parameters_are_set_by_name() {
    for mut gate in AnyGate::all() {
        for (i, name) in gate.parameter_names().iter().enumerate() {
            let value = i as f32 + 0.5;
            assert!(gate.set_parameter(name, value));
            assert_eq!(gate.parameter(name), Some(value), "{gate}");
        }
        assert!(!gate.set_parameter("no_such", 1.0));
        assert_eq!(gate.parameter("no_such"), None);
    }
}
