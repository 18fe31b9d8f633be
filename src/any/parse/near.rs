//! Guesses at what was meant by a name that is none.

use alloc::vec::Vec;

/// Names at most this unlike are worth proposing (1 is equal, 0 has nothing in common).
#[cfg(feature = "std")]
const NEAR: f64 = 0.7;

/// No guess: without `std` names are compared, not likened.
#[cfg(not(feature = "std"))]
pub(crate) fn near<N>(_: &str, _: impl Iterator<Item = (&'static str, N)>) -> Vec<&'static str> {
    Vec::new()
}

/// The canonical names of those that have a name like `wanted`, nearest first.
#[cfg(feature = "std")]
pub(crate) fn near<N: Iterator<Item = &'static str>>(
    wanted: &str,
    all: impl Iterator<Item = (&'static str, N)>,
) -> Vec<&'static str> {
    let mut scored: Vec<(f64, &'static str)> = all
        .map(|(canonical, names)| {
            let score = names
                .map(|name| strsim::jaro_winkler(&super::names::plain(name), wanted))
                .fold(0.0, f64::max);
            (score, canonical)
        })
        .filter(|(score, _)| *score >= NEAR)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    scored.into_iter().take(3).map(|(_, name)| name).collect()
}
