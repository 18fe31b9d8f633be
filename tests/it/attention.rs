//! The options of attention against a model of them: the softmax of its logits alone has the same bits.

mod model;

use crate::common::rows::{KINDS, Operands, SHAPES, compute, described, mixed, tensor, with};
use crate::common::{Variant, assert_same_bits, inputs, on_each_isa, property_on_each_isa, ulp};
use activations::{
    Activation, Attention, Empty, Isa, LogSoftmax, Mask, RowActivation, RowFormula, Rows, Softmax,
    Tanh,
};
use proptest::prelude::*;

#[test]
fn every_option_is_what_the_model_has() {
    let scores = proptest::collection::vec(
        prop_oneof![
            12 => -30.0f32..30.0,
            1 => Just(f32::NEG_INFINITY),
            1 => inputs::any_f32(),
        ],
        50,
    );
    let cases = (model::any(), scores, any::<bool>());
    property_on_each_isa("every_option_is", &cases, |isa, (model, scores, zero)| {
        let len = model.shape.iter().product();
        let x: Vec<f32> = (0..len).map(|i| scores[(i + i / 50) % 50]).collect();
        let empty = if zero { Empty::Zero } else { Empty::Nan };
        let attention = model.attention().empty(empty);
        let rows = Rows::last(model.shape[3]);
        let operations = [Softmax(attention).into(), LogSoftmax(attention).into()];
        for (operation, expected) in operations.iter().zip(model.expected(isa, &x, empty)) {
            for variant in Variant::ALL {
                let y = compute(operation, isa, variant, rows, &x);
                assert_same_bits(&y, &expected, &x, format_args!("{model:?} on {isa}"));
            }
        }
        let (mut y, mut log_sums) = (x.clone(), vec![7.0; len / rows.axis]);
        Softmax(attention)
            .apply_in_place_with_log_sums_on(isa, rows, &mut y, &mut log_sums)
            .unwrap();
        for (row, &log_sum) in log_sums.iter().enumerate() {
            let logits = model.logits(model.place(row), &x);
            let logits: Vec<f64> = logits.iter().map(|(_, t)| f64::from(*t)).collect();
            assert_log_sum(log_sum, &logits, empty, format_args!("{model:?} on {isa}"));
        }
    });
}

/// That `log_sum` is the logarithm of the sum of e^t, for the `logits` t of a row.
fn assert_log_sum(log_sum: f32, logits: &[f64], empty: Empty, what: impl std::fmt::Display) {
    let largest = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let is_nothing = logits.iter().all(|t| *t == f64::NEG_INFINITY);
    if logits.is_empty() || is_nothing && empty == Empty::Zero {
        assert_eq!(log_sum, f32::NEG_INFINITY, "{what}");
        return;
    }
    let sum: f64 = logits.iter().map(|t| (t - largest).exp()).sum();
    let expected = largest + sum.ln();
    if expected.is_nan() {
        assert!(log_sum.is_nan(), "{what}: {log_sum}");
        return;
    }
    let error = (f64::from(log_sum) - expected).abs();
    let spacing = largest.abs().max(expected.abs()) * f64::from(f32::EPSILON);
    let bound = f64::max(2.0 * spacing, 1.0 / (1u64 << 40) as f64);
    assert!(error <= bound, "{what}: {log_sum}, not {expected}");
}

#[test]
fn a_sink_takes_its_share() {
    let sinks = [f32::NEG_INFINITY, 0.0, 3.0, 90.0, -200.0];
    let quiet = Softmax(Attention::new().shape(5, 1).sinks(&sinks));
    let log = LogSoftmax(Attention::new().shape(5, 1).sinks(&sinks));
    on_each_isa("a_sink_takes_its_share", |isa| {
        for axis in [1, 2, 16, 17, 64, 65, 200] {
            for (_, kind) in KINDS.iter().filter(|(what, _)| *what != "some -inf") {
                let rows = Rows::last(axis);
                let x = tensor(rows, 5, |_| *kind);
                let [mut y, mut logs] = [x.clone(), x.clone()];
                quiet.apply_in_place_on(isa, rows, &mut y).unwrap();
                log.apply_in_place_on(isa, rows, &mut logs).unwrap();
                for (row, sink) in sinks.iter().enumerate() {
                    // The softmax of the row and its sink.
                    let mut with_sink: Vec<f64> = x[row * axis..][..axis]
                        .iter()
                        .map(|&x| f64::from(x))
                        .collect();
                    with_sink.push(f64::from(*sink));
                    let expected = Softmax::default().reference(0, &with_sink);
                    let of_logs = LogSoftmax::default().reference(0, &with_sink);
                    for i in 0..axis {
                        let error = ulp::ulp_error(y[row * axis + i], expected[i]);
                        let of_log = ulp::ulp_error(logs[row * axis + i], of_logs[i]);
                        assert!(
                            error.max(of_log) <= 2.0 + axis as f64 / 4096.0,
                            "{isa}, {axis}, sink {sink}: {} and {}, {error} and {of_log} ULP",
                            y[row * axis + i],
                            logs[row * axis + i]
                        );
                    }
                }
            }
        }
    });
}

#[test]
fn rows_without_any_key_give_what_is_asked_for() {
    const INF: f32 = f32::INFINITY;
    let masked = [-INF; 20];
    let kept = [false; 20];
    let large = [-1e30; 20];
    let of = |attention: Attention<'_>, isa, row: &[f32]| {
        let mut y = row.repeat(2);
        let rows = Rows::last(row.len());
        Softmax(attention)
            .apply_in_place_on(isa, rows, &mut y)
            .unwrap();
        let mut log = row.repeat(2);
        LogSoftmax(attention)
            .apply_in_place_on(isa, rows, &mut log)
            .unwrap();
        (y, log)
    };
    on_each_isa("rows_without_any_key", |isa| {
        for len in [1, 7, 16, 20] {
            let row = &[1.0; 20][..len];
            let nothing = &masked[..len];
            for (attention, row) in [
                (Attention::new().mask(Mask::added(nothing)), row),
                (Attention::new().mask(Mask::kept(&kept[..len])), row),
                (Attention::new(), nothing),
            ] {
                let (y, log) = of(attention, isa, row);
                assert!(y.iter().chain(&log).all(|y| y.is_nan()), "{isa} {len}");
                let (y, log) = of(attention.empty(Empty::Zero), isa, row);
                assert!(y.iter().all(|y| y.to_bits() == 0), "{isa} {len}: {y:?}");
                assert!(log.iter().all(|y| *y == -INF), "{isa} {len}: {log:?}");
                let sinks = [0.25];
                let (y, log) = of(attention.sinks(&sinks), isa, row);
                assert!(y.iter().all(|y| y.to_bits() == 0), "{isa} {len}: {y:?}");
                assert!(log.iter().all(|y| *y == -INF), "{isa} {len}: {log:?}");
            }
            // Large negative numbers are keys, and NaN is not nothing.
            let attention = Attention::new().empty(Empty::Zero);
            let (y, _) = of(attention.mask(Mask::added(&large[..len])), isa, row);
            assert_eq!(y, vec![1.0 / len as f32; 2 * len], "{isa}");
            let mut wild = nothing.to_vec();
            wild[len / 2] = f32::NAN;
            let (y, log) = of(attention, isa, &wild);
            assert!(y.iter().chain(&log).all(|y| y.is_nan()), "{isa} {len}");
        }
    });
}

#[test]
fn a_cap_bounds_the_scores() {
    on_each_isa("a_cap_bounds_the_scores", |isa| {
        for (x, cap, expected) in [
            ([f32::INFINITY, f32::INFINITY], 5.0, [0.5, 0.5]),
            ([f32::MAX, 1e9], 2.0, [0.5, 0.5]),
            ([f32::NEG_INFINITY; 2], 30.0, [0.5, 0.5]),
            ([0.0, -0.0], 1e-3, [0.5, 0.5]),
            ([f32::NAN, 0.0], 1.0, [f32::NAN, f32::NAN]),
            // What a tiny cap leaves of the scores is as good as nothing.
            ([5.0, -f32::INFINITY], 1e-40, [0.5, 0.5]),
        ] {
            let mut y = x;
            let softmax = Softmax(Attention::new().softcap(cap));
            softmax
                .apply_in_place_on(isa, Rows::last(2), &mut y)
                .unwrap();
            assert_same_bits(&y, &expected, &x, format_args!("{cap} on {isa}"));
        }
        // As the steps have it, one by one.
        for (scale, cap) in [(1.0, 50.0), (0.088, 30.0), (-2.5, 1.5)] {
            let (rows, outer) = (Rows::last(70), KINDS.len());
            let x = tensor(rows, outer, |row| KINDS[row].1);
            let mut logits: Vec<f32> = x.iter().map(|x| scale * x / cap).collect();
            Tanh.apply_in_place_on(isa, &mut logits).unwrap();
            logits.iter_mut().for_each(|t| *t *= cap);
            for operation in [Softmax::default().into(), LogSoftmax::default().into()] {
                let capped = with(operation, Attention::new().scale(scale).softcap(cap));
                let y = compute(&capped, isa, Variant::OutOfPlace, rows, &x);
                let expected = compute(&operation, isa, Variant::OutOfPlace, rows, &logits);
                assert_same_bits(&y, &expected, &x, format_args!("{capped} on {isa}"));
            }
        }
        // The largest cap keeps the last bits of the scores, and no larger one bounds any.
        let x = tensor(Rows::last(70), KINDS.len(), |row| KINDS[row].1);
        for cap in [2f32.powi(60), 2f32.powi(61), f32::MAX] {
            let y = [cap, f32::INFINITY].map(|cap| {
                let softmax = Softmax(Attention::new().softcap(cap)).into();
                compute(&softmax, isa, Variant::OutOfPlace, Rows::last(70), &x)
            });
            assert_same_bits(&y[0], &y[1], &x, format_args!("{cap:e} on {isa}"));
        }
        // e^(2 tanh 1) over e^(2 tanh 1) + 1.
        let mut y = [2.0, 0.0];
        let softmax = Softmax(Attention::new().softcap(2.0));
        softmax
            .apply_in_place_on(isa, Rows::last(2), &mut y)
            .unwrap();
        let numerator = (2.0 * 1f64.tanh()).exp();
        let error = ulp::ulp_error(y[0], numerator / (numerator + 1.0));
        assert!(error <= 3.0, "{y:?} on {isa}");
    });
}

#[test]
fn log_sums_are_those_of_the_rows() {
    on_each_isa("log_sums_are_those", |isa| {
        for &(rows, outer) in SHAPES {
            let operands = Operands::new(rows, outer);
            let x = mixed(rows, outer);
            for attention in operands.every_way() {
                let softmax = Softmax(attention);
                let what = format!("{} on {isa}, {rows:?}", described(&softmax.into()));
                let expected = compute(&softmax.into(), isa, Variant::OutOfPlace, rows, &x);
                let mut y = vec![7.0; x.len()];
                let mut log_sums = vec![7.0; outer * rows.inner];
                softmax
                    .apply_with_log_sums_on(isa, rows, &x, &mut y, &mut log_sums)
                    .unwrap();
                assert_same_bits(&y, &expected, &x, &what);
                let mut y = x.clone();
                let mut in_place = vec![7.0; outer * rows.inner];
                softmax
                    .apply_in_place_with_log_sums_on(isa, rows, &mut y, &mut in_place)
                    .unwrap();
                assert_same_bits(&y, &expected, &x, &what);
                assert_same_bits(&in_place, &log_sums, &log_sums, &what);
                // As the softmax of each row by scalar code has them.
                let mut scalar = vec![7.0; outer * rows.inner];
                softmax
                    .apply_with_log_sums_on(Isa::Scalar, rows, &x, &mut y, &mut scalar)
                    .unwrap();
                assert_same_bits(&log_sums, &scalar, &log_sums, &what);
            }
        }
    });
}

#[test]
fn groups_that_are_not_full_come_to_an_end() {
    // In the lanes of no row, zeros stand for the logits, whose largest number was that of the mask: the others seem to
    // sum to a little more than the largest.
    let mask = [(20f32 / 1.01).ln(); 20];
    let masked = Attention::new().mask(Mask::added(&mask));
    // As many as there are in a group, and fewer with another sink in its first lane.
    let sinks: Vec<f32> = (0..20).map(|head| 20.0 * (head % 3) as f32).collect();
    let sunk = Attention::new().shape(20, 1).sinks(&sinks);
    on_each_isa("groups_that_are_not_full", |isa| {
        for (attention, rows, outer) in [
            (masked, Rows::strided(20, 5), 1),
            (sunk, Rows::last(70), 20),
            (sunk, Rows::last(7), 20),
            (sunk, Rows::strided(7, 3), 20),
        ] {
            let x = tensor(rows, outer, |_| KINDS[0].1);
            let operation = LogSoftmax(attention).into();
            let y = compute(&operation, isa, Variant::OutOfPlace, rows, &x);
            let scalar = compute(&operation, Isa::Scalar, Variant::OutOfPlace, rows, &x);
            assert_same_bits(&y, &scalar, &x, format_args!("{rows:?} on {isa}"));
        }
    });
}

#[test]
fn a_long_row_of_nothing_has_no_sum() {
    let rows = Rows::last((1 << 17) + 5);
    on_each_isa("a_long_row_of_nothing", |isa| {
        for (empty, expected) in [(Empty::Nan, f32::NAN), (Empty::Zero, f32::NEG_INFINITY)] {
            let mut y = vec![f32::NEG_INFINITY; rows.axis];
            let mut log_sums = [7.0];
            Softmax(Attention::new().empty(empty))
                .apply_in_place_with_log_sums_on(isa, rows, &mut y, &mut log_sums)
                .unwrap();
            assert_same_bits(&log_sums, &[expected], &[0.0], isa);
        }
    });
}

#[test]
fn a_sink_that_is_nan_makes_all_nan() {
    on_each_isa("a_sink_that_is_nan", |isa| {
        for x in [f32::NEG_INFINITY, 1.0] {
            let mut y = [x; 20];
            let attention = Attention::new().sinks(&[f32::NAN]).empty(Empty::Zero);
            Softmax(attention)
                .apply_in_place_on(isa, Rows::last(20), &mut y)
                .unwrap();
            assert!(y.iter().all(|y| y.is_nan()), "{isa}: {y:?}");
        }
    });
}

#[test]
fn parts_that_lie_outside_are_refused() {
    let mask = [0.0f32; 8];
    let softmax = Softmax(Attention::new().mask(Mask::added(&mask).strides([4, 0, 0])));
    let mut y = [7.0; 4];
    for (outer, first) in [(2, 2), (2, 1000), (0, 1), (2, usize::MAX)] {
        let part = softmax.part(outer, first);
        assert!(part.apply(Rows::last(4), &[1.0; 4], &mut y).is_err());
        assert_eq!(y, [7.0; 4]);
    }
    assert_eq!(softmax.part(2, 1).check(Rows::last(4), 4), Ok(()));
}
