//! Several vectors as one: the vocabulary that kernels get.

use super::{Machine, Table, Vocabulary};

/// `N` vectors of `S`, and each operation on all of them before the next operation.
///
/// A kernel's operations depend on one another; a CPU looks ahead far enough for a chain or two of
/// them. Independent vectors in program order keep its ports busy.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unrolled<S, const N: usize>(pub(crate) S);

/// `each!(N, from init; k => operation)`: the operation for each vector `k` of `N`. (A closure would not
/// be inlined for certain, and the vectors would go through memory.)
macro_rules! each {
    ($n:ident, from $init:expr; $k:ident => $operation:expr) => {{
        let mut all = [$init; $n];
        let mut $k = 0;
        while $k < $n {
            all[$k] = $operation;
            $k += 1;
        }
        all
    }};
}

impl<S: Machine, const N: usize> Vocabulary for Unrolled<S, N> {
    type f32s = [S::f32s; N];
    type m32s = [S::m32s; N];

    #[inline(always)]
    fn splat_f32s(self, value: f32) -> Self::f32s {
        [self.0.splat_f32s(value); N]
    }

    #[inline(always)]
    fn add_f32s(self, a: Self::f32s, b: Self::f32s) -> Self::f32s {
        each!(N, from a[0]; k => self.0.add_f32s(a[k], b[k]))
    }

    #[inline(always)]
    fn sub_f32s(self, a: Self::f32s, b: Self::f32s) -> Self::f32s {
        each!(N, from a[0]; k => self.0.sub_f32s(a[k], b[k]))
    }

    #[inline(always)]
    fn mul_f32s(self, a: Self::f32s, b: Self::f32s) -> Self::f32s {
        each!(N, from a[0]; k => self.0.mul_f32s(a[k], b[k]))
    }

    #[inline(always)]
    fn div_f32s(self, a: Self::f32s, b: Self::f32s) -> Self::f32s {
        each!(N, from a[0]; k => self.0.div_f32s(a[k], b[k]))
    }

    #[inline(always)]
    fn sqrt_f32s(self, x: Self::f32s) -> Self::f32s {
        each!(N, from x[0]; k => self.0.sqrt_f32s(x[k]))
    }

    #[inline(always)]
    fn mul_add_f32s(self, a: Self::f32s, b: Self::f32s, c: Self::f32s) -> Self::f32s {
        each!(N, from a[0]; k => self.0.mul_add_f32s(a[k], b[k], c[k]))
    }

    #[inline(always)]
    fn negate_mul_add_f32s(self, a: Self::f32s, b: Self::f32s, c: Self::f32s) -> Self::f32s {
        each!(N, from a[0]; k => self.0.negate_mul_add_f32s(a[k], b[k], c[k]))
    }

    #[inline(always)]
    fn at_least_f32s(self, x: Self::f32s, low: Self::f32s) -> Self::f32s {
        each!(N, from x[0]; k => self.0.at_least_f32s(x[k], low[k]))
    }

    #[inline(always)]
    fn at_most_f32s(self, x: Self::f32s, high: Self::f32s) -> Self::f32s {
        each!(N, from x[0]; k => self.0.at_most_f32s(x[k], high[k]))
    }

    #[inline(always)]
    fn scale_negative_f32s(self, x: Self::f32s, scale: Self::f32s) -> Self::f32s {
        each!(N, from x[0]; k => self.0.scale_negative_f32s(x[k], scale[k]))
    }

    #[inline(always)]
    fn equal_f32s(self, a: Self::f32s, b: Self::f32s) -> Self::m32s {
        each!(N, from self.0.equal_f32s(a[0], b[0]); k => self.0.equal_f32s(a[k], b[k]))
    }

    #[inline(always)]
    fn less_than_f32s(self, a: Self::f32s, b: Self::f32s) -> Self::m32s {
        each!(N, from self.0.less_than_f32s(a[0], b[0]); k => self.0.less_than_f32s(a[k], b[k]))
    }

    #[inline(always)]
    fn less_than_or_equal_f32s(self, a: Self::f32s, b: Self::f32s) -> Self::m32s {
        each!(N, from self.0.less_than_or_equal_f32s(a[0], b[0]); k => self.0.less_than_or_equal_f32s(a[k], b[k]))
    }

    #[inline(always)]
    fn select_f32s(
        self,
        mask: Self::m32s,
        if_true: Self::f32s,
        if_false: Self::f32s,
    ) -> Self::f32s {
        each!(N, from if_true[0]; k => self.0.select_f32s(mask[k], if_true[k], if_false[k]))
    }

    #[inline(always)]
    fn clear_f32s(self, mask: Self::m32s, x: Self::f32s) -> Self::f32s {
        each!(N, from x[0]; k => self.0.clear_f32s(mask[k], x[k]))
    }

    #[inline(always)]
    fn keep_f32s(self, mask: Self::m32s, x: Self::f32s) -> Self::f32s {
        each!(N, from x[0]; k => self.0.keep_f32s(mask[k], x[k]))
    }

    #[inline(always)]
    fn and_f32s(self, a: Self::f32s, b: Self::f32s) -> Self::f32s {
        each!(N, from a[0]; k => self.0.and_f32s(a[k], b[k]))
    }

    #[inline(always)]
    fn or_f32s(self, a: Self::f32s, b: Self::f32s) -> Self::f32s {
        each!(N, from a[0]; k => self.0.or_f32s(a[k], b[k]))
    }

    #[inline(always)]
    fn xor_f32s(self, a: Self::f32s, b: Self::f32s) -> Self::f32s {
        each!(N, from a[0]; k => self.0.xor_f32s(a[k], b[k]))
    }

    #[inline(always)]
    fn add_bits_f32s(self, a: Self::f32s, b: Self::f32s) -> Self::f32s {
        each!(N, from a[0]; k => {
            let (a, b) = (self.0.transmute_u32s_f32s(a[k]), self.0.transmute_u32s_f32s(b[k]));
            self.0.transmute_f32s_u32s(self.0.add_u32s(a, b))
        })
    }

    #[inline(always)]
    fn sub_bits_f32s(self, a: Self::f32s, b: Self::f32s) -> Self::f32s {
        each!(N, from a[0]; k => {
            let (a, b) = (self.0.transmute_u32s_f32s(a[k]), self.0.transmute_u32s_f32s(b[k]));
            self.0.transmute_f32s_u32s(self.0.sub_u32s(a, b))
        })
    }

    #[inline(always)]
    fn shift_left_bits_f32s<const COUNT: u32>(self, x: Self::f32s) -> Self::f32s {
        each!(N, from x[0]; k => self.0.shift_left_bits_f32s::<COUNT>(x[k]))
    }

    #[inline(always)]
    fn shift_right_bits_f32s<const COUNT: u32>(self, x: Self::f32s) -> Self::f32s {
        each!(N, from x[0]; k => self.0.shift_right_bits_f32s::<COUNT>(x[k]))
    }

    #[inline(always)]
    fn lookup_f32s(self, table: &Table, index: Self::f32s) -> Self::f32s {
        each!(N, from index[0]; k => self.0.lookup_f32s(table, index[k]))
    }
}
