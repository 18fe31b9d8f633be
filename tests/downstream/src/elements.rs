//! Activations.

use crate::{Call, Caller, assert_near};
use activations::{AVec, Activation, AnyActivation, Gelu, Isa, Prelu, Relu};

/// An empty tensor, one element, fewer than a vector, whole vectors of any kind, and some with a tail.
pub const LENGTHS: [usize; 6] = [0, 1, 7, 128, 333, 1000];

/// Multiples of 1/64 from -8 to 8: sums of a few are exact.
pub fn values(len: usize, first: usize) -> Vec<f32> {
    let value = |i: usize| ((i + first) * 397 % 1024) as f32 / 64.0 - 8.0;
    (0..len).map(value).collect()
}

pub fn exact(x: &[f32], of: impl Fn(usize, f64) -> f64) -> Vec<f64> {
    let numbered = x.iter().enumerate();
    numbered.map(|(i, &x)| of(i, f64::from(x))).collect()
}

/// Has `caller` make a call that writes to `y`, and compares.
pub fn run(
    caller: Caller<'_>,
    what: &str,
    y: &mut [f32],
    expected: &[f64],
    call: impl Fn(&mut [f32]) + Sync,
) {
    caller(what, &mut || call(y));
    assert_near(y, expected, what);
}

pub fn activations(isa: Isa, caller: Caller<'_>) {
    for activation in AnyActivation::all() {
        activation_of(activation, &format!("{activation}"), isa, caller);
    }
    // As they are called when their type is known.
    activation_of(Relu, "Relu", isa, caller);
    activation_of(Gelu, "Gelu", isa, caller);
    let slopes = [0.5, -0.25, 2.0];
    for inner in [1, 5, 100] {
        for len in [0, 30 * inner] {
            let prelu = Prelu::per_channel(&slopes, inner).unwrap();
            activation_for(prelu, "Prelu::per_channel", len, isa, caller);
            activation_for(
                AnyActivation::from(prelu),
                "prelu, per channel",
                len,
                isa,
                caller,
            );
        }
    }
}

fn activation_of(
    activation: impl Activation + Send + Sync,
    name: &str,
    isa: Isa,
    caller: Caller<'_>,
) {
    for len in LENGTHS {
        activation_for(activation, name, len, isa, caller);
    }
}

fn activation_for(
    activation: impl Activation + Send + Sync,
    name: &str,
    len: usize,
    isa: Isa,
    caller: Caller<'_>,
) {
    let x = values(len, 0);
    let expected = exact(&x, |i, x| activation.reference_at(i, x));
    let mut y = vec![f32::NAN; len];
    run(
        caller,
        &format!("{name} on {isa}"),
        &mut y,
        &expected,
        |y| {
            activation.apply_on(isa, &x, y).unwrap();
        },
    );
    let mut y = x.clone();
    run(
        caller,
        &format!("{name} on {isa}, in place"),
        &mut y,
        &expected,
        |y| {
            activation.apply_in_place_on(isa, y).unwrap();
        },
    );
    if isa == Isa::detect() {
        let mut y = vec![f32::NAN; len];
        run(caller, &format!("{name}, apply"), &mut y, &expected, |y| {
            activation.apply(&x, y).unwrap();
        });
        let mut y = AVec::new(64);
        caller(&format!("{name}, to_vec"), &mut || {
            y = activation.to_vec(&x).unwrap()
        });
        assert_near(&y, &expected, name);
        caller(&format!("{name}, apply_to_vec"), &mut || {
            activation.apply_to_vec(&x, &mut y).unwrap();
        });
        assert_near(&y, &expected, name);
    }
}

/// Names are read, and written.
pub fn names(caller: Caller<'_>) {
    let mut each = |text: &str, call: Call<'_>| caller(&format!("reading {text:?}"), call);
    each("hardtanh(0, 6)", &mut || {
        let read: AnyActivation = "hardtanh(0, 6)".parse().unwrap();
        assert_eq!(read.to_string(), "hardtanh(min=0, max=6)");
    });
    each("no such activation", &mut || {
        let error = "hardtanj".parse::<AnyActivation>().unwrap_err();
        assert!(error.to_string().contains("hardtanh"));
    });
}
