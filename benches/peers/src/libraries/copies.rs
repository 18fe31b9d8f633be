//! Copies, as yardsticks.

use crate::calls::{Call, Entry, Library};
use std::arch::x86_64::{_mm_sfence, _mm256_loadu_ps, _mm256_stream_ps};

/// The C library's.
pub fn memcpy() -> Entry {
    Entry {
        library: Library::Memcpy,
        isa: "C library's choice".to_owned(),
        out_of_place: Some(Call::OutOfPlace(Box::new(|x, y| y.copy_from_slice(x)))),
        in_place: None,
    }
}

/// One that does not read the destination into the caches, where the CPU has AVX.
pub fn streamed() -> Option<Entry> {
    let copy = |x: &[f32], y: &mut [f32]| {
        // SAFETY: it is asked for only where the CPU has AVX.
        unsafe { stream(x, y) };
    };
    is_x86_feature_detected!("avx").then(|| Entry {
        library: Library::Streamed,
        isa: "avx".to_owned(),
        out_of_place: Some(Call::OutOfPlace(Box::new(copy))),
        in_place: None,
    })
}

/// Four stores a turn: a cache line is to be written in one go.
#[target_feature(enable = "avx")]
fn stream(x: &[f32], y: &mut [f32]) {
    assert_eq!(x.len(), y.len());
    // Streaming stores are aligned.
    let head = y.as_ptr().align_offset(32).min(y.len());
    y[..head].copy_from_slice(&x[..head]);
    let (x, y) = (&x[head..], &mut y[head..]);
    let mut to = y.chunks_exact_mut(32);
    for (x, y) in x.chunks_exact(32).zip(&mut to) {
        for k in (0..32).step_by(8) {
            // SAFETY: both have a vector at `k`, and that of `y` is aligned, as it starts at `head`.
            unsafe { _mm256_stream_ps(y.as_mut_ptr().add(k), _mm256_loadu_ps(x.as_ptr().add(k))) };
        }
    }
    let rest = to.into_remainder();
    let copied = x.len() - rest.len();
    rest.copy_from_slice(&x[copied..]);
    // Streaming stores are not ordered with others.
    _mm_sfence();
}
