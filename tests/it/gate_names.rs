//! Gates by name.

use activations::{
    AnyActivation, AnyGate, ClampedSwiglu, Error, Gated, Hardtanh, LimitPlace, Mish, Order, Swiglu,
};

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
    assert_eq!(
        named,
        [
            "glu",
            "swiglu",
            "clamped_swiglu",
            "geglu",
            "geglu_tanh",
            "geglu_quick",
            "reglu",
            "fatreglu"
        ]
    );
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
        ("fatrelu_and_mul(0.25)", "fatreglu(threshold=0.25)"),
        ("quick_geglu", "geglu_quick"),
        ("silu_and_mul", "swiglu(alpha=1)"),
        ("mul_and_silu", "swiglu(alpha=1)"),
        ("gelu_and_mul", "geglu"),
        ("gelu_tanh_and_mul", "geglu_tanh"),
        (
            "ClampedSwiGLU(3, 1, 0, 1)",
            "clamped_swiglu(limit=3, alpha=1, offset=0, place=1)",
        ),
        (
            "swiglu_oai",
            "clamped_swiglu(limit=7, alpha=1.702, offset=1, place=0)",
        ),
        (
            "SwigluOAI_and_mul(alpha=1.5, limit=6)",
            "clamped_swiglu(limit=6, alpha=1.5, offset=1, place=0)",
        ),
        (
            "silu_and_mul_with_clamp(10)",
            "clamped_swiglu(limit=10, alpha=1, offset=0, place=0)",
        ),
        (
            "silu_and_mul_with_clamp(swiglu_limit=7, alpha=1.702, beta=1)",
            "clamped_swiglu(limit=7, alpha=1.702, offset=1, place=0)",
        ),
        (
            "silu_and_mul_with_clamp",
            "clamped_swiglu(limit=inf, alpha=1, offset=0, place=0)",
        ),
        (
            "swiglustep_and_mul",
            "clamped_swiglu(limit=7, alpha=1, offset=0, place=1)",
        ),
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
    let clamped = ClampedSwiglu {
        place: LimitPlace::After,
        ..ClampedSwiglu::OAI
    };
    assert_eq!(parse("clamped_swiglu(place=1)"), Ok(clamped.into()));
}

#[test]
fn every_other_name_reads_as_the_gate() {
    for gate in AnyGate::all() {
        for name in gate.other_names() {
            assert_eq!(parse(name), Ok(gate), "{name}");
        }
    }
}

#[test]
fn operators_say_which_half_is_the_gate() {
    for (name, order) in [
        ("silu_and_mul", Some(Order::GateFirst)),
        ("SiluAndMul", Some(Order::GateFirst)),
        ("fatrelu_and_mul(0.5)", Some(Order::GateFirst)),
        ("silu_and_mul_with_clamp(limit=7)", Some(Order::GateFirst)),
        ("mul_and_silu", Some(Order::ValueFirst)),
        ("glu", Some(Order::ValueFirst)),
        ("swiglu", None),
        ("", None),
    ] {
        assert_eq!(Order::of_operator(name), order, "{name}");
    }
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
    assert!(message("clamped_swiglu(0)").contains("limit is 0"));
    assert!(message("clamped_swiglu(place=0.5)").contains("place is 0.5"));
    assert!(message("silu_and_mull").contains("swiglu"));
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
            if *name == "place" {
                assert!(!gate.set_parameter(name, value));
                assert!(gate.set_parameter(name, 1.0));
                assert_eq!(gate.parameter(name), Some(1.0), "{gate}");
                continue;
            }
            assert!(gate.set_parameter(name, value));
            assert_eq!(gate.parameter(name), Some(value), "{gate}");
        }
        assert!(!gate.set_parameter("no_such", 1.0));
        assert_eq!(gate.parameter("no_such"), None);
    }
}
