//! Each operation on rows as a C function.

use super::memory::{Buffers, apart, buffers, check, check_buffers, input, len_of};
use super::status::{Status, call};
use crate::registry::for_each_row_activation;
use crate::row::apply_to;
use crate::{RowActivation, *};

/// What attention adds: logits of scale * x + mask, rows that end early. Start from ACTIVATIONS_ATTENTION_NONE.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Attention {
    /// What x is multiplied by: 1 for nothing.
    pub scale: f32,
    /// What is added then: whole rows, of which row r takes number r modulo their number; NULL for nothing.
    pub mask: *const f32,
    /// Elements in the mask.
    pub mask_len: usize,
    /// How many elements of each row take part; fewer numbers than rows repeat; NULL for all elements.
    pub lengths: *const usize,
    /// Numbers in lengths.
    pub lengths_len: usize,
    /// Not 0 for causal attention, without lengths: query q of as many sees past + q + 1 elements.
    pub queries: usize,
    /// Keys before the first query.
    pub past: usize,
}

/// Applies an operation, made for the number of elements, to a tensor `[outer, axis, inner]`.
///
/// # Safety
/// As many elements at `x` are readable and at `y` writable, unless that is refused, and nobody else uses them
/// meanwhile. What the operation borrows does not overlap them.
#[inline]
pub(super) unsafe fn apply<A: RowActivation>(
    x: *const f32,
    y: *mut f32,
    [outer, axis, inner]: [usize; 3],
    operation: impl FnOnce(usize) -> Result<A, Status>,
) -> Status {
    call(|| {
        let n = len_of(&[outer, axis, inner])?;
        check_buffers(x, y, n)?;
        let operation = operation(n)?;
        let rows = Rows::strided(axis, inner);
        // SAFETY: `check_buffers` has passed; the caller's promises, passed on.
        unsafe {
            match buffers(x, y, n) {
                Buffers::Same(x) => operation.apply_in_place(rows, x)?,
                Buffers::Apart(x, y) => apply_to(&operation, Isa::detect(), rows, x, y)?,
            }
        }
        Ok(())
    })
}

/// Scale, mask and lengths of `attention`, none of which overlaps the `n` elements at `y`, which have passed [`check`];
/// NULL is as by default.
///
/// # Safety
/// Unless it is NULL, it is readable, and so is what it points to, for as long as `'a` lasts.
#[inline]
unsafe fn read<'a>(
    attention: *const Attention,
    (y, n): (*const f32, usize),
) -> Result<(f32, &'a [f32], Lengths<'a>), Status> {
    if attention.is_null() {
        return Ok((1.0, &[], Lengths::All));
    }
    check(attention, 1)?;
    apart((attention, 1), (y, n))?;
    // SAFETY: it is aligned, and the caller vouches for the rest.
    let attention = unsafe { *attention };
    check(attention.mask, attention.mask_len)?;
    check(attention.lengths, attention.lengths_len)?;
    apart((attention.mask, attention.mask_len), (y, n))?;
    apart((attention.lengths, attention.lengths_len), (y, n))?;
    // SAFETY: the caller vouches for both.
    let (mask, lengths) = unsafe {
        (
            input(attention.mask, attention.mask_len)?,
            input(attention.lengths, attention.lengths_len)?,
        )
    };
    // A pointer without a length is a length that was forgotten.
    if mask.is_empty() != attention.mask.is_null()
        || lengths.is_empty() != attention.lengths.is_null()
    {
        return Err(Status::Shape);
    }
    let lengths = match (attention.queries, attention.past, lengths) {
        (0, 0, []) => Lengths::All,
        (0, 0, lengths) => Lengths::PerRow(lengths),
        (queries, past, []) if queries > 0 => Lengths::Causal { queries, past },
        _ => return Err(Status::Parameter),
    };
    Ok((attention.scale, mask, lengths))
}

/// One operation: those with a scale have all of [`Attention`].
macro_rules! operation {
    ($type:ident $name:ident [scale]) => {
        #[doc = concat!(" `", stringify!($name), "` of the rows of x [outer, axis, inner] along axis; attention may be NULL.")]
        ///
        /// # Safety
        /// x is readable and y writable for outer * axis * inner elements, and attention for what it says; nobody else
        /// writes them, or reads y, meanwhile.
        #[unsafe(export_name = concat!("activations_", stringify!($name)))]
        pub unsafe extern "C" fn $name(
            x: *const f32,
            y: *mut f32,
            outer: usize,
            axis: usize,
            inner: usize,
            attention: *const Attention,
        ) -> Status {
            let operation = |n| {
                // SAFETY: the caller's promise, passed on.
                let (scale, mask, lengths) = unsafe { read(attention, (y, n))? };
                Ok($type {
                    scale,
                    mask,
                    lengths,
                })
            };
            // SAFETY: the caller's promises, passed on; mask and lengths do not overlap what is written.
            unsafe { apply(x, y, [outer, axis, inner], operation) }
        }
    };
    ($type:ident $name:ident []) => {
        #[doc = concat!(" `", stringify!($name), "` of the rows of x [outer, axis, inner] along axis.")]
        ///
        /// # Safety
        /// x is readable and y writable for outer * axis * inner elements; nobody else writes them, or reads y,
        /// meanwhile.
        #[unsafe(export_name = concat!("activations_", stringify!($name)))]
        pub unsafe extern "C" fn $name(
            x: *const f32,
            y: *mut f32,
            outer: usize,
            axis: usize,
            inner: usize,
        ) -> Status {
            // SAFETY: the caller's promises, passed on.
            unsafe { apply(x, y, [outer, axis, inner], |_| Ok($type)) }
        }
    };
}

macro_rules! operations {
    ($($type:ident $(<$lt:lifetime>)? $name:ident $parameters:tt $other_names:tt;)*) => {
        $(operation! { $type $name $parameters })*
    };
}

for_each_row_activation!(operations);
