//! Buffers for results.

use crate::{AVec, Element};

/// Bytes from which on a new buffer asks for huge pages: below two of them there may be none.
const LARGE: usize = 4 << 20;

/// Makes room for `len` elements in `y`, which is empty then; says whether its memory is new.
///
/// Memory that is not new has been written before, so its pages are there.
pub(crate) fn make_room<T: Element>(y: &mut AVec<T>, len: usize) -> bool {
    let is_new = y.capacity() < len;
    if is_new {
        *y = AVec::with_capacity(0, len);
        ask_for_huge_pages(y.as_mut_ptr(), len);
    } else {
        y.clear();
    }
    is_new
}

/// Asks the kernel to back the `len` elements at `start` with huge pages. The first write to each page is an
/// interrupt that clears it, and takes longer than the write: with 512 times fewer of them, filling a new buffer takes
/// half the time.
fn ask_for_huge_pages<T>(start: *mut T, len: usize) {
    #[cfg(all(feature = "std", target_os = "linux"))]
    {
        /// A multiple of what any page of the usual kind measures.
        const PAGE: usize = 1 << 16;

        let bytes = len * size_of::<T>();
        let skipped = start.addr().wrapping_neg() % PAGE;
        if bytes >= LARGE {
            let whole = (bytes - skipped) / PAGE * PAGE;
            let first = start.cast::<u8>().wrapping_add(skipped);
            // SAFETY: the range lies inside the buffer, and the advice changes nothing that a program can see.
            // Where it is refused, all is as if it had not been asked for.
            unsafe { libc::madvise(first.cast(), whole, libc::MADV_HUGEPAGE) };
        }
    }
    #[cfg(not(all(feature = "std", target_os = "linux")))]
    let _ = (start, len, LARGE);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_grows_and_never_shrinks() {
        let mut y: AVec<f32> = AVec::new(0);
        assert!(make_room(&mut y, 10));
        y.resize(10, 1.0);
        let (start, capacity) = (y.as_ptr(), y.capacity());
        assert!(!make_room(&mut y, 3));
        assert!(!make_room(&mut y, capacity));
        assert_eq!((y.as_ptr(), y.capacity(), y.len()), (start, capacity, 0));
        assert!(make_room(&mut y, capacity + 1));
        // Large enough for the advice.
        let large = LARGE / size_of::<f32>() + 1;
        assert!(make_room(&mut y, large));
        assert!(y.capacity() >= large);
        y.resize(large, 2.0);
        assert!(y.iter().all(|&y| y == 2.0));
    }

    #[test]
    fn none_is_needed_for_nothing() {
        let mut y: AVec<f32> = AVec::new(0);
        assert!(!make_room(&mut y, 0));
    }
}
