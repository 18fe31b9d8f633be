//! Names and attributes of libraries, as they have them: each with what it means here.

use activations::{AnyActivation, AnyGate, AnyRowActivation, Error};

/// Where a name is from, the name, and the activation as this crate prints it, a line each.
const NAMES: &str = include_str!("../data/names.txt");

fn lines() -> impl Iterator<Item = [&'static str; 3]> {
    let lines = NAMES
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| {
        let mut parts = line.split(" | ");
        let mut part = || parts.next().unwrap_or_else(|| panic!("{line}"));
        [part(), part(), part()]
    })
}

#[test]
fn names_of_libraries_are_read() {
    for [source, text, printed] in lines() {
        let activation: AnyActivation = text
            .parse()
            .unwrap_or_else(|error| panic!("{source}: {text}: {error}"));
        assert_eq!(activation.to_string(), printed, "{source}: {text}");
        assert_eq!(printed.parse(), Ok(activation), "{source}: {text}");
    }
    assert!(lines().count() > 100);
}

/// Texts that are no activations, and what the error says.
const REFUSED: &[(&str, &str)] = &[
    ("softmax", "\"softmax\" works on rows: see AnyRowActivation"),
    (
        "LogSoftmax(dim=1)",
        "\"LogSoftmax\" works on rows: see AnyRowActivation",
    ),
    (
        "nn.Softmax",
        "\"Softmax\" works on rows: see AnyRowActivation",
    ),
    ("SwiGLU", "\"SwiGLU\" is a gate: see AnyGate"),
    ("gated(relu)", "\"gated\" is a gate: see AnyGate"),
    ("BiasGelu", "\"BiasGelu\" is gelu after a bias: see Fused"),
    ("SiluAndMul", "\"SiluAndMul\" is a gate: see AnyGate"),
    (
        "foo:relu",
        "no library is called \"foo\"; write the name alone, or one of torch, onnx,",
    ),
    (
        "foo.bar.relu",
        "no library is called \"foo.bar\"; write the name alone",
    ),
    (":relu", "no library is called \"\""),
    ("Clip(min=nan)", "clip: min is NaN"),
    (
        "Clip(low=1)",
        "clip: cannot read the parameter \"low=1\"; write NAME=NUMBER with NAME of min, max",
    ),
    (
        "ReLU(inplace=maybe)",
        "relu: cannot read the parameter \"inplace=maybe\"",
    ),
    (
        "ReLU(num_parameters=1)",
        "relu: cannot read the parameter \"num_parameters=1\"",
    ),
    (
        "PReLU(num_parameters=3)",
        "prelu: cannot read the parameter \"num_parameters=3\"",
    ),
    (
        "torch.nn.PReLU(3)",
        "prelu: cannot read the parameter \"3\"",
    ),
    (
        "GELU(approximate='sigmoid')",
        "gelu: cannot read the parameter \"approximate='sigmoid'\"",
    ),
    (
        "ReLU(approximate='tanh')",
        "relu: cannot read the parameter \"approximate='tanh'\"",
    ),
    (
        "gelu_tanh(approximate='none')",
        "gelu_tanh: cannot read the parameter",
    ),
    (
        "QuickGelu(alpha=1, alpha=2)",
        "quick_gelu: cannot read the parameter \"alpha=2\"",
    ),
    (
        "QuickGelu(alpha=x)",
        "quick_gelu: cannot read the parameter \"alpha=x\"",
    ),
    ("QuickGelu(alpha=inf)", "beta is inf"),
    (
        "relu(device=)",
        "relu: cannot read the parameter \"device=\"",
    ),
    (
        "keras:relu(max_value=6)",
        "relu: cannot read the parameter \"max_value=6\"",
    ),
    (
        "hardtanh(1, 2, 3)",
        "hardtanh: cannot read the parameter \"3\"",
    ),
    (
        "onnx:leeky_relu",
        "no activation is called \"leeky_relu\"; did you mean leaky_relu",
    ),
];

#[test]
fn what_is_refused_is_told() {
    for (text, message) in REFUSED {
        let error = text.parse::<AnyActivation>().unwrap_err().to_string();
        assert!(error.contains(message), "{text}: {error}");
    }
}

#[test]
fn each_kind_refuses_the_names_of_the_others() {
    for (text, message) in [
        (
            "relu",
            "\"relu\" is an activation: see AnyActivation, or write gated(..) around it",
        ),
        ("softmax", "\"softmax\" works on rows: see AnyRowActivation"),
        ("foo:glu", "no library is called \"foo\""),
    ] {
        let error = text.parse::<AnyGate>().unwrap_err().to_string();
        assert!(error.contains(message), "{text}: {error}");
    }
    for (text, message) in [
        (
            "gelu_new",
            "\"gelu_new\" works on single elements: see AnyActivation",
        ),
        ("swiglu(1)", "\"swiglu\" is a gate: see AnyGate"),
        ("foo:softmax", "no library is called \"foo\""),
    ] {
        let error = text.parse::<AnyRowActivation>().unwrap_err().to_string();
        assert!(error.contains(message), "{text}: {error}");
    }
    assert!(matches!("nn.GLU".parse::<AnyGate>(), Ok(AnyGate::Glu(_))));
    let softmax = "torch.nn.functional.softmax".parse::<AnyRowActivation>();
    assert!(matches!(softmax, Ok(AnyRowActivation::Softmax(_))));
    let unknown = "hf:xyzzy".parse::<AnyActivation>();
    assert!(matches!(unknown, Err(Error::UnknownActivation { .. })));
}
