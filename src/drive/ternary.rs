//! A kernel of the element and two operands in memory.

use super::Weight;
use super::apart::Apart;
use super::body::{Body, Load};
use crate::simd::{Machine, Outlined, Unrolled, Vocabulary};

/// An operation on an element and two operands that go with it.
pub(crate) trait TernaryKernel: Copy {
    /// How many vectors are interleaved.
    const WEIGHT: Weight;

    /// Whether any element is not for [`eval`](Self::eval).
    fn are_apart<S: Machine, const N: usize>(
        self,
        simd: S,
        x: [S::f32s; N],
        operands: [[S::f32s; N]; 2],
    ) -> bool;

    /// `f(x, operands)` in each lane, none of which stands apart.
    fn eval<V: Vocabulary>(self, simd: V, x: V::f32s, operands: [V::f32s; 2]) -> V::f32s;

    /// `f(x, operands)` in each lane, whatever it is. It has the bits of [`eval`](Self::eval) where that is right.
    fn eval_any<V: Vocabulary>(self, simd: V, x: V::f32s, operands: [V::f32s; 2]) -> V::f32s;
}

/// A kernel and its operands.
#[derive(Clone, Copy)]
pub(crate) struct Ternary<K> {
    pub(crate) kernel: K,
    /// The first operands and the second ones, each as many as the buffer has elements.
    pub(crate) operands: [*const f32; 2],
}

impl<K: TernaryKernel> Body for Ternary<K> {
    const HAS_OPERANDS: bool = true;
    const WEIGHT: Weight = K::WEIGHT;
    const LEAVES_SOME: bool = true;

    #[inline(always)]
    unsafe fn eval<S: Machine, L: Load<S>, Z: Apart, const N: usize>(
        self,
        simd: S,
        at: usize,
        mut x: [S::f32s; N],
        load: L,
        _apart: Z,
    ) -> Option<[S::f32s; N]> {
        let [first, second] = self.operands;
        // SAFETY: there are two operands for each of the buffer's elements, and the caller says that what is read lies
        // inside it.
        let operands = unsafe {
            [
                load.load(simd, first.add(at)),
                load.load(simd, second.add(at)),
            ]
        };
        let kernel = self.kernel;
        if Z::LEAVES {
            let are_apart = kernel.are_apart(simd, x, operands);
            return (!are_apart).then(|| kernel.eval(Unrolled(simd), x, operands));
        }
        simd.outline(Group {
            simd,
            kernel,
            vectors: &mut x,
            operands,
        });
        Some(x)
    }
}

/// Vectors some of whose elements stand apart, and in whose place the results are written; with their operands.
struct Group<'a, S: Machine, K, const N: usize> {
    simd: S,
    kernel: K,
    vectors: &'a mut [S::f32s; N],
    operands: [[S::f32s; N]; 2],
}

impl<S: Machine, K: TernaryKernel, const N: usize> Outlined for Group<'_, S, K, N> {
    #[inline(always)]
    fn run(self) {
        let simd = Unrolled::<S, 1>(self.simd);
        let [first, second] = self.operands;
        for (k, x) in self.vectors.iter_mut().enumerate() {
            [*x] = self.kernel.eval_any(simd, [*x], [[first[k]], [second[k]]]);
        }
    }
}
