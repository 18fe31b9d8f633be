//! Sixteen lanes at a time, on every instruction set that has vectors.

use crate::simd::{Format, Machine};
use core::mem::MaybeUninit;

/// Lanes in a block, and rows in a group.
pub(crate) const LANES: usize = 16;

/// `K` vectors: sixteen lanes of vectors, and one of scalar code.
pub(crate) type Block<S, const K: usize> = [<S as pulp::Simd>::f32s; K];

/// A value for each row of a group, or each lane of a block; those that nobody asks for need not be set.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
pub(crate) struct PerRow<T: Copy>([MaybeUninit<T>; LANES]);

/// A number for each lane.
pub(crate) type Lanes = PerRow<f32>;

impl<T: Copy> PerRow<T> {
    /// No value is set.
    #[inline(always)]
    pub(crate) const fn unset() -> Self {
        Self([const { MaybeUninit::uninit() }; LANES])
    }

    /// The value of row `row`.
    ///
    /// # Safety
    /// It has been set.
    #[inline(always)]
    pub(crate) unsafe fn get(&self, row: usize) -> T {
        debug_assert!(row < LANES);
        // SAFETY: the caller's promise; there are no rows but those of the group.
        unsafe { self.0.get_unchecked(row).assume_init() }
    }

    /// The value of row `row` if `is_set`, else `other`.
    ///
    /// # Safety
    /// If `is_set`, it has been set.
    #[inline(always)]
    pub(crate) unsafe fn get_if(&self, is_set: bool, row: usize, other: T) -> T {
        if !is_set {
            return other;
        }
        // SAFETY: the caller's promise.
        unsafe { self.get(row) }
    }

    /// Sets the value of row `row`.
    ///
    /// # Safety
    /// `row` is less than [`LANES`].
    #[inline(always)]
    pub(crate) unsafe fn set(&mut self, row: usize, value: T) {
        debug_assert!(row < LANES);
        // SAFETY: the caller's promise.
        unsafe { self.0.get_unchecked_mut(row).write(value) };
    }
}

impl Lanes {
    /// Sets all sixteen to `number`.
    pub(crate) fn fill(&mut self, number: f32) {
        self.0.fill(MaybeUninit::new(number));
    }

    /// All sixteen numbers.
    ///
    /// # Safety
    /// All have been set.
    #[inline(always)]
    pub(crate) unsafe fn all(&self) -> &[f32; LANES] {
        // SAFETY: the caller's promise; the layout is the same.
        unsafe { &*self.0.as_ptr().cast() }
    }

    /// The lanes from `lane` on as a block.
    ///
    /// # Safety
    /// There are as many lanes from `lane` on as a block has, and all of them have been set.
    #[inline(always)]
    pub(crate) unsafe fn load<S: Machine, const K: usize>(
        &self,
        simd: S,
        lane: usize,
    ) -> Block<S, K> {
        // SAFETY: the caller's promise, passed on.
        unsafe { Whole.load(simd, self.0.as_ptr().cast::<f32>().add(lane)) }
    }

    /// Sets the lanes from `lane` on to those of `block`.
    ///
    /// # Safety
    /// There are as many lanes from `lane` on as a block has.
    #[inline(always)]
    pub(crate) unsafe fn store<S: Machine, const K: usize>(
        &mut self,
        simd: S,
        lane: usize,
        block: Block<S, K>,
    ) {
        // SAFETY: the caller's promise, passed on.
        unsafe { Whole.store(simd, self.0.as_mut_ptr().cast::<f32>().add(lane), block) }
    }
}

/// How many elements of a block there are.
pub(crate) trait Extent: Copy {
    /// Reads the elements; what is not there is 0.
    ///
    /// # Safety
    /// `from` is valid for reads of the elements that there are.
    unsafe fn load<S: Machine, const K: usize>(self, simd: S, from: *const f32) -> Block<S, K>;

    /// Reads the elements as the numbers that they stand for; what is not there is 0.
    ///
    /// # Safety
    /// `from` is valid for reads of the elements that there are.
    unsafe fn load_as<S: Machine, T: Format<S>, const K: usize>(
        self,
        simd: S,
        from: *const T,
    ) -> Block<S, K>;

    /// Reads bytes, as the bits of each lane; what is not there is 0.
    ///
    /// # Safety
    /// `from` is valid for reads of as many bytes as there are elements.
    unsafe fn load_bytes<S: Machine, const K: usize>(self, simd: S, from: *const u8)
    -> Block<S, K>;

    /// Writes the elements.
    ///
    /// # Safety
    /// `to` is valid for writes of the elements that there are.
    unsafe fn store<S: Machine, const K: usize>(self, simd: S, to: *mut f32, value: Block<S, K>);

    /// `value` where the row has an element, `other` where it has none.
    fn or<S: Machine, const K: usize>(self, simd: S, value: Block<S, K>, other: f32)
    -> Block<S, K>;
}

/// All elements of a block.
#[derive(Clone, Copy)]
pub(crate) struct Whole;

impl Extent for Whole {
    #[inline(always)]
    unsafe fn load<S: Machine, const K: usize>(self, simd: S, from: *const f32) -> Block<S, K> {
        // SAFETY: the caller vouches for `K` vectors.
        unsafe { simd.load_each_f32s(from) }
    }

    #[inline(always)]
    unsafe fn load_as<S: Machine, T: Format<S>, const K: usize>(
        self,
        simd: S,
        from: *const T,
    ) -> Block<S, K> {
        // SAFETY: the caller vouches for `K` vectors.
        unsafe { T::load_in_order(simd, from) }
    }

    #[inline(always)]
    unsafe fn load_bytes<S: Machine, const K: usize>(
        self,
        simd: S,
        from: *const u8,
    ) -> Block<S, K> {
        let mut block = [simd.splat_f32s(0.0); K];
        for (k, vector) in block.iter_mut().enumerate() {
            // SAFETY: the caller vouches for a byte for each lane of `K` vectors.
            *vector = unsafe { simd.load_bytes(from.add(k * S::F32_LANES)) };
        }
        block
    }

    #[inline(always)]
    unsafe fn store<S: Machine, const K: usize>(self, simd: S, to: *mut f32, value: Block<S, K>) {
        for (k, vector) in value.into_iter().enumerate() {
            // SAFETY: the caller vouches for `K` vectors.
            unsafe { simd.store_f32s(to.add(k * S::F32_LANES), vector) };
        }
    }

    #[inline(always)]
    fn or<S: Machine, const K: usize>(
        self,
        _simd: S,
        value: Block<S, K>,
        _other: f32,
    ) -> Block<S, K> {
        value
    }
}

/// The first few elements of a block.
#[derive(Clone, Copy)]
pub(crate) struct First {
    /// How many there are.
    pub(crate) count: usize,
    /// Whether they belong to different rows: what becomes of the other lanes does not matter then.
    pub(crate) of_rows: bool,
}

/// The `count` bytes at `from`, less than sixteen, and zeros behind them.
///
/// # Safety
/// They can be read.
#[inline(always)]
unsafe fn first_bytes(from: *const u8, count: usize) -> u128 {
    let (mut bytes, mut at) = (0, 0);
    // SAFETY: the bits of `count` tell how many there are, from the largest number on; the caller vouches for them.
    unsafe {
        if count & 8 != 0 {
            bytes = u128::from(from.cast::<u64>().read_unaligned().to_le());
            at = 8;
        }
        if count & 4 != 0 {
            let four = from.add(at).cast::<u32>().read_unaligned().to_le();
            bytes |= u128::from(four) << (8 * at);
            at += 4;
        }
        if count & 2 != 0 {
            let two = from.add(at).cast::<u16>().read_unaligned().to_le();
            bytes |= u128::from(two) << (8 * at);
            at += 2;
        }
        if count & 1 != 0 {
            bytes |= u128::from(*from.add(at)) << (8 * at);
        }
    }
    bytes
}

/// The number of each lane.
pub(crate) static NUMBERS: Lanes = {
    let mut numbers = Lanes::unset();
    let mut lane = 0;
    while lane < LANES {
        numbers.0[lane] = MaybeUninit::new(lane as f32);
        lane += 1;
    }
    numbers
};

impl First {
    /// How many of the elements are in vector `k`.
    #[inline(always)]
    fn of_vector<S: Machine>(self, k: usize) -> usize {
        self.count
            .saturating_sub(k * S::F32_LANES)
            .min(S::F32_LANES)
    }
}

impl Extent for First {
    #[inline(always)]
    unsafe fn load<S: Machine, const K: usize>(self, simd: S, from: *const f32) -> Block<S, K> {
        let mut block = [simd.splat_f32s(0.0); K];
        for (k, vector) in block.iter_mut().enumerate() {
            let from = from.wrapping_add(k * S::F32_LANES);
            // SAFETY: the caller vouches for as many elements; a vector without any is read at an address that may
            // lie behind them, and reads nothing.
            *vector = unsafe { simd.load_first_f32s(self.of_vector::<S>(k), from) };
        }
        block
    }

    #[inline(always)]
    unsafe fn load_as<S: Machine, T: Format<S>, const K: usize>(
        self,
        simd: S,
        from: *const T,
    ) -> Block<S, K> {
        let mut block = [simd.splat_f32s(0.0); K];
        for (k, vector) in block.iter_mut().enumerate() {
            let from = from.wrapping_add(k * S::F32_LANES);
            // SAFETY: as in `load`.
            *vector = unsafe { T::load_first(simd, self.of_vector::<S>(k), from) };
        }
        block
    }

    #[inline(always)]
    unsafe fn load_bytes<S: Machine, const K: usize>(
        self,
        simd: S,
        from: *const u8,
    ) -> Block<S, K> {
        debug_assert!(self.count < LANES);
        // SAFETY: the caller vouches for so many bytes; a block has no more lanes than there are in the integer.
        unsafe {
            let bytes = first_bytes(from, self.count).to_le_bytes();
            Whole.load_bytes(simd, bytes.as_ptr())
        }
    }

    #[inline(always)]
    unsafe fn store<S: Machine, const K: usize>(self, simd: S, to: *mut f32, value: Block<S, K>) {
        for (k, vector) in value.into_iter().enumerate() {
            let to = to.wrapping_add(k * S::F32_LANES);
            // SAFETY: the caller vouches for as many elements; a vector without any writes nothing.
            unsafe { simd.store_first_f32s(self.of_vector::<S>(k), to, vector) };
        }
    }

    #[inline(always)]
    fn or<S: Machine, const K: usize>(
        self,
        simd: S,
        mut value: Block<S, K>,
        other: f32,
    ) -> Block<S, K> {
        if self.of_rows {
            return value;
        }
        let count = simd.splat_f32s(f32::from(self.count as u16));
        let other = simd.splat_f32s(other);
        const { assert!(K * S::F32_LANES <= LANES) };
        // SAFETY: a block has no more lanes than there are.
        let numbers: Block<S, K> = unsafe { NUMBERS.load(simd, 0) };
        for (vector, numbers) in value.iter_mut().zip(numbers) {
            let inside = simd.less_than_f32s(numbers, count);
            *vector = simd.select_f32s(inside, *vector, other);
        }
        value
    }
}
