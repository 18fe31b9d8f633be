//! Operations on rows by name.

use activations::{
    AnyRowActivation, Attention, Error, Hardmax, LogSoftmax, Mask, Softmax, Softmin, Window,
};

fn parse(text: &str) -> Result<AnyRowActivation<'static>, Error> {
    text.parse()
}

#[test]
fn every_operation_reads_back() {
    let mut names: Vec<&str> = Vec::new();
    for operation in AnyRowActivation::all() {
        assert_eq!(parse(&operation.to_string()), Ok(operation));
        assert_eq!(parse(operation.name()), Ok(operation));
        for other in operation.other_names() {
            assert_eq!(parse(other), Ok(operation), "{other}");
        }
        names.push(operation.name());
    }
    assert_eq!(names, ["softmax", "log_softmax", "softmin", "hardmax"]);
}

#[test]
fn names_and_parameters_read() {
    for (text, printed) in [
        ("Softmax", "softmax(scale=1, softcap=inf)"),
        ("softmax(0.125)", "softmax(scale=0.125, softcap=inf)"),
        (
            " Soft_Max ( scale = 0.125 ) ",
            "softmax(scale=0.125, softcap=inf)",
        ),
        ("LogSoftmax", "log_softmax(scale=1, softcap=inf)"),
        (
            "log-softmax(scale=-2)",
            "log_softmax(scale=-2, softcap=inf)",
        ),
        ("SoftMin()", "softmin(scale=1, softcap=inf)"),
        ("softmin(1e-3)", "softmin(scale=0.001, softcap=inf)"),
        ("softmax(softcap=50)", "softmax(scale=1, softcap=50)"),
        ("softmax(0.5, 30)", "softmax(scale=0.5, softcap=30)"),
        ("Hardmax", "hardmax"),
    ] {
        let operation = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(operation.to_string(), printed, "{text}");
        assert_eq!(parse(printed), Ok(operation), "{text}");
    }
    let softmax = Softmax(Attention::new().scale(0.125));
    assert_eq!(parse("softmax(0.125)"), Ok(softmax.into()));
    assert_eq!(parse("hardmax"), Ok(Hardmax.into()));
}

#[test]
fn tensors_are_not_printed() {
    let mask = [0.0, 1.0];
    let attention = Attention::new()
        .shape(1, 2)
        .mask(Mask::added(&mask))
        .window(Window::causal(5));
    let log_softmax = LogSoftmax(attention.scale(0.5));
    let printed = AnyRowActivation::from(log_softmax).to_string();
    assert_eq!(printed, "log_softmax(scale=0.5, softcap=inf)");
    let softmin = AnyRowActivation::from(Softmin(attention.softcap(30.0)));
    assert_eq!(softmin.to_string(), "softmin(scale=1, softcap=30)");
}

#[test]
fn bad_text_is_an_error_that_names_it() {
    let message = |text: &str| parse(text).unwrap_err().to_string();
    assert!(
        message("sotfmax").contains("softmax"),
        "{}",
        message("sotfmax")
    );
    assert!(message("xyzzy").contains("\"xyzzy\""));
    assert!(message("relu").contains("\"relu\""), "that is none on rows");
    assert!(message("softmax(beta=2)").contains("scale"));
    assert!(message("softmax(2").contains("softmax"));
    assert!(message("softmax(1, 2, 3)").contains("softmax"));
    assert!(message("hardmax(1)").contains("it has none"));
    for value in ["nan", "inf", "-inf"] {
        let message = message(&format!("log_softmax({value})"));
        assert!(message.contains("log_softmax: scale is"), "{message}");
    }
    for text in ["", "()", "softmax softmax", "softmax(1) x"] {
        assert!(parse(text).is_err(), "{text}: {:?}", parse(text));
    }
}

#[test]
fn parameters_are_set_by_name() {
    for mut operation in AnyRowActivation::all() {
        for (i, name) in operation.parameter_names().iter().enumerate() {
            let value = i as f32 + 0.5;
            assert!(operation.set_parameter(name, value));
            assert_eq!(operation.parameter(name), Some(value), "{operation}");
        }
        assert!(!operation.set_parameter("mask", 1.0));
        assert_eq!(operation.parameter("no_such"), None);
    }
}
