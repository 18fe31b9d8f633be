//! A gate with limits in one loop: `min(f(min(x, gate)), activated) * (clamp(factor, -value, value) + offset)`.
//!
//! Factors are operands, as of a gate without limits, or come in pairs with the elements. A limit that is not wanted is
//! infinite, and a minimum with it changes no bit; which of the two for the gate is wanted is not told apart, since a
//! loop for each would be more code, and the minimum takes one operation of some thirty.

use super::apart::Apart;
use super::body::{Body, Load};
use super::map::{Around, map};
use super::operands::Operands;
use super::{Io, Kernel, Weight};
use crate::simd::{Format, Machine, Unrolled, Vocabulary};

/// What a [`Gate`](crate::Gate) limits around its activation, and what it adds to the value: `y =
/// min(activation(min(gate, limits.gate)), limits.activated) * (clamp(value, -limits.value, limits.value) +
/// limits.offset)`.
///
/// Limits are exact, and a NaN passes each of them, as it does `torch.clamp`. The sum with the offset is rounded to f32,
/// as the activation and the product are; an offset of 0 is as none. A limit that is infinite limits nothing, and
/// [`GateLimits::NONE`] does nothing at all.
///
/// ```
/// use activations::{Gate, GateLimits, Geglu, Gelu};
/// /// GEGLU of a gate that is at most 2.
/// #[derive(Clone, Copy)]
/// struct Capped;
///
/// impl Gate for Capped {
///     type Activation = Gelu;
///
///     fn activation(&self) -> Gelu {
///         Gelu
///     }
///
///     fn limits(&self) -> GateLimits {
///         GateLimits { gate: 2.0, ..GateLimits::NONE }
///     }
/// }
/// let mut gate = [200.0, 0.5];
/// Capped.apply_in_place(&mut gate, &[3.0, 4.0])?;
/// let mut limited = [2.0, 0.5];
/// Geglu.apply_in_place(&mut limited, &[3.0, 4.0])?;
/// assert_eq!(gate, limited);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GateLimits {
    /// The largest number that the activation is given.
    pub gate: f32,
    /// The largest result of the activation that is multiplied.
    pub activated: f32,
    /// The largest magnitude of the value.
    pub value: f32,
    /// What is added to the value then.
    pub offset: f32,
}

impl GateLimits {
    /// No limits, and an offset of 0.
    pub const NONE: Self = Self {
        gate: f32::INFINITY,
        activated: f32::INFINITY,
        value: f32::INFINITY,
        offset: 0.0,
    };

    /// What is added to the value, where 0 is a number that changes no bit.
    #[inline(always)]
    pub(crate) fn addend(self) -> f32 {
        if self.offset == 0.0 {
            -0.0
        } else {
            self.offset
        }
    }
}

/// The factor or the pairs of a gate, and its limits.
#[derive(Clone, Copy, Debug)]
pub struct LimitedOperands {
    pub(crate) operands: Operands,
    pub(crate) limits: GateLimits,
}

impl LimitedOperands {
    /// What goes with the elements from `start` on.
    #[cfg(all(target_arch = "x86_64", not(unoptimised)))] // where a buffer is streamed to in parts
    #[inline]
    pub(crate) fn part(&self, start: usize) -> Self {
        let operands = self.operands.part(start);
        Self { operands, ..*self }
    }
}

impl Around for LimitedOperands {
    type Body<K: Kernel> = LimitedGate<K, false>;

    #[inline(always)]
    fn around<K: Kernel>(self, kernel: K) -> Self::Body<K> {
        let around = self;
        LimitedGate { kernel, around }
    }

    #[inline(always)]
    unsafe fn map<S: Machine, T: Format<S>, K: Kernel>(self, simd: S, io: Io<T>, kernel: K) {
        let around = self;
        // SAFETY: the caller's promise, passed on.
        unsafe {
            if self.operands.pairs.is_some() {
                map(simd, io, LimitedGate::<K, true> { kernel, around });
            } else {
                map(simd, io, self.around(kernel));
            }
        }
    }
}

/// A kernel with the limits of a gate, of elements and factors in pairs or each by themselves.
#[derive(Clone, Copy)]
pub(crate) struct LimitedGate<K, const PAIRS: bool> {
    kernel: K,
    /// Factors or pairs for as many elements as the buffer has.
    around: LimitedOperands,
}

impl<K: Kernel, const PAIRS: bool> Body for LimitedGate<K, PAIRS> {
    const HAS_OPERANDS: bool = true;
    const WEIGHT: Weight = K::WEIGHT;
    const LEAVES_SOME: bool = K::LEAVES_SOME;
    const LEAVES_REST: bool = Self::LEAVES_SOME;

    #[inline(always)]
    unsafe fn eval<S: Machine, L: Load<S>, Z: Apart, const N: usize>(
        self,
        simd: S,
        at: usize,
        mut x: [S::f32s; N],
        load: L,
        apart: Z,
    ) -> Option<[S::f32s; N]> {
        let v = Unrolled::<S, N>(simd);
        let LimitedOperands { operands, limits } = self.around;
        // SAFETY: there are as many factors, or pairs, as the buffer has elements.
        unsafe {
            let mut factors = x;
            if PAIRS && let Some(pairs) = operands.pairs {
                (x, factors) = pairs.load(simd, at, load);
            }
            x = v.at_most_f32s(x, v.splat_f32s(limits.gate));
            let y = apart.eval::<S, Self, K, N>(simd, self.kernel, x)?;
            let y = limited_result(v, limits, y);
            // Not before: they would wait on the stack.
            if !PAIRS {
                factors = load.load(simd, operands.factor.at(at));
            }
            Some(v.mul_f32s(y, limited_factor(v, limits, factors)))
        }
    }
}

/// What an activation returned, within the limits.
#[inline(always)]
pub(crate) fn limited_result<V: Vocabulary>(simd: V, limits: GateLimits, y: V::f32s) -> V::f32s {
    simd.at_most_f32s(y, simd.splat_f32s(limits.activated))
}

/// What a value becomes within the limits, and with the offset.
#[inline(always)]
pub(crate) fn limited_factor<V: Vocabulary>(
    simd: V,
    limits: GateLimits,
    value: V::f32s,
) -> V::f32s {
    let value = simd.at_most_f32s(value, simd.splat_f32s(limits.value));
    let value = simd.at_least_f32s(value, simd.splat_f32s(-limits.value));
    simd.add_f32s(value, simd.splat_f32s(limits.addend()))
}
