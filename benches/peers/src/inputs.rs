//! What the functions are applied to.

use crate::functions::{Function, ROW};

/// Numbers in -8..8 without a pattern that a branch predictor could learn: they reach every piece
/// of the functions. What is timed is timed on these.
pub fn inputs() -> impl Iterator<Item = f32> {
    numbers().map(|number| number.cast_signed() as f32 / (1u32 << 28) as f32)
}

/// Marsaglia's xorshift.
pub fn numbers() -> impl Iterator<Item = u32> {
    let mut state = 1u32;
    core::iter::repeat_with(move || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state
    })
}

/// What the error of `function` is measured on; whole rows.
pub fn for_errors(function: Function, stride: usize) -> Vec<f32> {
    match function {
        Function::Elementwise(_) => sweep(stride),
        Function::Softmax => rows(),
        Function::Attention(scores) => inputs().take(scores.elements()).collect(),
    }
}

/// Every `stride`th pattern of bits that is no NaN, and zeros up to whole rows.
fn sweep(stride: usize) -> Vec<f32> {
    let patterns = (0..=u32::MAX).step_by(stride).map(f32::from_bits);
    let mut sweep: Vec<f32> = patterns.filter(|x| !x.is_nan()).collect();
    sweep.resize(sweep.len().next_multiple_of(ROW), 0.0);
    sweep
}

/// Rows of softmax: ordinary ones, and ones of which most elements all but vanish.
fn rows() -> Vec<f32> {
    let ordinary = inputs().take(32 * ROW);
    let spread = inputs().take(32 * ROW).map(|x| 12.5 * x);
    ordinary.chain(spread).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sweep_reaches_both_ends() {
        let sweep = sweep(1 << 23);
        assert!(sweep.len().is_multiple_of(ROW));
        assert!(sweep.contains(&f32::INFINITY) && sweep.contains(&f32::NEG_INFINITY));
        assert!(sweep.iter().all(|x| !x.is_nan()));
        assert!(sweep.contains(&f32::MIN_POSITIVE));
    }

    #[test]
    fn inputs_fill_their_range() {
        let inputs: Vec<f32> = inputs().take(ROW).collect();
        assert!(inputs.iter().all(|x| (-8.0..=8.0).contains(x)));
        assert!(inputs.iter().any(|x| *x < -7.5) && inputs.iter().any(|x| *x > 7.5));
    }
}
