//! What goes with the elements of a row when logits are made of them: a mask, or the distance from the query.

use super::block::{Block, Extent, LANES, NUMBERS};
use super::group::Group;
use crate::Float;
use crate::simd::{Format, Machine, Unrolled, Vocabulary};
use core::marker::PhantomData;

/// What becomes of a logit and its operand.
pub(crate) trait Amend {
    /// Whether anything does.
    const CHANGES: bool = true;

    /// Whether the operand takes no more than a read, so that there are registers for those of several blocks.
    const IS_LIGHT: bool = false;

    /// Whether there are, where nothing but the operand changes a logit.
    const IS_LIGHT_ALONE: bool = Self::IS_LIGHT;

    /// The logit `t`, with the operand taken into account.
    fn amend<V: Vocabulary>(v: V, t: V::f32s, operand: V::f32s) -> V::f32s;
}

/// Where the operands are.
pub(crate) trait Operand<S: Machine> {
    /// What is known of the operands of a row of consecutive elements.
    type OfRow: Copy;

    /// What is known of the operands of row `row`.
    ///
    /// # Safety
    /// There is such a row, and the group has the operands.
    unsafe fn of_row(group: &Group, row: usize) -> Self::OfRow;

    /// The operands of the elements of a row from `at` on.
    ///
    /// # Safety
    /// The row has these elements.
    unsafe fn along<E: Extent, const K: usize>(
        simd: S,
        row: Self::OfRow,
        at: usize,
        extent: E,
    ) -> Block<S, K>;

    /// The operands of element `element` of the rows from `lane` on, which lie side by side.
    ///
    /// # Safety
    /// There are such rows, and they have this element.
    unsafe fn across<const K: usize>(
        simd: S,
        group: &Group,
        lane: usize,
        element: usize,
    ) -> Block<S, K>;
}

/// No operand.
pub(crate) struct Nothing;

impl Amend for Nothing {
    const CHANGES: bool = false;
    const IS_LIGHT: bool = true;

    #[inline(always)]
    fn amend<V: Vocabulary>(_v: V, t: V::f32s, _operand: V::f32s) -> V::f32s {
        t
    }
}

impl<S: Machine> Operand<S> for Nothing {
    type OfRow = ();

    #[inline(always)]
    unsafe fn of_row(_group: &Group, _row: usize) {}

    #[inline(always)]
    unsafe fn along<E: Extent, const K: usize>(
        simd: S,
        (): (),
        _at: usize,
        _extent: E,
    ) -> Block<S, K> {
        [simd.splat_f32s(0.0); K]
    }

    #[inline(always)]
    unsafe fn across<const K: usize>(
        simd: S,
        _group: &Group,
        _lane: usize,
        _element: usize,
    ) -> Block<S, K> {
        [simd.splat_f32s(0.0); K]
    }
}

/// A mask of `T`, which is added.
pub(crate) struct Added<T>(PhantomData<T>);

impl<T> Amend for Added<T> {
    // Elements of 32 bits are what vectors have.
    const IS_LIGHT: bool = size_of::<T>() == size_of::<f32>();

    #[inline(always)]
    fn amend<V: Vocabulary>(v: V, t: V::f32s, mask: V::f32s) -> V::f32s {
        v.add_f32s(t, mask)
    }
}

impl<S: Machine, T: Float + Format<S> + Into<f32>> Operand<S> for Added<T> {
    type OfRow = *const T;

    #[inline(always)]
    unsafe fn of_row(group: &Group, row: usize) -> *const T {
        // SAFETY: the caller's promise.
        unsafe { group.masks.get(row).cast() }
    }

    #[inline(always)]
    unsafe fn along<E: Extent, const K: usize>(
        simd: S,
        mask: *const T,
        at: usize,
        extent: E,
    ) -> Block<S, K> {
        // SAFETY: the mask is as long as the row, which has these elements.
        unsafe { extent.load_as(simd, mask.add(at)) }
    }

    #[inline(always)]
    unsafe fn across<const K: usize>(
        simd: S,
        group: &Group,
        _lane: usize,
        element: usize,
    ) -> Block<S, K> {
        // SAFETY: the mask is as long as the rows, which have this element.
        let mask: T = unsafe { *group.masks.get(0).cast::<T>().add(element) };
        [simd.splat_f32s(mask.into()); K]
    }
}

/// A mask of bytes: a logit is kept where it is not 0.
pub(crate) struct Kept;

impl Amend for Kept {
    const IS_LIGHT_ALONE: bool = true;

    #[inline(always)]
    fn amend<V: Vocabulary>(v: V, t: V::f32s, kept: V::f32s) -> V::f32s {
        // As an exponent, any other byte than 0 is above 0 on CPUs that flush subnormal numbers to 0, too; 255 is infinite.
        let kept = v.shift_left_bits_f32s::<23>(kept);
        let is_kept = v.less_than_f32s(v.splat_f32s(0.0), kept);
        v.select_f32s(is_kept, t, v.splat_f32s(f32::NEG_INFINITY))
    }
}

impl<S: Machine> Operand<S> for Kept {
    type OfRow = *const u8;

    #[inline(always)]
    unsafe fn of_row(group: &Group, row: usize) -> *const u8 {
        // SAFETY: the caller's promise.
        unsafe { group.masks.get(row) }
    }

    #[inline(always)]
    unsafe fn along<E: Extent, const K: usize>(
        simd: S,
        mask: *const u8,
        at: usize,
        extent: E,
    ) -> Block<S, K> {
        // SAFETY: the mask is as long as the row, which has these elements.
        unsafe { extent.load_bytes(simd, mask.add(at)) }
    }

    #[inline(always)]
    unsafe fn across<const K: usize>(
        simd: S,
        group: &Group,
        _lane: usize,
        element: usize,
    ) -> Block<S, K> {
        // SAFETY: the mask is as long as the rows, which have this element.
        let kept = unsafe { *group.masks.get(0).add(element) };
        [simd.splat_f32s(f32::from_bits(u32::from(kept))); K]
    }
}

/// A slope times the distance from the query's own key.
pub(crate) struct Distance;

impl Amend for Distance {
    const IS_LIGHT_ALONE: bool = true;

    #[inline(always)]
    fn amend<V: Vocabulary>(v: V, t: V::f32s, product: V::f32s) -> V::f32s {
        v.add_f32s(t, product)
    }
}

impl<S: Machine> Operand<S> for Distance {
    /// The slope, and the distance of the first element.
    type OfRow = (f32, f32);

    #[inline(always)]
    unsafe fn of_row(group: &Group, row: usize) -> (f32, f32) {
        // SAFETY: the caller's promise.
        unsafe { (group.slopes.get(row), group.distances.get(row)) }
    }

    #[inline(always)]
    unsafe fn along<E: Extent, const K: usize>(
        simd: S,
        (slope, distance): (f32, f32),
        at: usize,
        _extent: E,
    ) -> Block<S, K> {
        let v = Unrolled::<S, K>(simd);
        const { assert!(K * S::F32_LANES <= LANES) };
        // SAFETY: a block has no more lanes than there are numbers.
        let numbers: Block<S, K> = unsafe { NUMBERS.load(simd, 0) };
        // All of them are integers that f32 holds; `check` has seen to it that no more bits are needed.
        let first = v.add_f32s(v.splat_f32s(distance), numbers);
        let distances = v.add_f32s(v.splat_f32s(at as u32 as f32), first);
        v.mul_f32s(v.splat_f32s(slope), distances)
    }

    #[inline(always)]
    unsafe fn across<const K: usize>(
        simd: S,
        group: &Group,
        lane: usize,
        element: usize,
    ) -> Block<S, K> {
        let v = Unrolled::<S, K>(simd);
        // SAFETY: there are such rows, and the lanes of a block are among the sixteen.
        let (slopes, distances): (Block<S, K>, Block<S, K>) = unsafe {
            (
                group.slopes.load(simd, lane),
                group.distances.load(simd, lane),
            )
        };
        let distances = v.add_f32s(distances, v.splat_f32s(element as u32 as f32));
        v.mul_f32s(slopes, distances)
    }
}
