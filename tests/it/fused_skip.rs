//! A skip connection before the activation of a fused call, alone and next to a bias and a residual: the bits of the steps
//! one by one, of all types, in place, on long tensors and on threads.

use crate::common::buffer::Guarded;
use crate::common::forms::assert_gives;
use crate::common::steps::{Bias, fused, values};
use crate::common::{assert_same_bits, inputs, on_each_isa, step_of_the_heaviest};
use activations::{Activation, AnyActivation, Cuts, Error, Formula, Fused, Isa, Prelu, Relu, Silu};

/// `x + bias + skip`, step by step.
fn sums(bias: Bias<'_>, skip: &[f32], x: &[f32]) -> Vec<f32> {
    let biased = |(i, x): (usize, &f32)| match bias {
        Some((bias, inner)) => x + bias[i / inner % bias.len()],
        None => *x,
    };
    let biased = x.iter().enumerate().map(biased);
    biased.zip(skip).map(|(x, skip)| x + skip).collect()
}

/// The call.
fn call<'a, A: Activation>(
    activation: A,
    bias: Bias<'a>,
    skip: &'a [f32],
    residual: Option<&'a [f32]>,
) -> Fused<'a, A> {
    let mut call = Fused::new(activation).skip(skip);
    if let Some((bias, inner)) = bias {
        call = call.bias(bias, inner).unwrap();
    }
    match residual {
        Some(residual) => call.residual(residual),
        None => call,
    }
}

/// Out of place and in place against the steps, between guards.
fn assert_is_its_steps(
    activation: &AnyActivation<'_>,
    isa: Isa,
    bias: Bias<'_>,
    residual: Option<&[f32]>,
    x: &[f32],
    offset: usize,
) {
    let mut skip = values(x.len() + 3);
    skip.rotate_left(3);
    skip.truncate(x.len());
    let expected = fused(activation, isa, None, residual, &sums(bias, &skip, x));
    let skip = Guarded::new(&skip, offset / 3);
    let residual = residual.map(|residual| Guarded::new(residual, offset / 2));
    let residual = residual.as_ref().map(Guarded::slice);
    let call = call(*activation, bias, skip.slice(), residual);
    let shape = bias.map(|(bias, inner)| (bias.len(), inner));
    let what = format!("{activation}, {shape:?}");
    assert_gives(&call, what, isa, x, &expected, offset);
}

fn biases(count: usize) -> Vec<f32> {
    let some = [0.25, -0.5, 0.0, 1.5, -0.0, 1e-30, -3e38, 0.01];
    some.into_iter().cycle().take(count).collect()
}

#[test]
fn every_activation_is_its_steps_at_every_length() {
    let pool = &inputs::pool(1000)[..1000];
    on_each_isa("skips_of_every_activation", |isa| {
        for (i, activation) in inputs::every_kernel().enumerate() {
            for len in (0..=140).step_by(step_of_the_heaviest(5)) {
                let x = &pool[i * 3..i * 3 + len];
                let residual = values(len);
                let residual = (len % 2 == 0).then_some(&residual[..]);
                let (one, each) = (biases(1), biases(len));
                let bias: Bias<'_> = match len % 3 {
                    0 => None,
                    1 => Some((&one, len)),
                    _ => Some((&each, 1)),
                };
                assert_is_its_steps(&activation, isa, bias, residual, x, len % 17);
            }
        }
    });
}

#[test]
fn shapes_small_and_large_are_right() {
    let pool = &inputs::pool(20_000)[..20_000];
    let residual = values(pool.len());
    on_each_isa("skips_of_shapes", |isa| {
        for channels in [1, 2, 3, 64, 513, 1025] {
            let bias = biases(channels);
            for inner in [1, 2, 7, 16, 49, 256, 1025, 3000] {
                for outer in [1, 2, 5] {
                    let len = outer * channels * inner;
                    let Some(x) = pool.get(..len) else { continue };
                    let bias = Some((&bias[..], inner));
                    assert_is_its_steps(&Relu.into(), isa, bias, Some(&residual[..len]), x, 3);
                    assert_is_its_steps(&Silu.into(), isa, bias, None, x, 1);
                }
            }
        }
    });
}

#[test]
fn slopes_per_channel_keep_their_places() {
    let pool = &inputs::pool(1000)[..1000];
    on_each_isa("skips_of_slopes", |isa| {
        let activation = Prelu::per_channel(&[0.5, -2.0, 0.0], 4).unwrap().into();
        for outer in [0, 1, 2, 5] {
            let x = &pool[..outer * 24];
            let residual = values(x.len());
            for bias in [None, Some((&biases(8)[..], 3))] {
                assert_is_its_steps(&activation, isa, bias, Some(&residual), x, 1);
                assert_is_its_steps(&activation, isa, bias, None, x, 2);
            }
        }
    });
}

/// Long enough to be written past the cache, and to be cut for threads.
#[test]
fn a_long_tensor_is_the_same() {
    const INNER: usize = 1 << 11;
    let bias = biases(8);
    let row = bias.len() * INNER;
    let len = ((32 << 20) / size_of::<f32>()).next_multiple_of(row) + row;
    let x = inputs::noise(len);
    let mut skip = x.clone();
    skip.reverse();
    let bias = Some((&bias[..], INNER));
    let check = |y: &[f32], what: &str| {
        let rows = x.chunks(row).zip(skip.chunks(row)).zip(y.chunks(row));
        for ((x, skip), y) in rows {
            let mut expected = vec![7.5; row];
            Relu.apply(&sums(bias, skip, x), &mut expected).unwrap();
            assert_same_bits(y, &expected, x, what);
        }
    };
    let call = call(Relu, bias, &skip, None);
    let mut y = vec![7.5; len];
    on_each_isa("a_long_tensor_with_a_skip", |isa| {
        call.apply_on(isa, &x, &mut y).unwrap();
        check(&y, "one thread");
    });
    #[cfg(feature = "parallel")]
    {
        y.fill(7.5);
        call.par_apply(&x, &mut y).unwrap();
        check(&y, "threads");
        y.copy_from_slice(&x);
        call.par_apply_in_place(&mut y).unwrap();
        check(&y, "threads, in place");
    }
}

/// A skip connection and a residual of 16-bit types, next to a tensor of either.
#[cfg(feature = "half")]
#[test]
fn types_may_be_mixed() {
    use half::{bf16, f16};
    let x = inputs::noise(2600);
    let skip: Vec<bf16> = x.iter().rev().map(|&x| bf16::from_f32(x)).collect();
    let residual: Vec<f16> = x.iter().map(|&x| f16::from_f32(0.5 - x)).collect();
    let bias = [0.5, -1.25];
    let wide = |i: usize| (skip[i].to_f32(), residual[i].to_f32());
    on_each_isa("skips_of_16_bits", |isa| {
        for inner in [1, 650, 1300] {
            let call = Fused::new(activations::Gelu)
                .bias(&bias, inner)
                .unwrap()
                .skip(&skip);
            for with_residual in [false, true] {
                let call = if with_residual {
                    call.residual(&residual)
                } else {
                    call
                };
                let steps = |x: &[f32]| {
                    let (skip, residual): (Vec<f32>, Vec<f32>) = (0..x.len()).map(wide).unzip();
                    let residual = with_residual.then_some(&residual[..]);
                    let sums = sums(Some((&bias, inner)), &skip, x);
                    fused(&activations::Gelu.into(), isa, None, residual, &sums)
                };
                let mut y = vec![7.5; x.len()];
                call.apply_on(isa, &x, &mut y).unwrap();
                assert_same_bits(&y, &steps(&x), &x, isa);

                let of_16_bits: Vec<f16> = x.iter().map(|&x| f16::from_f32(x)).collect();
                let widened: Vec<f32> = of_16_bits.iter().map(|x| x.to_f32()).collect();
                let expected: Vec<f32> = steps(&widened)
                    .iter()
                    .map(|&y| f16::from_f32(y).to_f32())
                    .collect();
                let mut y = of_16_bits;
                call.apply_in_place_on(isa, &mut y).unwrap();
                let y: Vec<f32> = y.iter().map(|y| y.to_f32()).collect();
                assert_same_bits(&y, &expected, &widened, isa);
            }
        }
    });
}

#[test]
fn the_oracle_is_the_formula() {
    let (skip, residual) = ([1.0, -9.0, 2.0, 0.5], [10.0, 20.0, 30.0, 40.0]);
    let call = call(Relu, Some((&[1.0, -2.0], 1)), &skip, Some(&residual));
    let at = |index| call.reference_at(index, 1.5);
    assert_eq!([0, 1, 2, 3].map(at), [13.5, 20.0, 34.5, 40.0]);
    let skip_alone = Fused::new(Relu).skip(&skip);
    assert!(skip_alone.depends_on_position());
    assert_eq!(skip_alone.cuts(), Cuts::Anywhere);
    assert_eq!(skip_alone.part(2, 2), Fused::new(Relu).skip(&skip[2..]));
}

#[test]
fn another_length_is_refused() {
    let mut y = [7.5; 3];
    let call = Fused::new(Relu).skip(&[0.5, 0.25]).residual(&[1.0; 3]);
    let expected = Error::OperandMismatch {
        input: 3,
        operand: "skip",
        len: 2,
    };
    assert_eq!(call.apply(&[1.0; 3], &mut y), Err(expected.clone()));
    assert_eq!(call.apply_in_place(&mut y), Err(expected));
    assert_eq!(y, [7.5; 3]);
    let call = call.skip(&[0.5; 3]); // in place of the earlier one
    assert_eq!(call.apply(&[1.0; 3], &mut y), Ok(()));
    assert_eq!(y, [2.5; 3]);
}
