//! 16-bit types: all 65,536 inputs of each, all lengths, offsets and ways of calling.

mod exact;

use crate::common::on_each_isa;
#[cfg(unix)]
use crate::common::pages::Pages;
use activations::{AnyActivation, Formula, Isa, Prelu, Snake};
use exact::Float16;
use half::{bf16, f16};

/// All numbers of a type.
fn all<T: Float16>() -> Vec<T> {
    (0..=u16::MAX).map(T::from_bits).collect()
}

/// `activation` on `isa`, in a new buffer.
fn compute<T: Float16>(activation: &AnyActivation<'_>, isa: Isa, x: &[T]) -> Vec<T> {
    let mut y = vec![T::default(); x.len()];
    T::apply_on(activation, isa, x, &mut y);
    y
}

/// Whether two results are the same, a NaN's sign and payload aside.
fn same<T: Float16>(a: T, b: T) -> bool {
    a.bits() == b.bits() || a.is_nan() && b.is_nan()
}

/// Inputs whose results are not the right ones, as text.
fn wrong<T: Float16>(x: &[T], y: &[T], expected: &[T]) -> Vec<String> {
    assert_eq!((x.len(), x.len()), (y.len(), expected.len()));
    let wrong = (0..x.len()).filter(|&i| !same(y[i], expected[i]));
    let text = |i: usize| {
        let (x, y, expected) = (x[i], y[i], expected[i]);
        format!("f({x:?} = {:04x}) is {y:?}, not {expected:?}", x.bits())
    };
    wrong.map(text).collect()
}

/// Compares all results of all activations with the correctly rounded ones, and prints the number that differ.
fn check_rounding<T: Float16>(test: &str) {
    let x = all::<T>();
    let expected: Vec<(AnyActivation<'_>, Vec<T>)> = AnyActivation::all()
        .map(|activation| {
            let rounded = |&x: &T| match x.is_nan() {
                true => x,
                false => exact::rounded(&activation, x),
            };
            (activation, x.iter().map(rounded).collect())
        })
        .collect();
    let mut found = Vec::new();
    on_each_isa(test, |isa| {
        for (activation, expected) in &expected {
            let mut y = compute(activation, isa, &x);
            let mut wrong = wrong(&x, &y, expected);
            println!("{} on {isa}: {activation}: {} wrong", T::NAME, wrong.len());
            found.extend(
                wrong
                    .drain(..)
                    .map(|wrong| format!("{activation} on {isa}: {wrong}")),
            );
            // A signaling NaN may stay one where the result is the input.
            let signals = x
                .iter()
                .zip(&y)
                .any(|(x, y)| y.is_nan() && !y.is_quiet() && x.is_quiet());
            assert!(!signals, "{activation} on {isa}: a signaling NaN");
            let out_of_place = std::mem::replace(&mut y, x.clone());
            T::apply_in_place_on(activation, isa, &mut y);
            let differ = self::wrong(&x, &y, &out_of_place);
            assert!(
                differ.is_empty(),
                "{activation} on {isa}, in place: {differ:?}"
            );
        }
    });
    assert!(
        found.is_empty(),
        "{}: {:#?}",
        found.len(),
        &found[..found.len().min(20)]
    );
}

#[test]
fn every_result_of_f16_is_correctly_rounded() {
    check_rounding::<f16>("every_result_of_f16");
}

#[test]
fn every_result_of_bf16_is_correctly_rounded() {
    check_rounding::<bf16>("every_result_of_bf16");
}

/// Other parameters than the defaults, and those that lead to other kernels.
const OTHERS: &[&str] = &[
    "leaky_relu(0.3)",
    "leaky_relu(0)",
    "leaky_relu(-0.7)",
    "leaky_relu(1e-30)",
    "leaky_relu(1e30)",
    "leaky_relu(inf)",
    "leaky_relu(-inf)",
    "leaky_relu(nan)",
    "prelu(-inf)",
    "prelu(0.1)",
    "snake(0.5, 0.75)",
    "snake(3, -4)",
    "rrelu(0.1, 0.3)",
    "threshold(-1, 20)",
    "threshold(0.1, -7)",
    "thresholded_relu(0.3)",
    "hardtanh(-2, 0.3)",
    "hardtanh(0.1, 0.7)",
    "hardtanh(-3, -0.1)",
    "hardtanh(2, -1)",
    "hardtanh(0.5, 0.1)",
    "hardtanh(-0.1, -3)",
    "hardsigmoid(0.2, 0.5)",
    "hardshrink(0)",
    "hardshrink(3)",
    "hardshrink(-0.5)",
    "hardshrink(-1e-30)",
    "hardshrink(inf)",
    "hardshrink(-inf)",
    "softshrink(0.1)",
    "softshrink(inf)",
    "shrink(0.7, 0.3)",
    "shrink(1.5, 0)",
    "swish(2)",
    "swish(-1.5)",
    "swish(0)",
    "elu(0.5)",
    "elu(-3)",
    "elu(0.5, 2, 0.75)",
    "elu(1, 1.5)",
    "selu(0.5, 3)",
    "celu(2)",
    "celu(0.3)",
    "celu(-0.5)",
    "softplus(2, 20)",
    "softplus(0.5, 10)",
    "softplus(-1.5, 20)",
    "squareplus(0.5)",
    "squareplus(1e-20)",
    "laplace(0, 1)",
    "softcap(50)",
    "xielu(0.25, 2)",
    "xielu(-1, 0.5, 0.75, 0.125)",
];

/// Half a unit, and what is allowed beyond.
const BOUND: f64 = 0.5001;

fn check_other_parameters<T: Float16>(test: &str) {
    let x = all::<T>();
    on_each_isa(test, |isa| {
        for text in OTHERS {
            let activation: AnyActivation<'_> = text.parse().unwrap();
            let y = compute(&activation, isa, &x);
            let scalar = compute(&activation, Isa::Scalar, &x);
            let differ = wrong(&x, &y, &scalar);
            assert!(
                differ.is_empty(),
                "{activation} on {isa} and scalar: {differ:?}"
            );
            for (&x, &y) in x.iter().zip(&y) {
                let error = exact::error(y, activation.reference(x.value()));
                assert!(
                    error <= BOUND,
                    "{activation} on {isa}: f({x:?}) is {y:?}, {error} off"
                );
            }
        }
    });
}

#[test]
fn other_parameters_round_well() {
    check_other_parameters::<f16>("other_parameters_f16");
    check_other_parameters::<bf16>("other_parameters_bf16");
}

/// Numbers of all kinds.
fn pool<T: Float16>(len: usize) -> Vec<T> {
    (0..len as u32)
        .map(|i| T::from_bits((i.wrapping_mul(2_654_435_761) >> 15) as u16))
        .collect()
}

/// Every length at every offset, between guards.
fn check_lengths<T: Float16>(test: &str) {
    const GUARD: u16 = 0x5bad;
    let pool = pool::<T>(300);
    on_each_isa(test, |isa| {
        for activation in AnyActivation::all() {
            let expected = compute(&activation, isa, &pool);
            for len in 0..=140 {
                for offset in [0, 1, 3, 8, 15] {
                    let x = &pool[offset..offset + len];
                    let mut y = vec![T::from_bits(GUARD); len + offset + 2];
                    let target = offset + 1..offset + 1 + len;
                    T::apply_on(&activation, isa, x, &mut y[target.clone()]);
                    let what = format!("{} {activation} on {isa}, {len} at {offset}", T::NAME);
                    let differ = wrong(x, &y[target.clone()], &expected[offset..offset + len]);
                    assert!(differ.is_empty(), "{what}: {differ:?}");
                    y[target.clone()].copy_from_slice(x);
                    T::apply_in_place_on(&activation, isa, &mut y[target.clone()]);
                    let differ = wrong(x, &y[target.clone()], &expected[offset..offset + len]);
                    assert!(differ.is_empty(), "{what}, in place: {differ:?}");
                    y.drain(target);
                    assert!(
                        y.iter().all(|y| y.bits() == GUARD),
                        "{what}: a guard is gone"
                    );
                }
            }
        }
    });
}

#[test]
fn every_length_of_16_bit_elements_has_the_same_bits() {
    check_lengths::<f16>("every_length_of_f16");
    check_lengths::<bf16>("every_length_of_bf16");
}

/// Every length next to memory that faults.
#[cfg(unix)]
fn check_pages<T: Float16>(test: &str) {
    let mut pages = [Pages::new(), Pages::new()];
    let pool = pool::<T>(200);
    on_each_isa(test, |isa| {
        for activation in AnyActivation::all() {
            let expected = compute(&activation, isa, &pool);
            for len in 0..=130 {
                let [source, target] = &mut pages;
                for at_end in [false, true] {
                    let source = source.edge_of::<T>(at_end, len);
                    let target = target.edge_of::<T>(at_end, len);
                    source.copy_from_slice(&pool[..len]);
                    T::apply_on(&activation, isa, source, target);
                    T::apply_in_place_on(&activation, isa, source);
                    for y in [source, target] {
                        let differ = wrong(&pool[..len], y, &expected[..len]);
                        assert!(
                            differ.is_empty(),
                            "{activation} on {isa}, {len}: {differ:?}"
                        );
                    }
                }
            }
        }
    });
}

#[cfg(unix)]
#[test]
fn nothing_outside_of_16_bit_slices_is_touched() {
    check_pages::<f16>("nothing_outside_of_f16");
    check_pages::<bf16>("nothing_outside_of_bf16");
}

/// A slope for each channel gives what a shared one gives.
fn check_channels<T: Float16>(test: &str) {
    let (inf, nan) = (f32::INFINITY, f32::NAN);
    let slopes = [
        0.25, 0.1, -0.3, 0.0, 1e-30, -1e30, 0.01, 3.0, 7e-8, inf, -inf, nan,
    ];
    let x = pool::<T>(12 * 40 * 6);
    on_each_isa(test, |isa| {
        for inner in [1, 2, 40] {
            let prelu = Prelu::per_channel(&slopes, inner).unwrap();
            let y = compute(&prelu.into(), isa, &x);
            // Of twice as many channels, if those of each half are the same, the slopes vary along two groups of axes.
            let halves = Prelu::broadcast(&slopes, &[2, 1, 6, 1], &[2, 2, 6, inner]).unwrap();
            let of_halves = compute(&halves.into(), isa, &x);
            for (i, (&x, y)) in x.iter().zip(of_halves).enumerate() {
                let slope = slopes[i / inner % 6 + i / (12 * inner) % 2 * 6];
                let shared = compute(&Prelu::shared(slope).into(), isa, &[x])[0];
                assert!(same(y, shared), "{} on {isa}: {x:?} by {slope}", T::NAME);
            }
            for (channel, &slope) in slopes.iter().enumerate() {
                let shared = compute(&Prelu::shared(slope).into(), isa, &x);
                let of_channel = (0..x.len()).filter(|i| i / inner % slopes.len() == channel);
                for i in of_channel {
                    assert!(
                        same(y[i], shared[i]),
                        "{} on {isa}: {:?} by {slope}: {:?} and {:?}",
                        T::NAME,
                        x[i],
                        y[i],
                        shared[i]
                    );
                }
            }
        }
    });
}

/// Parameters of each channel give what shared ones give.
fn check_waves<T: Float16>(test: &str) {
    let alphas = [1.0, 0.5, -3.0, 0.0, 0.01, 100.0];
    let betas = [1.0, -0.25, 4.0, 1.0, 0.01, 1e-9];
    let x = pool::<T>(6 * 40 * 12);
    on_each_isa(test, |isa| {
        for (inner, count) in [(1, 5), (3, 5), (40, 5), (480, 5), (1, 6), (40, 6)] {
            // (The last one goes to the oracle, and all others of its tensor to kernels.)
            let x = &x[..x.len() / (inner * count) * (inner * count)];
            let snake = Snake::per_channel(&alphas[..count], &betas[..count], inner).unwrap();
            let y = compute(&snake.into(), isa, x);
            for channel in 0..count {
                let shared = Snake::shared(alphas[channel], betas[channel]).into();
                let shared = compute(&shared, isa, x);
                for i in (0..x.len()).filter(|i| i / inner % count == channel) {
                    assert!(
                        same(y[i], shared[i]),
                        "{} on {isa}, {inner}: {:?} by {channel}: {:?} and {:?}",
                        T::NAME,
                        x[i],
                        y[i],
                        shared[i]
                    );
                }
            }
        }
    });
}

#[test]
fn channels_of_16_bit_elements_are_as_shared_waves() {
    check_waves::<f16>("waves_of_f16");
    check_waves::<bf16>("waves_of_bf16");
}

#[test]
fn channels_of_16_bit_elements_are_as_shared_slopes() {
    check_channels::<f16>("channels_of_f16");
    check_channels::<bf16>("channels_of_bf16");
}

/// New buffers, and large ones, which may stream; on several threads.
fn check_large<T: Float16>(activation: AnyActivation<'static>) {
    let x = pool::<T>((17 << 20) + 13);
    let all = all::<T>();
    let table = compute(&activation, Isa::detect(), &all);
    let is_right = |y: &[T]| {
        let expected = x.iter().map(|x| table[usize::from(x.bits())]);
        y.iter()
            .zip(expected)
            .all(|(&y, expected)| same(y, expected))
    };
    on_each_isa("large_of_16_bits", |isa| {
        let y = compute(&activation, isa, &x);
        assert!(is_right(&y), "{activation} of {} on {isa}", T::NAME);
    });
    let y = T::to_vec(&activation, &x);
    assert_eq!(y.as_ptr().align_offset(64), 0);
    assert!(is_right(&y), "{activation} of {}, to_vec", T::NAME);
    #[cfg(feature = "parallel")]
    {
        let mut y = vec![T::default(); x.len()];
        T::par_apply(&activation, &x, &mut y);
        assert!(is_right(&y), "{activation} of {}, in parallel", T::NAME);
    }
}

#[test]
fn large_tensors_of_16_bit_elements_are_right() {
    for name in ["relu", "silu"] {
        let activation = name.parse().unwrap();
        check_large::<f16>(activation);
        check_large::<bf16>(activation);
    }
}
