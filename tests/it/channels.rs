//! PReLU with a slope per channel, over all kinds of shapes.

use crate::common::{
    Variant, assert_same_bits, compute, inputs, on_each_isa, property_on_each_isa, scale, ulp,
};
use activations::{AnyActivation, Formula, Isa, Prelu};
use proptest::prelude::*;

/// The tensor element by element, each with its own slope and no driver in between.
fn one_by_one(slopes: &[f32], inner: usize, isa: Isa, x: &[f32]) -> Vec<f32> {
    x.iter()
        .enumerate()
        .map(|(i, &x)| {
            let shared = Prelu::shared(slopes[i / inner % slopes.len()]).into();
            compute(&shared, isa, Variant::OutOfPlace, &[x])[0]
        })
        .collect()
}

fn assert_right(slopes: &[f32], inner: usize, x: &[f32], isa: Isa) {
    let activation: AnyActivation = Prelu::per_channel(slopes, inner).unwrap().into();
    let expected = one_by_one(slopes, inner, Isa::Scalar, x);
    for (i, (&x, &y)) in x.iter().zip(&expected).enumerate() {
        let exact = activation.reference_at(i, f64::from(x));
        assert!(
            ulp::ulp_error(y, exact) <= 0.5 && ulp::right_sign(y, exact),
            "{x:e} gives {y:e}, not {exact:e}"
        );
    }
    for variant in Variant::ALL {
        let y = compute(&activation, isa, variant, x);
        let shape = (x.len() / inner / slopes.len(), slopes.len(), inner);
        assert_same_bits(
            &y,
            &expected,
            x,
            format_args!("{shape:?} on {isa}, {variant:?}"),
        );
    }
}

/// Slopes of all signs and sizes; zeros have a kernel of their own.
fn slopes(count: usize, with_zeros: bool) -> Vec<f32> {
    let some = [0.25, -0.5, 0.0, 1.5, -0.0, 1e-30, 3e38, 0.01, 1.0];
    let some = some.into_iter().filter(|&slope| with_zeros || slope != 0.0);
    some.cycle().take(count).collect()
}

#[test]
fn shapes_small_and_large_are_right() {
    let channels = [1, 2, 3, 4, 7, 8, 16, 17, 63, 64, 65, 512, 513, 1000];
    let inners = [
        1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 31, 32, 48, 49, 64, 256, 257,
    ];
    let outers: &[usize] = if scale() > 1 { &[0, 2] } else { &[0, 1, 2, 5] };
    let pool: Vec<f32> = inputs::special()
        .into_iter()
        .chain(inputs::strided(20_000 * 5))
        .collect();
    on_each_isa("shapes_small_and_large", |isa| {
        for (channels, with_zeros) in channels.into_iter().flat_map(|c| [(c, false), (c, true)]) {
            let slopes = slopes(channels, with_zeros);
            for inner in inners {
                for outer in outers {
                    let len = outer * channels * inner;
                    if len <= 20_000 / scale().min(8) {
                        assert_right(&slopes, inner, &pool[..len], isa);
                    }
                }
            }
        }
    });
}

#[test]
fn any_shape_with_any_slopes_is_right() {
    let cases = (
        proptest::collection::vec(inputs::any_f32(), 1..=70),
        1usize..=40,
        0usize..=4,
        any::<u32>(),
    );
    property_on_each_isa("any_shape_with_any_slopes", &cases, |isa, case| {
        let (slopes, inner, outer, seed) = case;
        let mut state = seed;
        let x: Vec<f32> = (0..outer * slopes.len() * inner)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                f32::from_bits(state.rotate_left(11))
            })
            .collect();
        assert_right(&slopes, inner, &x, isa);
    });
}

/// Which slope each element of `x_shape` has: those of `slope_shape`, in order, axis by axis.
fn broadcast(slopes: &[f32], slope_shape: &[usize], x_shape: &[usize]) -> Vec<f32> {
    let aligned = [&vec![1; x_shape.len() - slope_shape.len()][..], slope_shape].concat();
    let slope_of = |at: usize| {
        let (mut rest, mut stride, mut index) = (at, 1, 0);
        for (&size, &own) in x_shape.iter().zip(&aligned).rev() {
            index += rest % size % own * stride;
            rest /= size;
            stride *= own;
        }
        slopes[index]
    };
    (0..x_shape.iter().product()).map(slope_of).collect()
}

/// Slopes of shapes that vary along several groups of axes, whole and in parts that begin and end anywhere.
#[test]
fn slopes_along_several_groups_of_axes_are_right() {
    let shapes: &[(&[usize], &[usize])] = &[
        (&[3, 1, 5], &[2, 3, 4, 5]),
        (&[2, 1, 1, 5], &[2, 3, 4, 5]),
        (&[2, 1, 4, 1], &[2, 3, 4, 5]),
        (&[3, 1, 1, 2, 1], &[3, 7, 1, 2, 300]),
        (&[2, 1, 70], &[2, 9, 70]),
        (&[2, 1, 2, 1, 2, 1, 2], &[2, 2, 2, 3, 2, 2, 2]),
        (&[2, 1, 2, 1, 3, 1, 2, 1], &[2, 3, 2, 2, 3, 2, 2, 5]),
    ];
    on_each_isa("slopes_along_several_groups", |isa| {
        for (slope_shape, x_shape) in shapes {
            let ordinary = (1..).map(|i| (i as f32 * 0.37).fract() - 0.5);
            let special = [0.0, f32::INFINITY, -0.0, f32::NAN];
            let count = slope_shape.iter().product();
            for with_special in [0, 2, 4] {
                let slopes: Vec<f32> = special[..with_special]
                    .iter()
                    .copied()
                    .chain(ordinary.clone())
                    .take(count)
                    .collect();
                let prelu = Prelu::broadcast(&slopes, slope_shape, x_shape).unwrap();
                let mut expected_slopes = broadcast(&slopes, slope_shape, x_shape);
                // The tensor may be repeated along an outer axis.
                expected_slopes.extend_from_within(..);
                let x: Vec<f32> = inputs::special()
                    .into_iter()
                    .chain(inputs::noise(997))
                    .cycle()
                    .take(expected_slopes.len())
                    .collect();
                let one = |(&x, &slope): (&f32, &f32)| {
                    compute(
                        &Prelu::shared(slope).into(),
                        Isa::Scalar,
                        Variant::OutOfPlace,
                        &[x],
                    )[0]
                };
                let expected: Vec<f32> = x.iter().zip(&expected_slopes).map(one).collect();
                let what = || format!("{slope_shape:?} to {x_shape:?} on {isa}");
                for variant in Variant::ALL {
                    let y = compute(&prelu.into(), isa, variant, &x);
                    assert_same_bits(&y, &expected, &x, format_args!("{}", what()));
                }
                for (start, len) in [
                    (0, 1),
                    (1, 2),
                    (3, 17),
                    (7, x.len() / 2),
                    (x.len() / 2 - 3, 6),
                    (5, x.len() - 5),
                ] {
                    let part = prelu.part(start, len);
                    let again = part.part(len / 3, len - len / 3);
                    let range = start..start + len;
                    let y = compute(&part.into(), isa, Variant::InPlace, &x[range.clone()]);
                    assert_same_bits(
                        &y,
                        &expected[range.clone()],
                        &x[range],
                        format_args!("{} from {start}", what()),
                    );
                    let range = start + len / 3..start + len;
                    let y = compute(&again.into(), isa, Variant::InPlace, &x[range.clone()]);
                    assert_same_bits(
                        &y,
                        &expected[range.clone()],
                        &x[range],
                        format_args!("{} again from {start}", what()),
                    );
                }
                assert!(prelu.check(x.len() - 1).is_err(), "{}", what());
            }
        }
    });
}
