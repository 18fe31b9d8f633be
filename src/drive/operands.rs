//! What surrounds a kernel in one loop: `f(x + bias) * factor + addend`.
//!
//! Each of the three operands is a number for each element or the same for all of them. One that is not wanted is neutral:
//! a sum with -0 and a product with 1 change no bit. (It is read from the nearest cache, which costs less than a
//! second pass over the elements, and less code than a loop for each combination.)

use super::map::{Around, Body, Load};
use super::{Kernel, Weight};
use crate::simd::{Machine, Unrolled, Vocabulary};

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

    /// Where the numbers of the elements from `at` on stand.
    #[inline(always)]
    fn at(self, at: usize) -> *const f32 {
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
}

impl Operands {
    /// Operands that are all neutral.
    #[inline]
    pub(crate) fn none() -> Self {
        Self {
            bias: Operand::same(&ZEROS),
            factor: Operand::same(&ONES),
            addend: Operand::same(&ZEROS),
        }
    }

    /// The operands of the elements from `start` on.
    #[cfg(all(target_arch = "x86_64", not(unoptimised)))] // where a buffer is streamed to in parts
    #[inline]
    pub(crate) fn part(&self, start: usize) -> Self {
        Self {
            bias: self.bias.part(start),
            factor: self.factor.part(start),
            addend: self.addend.part(start),
        }
    }
}

impl Around for Operands {
    type Body<K: Kernel> = Surrounded<K>;

    #[inline(always)]
    fn around<K: Kernel>(self, kernel: K) -> Surrounded<K> {
        let operands = self;
        Surrounded { kernel, operands }
    }
}

/// A kernel with its surroundings: each step is rounded.
#[derive(Clone, Copy)]
pub(crate) struct Surrounded<K> {
    pub(crate) kernel: K,
    /// Operands for as many elements as the buffer has.
    pub(crate) operands: Operands,
}

impl<K: Kernel> Body for Surrounded<K> {
    const WEIGHT: Weight = K::WEIGHT;

    #[inline(always)]
    unsafe fn eval<S: Machine, L: Load<S>, const N: usize>(
        self,
        simd: S,
        at: usize,
        x: [S::f32s; N],
        load: L,
    ) -> [S::f32s; N] {
        debug_assert!(N * S::F32_LANES <= TURN);
        let v = Unrolled::<S, N>(simd);
        let Operands {
            bias,
            factor,
            addend,
        } = self.operands;
        // SAFETY: an operand has a number for each of the buffer's elements, or as many as any turn reads.
        unsafe {
            let x = v.add_f32s(x, load.load(simd, bias.at(at)));
            let y = self.kernel.eval(v, x);
            let y = v.mul_f32s(y, load.load(simd, factor.at(at)));
            v.add_f32s(y, load.load(simd, addend.at(at)))
        }
    }
}
