//! Sixteen elements at a time.

use crate::simd::{Machine, Vocabulary, each_written};
use core::hint::black_box;
use core::mem::MaybeUninit;

/// Elements in a block.
pub(crate) const LANES: usize = 16;

/// Sixteen elements: `K` vectors.
pub(crate) type Block<S, const K: usize> = [<S as pulp::Simd>::f32s; K];

/// Sixteen numbers, aligned to a cache line.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
pub(crate) struct Lanes(pub(crate) [f32; LANES]);

impl Lanes {
    /// Sets the lanes to those of `block`.
    ///
    /// They go through memory for certain. Else the compiler would see that halves of vectors are wanted, and keep
    /// what is summed up in halves.
    #[inline(always)]
    pub(super) fn set<S: Machine, const K: usize>(
        simd: S,
        lanes: &mut MaybeUninit<Self>,
        block: Block<S, K>,
    ) -> &Self {
        let first = black_box(lanes.as_mut_ptr()).cast::<f32>();
        // SAFETY: there is room for sixteen, and all of them are written.
        unsafe {
            Whole.store(simd, first, block);
            lanes.assume_init_ref()
        }
    }

    /// The block of these lanes.
    #[inline(always)]
    pub(crate) fn block<S: Machine, const K: usize>(&self, simd: S) -> Block<S, K> {
        // SAFETY: there are sixteen.
        unsafe { Whole.load(simd, self.0.as_ptr()) }
    }
}

/// The number in the first lane.
#[inline(always)]
pub(crate) fn first_lane<S: Machine, const K: usize>(simd: S, block: Block<S, K>) -> f32 {
    Lanes::set::<S, K>(simd, &mut MaybeUninit::uninit(), block).0[0]
}

/// 1 in that lane, 0 in the others.
#[inline(always)]
pub(super) fn one_in_lane<S: Machine, const K: usize>(simd: S, lane: usize) -> Block<S, K> {
    let v = simd.block::<K>();
    let is_it = v.equal_f32s(NUMBERS.block(simd), v.splat_f32s(lane as f32));
    v.keep_f32s(is_it, v.splat_f32s(1.0))
}

/// How many elements of a block there are.
pub(crate) trait Extent: Copy {
    /// So many.
    fn count(self) -> usize;

    /// Reads them; what is not there is 0.
    ///
    /// # Safety
    /// `from` is valid for reads of them.
    unsafe fn load<S: Machine, const K: usize>(self, simd: S, from: *const f32) -> Block<S, K>;

    /// Writes them.
    ///
    /// # Safety
    /// `to` is valid for writes of them.
    unsafe fn store<S: Machine, const K: usize>(self, simd: S, to: *mut f32, value: Block<S, K>);

    /// `value` where there are elements, `other` where a row has none.
    fn or<S: Machine, const K: usize>(
        self,
        simd: S,
        value: Block<S, K>,
        other: Block<S, K>,
    ) -> Block<S, K>;
}

/// All sixteen.
#[derive(Clone, Copy)]
pub(crate) struct Whole;

impl Extent for Whole {
    #[inline(always)]
    fn count(self) -> usize {
        LANES
    }

    #[inline(always)]
    unsafe fn load<S: Machine, const K: usize>(self, simd: S, from: *const f32) -> Block<S, K> {
        each_written!(K, from simd.splat_f32s(0.0); k => {
            // SAFETY: the caller vouches for sixteen elements, which are `K` vectors.
            unsafe { simd.load_f32s(from.add(k * S::F32_LANES)) }
        })
    }

    #[inline(always)]
    unsafe fn store<S: Machine, const K: usize>(self, simd: S, to: *mut f32, value: Block<S, K>) {
        each_written!(K, from (); k => {
            // SAFETY: as above.
            unsafe { simd.store_f32s(to.add(k * S::F32_LANES), value[k]) }
        });
    }

    #[inline(always)]
    fn or<S: Machine, const K: usize>(
        self,
        _simd: S,
        value: Block<S, K>,
        _other: Block<S, K>,
    ) -> Block<S, K> {
        value
    }
}

/// The first few, at most sixteen.
#[derive(Clone, Copy)]
pub(crate) struct First {
    count: usize,
    /// They belong to different rows. What is read for the others is 0 then, and what becomes of them does not matter.
    of_rows: bool,
}

/// The number of each lane.
static NUMBERS: Lanes = {
    let mut numbers = [0.0; LANES];
    let mut lane = 0;
    while lane < LANES {
        numbers[lane] = lane as f32;
        lane += 1;
    }
    Lanes(numbers)
};

impl First {
    /// Of a row.
    #[inline(always)]
    pub(super) fn of_row(count: usize) -> Self {
        Self {
            count,
            of_rows: false,
        }
    }

    /// Of rows side by side.
    #[inline(always)]
    pub(super) fn of_rows(count: usize) -> Self {
        Self {
            count,
            of_rows: true,
        }
    }

    /// How many of them are in vector `k`.
    #[inline(always)]
    fn of_vector<S: Machine>(self, k: usize) -> usize {
        self.count
            .saturating_sub(k * S::F32_LANES)
            .min(S::F32_LANES)
    }
}

impl Extent for First {
    #[inline(always)]
    fn count(self) -> usize {
        self.count
    }

    #[inline(always)]
    unsafe fn load<S: Machine, const K: usize>(self, simd: S, from: *const f32) -> Block<S, K> {
        each_written!(K, from simd.splat_f32s(0.0); k => {
            // SAFETY: the caller vouches for as many elements; a vector without any is read at an address
            // that may lie behind them, and reads nothing.
            unsafe {
                simd.load_first_f32s(self.of_vector::<S>(k), from.wrapping_add(k * S::F32_LANES))
            }
        })
    }

    #[inline(always)]
    unsafe fn store<S: Machine, const K: usize>(self, simd: S, to: *mut f32, value: Block<S, K>) {
        each_written!(K, from (); k => {
            // SAFETY: as above.
            unsafe {
                let to = to.wrapping_add(k * S::F32_LANES);
                simd.store_first_f32s(self.of_vector::<S>(k), to, value[k]);
            }
        });
    }

    #[inline(always)]
    fn or<S: Machine, const K: usize>(
        self,
        simd: S,
        value: Block<S, K>,
        other: Block<S, K>,
    ) -> Block<S, K> {
        if self.of_rows {
            return value;
        }
        let count = simd.splat_f32s(self.count as f32);
        let numbers: Block<S, K> = NUMBERS.block(simd);
        each_written!(K, from value[0]; k => {
            let inside = simd.less_than_f32s(numbers[k], count);
            simd.select_f32s(inside, value[k], other[k])
        })
    }
}
