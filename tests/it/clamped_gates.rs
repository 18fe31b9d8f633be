//! Gates with limits: the formulas of the models that have them, special values, parameters that make no sense, and gates
//! of another crate whose activation has no kernel with limits.

use crate::common::limited::Limited;
use crate::common::steps::{clamped_gates, gated, joined, splits, values};
use crate::common::{assert_same_bits, bounds, inputs, on_each_isa, scale_of_the_heaviest, ulp};
use activations::{
    Activation, AnyActivation, AnyGate, ClampedSwiglu, Error, Gate, GateLimits, Isa, LimitPlace,
    Prelu, Swiglu, Swish,
};

/// The formula of `gate` as its page has it.
fn formula(gate: ClampedSwiglu, x: f64, value: f64) -> f64 {
    let ClampedSwiglu {
        limit,
        alpha,
        offset,
        place,
    } = gate;
    let [limit, alpha, offset] = [limit, alpha, offset].map(f64::from);
    let swish = |x: f64| Swish { beta: alpha as f32 }.reference(x);
    // `f64::min` would drop a NaN.
    let at_most = |x: f64| if x > limit { limit } else { x };
    let gate = match place {
        LimitPlace::Before => swish(at_most(x)),
        LimitPlace::After => at_most(swish(x)),
    };
    gate * (value.clamp(-limit, limit) + offset)
}

#[test]
fn the_gates_of_the_models_are_their_formulas() {
    let sigmoid = |x: f64| 1.0 / (1.0 + (-x).exp());
    for (x, value) in [(-3.0, 2.0), (0.5, -9.0), (8.0, 9.0), (30.0, -3.0)] {
        let (x, value): (f64, f64) = (x, value);
        let alpha = f64::from(1.702f32);
        let g = x.min(7.0);
        let oai = g * sigmoid(alpha * g) * (value.clamp(-7.0, 7.0) + 1.0);
        let before = g * sigmoid(g) * value.clamp(-7.0, 7.0);
        let after = (x * sigmoid(x)).min(7.0) * value.clamp(-7.0, 7.0);
        for (gate, expected) in [
            (ClampedSwiglu::OAI, oai),
            (ClampedSwiglu::default(), oai),
            (ClampedSwiglu::before(7.0), before),
            (ClampedSwiglu::after(7.0), after),
        ] {
            let got = gate.reference(x, value);
            assert!(
                (got - expected).abs() <= 1e-14 * expected.abs(),
                "{gate:?} of {x}, {value}: {got}, not {expected}"
            );
        }
    }
}

#[test]
fn results_are_near_the_formula() {
    let x: Vec<f32> = inputs::noise(4096).iter().map(|x| 6.0 * x).collect();
    let mut values = values(x.len());
    values.rotate_left(7);
    on_each_isa("clamped_gates_are_near_the_formula", |isa| {
        for gate in clamped_gates() {
            let swish: AnyActivation = gate.activation().into();
            let mut y = vec![0.0; x.len()];
            gate.apply_on(isa, &x, &values, &mut y).unwrap();
            for ((&x, &value), &y) in x.iter().zip(&values).zip(&y) {
                let (wide_x, wide_value) = (f64::from(x), f64::from(value));
                let exact = formula(gate, wide_x, wide_value);
                assert_eq!(gate.reference(wide_x, wide_value), exact);
                // The sum with the offset has a rounding of its own, of up to an ULP of the product.
                let limited = wide_value.clamp(-f64::from(gate.limit), f64::from(gate.limit));
                let sum = limited + f64::from(gate.offset);
                let rounded = f64::from(sum as f32);
                let lost = if sum == 0.0 {
                    0.0
                } else {
                    exact * (rounded / sum - 1.0)
                };
                let error = ulp::ulp_error(y, exact + lost);
                assert!(
                    error <= 2.0 * bounds::of(&swish) + 0.5,
                    "{gate:?} on {isa} of {x:e}, {value:e}: {y:e}, {error} ULP off {exact:e}"
                );
            }
        }
    });
}

#[test]
fn special_values_are_those_of_the_page() {
    let (nan, inf) = (f32::NAN, f32::INFINITY);
    let silu_7 = 7.0 / (1.0 + (-7.0f64).exp()) as f32;
    on_each_isa("special_values_of_clamped_gates", |isa| {
        for (gate, x, value, expected) in [
            (ClampedSwiglu::OAI, nan, 1.0, nan),
            (ClampedSwiglu::OAI, 1.0, nan, nan),
            (ClampedSwiglu::OAI, nan, nan, nan),
            (ClampedSwiglu::before(7.0), nan, inf, nan),
            (ClampedSwiglu::after(7.0), nan, 0.0, nan),
            (ClampedSwiglu::after(7.0), inf, nan, nan),
            (ClampedSwiglu::before(f32::INFINITY), 0.0, inf, nan),
            (ClampedSwiglu::before(7.0), 0.0, inf, 0.0),
            (ClampedSwiglu::before(7.0), inf, 1.0, silu_7),
            (ClampedSwiglu::before(7.0), -inf, 1.0, -0.0),
            (ClampedSwiglu::before(7.0), -inf, -inf, 0.0),
            (ClampedSwiglu::after(7.0), inf, inf, 49.0),
            (ClampedSwiglu::after(7.0), inf, -inf, -49.0),
            // An offset of 0 leaves the sign of a zero.
            (ClampedSwiglu::after(7.0), 9.0, -0.0, -0.0),
            (ClampedSwiglu::OAI, 0.0, -1.0, 0.0),
        ] {
            // Of each length, so that each kind of vector has them.
            for len in [1, 3, 16, 33] {
                let mut y = vec![7.5; len];
                gate.apply_on(isa, &vec![x; len], &vec![value; len], &mut y)
                    .unwrap();
                for y in y {
                    let same = y.to_bits() == expected.to_bits() || y.is_nan() && expected.is_nan();
                    let near = (y - silu_7).abs() < 1e-6 && expected == silu_7;
                    assert!(same || near, "{gate:?} on {isa} of {x}, {value}: {y}");
                }
            }
        }
    });
}

#[test]
fn without_a_limit_it_is_swiglu() {
    let x = inputs::special();
    let values = values(x.len());
    on_each_isa("without_a_limit", |isa| {
        let [mut y, mut expected] = [vec![0.0; x.len()], vec![0.0; x.len()]];
        for gate in [
            ClampedSwiglu::before(f32::INFINITY),
            ClampedSwiglu::after(f32::INFINITY),
        ] {
            gate.apply_on(isa, &x, &values, &mut y).unwrap();
            let swiglu = Swiglu::default();
            swiglu.apply_on(isa, &x, &values, &mut expected).unwrap();
            assert_same_bits(&y, &expected, &x, isa);
        }
    });
}

/// Long enough to be written past the cache: equal to what stretches are that are not.
#[test]
fn a_gate_that_streams_is_the_same() {
    const STRETCH: usize = 1 << 16;
    let len = (32 << 20) / size_of::<f32>() + 5;
    let x: Vec<f32> = inputs::noise(len).iter().map(|x| 9.0 * x).collect();
    let mut value = x.clone();
    value.reverse();
    on_each_isa("a_gate_that_streams", |isa| {
        let gates = [ClampedSwiglu::OAI, ClampedSwiglu::after(2.0)];
        for gate in gates
            .into_iter()
            .take(if scale_of_the_heaviest() > 1 { 1 } else { 2 })
        {
            let mut y = vec![7.5; len];
            gate.apply_on(isa, &x, &value, &mut y).unwrap();
            let mut expected = vec![0.0; STRETCH];
            let stretches = x.chunks(STRETCH).zip(value.chunks(STRETCH));
            for ((x, value), y) in stretches.zip(y.chunks(STRETCH)) {
                let expected = &mut expected[..x.len()];
                gate.apply_on(isa, x, value, expected).unwrap();
                assert_same_bits(y, expected, x, isa);
            }
        }
    });
}

const LIMITS: GateLimits = GateLimits {
    gate: 1.5,
    activated: 1.25,
    value: 3.0,
    offset: 0.75,
};

/// The steps of such a gate.
fn steps(gate: &Limited<'_>, isa: Isa, x: &[f32], value: &[f32]) -> Vec<f32> {
    let x: Vec<f32> = x.iter().map(|&x| if x > 1.5 { 1.5 } else { x }).collect();
    let mut y = vec![0.0; x.len()];
    gate.0.apply_on(isa, &x, &mut y).unwrap();
    for (y, value) in y.iter_mut().zip(value) {
        let activated = if *y > 1.25 { 1.25 } else { *y };
        *y = activated * (value.clamp(-3.0, 3.0) + 0.75);
    }
    y
}

#[test]
fn any_activation_may_have_limits() {
    let pool: Vec<f32> = inputs::special()
        .into_iter()
        .chain(inputs::noise(3000))
        .take(2400)
        .collect();
    let values = values(pool.len());
    let slopes = [0.5, -2.0, 0.0, 3.0];
    let per_channel = Prelu::per_channel(&slopes, 3).unwrap().into();
    on_each_isa("any_activation_may_have_limits", |isa| {
        for activation in AnyActivation::all().chain([per_channel]) {
            let gate = Limited(activation, LIMITS);
            for (len, rows) in [(0, 1), (12, 1), (108, 3), (2400, 1), (2400, 100)] {
                let (x, value) = (&pool[..len], &values[..len]);
                let expected = steps(&gate, isa, x, value);
                let mut y = vec![7.5; len];
                gate.apply_on(isa, x, value, &mut y).unwrap();
                assert_same_bits(&y, &expected, x, format_args!("{activation} on {isa}"));
                y.copy_from_slice(x);
                gate.apply_in_place_on(isa, &mut y, value).unwrap();
                assert_same_bits(&y, &expected, x, format_args!("{activation} on {isa}"));
                for split in splits(len / rows) {
                    let both = joined(split, x, value);
                    y.fill(7.5);
                    gate.apply_split_on(isa, split, &both, &mut y).unwrap();
                    let what = format_args!("{activation} on {isa}, {split:?}");
                    assert_same_bits(&y, &expected, x, what);
                }
            }
        }
    });
}

#[test]
fn what_is_chosen_at_run_time_is_the_same() {
    let x = inputs::special();
    let value = values(x.len());
    for gate in clamped_gates() {
        let chosen = AnyGate::from(gate);
        assert_eq!(chosen.limits(), gate.limits());
        let expected = gated(&chosen, Isa::detect(), &x, &value);
        assert_same_bits(&gate.to_vec(&x, &value).unwrap(), &expected, &x, chosen);
        assert_same_bits(&chosen.to_vec(&x, &value).unwrap(), &expected, &x, chosen);
        assert_eq!(chosen.to_string().parse(), Ok(chosen));
    }
}

/// The parameter that a refusal names, of a gate that leaves its output as it was.
fn refused(gate: impl Gate) -> &'static str {
    let mut y = [7.5; 3];
    let result = gate.apply(&[1.0; 3], &[1.0; 3], &mut y);
    assert_eq!(y, [7.5; 3]);
    match result {
        Err(Error::InvalidParameter { parameter, .. }) => parameter,
        other => panic!("{other:?}"),
    }
}

#[test]
fn parameters_that_make_no_sense_are_named() {
    let oai = ClampedSwiglu::OAI;
    for limit in [0.0, -0.0, -1.0, f32::NEG_INFINITY, f32::NAN] {
        assert_eq!(refused(ClampedSwiglu { limit, ..oai }), "limit");
    }
    for number in [f32::INFINITY, f32::NEG_INFINITY, f32::NAN] {
        let alpha = number;
        assert_eq!(refused(ClampedSwiglu { alpha, ..oai }), "alpha");
        let offset = number;
        assert_eq!(refused(ClampedSwiglu { offset, ..oai }), "offset");
    }
    let relu: AnyActivation = "relu".parse().unwrap();
    let (nan, none) = (f32::NAN, GateLimits::NONE);
    for (limits, named) in [
        (GateLimits { gate: nan, ..none }, "limits.gate"),
        (
            GateLimits {
                activated: nan,
                ..none
            },
            "limits.activated",
        ),
        (
            GateLimits {
                value: -1.0,
                ..none
            },
            "limits.value",
        ),
        (
            GateLimits {
                offset: nan,
                ..none
            },
            "limits.offset",
        ),
    ] {
        assert_eq!(refused(Limited(relu, limits)), named);
    }
}
