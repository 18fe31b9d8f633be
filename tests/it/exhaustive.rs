//! All 2^32 inputs: the maximum error of each activation, with its default parameters and with those
//! that lead to other kernels, the signs of zeros, and the same bits on every instruction set, out of
//! place and in place by turns.
//!
//! Minutes of work for both cores, so it is run on demand:
//!
//! ```text
//! cargo test --release --test it exhaustive -- --ignored --nocapture
//! ACTIVATIONS_SWEEP=hardswish cargo test --release --test it exhaustive -- --ignored --nocapture
//! ```

use crate::common::{Variant, assert_same_bits, bounds, compute, inputs, ulp};
use activations::{AnyActivation, Formula, Isa};
use std::sync::atomic::{AtomicU32, Ordering};

/// Inputs a turn: in L2, with the results of all instruction sets.
const BLOCK: u32 = 1 << 16;

/// The input with the largest error that was met.
#[derive(Clone, Copy)]
struct Worst {
    ulp: f64,
    x: f32,
    y: f32,
}

/// All inputs through `activation`, on both cores; returns where the error is largest.
fn sweep(activation: AnyActivation<'static>) -> Worst {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicU32::new(0);
    let worst = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| scope.spawn(|| sweep_blocks(activation, &next)))
            .collect();
        workers
            .into_iter()
            .map(|worker| worker.join().expect("a worker found a difference"))
            .reduce(|a, b| if b.ulp > a.ulp { b } else { a })
    });
    worst.expect("there is a thread")
}

/// Takes block after block until none is left.
fn sweep_blocks(activation: AnyActivation<'static>, next: &AtomicU32) -> Worst {
    let best = Isa::available().last().expect("scalar is always there");
    let mut worst = Worst {
        ulp: 0.0,
        x: 0.0,
        y: 0.0,
    };
    loop {
        let block = next.fetch_add(1, Ordering::Relaxed);
        if u64::from(block) * u64::from(BLOCK) >= 1 << 32 {
            return worst;
        }
        let first = block * BLOCK;
        let x: Vec<f32> = (0..BLOCK).map(|i| f32::from_bits(first + i)).collect();
        let y = compute(&activation, best, Variant::OutOfPlace, &x);
        // One function serves both variants, so block by block in turn will do: they are minutes.
        let variant = Variant::ALL[block as usize % Variant::ALL.len()];
        for isa in Isa::available() {
            let other = compute(&activation, isa, variant, &x);
            assert_same_bits(&other, &y, &x, format_args!("{activation} on {isa}"));
        }
        for (&x, &y) in x.iter().zip(&y) {
            let exact = activation.reference(f64::from(x));
            let ulp = if ulp::right_sign(y, exact) {
                ulp::ulp_error(y, exact)
            } else {
                f64::INFINITY
            };
            if ulp > worst.ulp {
                worst = Worst { ulp, x, y };
            }
        }
    }
}

#[test]
#[ignore = "all 2^32 inputs take minutes"]
fn all_inputs_are_within_the_bounds_and_the_bounds_are_not_slack() {
    let isas: Vec<String> = Isa::available().map(|isa| isa.to_string()).collect();
    println!("instruction sets: {}", isas.join(", "));
    println!("| activation | max ULP | at x | f(x) | bound |");
    println!("|---|---|---|---|---|");
    let only = std::env::var("ACTIVATIONS_SWEEP").ok();
    let mut swept = 0;
    let mut failures = Vec::new();
    for activation in inputs::every_kernel() {
        let name = activation.name();
        if only.as_deref().is_some_and(|only| only != name) {
            continue;
        }
        let Worst { ulp, x, y } = sweep(activation);
        let bound = bounds::of(&activation);
        println!("| {activation} | {ulp:.9} | {x:e} | {y:e} | {bound} |");
        if ulp > bound {
            failures.push(format!(
                "{name}: {ulp} ULP at {x:e} exceeds the bound {bound}"
            ));
        }
        if bounds::has_defaults(&activation) && bound - ulp > bounds::SLACK {
            failures.push(format!(
                "{name}: the bound {bound} is slack, {ulp} was measured"
            ));
        }
        swept += 1;
    }
    assert_ne!(swept, 0, "no activation is called {only:?}");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
