//! candle's operations give the crate's results, bit for bit, whatever the tensor's layout.

use activations::{
    Activation, AnyActivation, AnyRowActivation, Attention, Gelu, Mask, Prelu, Relu, RowActivation,
    RowFormula, Rows, Silu, Softmax,
};
use activations_engines::candle::{Elementwise, Rowwise};
use candle_core::{D, DType, Device, Result, Tensor};
use half::{bf16, f16};

const SHAPE: [usize; 3] = [5, 7, 19];

fn tensor() -> Result<Tensor> {
    Tensor::from_vec(values(), &SHAPE, &Device::Cpu)
}

/// From -9 to 9, in no order.
fn values() -> Vec<f32> {
    let len = SHAPE.iter().product();
    (0..len)
        .map(|i: usize| (i * 389 % len) as f32 * (18.0 / len as f32) - 9.0)
        .collect()
}

/// Views of a tensor: all of it, parts of it, and its dimensions in another order.
fn views() -> Result<Vec<Tensor>> {
    let x = tensor()?;
    Ok(vec![
        x.clone(),
        x.narrow(0, 1, 3)?,
        x.narrow(1, 2, 4)?,
        x.narrow(2, 3, 11)?,
        x.transpose(0, 1)?,
        x.t()?,
        x.permute((2, 0, 1))?.narrow(0, 4, 9)?,
        x.get(2)?,
        x.narrow(0, 0, 0)?,
        Tensor::new(-1.5f32, &Device::Cpu)?,
    ])
}

fn bits(x: &Tensor) -> Result<Vec<u32>> {
    let values = x.flatten_all()?.to_vec1::<f32>()?;
    Ok(values.into_iter().map(f32::to_bits).collect())
}

fn bits_of(values: &[f32]) -> Vec<u32> {
    values.iter().map(|value| value.to_bits()).collect()
}

#[test]
fn every_activation_of_every_view() -> Result<()> {
    for activation in AnyActivation::all() {
        for x in views()? {
            let mut expected = x.flatten_all()?.to_vec1::<f32>()?;
            activation.apply_in_place(&mut expected).unwrap();
            let y = x.apply_op1(Elementwise(activation))?;
            assert_eq!(y.dims(), x.dims());
            assert_eq!(bits(&y)?, bits_of(&expected), "{activation}, {x:?}");
        }
    }
    Ok(())
}

/// Tensors of 16 bits get the results of slices, whatever their layout.
#[test]
fn every_activation_of_16_bits() -> Result<()> {
    for activation in AnyActivation::all() {
        for x in views()? {
            let x = x.to_dtype(DType::BF16)?;
            let mut expected = x.flatten_all()?.to_vec1::<bf16>()?;
            activation.apply_in_place(&mut expected).unwrap();
            let y = x.apply_op1(Elementwise(activation))?;
            assert_eq!(
                y.flatten_all()?.to_vec1::<bf16>()?,
                expected,
                "{activation}"
            );

            let x = x.to_dtype(DType::F16)?.copy()?;
            let mut expected = x.flatten_all()?.to_vec1::<f16>()?;
            activation.apply_in_place(&mut expected).unwrap();
            x.inplace_op1(&Elementwise(activation))?;
            assert_eq!(x.flatten_all()?.to_vec1::<f16>()?, expected, "{activation}");
        }
    }
    Ok(())
}

/// candle's own SiLU rounds each of its steps to 16 bits: a sixth of its results is not the nearest number. Of these all are.
#[test]
fn silu_of_16_bits_is_rounded_once() -> Result<()> {
    let numbers = (0..=u16::MAX).map(f16::from_bits).filter(|x| x.is_finite());
    let x = Tensor::from_iter(numbers, &Device::Cpu)?;
    // One of the numbers beside `y` is nearer to the exact result.
    let is_wrong = |x: f16, y: f16| {
        let exact = Silu.reference(x.to_f64());
        let distance = |bits: u16| (f16::from_bits(bits).to_f64() - exact).abs();
        let bits = y.to_bits();
        let beside = [bits.wrapping_sub(1), bits.wrapping_add(1)];
        beside
            .into_iter()
            .any(|beside| distance(beside) < distance(bits))
    };
    let wrong = |y: &Tensor| -> Result<usize> {
        let (x, y) = (x.to_vec1::<f16>()?, y.to_vec1::<f16>()?);
        Ok(x.iter().zip(&y).filter(|&(&x, &y)| is_wrong(x, y)).count())
    };
    let ours = wrong(&x.apply_op1(Elementwise(Silu))?)?;
    let theirs = wrong(&x.silu()?)?;
    println!("not the nearest number: {ours} here, {theirs} in candle");
    assert!(ours == 0 && theirs > 1000, "{ours}, {theirs}");
    Ok(())
}

#[test]
fn every_operation_on_rows_along_every_dimension() -> Result<()> {
    for operation in AnyRowActivation::all() {
        for x in views()? {
            for dim in 0..x.rank() {
                let inner = x.dims()[dim + 1..].iter().product();
                let rows = Rows::strided(x.dims()[dim], inner);
                let mut expected = x.flatten_all()?.to_vec1::<f32>()?;
                operation.apply_in_place(rows, &mut expected).unwrap();
                let y = x.apply_op1(Rowwise(operation, dim))?;
                assert_eq!(y.dims(), x.dims());
                assert_eq!(
                    bits(&y)?,
                    bits_of(&expected),
                    "{operation} along {dim}, {x:?}"
                );
            }
        }
    }
    Ok(())
}

/// Tensors of 16 bits get the results of slices, along every dimension.
#[test]
fn every_operation_on_rows_of_16_bits() -> Result<()> {
    for operation in AnyRowActivation::all() {
        for x in views()? {
            for dim in 0..x.rank() {
                let inner = x.dims()[dim + 1..].iter().product();
                let rows = Rows::strided(x.dims()[dim], inner);

                let x = x.to_dtype(DType::BF16)?;
                let mut expected = x.flatten_all()?.to_vec1::<bf16>()?;
                operation.apply_in_place(rows, &mut expected).unwrap();
                let y = x.apply_op1(Rowwise(operation, dim))?;
                assert_eq!(y.dims(), x.dims());
                assert_eq!(
                    y.flatten_all()?.to_vec1::<bf16>()?,
                    expected,
                    "{operation} along {dim}, {x:?}"
                );

                let x = x.to_dtype(DType::F16)?.copy()?;
                let mut expected = x.flatten_all()?.to_vec1::<f16>()?;
                operation.apply_in_place(rows, &mut expected).unwrap();
                x.inplace_op1(&Rowwise(operation, dim))?;
                assert_eq!(
                    x.flatten_all()?.to_vec1::<f16>()?,
                    expected,
                    "{operation} along {dim}, {x:?}"
                );
            }
        }
    }
    Ok(())
}

/// candle adds up a row in its own type. In `bf16` its sum of many ones stays at 256, as 257 lies halfway between two
/// numbers and is rounded down; in `f16` it stays at 2048. A row twice as long then sums to 2.
#[test]
fn softmax_of_equal_numbers_of_16_bits_sums_to_1() -> Result<()> {
    for (dtype, length) in [(DType::BF16, 512), (DType::F16, 4096)] {
        let x = Tensor::full(0.125f32, (3, length), &Device::Cpu)?.to_dtype(dtype)?;
        let sums = |y: Tensor| y.to_dtype(DType::F64)?.sum(D::Minus1)?.to_vec1::<f64>();
        let ours = x.apply_op1(Rowwise(Softmax::default(), D::Minus1))?;
        assert_eq!(sums(ours)?, [1.0; 3], "{dtype:?}");
        let theirs = candle_nn::ops::softmax(&x, D::Minus1)?;
        assert_eq!(sums(theirs)?, [2.0; 3], "{dtype:?}, candle");
        let theirs = candle_nn::ops::softmax_last_dim(&x)?;
        assert_eq!(sums(theirs)?, [2.0; 3], "{dtype:?}, candle, last dimension");
    }
    Ok(())
}

/// Each result is the exact one, rounded to the type, or a number beside that.
#[test]
fn softmax_of_16_bits_is_rounded_once() -> Result<()> {
    let softmax = Softmax::default();
    let (mut results, mut ours, mut theirs) = (0, [0; 2], [0; 2]);
    for length in [1, 7, 64, 500, 3000] {
        for spread in [0.01, 1.0, 8.0] {
            let x: Vec<f64> = (0..length)
                .map(|i| f64::from(i * 7919 % 5003) / 5003.0 * spread)
                .collect();
            for dtype in [DType::BF16, DType::F16] {
                let x = Tensor::new(x.as_slice(), &Device::Cpu)?.to_dtype(dtype)?;
                let exact = softmax.reference(0, &x.to_dtype(DType::F64)?.to_vec1()?);
                let exact = Tensor::new(exact, &Device::Cpu)?.to_dtype(dtype)?;
                // How many results are another number than the nearest, and how many none of those beside it either.
                let count = |y: &Tensor, counts: &mut [usize; 2]| -> Result<()> {
                    for (y, exact) in numbers(y)?.into_iter().zip(numbers(&exact)?) {
                        counts[0] += usize::from(y != exact);
                        counts[1] += usize::from(y.abs_diff(exact) > 1);
                    }
                    Ok(())
                };
                count(&x.apply_op1(Rowwise(softmax, 0))?, &mut ours)?;
                count(&candle_nn::ops::softmax(&x, 0)?, &mut theirs)?;
                results += x.elem_count();
            }
        }
    }
    println!(
        "not the nearest number, nor beside it, of {results}: {ours:?} here, {theirs:?} in candle"
    );
    assert_eq!(ours[1], 0);
    assert!(theirs[1] > results / 2, "{theirs:?}");
    Ok(())
}

/// The bits of a tensor of 16-bit numbers, none of which is negative: numbers side by side differ by 1.
fn numbers(x: &Tensor) -> Result<Vec<u16>> {
    Ok(match x.dtype() {
        DType::F16 => x.to_vec1()?.into_iter().map(f16::to_bits).collect(),
        _ => x.to_vec1()?.into_iter().map(bf16::to_bits).collect(),
    })
}

#[test]
fn softmax_is_candles() -> Result<()> {
    let x = tensor()?;
    let ours = x.apply_op1(Rowwise(Softmax::default(), D::Minus1))?;
    let theirs = candle_nn::ops::softmax(&x, D::Minus1)?;
    let distance = (ours - theirs)?.abs()?.max_all()?.to_scalar::<f32>()?;
    assert!(distance < 1e-6, "{distance}");
    Ok(())
}

#[test]
fn gelu_is_candles() -> Result<()> {
    let x = tensor()?;
    let ours = x.apply_op1(Elementwise(Gelu))?;
    let distance = (ours - x.gelu_erf()?)?
        .abs()?
        .max_all()?
        .to_scalar::<f32>()?;
    assert!(distance < 1e-6, "{distance}");
    Ok(())
}

/// Scaled and masked softmax, of attention, with a mask that is not kept for ever.
#[test]
fn an_operation_that_borrows() -> Result<()> {
    let mask: Vec<f32> = (0..19)
        .map(|i| if i < 12 { 0.0 } else { f32::MIN })
        .collect();
    let operation = Softmax(Attention::new().scale(0.25).mask(Mask::added(&mask)));
    let x = tensor()?;
    let y = x.apply_op1_no_bwd(&Rowwise(operation, D::Minus1))?;
    let masked =
        (x.affine(0.25, 0.0)?).broadcast_add(&Tensor::new(mask.as_slice(), &Device::Cpu)?)?;
    let theirs = candle_nn::ops::softmax(&masked, D::Minus1)?;
    let distance = (&y - theirs)?.abs()?.max_all()?.to_scalar::<f32>()?;
    assert!(distance < 1e-6, "{distance}");
    x.inplace_op1(&Rowwise(operation, D::Minus1))?;
    assert_eq!(bits(&x)?, bits(&y)?);
    Ok(())
}

/// What the view covers is replaced, and nothing else of the tensor that it is a view of.
#[test]
fn in_place_over_a_view() -> Result<()> {
    for number in 0..views()?.len() {
        let (changed, before) = (tensor()?.contiguous()?, tensor()?);
        let view = |x: &Tensor| -> Result<Tensor> {
            Ok(match number {
                0 => x.clone(),
                1 => x.narrow(0, 1, 3)?,
                2 => x.narrow(1, 2, 4)?,
                3 => x.narrow(2, 3, 11)?,
                4 => x.transpose(0, 1)?,
                5 => x.t()?.narrow(1, 2, 3)?,
                _ => x.permute((2, 0, 1))?.narrow(0, 4, 9)?,
            })
        };
        let expected = view(&before)?.apply_op1(Elementwise(Gelu))?;
        view(&changed)?.inplace_op1(&Elementwise(Gelu))?;
        assert_eq!(bits(&view(&changed)?)?, bits(&expected)?);
        let (changed, before) = (bits(&changed)?, bits(&before)?);
        let differ = changed.iter().zip(&before).filter(|(a, b)| a != b).count();
        assert!(differ <= expected.elem_count());

        let (changed, before) = (tensor()?, tensor()?);
        let operation = Rowwise(Softmax::default(), 1);
        let expected = view(&before)?.apply_op1(operation)?;
        view(&changed)?.inplace_op1(&operation)?;
        assert_eq!(bits(&view(&changed)?)?, bits(&expected)?);
    }
    Ok(())
}

#[test]
fn slopes_per_channel_follow_the_tensors_order() -> Result<()> {
    static SLOPES: [f32; 7] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7];
    let x = tensor()?.transpose(0, 1)?; // 7, 5, 19
    let prelu = Prelu::per_channel(&SLOPES, 5 * 19).unwrap();
    let mut expected = x.flatten_all()?.to_vec1::<f32>()?;
    prelu.apply_in_place(&mut expected).unwrap();
    assert_eq!(bits(&x.apply_op1(Elementwise(prelu))?)?, bits_of(&expected));

    let fits_not = tensor()?.narrow(0, 0, 1)?.narrow(2, 0, 3)?;
    let error = fits_not.apply_op1(Elementwise(prelu)).unwrap_err();
    assert!(error.to_string().contains("95"), "{error}");
    Ok(())
}

#[test]
fn what_is_refused() -> Result<()> {
    for dtype in [DType::F64, DType::U32] {
        let x = tensor()?.to_dtype(dtype)?;
        for x in [x.clone(), x.t()?] {
            let errors = [
                x.apply_op1(Elementwise(Relu)).err(),
                x.inplace_op1(&Elementwise(Relu)).err(),
                x.apply_op1(Rowwise(Softmax::default(), 0)).err(),
                x.inplace_op1(&Rowwise(Softmax::default(), 0)).err(),
            ];
            for error in errors {
                let error = error.expect("it is refused").to_string();
                assert!(error.contains("unsupported dtype"), "{error}");
            }
        }
    }
    let x = tensor()?;
    assert!(x.apply_op1(Rowwise(Softmax::default(), 3)).is_err());

    // One number wherever one looks: written once, it would change everywhere.
    let shared = Tensor::new(1f32, &Device::Cpu)?.broadcast_as((2, 3))?;
    assert_eq!(
        bits(&shared.apply_op1(Elementwise(Relu))?)?,
        [1f32.to_bits(); 6]
    );
    assert!(shared.inplace_op1(&Elementwise(Relu)).is_err());
    Ok(())
}
