//! Runs every AVX2 kernel, and every stage around one, over the same number of elements, to be counted by
//! `.ci/instructions.py`.
//!
//! Alone it says nothing but that the kernels run.

use activations::{
    Activation, AnyActivation, AnyRowActivation, Attention, Error, Fused, Gate, Gated, Identity,
    Isa, Layout, Mask, Order, Prelu, Relu, RowActivation, Rows, Softmax, Split,
};

/// Elements that each kernel writes; `.ci/instructions.py` divides by it.
const LEN: usize = 1 << 16;

/// Elements of outputs that are written past the cache, whatever its size; `.ci/instructions.py` divides the counts of
/// the kernels that do so by it.
const STREAMED_LEN: usize = 1 << 23;

/// Elements in a row, and rows that lie side by side.
const AXIS: usize = 1024;
const INNER: usize = 64;

fn main() -> Result<(), Error> {
    let isa = Isa::Avx2;
    if !isa.is_available() {
        eprintln!("instructions: this CPU has no AVX2, so there is nothing to count");
        return Ok(());
    }
    // Ordinary numbers, as the branches of some kernels depend on them.
    let x: Vec<f32> = (0..2 * LEN)
        .map(|i| ((i * 37) % 1009) as f32 / 63.0 - 8.0)
        .collect();
    let (x, both) = (&x[..LEN], &x[..]);
    let mut y = vec![0.0; LEN];
    for activation in AnyActivation::all() {
        activation.apply_on(isa, x, &mut y)?;
    }
    stages(isa, x, both, &mut y)?;
    for operation in AnyRowActivation::all() {
        rows(operation, isa, x, &mut y)?;
    }
    let kept = [true; AXIS];
    let plain = Attention::new();
    for attention in [
        plain.scale(0.125),
        // A mask serves all of a tensor, or rows that lie side by side.
        plain.mask(Mask::added(&x[..AXIS])),
        plain.mask(Mask::kept(&kept)),
        plain.softcap(50.0),
        plain.slopes(&[-0.125]),
    ] {
        rows(Softmax(attention).into(), isa, x, &mut y)?;
    }
    streamed()
}

/// Calls as users make them, whose outputs no cache holds: that they stream shows in the kernels that run, and nowhere
/// in the results.
fn streamed() -> Result<(), Error> {
    let x = vec![0.5; STREAMED_LEN];
    let mut y = vec![0.0; STREAMED_LEN];
    Relu.apply(&x, &mut y)?;
    Gated(Relu).apply(&x, &x, &mut y)?;
    let biased = Fused::new(Relu).bias(&[0.5], 1)?;
    biased.apply(&x, &mut y)?;
    biased.residual(&x).apply(&x, &mut y)
}

/// Each stage: a product, pairs that are unzipped (twice, as slopes per channel want all gates first), both sums, both
/// ways to scale what is negative. What is between them is the identity, which so is counted several times.
fn stages(isa: Isa, x: &[f32], both: &[f32], y: &mut [f32]) -> Result<(), Error> {
    let (n, layout, order) = (1, Layout::Pairs, Order::GateFirst);
    let pairs = Split { n, layout, order };
    Gated(Identity).apply_split_on(isa, pairs, both, y)?;
    let slopes: Vec<f32> = (1..=AXIS).map(|i| 0.5 / i as f32).collect();
    let per_channel = Prelu::per_channel(&slopes, 1)?;
    Gated(per_channel).apply_split_on(isa, pairs, both, y)?;
    let biased = Fused::new(Identity).bias(&[0.5], 1)?;
    biased.residual(x).apply_on(isa, x, y)?;
    per_channel.apply_on(isa, x, y)?;
    let with_zero = [&slopes[1..], &[0.0]].concat();
    Prelu::per_channel(&with_zero, 1)?.apply_on(isa, x, y)
}

fn rows(operation: AnyRowActivation<'_>, isa: Isa, x: &[f32], y: &mut [f32]) -> Result<(), Error> {
    operation.apply_on(isa, Rows::last(AXIS), x, y)?;
    operation.apply_on(isa, Rows::strided(AXIS, INNER), x, y)
}
