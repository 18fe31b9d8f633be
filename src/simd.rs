//! The vector vocabulary: the operations that kernels are written in, with their exact meaning.
//!
//! Two layers:
//!
//! - [`Machine`] is one instruction set: what [`pulp::Simd`] has, and what the kernels need beyond
//!   it, implemented in explicit intrinsics, in the same order, in one file each: [`scalar`],
//!   `avx2`, `avx512` and `neon`. The drivers read and write memory through it.
//! - [`Vocabulary`] is what a kernel sees: lane-by-lane operations on values of type `f32s`, which
//!   [`Unrolled`] makes of one vector or several. A kernel cannot tell how many, so the same source
//!   is the body of the loop, several vectors interleaved, and its tail.
//!
//! Each operation is defined by the scalar expression in its documentation, bit for bit, or is
//! exact and equal everywhere by itself (`add`, `sub`, `mul`, `div`, `sqrt`, the fused `mul_add`,
//! comparisons, `select`, bitwise). There is no fused operation that may be two, and no minimum
//! or maximum whose treatment of NaN would depend on the machine.

use pulp::Simd;

mod format;
pub(crate) mod odd;
mod product;
pub(crate) mod scalar;
pub(crate) mod unrolled;

#[cfg(target_arch = "x86_64")]
pub(crate) mod avx2;
#[cfg(target_arch = "x86_64")]
pub(crate) mod avx512;
#[cfg(target_arch = "aarch64")]
pub(crate) mod neon;

pub(crate) use format::Format;
pub(crate) use product::product_in_range;
pub(crate) use unrolled::Unrolled;

/// Eight numbers to choose from by three bits: a row of the tables that [`Vocabulary::lookup_f32s`]
/// reads.
///
/// They stand twice, so that the sixteen lanes of a 512-bit permutation need not ignore a bit.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub(crate) struct Table([f32; 16]);

impl Table {
    /// The table of `entries`.
    pub(crate) const fn new(entries: [f32; 8]) -> Self {
        let mut twice = [0.0; 16];
        let mut i = 0;
        while i < twice.len() {
            twice[i] = entries[i % entries.len()];
            i += 1;
        }
        Self(twice)
    }
}

/// Numbers of a smaller magnitude are next to zero: 2^-60.
pub(crate) const NEXT_TO_ZERO: f32 = 1.0 / (1u64 << 60) as f32;

/// What a kernel is written in.
#[allow(non_camel_case_types)] // As in pulp.
pub(crate) trait Vocabulary: Copy {
    /// The numbers a kernel works on at a time.
    type f32s: Copy;
    /// A truth value for each of them.
    type m32s: Copy;

    /// `value` in each lane.
    fn splat_f32s(self, value: f32) -> Self::f32s;

    /// `a + b`.
    fn add_f32s(self, a: Self::f32s, b: Self::f32s) -> Self::f32s;

    /// `a - b`.
    fn sub_f32s(self, a: Self::f32s, b: Self::f32s) -> Self::f32s;

    /// `a * b`.
    fn mul_f32s(self, a: Self::f32s, b: Self::f32s) -> Self::f32s;

    /// `a / b`.
    fn div_f32s(self, a: Self::f32s, b: Self::f32s) -> Self::f32s;

    /// The square root of `x`.
    fn sqrt_f32s(self, x: Self::f32s) -> Self::f32s;

    /// `a * b + c`, rounded once.
    fn mul_add_f32s(self, a: Self::f32s, b: Self::f32s, c: Self::f32s) -> Self::f32s;

    /// `-a * b + c`, rounded once.
    fn negate_mul_add_f32s(self, a: Self::f32s, b: Self::f32s, c: Self::f32s) -> Self::f32s;

    /// `if x < low { low } else { x }`.
    ///
    /// So a NaN in `x` stays, a NaN in `low` has no effect, and of two zeros `x` is kept.
    fn at_least_f32s(self, x: Self::f32s, low: Self::f32s) -> Self::f32s;

    /// `if x > high { high } else { x }`; NaN and zeros as in `at_least_f32s`.
    fn at_most_f32s(self, x: Self::f32s, high: Self::f32s) -> Self::f32s;

    /// `if x.is_sign_negative() { x * scale } else { x }`, for finite `scale`.
    ///
    /// A NaN stays NaN. The product is rounded once.
    fn scale_negative_f32s(self, x: Self::f32s, scale: Self::f32s) -> Self::f32s;

    /// `a == b`.
    fn equal_f32s(self, a: Self::f32s, b: Self::f32s) -> Self::m32s;

    /// `a < b`.
    fn less_than_f32s(self, a: Self::f32s, b: Self::f32s) -> Self::m32s;

    /// `a <= b`.
    fn less_than_or_equal_f32s(self, a: Self::f32s, b: Self::f32s) -> Self::m32s;

    /// `if mask { if_true } else { if_false }`.
    fn select_f32s(self, mask: Self::m32s, if_true: Self::f32s, if_false: Self::f32s)
    -> Self::f32s;

    /// `if mask { 0.0 } else { x }`; the zero is +0.
    fn clear_f32s(self, mask: Self::m32s, x: Self::f32s) -> Self::f32s;

    /// `if mask { x } else { 0.0 }`; the zero is +0.
    fn keep_f32s(self, mask: Self::m32s, x: Self::f32s) -> Self::f32s;

    /// `a & b`, of the bits.
    fn and_f32s(self, a: Self::f32s, b: Self::f32s) -> Self::f32s;

    /// `a | b`, of the bits.
    fn or_f32s(self, a: Self::f32s, b: Self::f32s) -> Self::f32s;

    /// `a ^ b`, of the bits.
    fn xor_f32s(self, a: Self::f32s, b: Self::f32s) -> Self::f32s;

    /// `a + b` of the bits as integers, without the carry.
    fn add_bits_f32s(self, a: Self::f32s, b: Self::f32s) -> Self::f32s;

    /// `a - b` of the bits as integers, without the borrow.
    fn sub_bits_f32s(self, a: Self::f32s, b: Self::f32s) -> Self::f32s;

    /// `x << COUNT`, of the bits; `COUNT` is in 1..32.
    fn shift_left_bits_f32s<const COUNT: u32>(self, x: Self::f32s) -> Self::f32s;

    /// `x >> COUNT`, of the bits, zeros coming in; `COUNT` is in 1..32.
    fn shift_right_bits_f32s<const COUNT: u32>(self, x: Self::f32s) -> Self::f32s;

    /// The entry of `table` that the last three bits of `index` name.
    fn lookup_f32s(self, table: &Table, index: Self::f32s) -> Self::f32s;

    /// `x` with its sign bit cleared.
    #[inline(always)]
    fn magnitude_f32s(self, x: Self::f32s) -> Self::f32s {
        self.and_f32s(x, self.splat_f32s(f32::from_bits(0x7fff_ffff)))
    }

    /// The sign bit of `x`, all other bits clear.
    #[inline(always)]
    fn sign_f32s(self, x: Self::f32s) -> Self::f32s {
        self.and_f32s(x, self.splat_f32s(-0.0))
    }
}

/// Work that is done out of line.
pub(crate) trait Outlined {
    /// Does it. It is to be inlined.
    fn run(self);
}

/// Keeps the compiler from doing what follows before it is known whether it is wanted.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn keep_apart() {
    // SAFETY: it is empty.
    unsafe { core::arch::asm!("", options(nomem, nostack, preserves_flags)) };
}

/// One instruction set: pulp's operations, and those that pulp lacks. Implemented for
/// `pulp::{Scalar, V3, V4, Neon}` alone.
///
/// The arithmetic is documented at [`Vocabulary`].
pub(crate) trait Machine: Simd {
    /// How many vectors of a long kernel to interleave: 1, 2 or 4.
    const LONG: usize;

    /// How many of a heavy one.
    const HEAVY: usize;

    /// See [`Vocabulary::at_least_f32s`].
    fn at_least_f32s(self, x: Self::f32s, low: Self::f32s) -> Self::f32s;

    /// See [`Vocabulary::at_most_f32s`].
    fn at_most_f32s(self, x: Self::f32s, high: Self::f32s) -> Self::f32s;

    /// See [`Vocabulary::scale_negative_f32s`].
    fn scale_negative_f32s(self, x: Self::f32s, scale: Self::f32s) -> Self::f32s;

    /// See [`Vocabulary::clear_f32s`].
    fn clear_f32s(self, mask: Self::m32s, x: Self::f32s) -> Self::f32s;

    /// See [`Vocabulary::keep_f32s`].
    fn keep_f32s(self, mask: Self::m32s, x: Self::f32s) -> Self::f32s;

    /// See [`Vocabulary::shift_left_bits_f32s`].
    fn shift_left_bits_f32s<const COUNT: u32>(self, x: Self::f32s) -> Self::f32s;

    /// See [`Vocabulary::shift_right_bits_f32s`].
    fn shift_right_bits_f32s<const COUNT: u32>(self, x: Self::f32s) -> Self::f32s;

    /// See [`Vocabulary::lookup_f32s`].
    fn lookup_f32s(self, table: &Table, index: Self::f32s) -> Self::f32s;

    /// Whether `mask` is set in any lane.
    fn any_m32s(self, mask: Self::m32s) -> bool;

    /// Whether any lane of any of the vectors is next to zero, but not zero: `0 < |x| < NEXT_TO_ZERO`.
    fn any_next_to_zero_f32s<const N: usize>(self, x: [Self::f32s; N]) -> bool;

    /// Whether any lane of any of the vectors has a larger magnitude than `largest`, or is NaN.
    fn any_beyond_f32s<const N: usize>(self, x: [Self::f32s; N], largest: f32) -> bool;

    /// One or the other.
    #[inline(always)]
    fn any_next_to_zero_or_beyond_f32s<const N: usize>(
        self,
        x: [Self::f32s; N],
        largest: f32,
    ) -> bool {
        self.any_next_to_zero_f32s(x) || self.any_beyond_f32s(x, largest)
    }

    /// Does `work`, which is seldom wanted, in a function of its own that uses this instruction set.
    fn outline<W: Outlined>(self, work: W);

    /// The sum of `x` as a tree: elements i and i + 8, of these i and i + 4, and so on.
    fn sum_f32(self, x: &[f32; 16]) -> f32;

    /// The sum of `high` and `low`, as a tree: elements i and i + 8, of these i and i + 4, and so on, in f64,
    /// but for the first sums of `low`, in f32; these are added to those of `high`.
    fn sum_f64(self, high: &[f32; 16], low: &[f32; 16]) -> f64;

    /// Elements in a row and in a column of what [`transpose`](Self::transpose) transposes.
    const TILE: usize;

    /// Writes `TILE` columns of `TILE` elements as rows. Rows are `from_stride` elements apart where they are
    /// read, and `to_stride` where they are written. All is read before anything is written.
    ///
    /// # Safety
    /// The rows are valid for reads, and for writes.
    unsafe fn transpose(self, from: *const f32, from_stride: usize, to: *mut f32, to_stride: usize);

    /// Reads a byte for each lane, as the bits of a number.
    ///
    /// # Safety
    /// `from` is valid for reads of as many bytes as a vector has lanes.
    unsafe fn load_bytes(self, from: *const u8) -> Self::f32s;

    /// Reads a whole vector, from any alignment.
    ///
    /// # Safety
    /// `from` is valid for reads of one vector.
    unsafe fn load_f32s(self, from: *const f32) -> Self::f32s;

    /// Reads `N` vectors, one behind the other, from any alignment.
    ///
    /// # Safety
    /// `from` is valid for reads of `N` vectors.
    #[inline(always)]
    unsafe fn load_each_f32s<const N: usize>(self, from: *const f32) -> [Self::f32s; N] {
        let mut vectors = [self.splat_f32s(0.0); N];
        for (k, vector) in vectors.iter_mut().enumerate() {
            // SAFETY: the caller vouches for all `N`.
            *vector = unsafe { self.load_f32s(from.add(k * Self::F32_LANES)) };
        }
        vectors
    }

    /// A vector's worth of pairs, in two vectors, one behind the other: the first element of each, and the second.
    fn unzip_f32s(self, low: Self::f32s, high: Self::f32s) -> (Self::f32s, Self::f32s);

    /// Reads a vector's worth of pairs, from any alignment: the first element of each, and the second.
    ///
    /// # Safety
    /// `from` is valid for reads of two vectors.
    #[inline(always)]
    unsafe fn load_pairs_f32s(self, from: *const f32) -> (Self::f32s, Self::f32s) {
        // SAFETY: the caller's promise.
        let [low, high] = unsafe { self.load_each_f32s(from) };
        self.unzip_f32s(low, high)
    }

    /// Reads the first `count` pairs: the first element of each, and the second; the other lanes are `0.0`. No byte
    /// outside of those pairs is touched.
    ///
    /// # Safety
    /// `count` is at most the number of lanes, and `from` is valid for reads of `count` pairs.
    #[inline(always)]
    unsafe fn load_first_pairs_f32s(
        self,
        count: usize,
        from: *const f32,
    ) -> (Self::f32s, Self::f32s) {
        let low = (2 * count).min(Self::F32_LANES);
        // SAFETY: the caller vouches for `count` pairs; where the second vector has none of them, it is read at an
        // address that may lie behind them, and nothing is.
        unsafe {
            self.unzip_f32s(
                self.load_first_f32s(low, from),
                self.load_first_f32s(2 * count - low, from.wrapping_add(Self::F32_LANES)),
            )
        }
    }

    /// Writes a whole vector, to any alignment.
    ///
    /// # Safety
    /// `to` is valid for writes of one vector.
    unsafe fn store_f32s(self, to: *mut f32, value: Self::f32s);

    /// Writes a whole vector past the cache. It may reach memory later than what is written after it, until a
    /// fence: [`fence`](crate::drive::stream::fence).
    ///
    /// # Safety
    /// `to` is valid for writes of one vector, and aligned to its size.
    #[inline(always)]
    unsafe fn stream_f32s(self, to: *mut f32, value: Self::f32s) {
        // SAFETY: the caller's promise, passed on.
        unsafe { self.store_f32s(to, value) }
    }

    /// Reads the first `count` lanes from `from`; the other lanes are `0.0`. No byte outside
    /// those `count` elements is touched.
    ///
    /// # Safety
    /// `count` is at most the number of lanes, and `from` is valid for reads of `count`
    /// elements.
    unsafe fn load_first_f32s(self, count: usize, from: *const f32) -> Self::f32s;

    /// Writes the first `count` lanes to `to`. No byte outside those `count` elements is touched.
    ///
    /// # Safety
    /// `count` is at most the number of lanes, and `to` is valid for writes of `count` elements.
    unsafe fn store_first_f32s(self, count: usize, to: *mut f32, value: Self::f32s);

    /// Says that the cache line at `at` will soon be wanted; any address will do.
    ///
    /// It has no effect but on speed, and does nothing where it was not measured to pay.
    #[inline(always)]
    fn prefetch(self, at: *const f32) {
        let _ = at;
    }
}

/// Has the cache lines of `bytes` bytes from `at` on fetched, on processors that can be told so; any address will do.
#[cfg(feature = "half")]
#[inline]
pub(crate) fn fetch(at: *const u8, bytes: usize) {
    #[cfg(target_arch = "x86_64")]
    for line in (0..bytes).step_by(64) {
        use core::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: a prefetch accesses nothing that a program can see, and never faults.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(at.wrapping_add(line).cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (at, bytes);
}

#[cfg(test)]
mod tests;
