//! What is compared: one file for each library.

mod candle;
mod composed;
mod copies;
mod plain;
mod rten;
#[cfg(feature = "sleef")]
mod sleef;
mod tract;
mod wide;

#[cfg(feature = "sleef")]
pub use sleef::version as sleef_version;

use crate::calls::{Call, Entry, Library};
use crate::functions::Function;
use activations::Isa;

/// Every library that has `function`, this crate first and the yardsticks last. Those that let
/// themselves be told take `isa` at most.
pub fn entries(function: Function, isa: Isa) -> Vec<Entry> {
    let entries = [
        Some(this(function, isa)),
        rten::entry(function, isa),
        tract::entry(function),
        candle::entry(function),
        wide::entry(function),
        #[cfg(feature = "sleef")]
        sleef::entry(function, isa),
        plain::entry(function),
        plain::entry_v3(function),
        Some(copies::memcpy()),
        copies::streamed(),
    ];
    entries.into_iter().flatten().collect()
}

/// What has to be said to the libraries before they are used first: one thread, and no more than `isa`.
pub fn set_up(isa: Isa) {
    candle::set_up();
    tract::set_up(isa);
}

fn this(function: Function, isa: Isa) -> Entry {
    let refused = "default parameters and whole rows are never refused";
    Entry {
        library: Library::This,
        isa: isa.to_string(),
        out_of_place: Some(Call::OutOfPlace(Box::new(move |x, y| {
            function.apply_on(isa, x, y).expect(refused);
        }))),
        in_place: Some(Call::InPlace(Box::new(move |x| {
            function.apply_in_place_on(isa, x).expect(refused);
        }))),
    }
}

/// What code without instruction sets of its own is compiled to.
const fn as_built() -> &'static str {
    if cfg!(target_feature = "avx512f") {
        "avx512, as built"
    } else if cfg!(all(target_feature = "avx2", target_feature = "fma")) {
        "avx2, as built"
    } else {
        "sse2, as built"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::functions::ROW;
    use crate::inputs::inputs;

    #[test]
    fn every_library_computes_the_function_that_it_stands_for() {
        let x: Vec<f32> = inputs().take(2 * ROW).collect();
        for function in Function::all() {
            let exact = function.reference(&x);
            for isa in [Isa::Avx2, Isa::Avx512]
                .into_iter()
                .filter(|isa| isa.is_available())
            {
                for entry in entries(function, isa) {
                    if entry.library.is_yardstick() {
                        continue;
                    }
                    for call in [entry.out_of_place, entry.in_place].into_iter().flatten() {
                        for ((got, exact), x) in call.results(&x).iter().zip(&exact).zip(&x) {
                            let error = (f64::from(*got) - exact).abs();
                            let library = entry.library.name();
                            let name = function.name();
                            assert!(
                                error <= 2e-3 * exact.abs().max(1e-2),
                                "{library} {name} {x}: {got}"
                            );
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn copies_copy() {
        let x: Vec<f32> = inputs().take(2 * ROW).collect();
        let copies = entries(Function::Softmax, Isa::Scalar).into_iter();
        let copies: Vec<_> = copies
            .filter(|entry| entry.library.is_yardstick())
            .collect();
        assert!(!copies.is_empty());
        for entry in copies {
            let Some(Call::OutOfPlace(copy)) = entry.out_of_place else {
                panic!("{} is no copy", entry.library.name());
            };
            // Wherever the destination starts, and ends.
            for start in 0..16 {
                let mut y = vec![0.0; x.len()];
                copy(&x[start..], &mut y[start..]);
                assert_eq!(y[start..], x[start..]);
                assert!(y[..start].iter().all(|y| *y == 0.0));
            }
        }
    }
}
