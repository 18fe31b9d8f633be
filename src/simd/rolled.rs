//! Many numbers one at a time, and each operation a function: the vocabulary of scalar code for blocks.
//!
//! Sixteen numbers in as many scalar registers there are not. Written out, every operation would be sixteen, and a
//! kernel a megabyte.

use super::{Table, Unrolled, Vocabulary};
use pulp::Scalar;

/// `N` numbers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rolled<const N: usize>;

/// Forwards operations to [`Unrolled`], each in a function of its own. Numbers go there by reference: passed by
/// value, they would be copied at every call.
macro_rules! forward {
    ($($name:ident $(<$count:ident>)?($($argument:ident: $type:ty),*) -> $result:ty;)*) => {
        $(
            #[inline(always)]
            fn $name $(<const $count: u32>)?(self, $($argument: $type),*) -> $result {
                #[inline(never)]
                fn out_of_line<$(const $count: u32,)? const N: usize>($($argument: &$type),*) -> $result {
                    Unrolled::<Scalar, N>(Scalar).$name $(::<$count>)?($(*$argument),*)
                }
                out_of_line::<$($count,)? N>($(&$argument),*)
            }
        )*
    };
}

impl<const N: usize> Vocabulary for Rolled<N> {
    type f32s = [f32; N];
    type m32s = [bool; N];

    #[inline(always)]
    fn splat_f32s(self, value: f32) -> [f32; N] {
        [value; N]
    }

    forward! {
        add_f32s(a: [f32; N], b: [f32; N]) -> [f32; N];
        sub_f32s(a: [f32; N], b: [f32; N]) -> [f32; N];
        mul_f32s(a: [f32; N], b: [f32; N]) -> [f32; N];
        div_f32s(a: [f32; N], b: [f32; N]) -> [f32; N];
        mul_add_f32s(a: [f32; N], b: [f32; N], c: [f32; N]) -> [f32; N];
        negate_mul_add_f32s(a: [f32; N], b: [f32; N], c: [f32; N]) -> [f32; N];
        at_least_f32s(x: [f32; N], low: [f32; N]) -> [f32; N];
        at_most_f32s(x: [f32; N], high: [f32; N]) -> [f32; N];
        scale_negative_f32s(x: [f32; N], scale: [f32; N]) -> [f32; N];
        equal_f32s(a: [f32; N], b: [f32; N]) -> [bool; N];
        less_than_f32s(a: [f32; N], b: [f32; N]) -> [bool; N];
        less_than_or_equal_f32s(a: [f32; N], b: [f32; N]) -> [bool; N];
        select_f32s(mask: [bool; N], if_true: [f32; N], if_false: [f32; N]) -> [f32; N];
        clear_f32s(mask: [bool; N], x: [f32; N]) -> [f32; N];
        keep_f32s(mask: [bool; N], x: [f32; N]) -> [f32; N];
        and_f32s(a: [f32; N], b: [f32; N]) -> [f32; N];
        or_f32s(a: [f32; N], b: [f32; N]) -> [f32; N];
        xor_f32s(a: [f32; N], b: [f32; N]) -> [f32; N];
        add_bits_f32s(a: [f32; N], b: [f32; N]) -> [f32; N];
        sub_bits_f32s(a: [f32; N], b: [f32; N]) -> [f32; N];
        lookup_f32s(table: &Table, index: [f32; N]) -> [f32; N];
        shift_left_bits_f32s<COUNT>(x: [f32; N]) -> [f32; N];
        shift_right_bits_f32s<COUNT>(x: [f32; N]) -> [f32; N];
    }
}
