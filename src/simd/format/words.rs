//! A few words of 16 bits, fewer than a vector has: read and written without touching a byte beside them.

/// The first `count` words at `from`, the first one in the last bits; the other bits are 0.
///
/// # Safety
/// `count` is at most 8, and `from` is valid for reads of `count` words.
#[inline(always)]
pub(super) unsafe fn load_first(count: usize, from: *const u16) -> u128 {
    debug_assert!(count <= 8);
    // Two reads that overlap, of a power of two of words each.
    // SAFETY: what is read lies inside the `count` words.
    unsafe {
        if count >= 4 {
            let low = from.cast::<u64>().read_unaligned();
            let high = from.add(count - 4).cast::<u64>().read_unaligned();
            u128::from(low) | u128::from(high) << (16 * (count - 4))
        } else if count >= 2 {
            let low = from.cast::<u32>().read_unaligned();
            let high = from.add(count - 2).cast::<u32>().read_unaligned();
            u128::from(u64::from(low) | u64::from(high) << (16 * (count - 2)))
        } else if count == 1 {
            u128::from(from.read_unaligned())
        } else {
            0
        }
    }
}

/// Writes the last `count` words of `words`, the last one first.
///
/// # Safety
/// `count` is at most 8, and `to` is valid for writes of `count` words.
#[inline(always)]
pub(super) unsafe fn store_first(count: usize, to: *mut u16, words: u128) {
    debug_assert!(count <= 8);
    // SAFETY: what is written lies inside the `count` words.
    unsafe {
        if count >= 4 {
            let high = (words >> (16 * (count - 4))) as u64;
            to.cast::<u64>().write_unaligned(words as u64);
            to.add(count - 4).cast::<u64>().write_unaligned(high);
        } else if count >= 2 {
            let high = (words as u64 >> (16 * (count - 2))) as u32;
            to.cast::<u32>().write_unaligned(words as u32);
            to.add(count - 2).cast::<u32>().write_unaligned(high);
        } else if count == 1 {
            to.write_unaligned(words as u16);
        }
    }
}
