use super::*;

fn parse(text: &str) -> Result<AnyActivation<'static>, Error> {
    text.parse()
}

#[test]
fn every_name_reads_back() {
    for activation in AnyActivation::all() {
        assert_eq!(parse(&activation.to_string()), Ok(activation));
        assert_eq!(parse(activation.name()), Ok(activation));
        for name in activation.other_names() {
            let parsed = parse(name).map(|parsed| parsed.name());
            assert_eq!(parsed, Ok(activation.name()), "{name}");
        }
    }
}

#[test]
fn names_of_other_frameworks_read() {
    let pairs = [
        ("LeakyRelu", "leaky_relu"),
        ("LeakyReLU", "leaky_relu"),
        ("leaky_relu", "leaky_relu"),
        ("leaky-relu", "leaky_relu"),
        ("hard_swish", "hardswish"),
        ("HardSwish", "hardswish"),
        ("HardSigmoid", "hardsigmoid"),
        ("ReLU6", "relu6"),
        ("PRelu", "prelu"),
        ("Clip", "hardtanh"),
        ("ThresholdedRelu", "thresholded_relu"),
        ("relu2", "relu_squared"),
        ("linear", "identity"),
        (" Soft Sign ", "softsign"),
        // Those of Hugging Face's ACT2FN that have a formula here.
        ("gelu", "gelu"),
        ("gelu_python", "gelu"),
        ("gelu_new", "gelu_tanh"),
        ("gelu_fast", "gelu_tanh"),
        ("gelu_accurate", "gelu_tanh"),
        ("gelu_pytorch_tanh", "gelu_tanh"),
        ("gelu_10", "gelu_10"),
        ("ClippedGELU", "gelu_10"),
        ("laplace", "laplace"),
        ("quick_gelu", "quick_gelu"),
        // JAX's and DeepSeek's.
        ("squareplus", "squareplus"),
        ("sparse_plus", "sparse_plus"),
        ("sparse_sigmoid", "sparse_sigmoid"),
        ("sqrtsoftplus", "sqrt_softplus"),
        ("leaky_relu", "leaky_relu"),
        ("mish", "mish"),
        ("relu", "relu"),
        ("relu6", "relu6"),
        ("sigmoid", "sigmoid"),
        ("silu", "silu"),
        ("swish", "swish"),
        ("tanh", "tanh"),
        // PyTorch's modules and ONNX's operators.
        ("GELU", "gelu"),
        ("Gelu", "gelu"),
        ("SiLU", "silu"),
        ("Swish", "swish"),
        ("Mish", "mish"),
        ("Sigmoid", "sigmoid"),
        ("LogSigmoid", "log_sigmoid"),
        ("logsigmoid", "log_sigmoid"),
        ("Tanh", "tanh"),
        ("Tanhshrink", "tanhshrink"),
        ("ELU", "elu"),
        ("Elu", "elu"),
        ("SELU", "selu"),
        ("Selu", "selu"),
        ("CELU", "celu"),
        ("Celu", "celu"),
        ("Softplus", "softplus"),
        ("Exp", "exp"),
        ("expm1", "expm1"),
        ("Erf", "erf"),
        ("QuickGelu", "quick_gelu"),
        ("logistic", "sigmoid"),
    ];
    for (text, name) in pairs {
        assert_eq!(parse(text).map(|a| a.name()), Ok(name), "{text}");
    }
}

#[test]
fn a_clip_has_no_bounds_unless_they_are_given() {
    for (text, min, max) in [
        ("Clip", f32::NEG_INFINITY, f32::INFINITY),
        ("clamp(min=0)", 0.0, f32::INFINITY),
        ("clip(0, 6)", 0.0, 6.0),
        ("hardtanh", -1.0, 1.0),
    ] {
        assert_eq!(parse(text), Ok(Hardtanh { min, max }.into()), "{text}");
    }
}

#[test]
fn no_name_is_listed_twice() {
    let mut names: Vec<String> = AnyActivation::all()
        .flat_map(|a| {
            core::iter::once(a.name())
                .chain(a.other_names().iter().copied())
                .map(|name| name.replace('_', ""))
                .collect::<Vec<_>>()
        })
        .collect();
    let all = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), all);
}

#[test]
fn parameters_read_by_name_and_in_order() {
    let hardtanh = AnyActivation::Hardtanh(Hardtanh { min: 0.0, max: 6.0 });
    for text in [
        "hardtanh(min=0, max=6)",
        "hardtanh(max=6,min=0)",
        "hardtanh(0, 6)",
        "Clip( 0 , max = 6 )",
        "Hardtanh(min_val=0, max_val=6)",
    ] {
        assert_eq!(parse(text), Ok(hardtanh), "{text}");
    }
    let leaky = AnyActivation::LeakyRelu(LeakyRelu {
        negative_slope: 0.2,
    });
    assert_eq!(parse("LeakyRelu(alpha=0.2)"), Ok(leaky));
    let alpha = AnyActivation::ThresholdedRelu(ThresholdedRelu { alpha: 0.2 });
    assert_eq!(parse("ThresholdedRelu(alpha=0.2)"), Ok(alpha));
    for text in ["swish(2)", "Swish(beta=2)", "Swish(alpha=2)"] {
        assert_eq!(parse(text), Ok(Swish { beta: 2.0 }.into()), "{text}");
    }
    let softplus = Softplus {
        beta: 2.0,
        threshold: 10.0,
    };
    for text in ["Softplus(beta=2, threshold=10)", "softplus(2, 10)"] {
        assert_eq!(parse(text), Ok(softplus.into()), "{text}");
    }
    let elu = Elu {
        alpha: 2.0,
        ..Elu::default()
    };
    assert_eq!(parse("Elu(alpha=2)"), Ok(elu.into()));
    assert_eq!(parse("CELU(alpha=2)"), Ok(Celu { alpha: 2.0 }.into()));
    assert_eq!(
        parse("relu()"),
        Ok(AnyActivation::Relu(Relu)),
        "empty parentheses"
    );
}

#[test]
fn bad_text_is_an_error_that_names_it() {
    let message = |text: &str| parse(text).unwrap_err().to_string();
    for text in [
        "hardtanh(0",
        "hardtanh(a=1)",
        "hardtanh(min=x)",
        "hardtanh(1,2,3)",
        "hardtanh(,)",
        "relu(1)",
        "hardtanh(0,6) x",
        "hardtanh(max=6, 0)",
        "hardtanh(min=0, 6)",
        "hardtanh(min=0, min=0.5)",
        "hardtanh(0, min=0.5)",
        "prelu(per channel)",
        "softplus(alpha=2)", // What is a beta to ONNX's Swish is none to this.
        "relu(lambd=1)",
    ] {
        assert!(
            matches!(parse(text), Err(Error::UnreadableParameters { .. })),
            "{text}: {:?}",
            parse(text)
        );
    }
    assert!(message("hardtanh(low=1)").contains("min, max"));
    assert!(message("rrelu(2, 1)").contains("lower is 2"));
    assert!(message("celu(0)").contains("alpha is 0"));
    assert!(
        message("leeky_relu").contains("leaky_relu"),
        "{}",
        message("leeky_relu")
    );
    assert!(message("hardswihs").contains("hardswish"));
    assert!(message("xyzzy").contains("xyzzy"));
    assert!(message("").contains("\"\""));
}

#[test]
fn parameters_are_set_by_name() {
    for mut activation in AnyActivation::all() {
        for (i, name) in activation.parameter_names().iter().enumerate() {
            let value = i as f32 + 0.5;
            assert!(activation.set_parameter(name, value));
            assert_eq!(activation.parameter(name), Some(value), "{activation}");
        }
        assert!(!activation.set_parameter("no_such", 1.0));
        assert_eq!(activation.parameter("no_such"), None);
    }
}

#[test]
fn slopes_per_channel_are_no_parameter() {
    let prelu = Prelu::per_channel(&[0.5, 2.0], 1).unwrap();
    let mut activation = AnyActivation::from(prelu);
    assert!(!activation.set_parameter("slope", 3.0));
    assert_eq!(activation.parameter("slope"), None);
    assert_eq!(activation, AnyActivation::Prelu(prelu));
    assert_eq!(activation.to_string(), "prelu(per channel)");
}
