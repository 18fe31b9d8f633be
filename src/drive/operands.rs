//! What surrounds a kernel in one loop: `f(x + bias) * factor + addend`.
//!
//! Each of the three operands is a number for each element or the same for all of them. One that is not wanted is neutral:
//! a sum with -0 and a product with 1 change no bit. (It is read from the nearest cache, which costs less than a
//! second pass over the elements, and less code than a loop for each combination. Next to a kernel of few operations
//! it would be a good part of the work: unless a kernel is heavy, or leaves numbers to code out of line, which makes each loop
//! longer, it has a loop for a bias alone and one for a factor.)
//!
//! Elements and factors may also come in pairs, an element and its factor, without any other operand, and not where it streams.

use super::apart::Apart;
use super::body::{Body, Load};
use super::limits::GateLimits;
use super::map::{Around, map};
use super::{Io, Kernel, Weight};
use crate::simd::{Format, Machine, Unrolled, Vocabulary};
use core::hint::black_box;

/// Numbers that a turn of any loop reads at most.
const TURN: usize = 64;

/// One number as often as a turn of a loop reads it.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
pub struct Repeated([f32; TURN]);

impl Repeated {
    /// `number`, again and again.
    pub(crate) const fn new(number: f32) -> Self {
        Self([number; TURN])
    }
}

static ZEROS: Repeated = Repeated::new(-0.0);
static ONES: Repeated = Repeated::new(1.0);

/// A number for each element, or the same for all.
#[derive(Clone, Copy, Debug)]
pub struct Operand {
    first: *const f32,
    /// Of the index of an element, what counts: all of it, or nothing.
    mask: usize,
}

impl Operand {
    /// The number at `first` for the first element, the next for the next one, and so on.
    #[inline]
    pub(crate) const fn each(first: *const f32) -> Self {
        let mask = usize::MAX;
        Self { first, mask }
    }

    /// An operand that is `number` for every element.
    #[inline]
    pub(crate) const fn same(number: &Repeated) -> Self {
        let first = number.0.as_ptr();
        Self { first, mask: 0 }
    }

    /// The operand of the elements from `start` on.
    #[cfg(all(target_arch = "x86_64", not(unoptimised)))] // where a buffer is streamed to in parts
    #[inline]
    fn part(self, start: usize) -> Self {
        let first = self.at(start);
        Self { first, ..self }
    }

    /// Whether it is `number`, one that changes nothing.
    #[inline]
    fn is(self, number: &Repeated) -> bool {
        core::ptr::eq(self.first, number.0.as_ptr())
    }

    /// Where the numbers of the elements from `at` on stand.
    #[inline(always)]
    pub(super) fn at(self, at: usize) -> *const f32 {
        self.first.wrapping_add(at & self.mask)
    }
}

/// What surrounds a kernel.
#[derive(Clone, Copy, Debug)]
pub struct Operands {
    /// What is added to an element before the kernel.
    pub(crate) bias: Operand,
    /// What the kernel's result is multiplied by.
    pub(crate) factor: Operand,
    /// What is added to that.
    pub(crate) addend: Operand,
    /// Elements and factors, if they come in pairs: the buffer that is read is left alone then, and the operands above are
    /// neutral.
    pub(crate) pairs: Option<Pairs>,
    /// The limits of a gate that has any: its kernel is one of those with limits.
    pub(crate) limits: Option<GateLimits>,
}

/// An element and its factor by turns.
#[derive(Clone, Copy, Debug)]
pub struct Pairs {
    /// The first of as many pairs as the buffer that is written has elements.
    pub(crate) first: *const f32,
    /// Whether the factor comes first.
    pub(crate) factor_first: bool,
}

impl Pairs {
    /// Reads the elements and the factors of the pairs from number `at` on.
    ///
    /// # Safety
    /// There are as many pairs as `load` reads.
    #[inline(always)]
    pub(super) unsafe fn load<S: Machine, L: Load<S>, const N: usize>(
        self,
        simd: S,
        at: usize,
        load: L,
    ) -> ([S::f32s; N], [S::f32s; N]) {
        // SAFETY: the caller's promise, passed on.
        let (first, second) = unsafe { load.load_pairs(simd, self.first.add(2 * at)) };
        // Where it could tell, the compiler would make a loop for each.
        if black_box(self.factor_first) {
            (second, first)
        } else {
            (first, second)
        }
    }
}

impl Operands {
    /// Operands that are all neutral.
    #[inline]
    pub(crate) fn none() -> Self {
        Self {
            bias: Operand::same(&ZEROS),
            factor: Operand::same(&ONES),
            addend: Operand::same(&ZEROS),
            pairs: None,
            limits: None,
        }
    }

    /// The operands of the elements from `start` on, where it streams: so there are no pairs, and limits have been seen to.
    #[cfg(all(target_arch = "x86_64", not(unoptimised)))]
    #[inline]
    pub(crate) fn part(&self, start: usize) -> Self {
        Self {
            bias: self.bias.part(start),
            factor: self.factor.part(start),
            addend: self.addend.part(start),
            pairs: None,
            limits: None,
        }
    }
}

impl Around for Operands {
    type Body<K: Kernel> = Surrounded<K, true, true, true, false>;

    #[inline(always)]
    fn around<K: Kernel>(self, kernel: K) -> Self::Body<K> {
        Surrounded {
            kernel,
            operands: self,
        }
    }

    #[inline(always)]
    unsafe fn map<S: Machine, T: Format<S>, K: Kernel>(self, simd: S, io: Io<T>, kernel: K) {
        let operands = self;
        let has_bias = !self.bias.is(&ZEROS);
        let has_factor = !self.factor.is(&ONES);
        let has_addend = !self.addend.is(&ZEROS);
        // SAFETY: the caller's promise, passed on.
        unsafe {
            if self.pairs.is_some() {
                map(
                    simd,
                    io,
                    Surrounded::<K, false, false, false, true> { kernel, operands },
                );
            } else if const { Self::Body::<K>::LEAVES_SOME || K::WEIGHT.is_heavy() }
                || has_addend
                || has_bias && has_factor
            {
                map(simd, io, self.around(kernel));
            } else if has_factor {
                map(
                    simd,
                    io,
                    Surrounded::<K, false, true, false, false> { kernel, operands },
                );
            } else {
                map(
                    simd,
                    io,
                    Surrounded::<K, true, false, false, false> { kernel, operands },
                );
            }
        }
    }
}

/// A kernel with its surroundings, of which what is not there for certain is left out: each step is rounded.
#[derive(Clone, Copy)]
pub(crate) struct Surrounded<
    K,
    const BIAS: bool,
    const FACTOR: bool,
    const ADDEND: bool,
    const PAIRS: bool,
> {
    kernel: K,
    /// Operands for as many elements as the buffer has.
    operands: Operands,
}

impl<K: Kernel, const BIAS: bool, const FACTOR: bool, const ADDEND: bool, const PAIRS: bool> Body
    for Surrounded<K, BIAS, FACTOR, ADDEND, PAIRS>
{
    const HAS_OPERANDS: bool = true;
    const WEIGHT: Weight = K::WEIGHT;
    // A light kernel need not leave any, and there are many loops.
    const LEAVES_SOME: bool = K::LEAVES_SOME && !K::WEIGHT.is_light();
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
        debug_assert!(N * S::F32_LANES <= TURN);
        let v = Unrolled::<S, N>(simd);
        let Operands {
            bias,
            factor,
            addend,
            pairs,
            limits: _,
        } = self.operands;
        // SAFETY: an operand has a number for each of the buffer's elements, or as many as any turn reads, and there are
        // as many pairs.
        unsafe {
            let mut factors = x;
            if PAIRS && let Some(pairs) = pairs {
                (x, factors) = pairs.load(simd, at, load);
            }
            if BIAS {
                x = v.add_f32s(x, load.load(simd, bias.at(at)));
            }
            let mut y = apart.eval::<S, Self, K, N>(simd, self.kernel, x)?;
            // Not before: they would wait on the stack.
            if FACTOR {
                factors = load.load(simd, factor.at(at));
            }
            if FACTOR || PAIRS {
                y = v.mul_f32s(y, factors);
            }
            if ADDEND {
                y = v.add_f32s(y, load.load(simd, addend.at(at)));
            }
            Some(y)
        }
    }
}
