//! The options of attention in C.

use super::memory::{apart, check, input_apart};
use super::status::Status;
use crate::{Bounds, Empty, Mask, Window};
use core::ffi::{c_int, c_void};
use half::{bf16, f16};

/// What the elements of a mask are: the member `mask_type` of an activations_attention.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MaskType {
    /// float, which is added.
    Float = 0,
    /// An IEEE half, which is added.
    F16 = 1,
    /// A bfloat16, which is added.
    Bf16 = 2,
    /// A byte: where it is 0, the logit becomes -inf.
    Kept = 3,
}

/// How logits are made of scores, and which keys take part; one of zeros changes nothing. Rows are those of
/// [batch, heads, queries]. Of the score x of query q and key k, the logit is made in this order, with what is asked for:
/// scale * x; softcap * tanh(that / softcap); that + slope * (k - (q + past)); that + mask, or -inf unless kept.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Heads of a batch; 0 is 1.
    pub heads: usize,
    /// Queries of a head; 0 is 1.
    pub queries: usize,
    /// What x is multiplied by; 0 is 1.
    pub scale: f32,
    /// What scaled x is bounded by; 0 for no bound.
    pub softcap: f32,
    /// A slope for each head, which is multiplied by k - (q + past) for query q and key k; NULL for none.
    pub slopes: *const f32,
    /// Rows of axis elements of mask_type, NULL for no mask: row r takes number r modulo their number, or what the strides say.
    pub mask: *const c_void,
    /// Elements in the mask.
    pub mask_len: usize,
    /// An activations_mask_type.
    pub mask_type: c_int,
    /// Not 0 if mask_strides count.
    pub has_mask_strides: c_int,
    /// Elements of the mask from a batch, a head and a query to the next.
    pub mask_strides: [usize; 3],
    /// The first key that takes part of each row, NULL for 0; fewer numbers than rows repeat.
    pub starts: *const usize,
    /// Numbers in starts.
    pub starts_len: usize,
    /// The first key that no longer takes part of each row, NULL for axis; fewer numbers than rows repeat.
    pub ends: *const usize,
    /// Numbers in ends.
    pub ends_len: usize,
    /// Not 0 if starts and ends have a number for each batch, instead of each row.
    pub is_per_batch: c_int,
    /// Not 0 if query q sees before keys before number q + past, that one, and after keys behind it: 0 for causal attention.
    pub has_window: c_int,
    /// Keys before the first query; negative if there are fewer keys than queries.
    pub past: isize,
    /// Keys that a query sees before its own; SIZE_MAX for all.
    pub before: usize,
    /// Keys that a query sees behind its own.
    pub after: usize,
    /// A logit for each head that takes part and has no output, NULL for none.
    pub sinks: *const f32,
    /// Not 0 if a row without any key gives shares of 0, instead of NaN.
    pub zero_if_empty: c_int,
}

/// What `attention` says, none of which overlaps the `n` elements at `y`, which have passed [`check`]; NULL is as by default.
///
/// # Safety
/// Unless it is NULL, it is readable, and so is what it points to, for as long as `'a` lasts.
pub(super) unsafe fn read<'a, T>(
    attention: *const Options,
    y: (*const T, usize),
) -> Result<crate::Attention<'a>, Status> {
    if attention.is_null() {
        return Ok(crate::Attention::new());
    }
    check(attention, 1)?;
    apart((attention, 1), y)?;
    // SAFETY: it is aligned, and the caller vouches for the rest.
    let options = unsafe { *attention };
    let or_one = |count: usize| count.max(1);
    let mut window = Window::ALL;
    if options.has_window != 0 {
        window = Window {
            past: options.past,
            before: options.before,
            after: options.after,
        };
    } else if options.before != 0 || options.after != 0 {
        // Those of a window that was forgotten.
        return Err(Status::Parameter);
    }
    window.past = options.past;
    let heads = or_one(options.heads);
    let empty = match options.zero_if_empty {
        0 => Empty::Nan,
        _ => Empty::Zero,
    };
    // SAFETY: the caller vouches for all that it points to.
    unsafe {
        let bounds = |numbers, len| -> Result<Bounds<'a>, Status> {
            Ok(match borrow::<usize, T>(numbers, len, y)? {
                [] => Bounds::None,
                numbers if options.is_per_batch != 0 => Bounds::PerBatch(numbers),
                numbers => Bounds::PerRow(numbers),
            })
        };
        let per_head = |numbers: *const f32| -> Result<&'a [f32], Status> {
            let len = if numbers.is_null() { 0 } else { heads };
            borrow(numbers, len, y)
        };
        let mut attention = crate::Attention::new()
            .shape(heads, or_one(options.queries))
            .slopes(per_head(options.slopes)?)
            .mask(mask(&options, y)?)
            .starts(bounds(options.starts, options.starts_len)?)
            .ends(bounds(options.ends, options.ends_len)?)
            .window(window)
            .sinks(per_head(options.sinks)?)
            .empty(empty);
        if options.scale != 0.0 {
            attention = attention.scale(options.scale);
        }
        if options.softcap != 0.0 {
            attention = attention.softcap(options.softcap);
        }
        Ok(attention)
    }
}

/// The mask of `options`, which does not overlap the elements at `y`.
///
/// # Safety
/// As for [`read`].
unsafe fn mask<'a, T>(options: &Options, y: (*const T, usize)) -> Result<Mask<'a>, Status> {
    let &Options { mask, mask_len, .. } = options;
    const FLOAT: c_int = MaskType::Float as c_int;
    const F16: c_int = MaskType::F16 as c_int;
    const BF16: c_int = MaskType::Bf16 as c_int;
    const KEPT: c_int = MaskType::Kept as c_int;
    // SAFETY: the caller vouches for the elements.
    let mask = unsafe {
        match options.mask_type {
            FLOAT => Mask::added(borrow::<f32, T>(mask.cast(), mask_len, y)?),
            F16 => Mask::added(borrow::<f16, T>(mask.cast(), mask_len, y)?),
            BF16 => Mask::added(borrow::<bf16, T>(mask.cast(), mask_len, y)?),
            KEPT => Mask::kept_bytes(borrow::<u8, T>(mask.cast(), mask_len, y)?),
            _ => return Err(Status::Parameter),
        }
    };
    Ok(match options.has_mask_strides {
        0 => mask,
        _ => mask.strides(options.mask_strides),
    })
}

/// The `len` elements at `start`, which do not overlap those at `y`. A pointer without a length is a length that was forgotten.
///
/// # Safety
/// As for [`input_apart`].
unsafe fn borrow<'a, T, Y>(
    start: *const T,
    len: usize,
    y: (*const Y, usize),
) -> Result<&'a [T], Status> {
    if len == 0 && !start.is_null() {
        return Err(Status::Shape);
    }
    // SAFETY: the caller's promise, passed on.
    unsafe { input_apart(start, len, y) }
}
