//! Tensors of f32, f16 and bf16 in any combination: what a call returns is what the call of f32 returns for the same numbers,
//! rounded once.

#[cfg(unix)]
mod biased;
mod number;
#[cfg(unix)]
mod page_guard;
mod rows;

use crate::common::steps::{every_gate, fused, gated, joined, splits, values};
use crate::common::{Variant, compute, inputs, on_each_isa, step_of_the_heaviest};
use activations::{Activation, AnyActivation, AnyGate, Fused, Gate, Gated, Isa, Prelu, Relu, Silu};
use half::{bf16, f16};
use number::{Number, assert_rounded, narrowed, widened};

/// Lengths around those of blocks.
const LENGTHS: [usize; 8] = [0, 1, 7, 64, 959, 960, 961, 2600];

/// Numbers of all kinds and of ordinary size.
fn pool(len: usize) -> Vec<f32> {
    let special = inputs::special();
    let mut pool = values(len);
    for (x, special) in pool.iter_mut().step_by(3).zip(special) {
        *x = special;
    }
    pool
}

/// Calls `$check` for each combination of two types, or for those whose first is given.
macro_rules! for_each_pair {
    (from $one:ident $check:ident ($($argument:expr),*)) => {{
        $check::<$one, f32>($($argument),*);
        $check::<$one, f16>($($argument),*);
        $check::<$one, bf16>($($argument),*);
    }};
    ($check:ident $arguments:tt) => {
        for_each_pair! { from f32 $check $arguments }
        for_each_pair! { from f16 $check $arguments }
        for_each_pair! { from bf16 $check $arguments }
    };
}
use for_each_pair;

/// An activation from elements of one type to another.
fn check_elementwise<X: Number, Y: Number>(
    activation: &AnyActivation<'_>,
    isa: Isa,
    len: usize,
    pool: &[f32],
) where
    for<'a> AnyActivation<'a>: Activation<X>,
{
    let what = format!(
        "{activation} from {} to {} on {isa}, {len}",
        X::NAME,
        Y::NAME
    );
    let x: Vec<X> = narrowed(&pool[..len]);
    let mut y = vec![Y::from_f32(7.0); len + 1];
    activation.apply_to_on(isa, &x, &mut y[..len]).unwrap();
    assert_eq!(y.pop().map(Y::to_f32), Some(7.0), "{what}");
    if X::NAME == Y::NAME && X::NAME != "f32" {
        // Correctly rounded, where that is not what f32 gives: `float16` has tests for that.
        let mut same = vec![X::from_f32(7.0); len];
        activation.apply_on(isa, &x, &mut same).unwrap();
        return assert_rounded(&y, &widened(&same), &what);
    }
    let expected = compute(activation, isa, Variant::OutOfPlace, &widened(&x));
    assert_rounded(&y, &expected, &what);
}

#[test]
fn activations_convert_from_any_type_to_any_other() {
    let pool = pool(2600);
    let slopes = [0.25, -0.5, 0.0, 3.0];
    on_each_isa("activations_convert", |isa| {
        for activation in AnyActivation::all() {
            for len in LENGTHS.into_iter().step_by(step_of_the_heaviest(3)) {
                for_each_pair!(check_elementwise(&activation, isa, len, &pool));
            }
        }
        for inner in [1, 5, 130, 650] {
            let prelu = Prelu::per_channel(&slopes, inner).unwrap().into();
            let len = 2600 / (4 * inner) * (4 * inner);
            for_each_pair!(check_elementwise(&prelu, isa, len, &pool));
        }
    });
}

/// Slopes of a 16-bit type, which are those numbers in f32.
fn check_slopes<S: Number>(isa: Isa, pool: &[f32]) {
    for channels in [1, 3, 63, 64, 700, 1500] {
        let mut slopes: Vec<f32> = (0..channels)
            .map(|i| (i % 17) as f32 * 0.25 - 2.0)
            .collect();
        // All kinds of stages: with ordinary slopes and with others.
        match channels {
            63 => slopes[7] = f32::INFINITY,
            700 => slopes[600] = f32::NAN,
            _ => {}
        }
        let of_type: Vec<S> = narrowed(&slopes);
        for inner in [1, 2, 16, 300] {
            for outer in [1, 5] {
                let len = outer * channels * inner;
                let Some(x) = pool.get(..len) else { continue };
                let what = format!("{} slopes of {}, {inner} on {isa}", channels, S::NAME);
                let [mut y, mut expected] = [vec![0.0; len], vec![0.0; len]];
                let prelu = Prelu::per_channel(&slopes, inner).unwrap();
                prelu.apply_on(isa, x, &mut expected).unwrap();
                let prelu = Prelu::per_channel(&of_type, inner).unwrap();
                prelu.apply_on(isa, x, &mut y).unwrap();
                assert_rounded(&y, &expected, &what);
            }
        }
    }
}

#[test]
fn slopes_and_biases_may_have_16_bits() {
    let pool = pool(30_000);
    on_each_isa("slopes_may_have_16_bits", |isa| {
        check_slopes::<f16>(isa, &pool);
        check_slopes::<bf16>(isa, &pool);
    });
    assert!(Prelu::per_channel::<f16>(&[], 1).is_err());
}

/// A fused call on elements of one type, with bias and residual of another.
fn check_fused<X: Number, B: Number>(activation: &AnyActivation<'_>, isa: Isa, pool: &[f32])
where
    for<'a> AnyActivation<'a>: Activation<X>,
    for<'a, 'b> Fused<'b, AnyActivation<'a>>: Activation<X>,
{
    let numbers = [0.5, -1.25, 3.0];
    let bias: Vec<B> = narrowed(&numbers);
    for inner in [1, 7, 400] {
        let len = 2600 / (3 * inner) * (3 * inner);
        let x: Vec<X> = narrowed(&pool[..len]);
        let mut residual: Vec<B> = narrowed(&pool[..len]);
        residual.reverse();
        let wide = widened(&residual);
        for (with_bias, with_residual) in [(true, true), (true, false), (false, true)] {
            let what = format!(
                "{activation} of {} with {} on {isa}, {inner} {with_bias} {with_residual}",
                X::NAME,
                B::NAME,
            );
            let expected = fused(
                activation,
                isa,
                with_bias.then_some((&numbers[..], inner)),
                with_residual.then_some(&wide[..]),
                &widened(&x),
            );
            let mut call = Fused::new(*activation);
            if with_bias {
                call = call.bias(&bias, inner).unwrap();
            }
            if with_residual {
                call = call.residual(&residual);
            }
            let mut y = vec![X::from_f32(7.0); len];
            call.apply_on(isa, &x, &mut y).unwrap();
            assert_rounded(&y, &expected, &what);
            y.copy_from_slice(&x);
            call.apply_in_place_on(isa, &mut y).unwrap();
            assert_rounded(&y, &expected, &what);
            let mut y = vec![bf16::ZERO; len];
            call.apply_to_on(isa, &x, &mut y).unwrap();
            assert_rounded(&y, &expected, &what);
        }
    }
}

#[test]
fn fused_calls_take_any_types() {
    let pool = pool(2600);
    // Of one channel, of as many as the bias, and of another number, which nothing can be cut by.
    let slopes = [0.25, -0.5, 2.0, 0.0, 1.5];
    on_each_isa("fused_calls_take_any_types", |isa| {
        for activation in AnyActivation::all().step_by(step_of_the_heaviest(4)) {
            for_each_pair!(check_fused(&activation, isa, &pool));
        }
        for prelu in [
            Prelu::per_channel(&slopes[..3], 1).unwrap(),
            Prelu::per_channel(&slopes[..2], 3).unwrap(),
        ] {
            let x: Vec<f16> = narrowed(&pool[..2400]);
            let bias = [f16::ONE, f16::NEG_ONE, f16::ZERO];
            let expected = fused(
                &prelu.into(),
                isa,
                Some((&widened(&bias), 1)),
                Some(&widened(&x)),
                &widened(&x),
            );
            let call = Fused::new(prelu).bias(&bias, 1).unwrap().residual(&x);
            let mut y = vec![f16::ZERO; x.len()];
            call.apply_on(isa, &x, &mut y).unwrap();
            assert_rounded(&y, &expected, "slopes and biases");
        }
    });
}

/// A gate of elements of three types.
fn check_gate<G: Number, V: Number, Y: Number>(gate: &AnyGate<'_>, isa: Isa, pool: &[f32]) {
    let half = pool.len() / 2;
    for len in LENGTHS.into_iter().filter(|&len| len <= half) {
        let what = format!(
            "{gate} of {}, {} and {} on {isa}, {len}",
            G::NAME,
            V::NAME,
            Y::NAME
        );
        let g: Vec<G> = narrowed(&pool[..len]);
        let v: Vec<V> = narrowed(&pool[half..half + len]);
        let expected = gated(gate, isa, &widened(&g), &widened(&v));
        let mut y = vec![Y::from_f32(7.0); len];
        gate.apply_on(isa, &g, &v, &mut y).unwrap();
        assert_rounded(&y, &expected, &what);
        let mut y = g.clone();
        gate.apply_in_place_on(isa, &mut y, &v).unwrap();
        assert_rounded(&y, &expected, &what);
        // One tensor that holds both is of one type.
        let v: Vec<G> = narrowed(&pool[half..half + len]);
        let expected = gated(gate, isa, &widened(&g), &widened(&v));
        for n in [1, 3, 30, len] {
            if n == 0 || len % n != 0 {
                continue;
            }
            for split in splits(n) {
                let x = joined(split, &g, &v);
                let mut y = vec![Y::from_f32(7.0); len];
                gate.apply_split_on(isa, split, &x, &mut y).unwrap();
                assert_rounded(&y, &expected, format_args!("{what}, {split:?}"));
            }
        }
    }
}

/// The same for all types of a value and of products.
fn check_gates_of<G: Number>(gate: &AnyGate<'_>, isa: Isa, pool: &[f32]) {
    check_gate::<G, f32, f16>(gate, isa, pool);
    check_gate::<G, f16, f32>(gate, isa, pool);
    check_gate::<G, G, G>(gate, isa, pool);
    check_gate::<G, bf16, f16>(gate, isa, pool);
    check_gate::<G, f16, bf16>(gate, isa, pool);
}

#[test]
fn gates_take_any_types() {
    let pool = pool(5200);
    let slopes = [0.25, -0.5, 2.0];
    on_each_isa("gates_take_any_types", |isa| {
        for gate in every_gate().step_by(step_of_the_heaviest(5)) {
            check_gates_of::<f32>(&gate, isa, &pool[..700]);
            check_gates_of::<f16>(&gate, isa, &pool[..700]);
            check_gates_of::<bf16>(&gate, isa, &pool[..700]);
        }
        let gate = AnyGate::from(Gated(AnyActivation::from(Silu)));
        check_gates_of::<f16>(&gate, isa, &pool);
        check_gates_of::<bf16>(&gate, isa, &pool);
        // What depends on the position of an element.
        for inner in [1, 200] {
            let prelu = Prelu::per_channel(&slopes, inner).unwrap();
            let gate = AnyGate::from(Gated(AnyActivation::from(prelu)));
            let x: Vec<bf16> = narrowed(&pool[..2400]);
            let expected = gated(&gate, isa, &widened(&x), &widened(&x));
            let mut y = vec![f16::ZERO; x.len()];
            gate.apply_on(isa, &x, &x, &mut y).unwrap();
            assert_rounded(&y, &expected, "slopes");
            for split in splits(600) {
                let both = joined(split, &x, &x);
                gate.apply_split_on(isa, split, &both, &mut y).unwrap();
                assert_rounded(&y, &expected, format_args!("slopes, {split:?}"));
            }
        }
    });
}

#[test]
fn new_buffers_and_threads_are_as_right() {
    let x: Vec<bf16> = narrowed(&pool((2 << 20) + 77));
    let wide = widened(&x);
    let isa = Isa::detect();
    let gate = AnyGate::from(Gated(AnyActivation::from(Relu)));
    let expected = gated(&gate, isa, &wide, &wide);
    assert_rounded(&gate.to_vec(&x, &x).unwrap(), &expected, "to_vec");
    let mut y = activations::AVec::<f16>::new(0);
    gate.apply_to_vec(&x, &x, &mut y).unwrap();
    assert_rounded(&y, &expected, "apply_to_vec");
    let residual = Fused::new(Relu).residual(&x);
    let sums = fused(&Relu.into(), isa, None, Some(&wide), &wide);
    assert_rounded(
        &Activation::<bf16>::to_vec(&residual, &x).unwrap(),
        &sums,
        "fused",
    );
    #[cfg(feature = "parallel")]
    {
        let mut y = vec![f16::ZERO; x.len()];
        gate.par_apply(&x, &x, &mut y).unwrap();
        assert_rounded(&y, &expected, "par_apply");
        residual.par_apply_to(&x, &mut y).unwrap();
        assert_rounded(&y, &sums, "par_apply_to");
        let mut y = x.clone();
        gate.par_apply_in_place(&mut y, &x).unwrap();
        assert_rounded(&y, &expected, "par_apply_in_place");
    }
}

#[cfg(feature = "ndarray")]
#[test]
fn arrays_of_16_bits_are_as_slices() {
    use activations::{ArrayGate, ArrayRowActivation, Softmax};
    use ndarray::{Array2, Axis};
    let numbers = pool(6 * 50);
    let x: Vec<bf16> = narrowed(&numbers);
    let array = Array2::from_shape_vec((6, 50), x.clone()).unwrap();
    let isa = Isa::detect();

    let gate = AnyGate::from(Gated(AnyActivation::from(Silu)));
    let expected = gated(&gate, isa, &widened(&x), &widened(&x));
    // Transposed, so that elements do not lie next to each other.
    let mut y = Array2::from_elem((50, 6), bf16::ZERO);
    let view = y.view_mut().reversed_axes();
    gate.apply_arrays(array.view(), array.view(), view).unwrap();
    let y: Vec<bf16> = y.t().iter().copied().collect();
    assert_rounded(&y, &expected, "a gate of arrays");

    let softmax = Softmax::default();
    let finite = array.mapv(|x| match x.to_f32() {
        x if x.is_nan() => bf16::ZERO,
        x => bf16::from_f32(x.clamp(-8.0, 8.0)),
    });
    let mut wide = finite.mapv(bf16::to_f32);
    softmax
        .apply_axis_in_place(Axis(0), wide.view_mut())
        .unwrap();
    let mut y = finite.clone();
    softmax.apply_axis_in_place(Axis(0), y.view_mut()).unwrap();
    let [y, wide] = [y.mapv(bf16::to_f32), wide].map(|array| array.into_raw_vec_and_offset().0);
    let y: Vec<bf16> = narrowed(&y);
    assert_rounded(&y, &wide, "softmax of an array");
}
