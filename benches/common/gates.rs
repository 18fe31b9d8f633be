//! Gates, and activations with a bias, a skip connection and a residual.

use super::{Buffer, Work, inputs};
use activations::{Activation, AnyActivation, Fused, Gate, Isa, Split};
use std::hint::black_box;
use std::sync::Mutex;

/// `gate` on `isa`, of two tensors of `len` elements.
pub fn gated<'a>(gate: impl Gate + 'a, isa: Isa, len: usize) -> Work<'a> {
    let value = numbers(len);
    Box::new(move |blocks, variant, calls| {
        let gate = || black_box(&gate);
        blocks.time(
            variant,
            calls,
            |x, y| gate().apply_on(isa, x, &value[..y.len()], y),
            |x| gate().apply_in_place_on(isa, x, &value[..x.len()]),
        )
    })
}

/// `gate` on `isa`, of two tensors of `len` elements, where the blocks hold the value, and not the gate; out of place
/// alone makes sense.
pub fn valued<'a>(gate: impl Gate + 'a, isa: Isa, len: usize) -> Work<'a> {
    let gates = tensors(len);
    Box::new(move |blocks, variant, calls| {
        let gate = || black_box(&gate);
        blocks.time(
            variant,
            calls,
            |x, y| gate().apply_on(isa, &gates[..y.len()], x, y),
            |_| Ok(()),
        )
    })
}

/// `gate` on `isa`, of one tensor for `len` elements of output; out of place alone makes sense.
pub fn split<'a>(gate: impl Gate + 'a, isa: Isa, split: Split, len: usize) -> Work<'a> {
    let both = tensors(2 * len);
    Box::new(move |blocks, variant, calls| {
        let gate = || black_box(&gate);
        blocks.time(
            variant,
            calls,
            |_, y| gate().apply_split_on(isa, split, &both[..2 * y.len()], y),
            |_| Ok(()),
        )
    })
}

/// What surrounds an activation.
#[derive(Clone, Copy)]
pub struct Surroundings {
    pub channels: usize,
    pub inner: usize,
    pub skip: bool,
    pub residual: bool,
}

/// `activation` on `isa`, surrounded, for `len` elements.
pub fn fused<'a>(
    activation: AnyActivation<'a>,
    isa: Isa,
    surroundings: Surroundings,
    len: usize,
) -> Work<'a> {
    let bias = numbers(surroundings.channels);
    let [skip, residual] =
        [surroundings.skip, surroundings.residual].map(|is_there| is_there.then(|| numbers(len)));
    Box::new(move |blocks, variant, calls| {
        let call = |len: usize| {
            let call = Fused::new(*black_box(&activation))
                .bias(bias, surroundings.inner)
                .expect("there is a bias");
            let call = match skip {
                Some(skip) => call.skip(&skip[..len]),
                None => call,
            };
            match residual {
                Some(residual) => call.residual(&residual[..len]),
                None => call,
            }
        };
        blocks.time(
            variant,
            calls,
            |x, y| call(y.len()).apply_on(isa, x, y),
            |x| call(x.len()).apply_in_place_on(isa, x),
        )
    })
}

/// Numbers that stand next to the inputs. Small ones, so that no sum with an input leaves the range of
/// the inputs by much: far from 0, results are subnormal, and take longer.
pub fn numbers(len: usize) -> &'static [f32] {
    static NUMBERS: Shared = Shared::new(Vec::new());
    shared(&NUMBERS, len, 1.0 / 16.0)
}

/// Tensors that hold a gate and a value: inputs both.
fn tensors(len: usize) -> &'static [f32] {
    static TENSORS: Shared = Shared::new(Vec::new());
    shared(&TENSORS, len, 1.0)
}

/// Memory that all cases have in common, which would else drive each other's out of the caches.
type Shared = Mutex<Vec<&'static [f32]>>;

fn shared(all: &Shared, len: usize, scale: f32) -> &'static [f32] {
    let mut all = all.lock().expect("no bench panics");
    if let Some(numbers) = all.iter().find(|numbers| numbers.len() >= len) {
        return &numbers[..len];
    }
    let numbers = inputs().take(len).map(|x| x * scale);
    let numbers = Box::leak(Box::new(Buffer::from_iter(0, numbers)));
    all.push(numbers);
    numbers
}
