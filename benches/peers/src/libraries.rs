//! What is compared: one file for each library.

#[cfg(any(has_xnnpack, has_onednn))]
mod bound;
mod candle;
mod composed;
mod copies;
#[cfg(has_onednn)]
mod onednn;
mod plain;
mod rten;
#[cfg(has_sleef)]
mod sleef;
mod tract;
mod wide;
#[cfg(has_xnnpack)]
mod xnnpack;

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
        #[cfg(has_sleef)]
        sleef::entry(function, isa),
        #[cfg(has_xnnpack)]
        xnnpack::entry(function, isa),
        #[cfg(has_onednn)]
        onednn::entry(function),
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
    #[cfg(has_xnnpack)]
    xnnpack::set_up(isa);
    #[cfg(has_onednn)]
    onednn::set_up(isa);
}

/// The C libraries with their versions, and which of them the program was built without.
pub fn in_c() -> Vec<String> {
    vec![
        #[cfg(has_sleef)]
        format!(
            "sleef {}",
            sleef::version().as_deref().unwrap_or("of unknown version")
        ),
        #[cfg(not(has_sleef))]
        "**no sleef**: built without it".to_owned(),
        // It has no releases, and no number to ask for.
        #[cfg(has_xnnpack)]
        format!("xnnpack {}", env!("XNNPACK_VERSION")),
        #[cfg(not(has_xnnpack))]
        "**no xnnpack**: built without it".to_owned(),
        #[cfg(has_onednn)]
        format!("onednn {}", onednn::version()),
        #[cfg(not(has_onednn))]
        "**no onednn**: built without it".to_owned(),
    ]
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::functions::ROW;
    use crate::inputs::inputs;

    #[test]
    fn every_library_computes_the_function_that_it_stands_for() {
        for function in Function::all() {
            let len = function.elements().unwrap_or(2 * ROW);
            let x: Vec<f32> = inputs().take(len).collect();
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
        // Some flush subnormal numbers to zero while they run; those after them would seem to be fast.
        assert_ne!(std::hint::black_box(f32::MIN_POSITIVE) / 2.0, 0.0);
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
