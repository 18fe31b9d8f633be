//! What never falls as mathematics never falls as computed: no result is less than that for the
//! float before, and none lies outside the range of the function.
//!
//! An error bound alone would allow a step down wherever the function is flat; a search for a
//! quantile, or a gate that must stay in [0, 1], would trip over it.
//!
//! Always run: floats spread over all of f32, and every float near the points where a kernel may
//! join two formulas. On demand, all 2^32:
//!
//! ```text
//! cargo test --release --test it monotone -- --ignored --nocapture
//! ```

use crate::common::{Variant, compute, on_each_isa, scale_of_the_heaviest};
use activations::{AnyActivation, Isa};
use std::sync::atomic::{AtomicU32, Ordering};

const INF: f32 = f32::INFINITY;

/// Activation as text, and the least and the largest result. It never falls.
const RISING: &[(&str, f32, f32)] = &[
    ("identity", -INF, INF),
    ("relu", 0.0, INF),
    ("relu6", 0.0, 6.0),
    ("leaky_relu", -INF, INF),
    ("prelu", -INF, INF),
    ("rrelu", -INF, INF),
    ("threshold", 0.0, INF),
    ("thresholded_relu", 0.0, INF),
    ("hardtanh", -1.0, 1.0),
    ("hardsigmoid", 0.0, 1.0),
    ("hardshrink", -INF, INF),
    ("softshrink", -INF, INF),
    ("shrink", -INF, INF),
    ("softsign", -1.0, 1.0),
    ("sparse_plus", 0.0, INF),
    ("sparse_sigmoid", 0.0, 1.0),
    ("squareplus", 0.0, INF),
    ("squareplus(0.5)", 0.0, INF),
    ("relu_squared", 0.0, INF),
    ("sigmoid", 0.0, 1.0),
    ("log_sigmoid", -INF, 0.0),
    ("tanh", -1.0, 1.0),
    ("tanhshrink", -INF, INF),
    ("erf", -1.0, 1.0),
    ("elu", -1.0, INF),
    ("elu(0.5)", -0.5, INF),
    ("selu", -1.758_099_3, INF),
    ("celu", -1.0, INF),
    ("celu(2)", -2.0, INF),
    ("softplus", 0.0, INF),
    ("softplus(2, 20)", 0.0, INF),
    ("sqrt_softplus", 0.0, INF),
    ("softcap", -30.0, 30.0),
    ("softcap(50)", -50.0, 50.0),
    ("exp", 0.0, INF),
    ("expm1", -1.0, INF),
];

/// These fall somewhere, with their default parameters.
const FALLING: &[&str] = &[
    "hardswish",
    "silu",
    "swish",
    "gelu",
    "gelu_10",
    "gelu_tanh",
    "quick_gelu",
    "mish",
    "sin",
    "xielu",
    // Its function rises; where floats lie densest, next to 0, results fall by a unit here and there.
    "laplace",
    // And where the slope is 0.
    "snake",
];

/// Numbers of f32, infinities included.
const COUNT: u32 = 2 * (INFINITE + 1);

/// The bits of the infinity.
const INFINITE: u32 = 0x7f80_0000;

/// All of them in order, from -inf by way of -0 and +0 to +inf.
fn ordered(index: u32) -> f32 {
    f32::from_bits(match index.checked_sub(INFINITE + 1) {
        None => 1 << 31 | (INFINITE - index),
        Some(bits) => bits,
    })
}

/// The place of `x` among them.
fn index(x: f32) -> u32 {
    match x.to_bits() {
        bits if x.is_sign_negative() => INFINITE - (bits & !(1 << 31)),
        bits => INFINITE + 1 + bits,
    }
}

/// Some of all floats, in order.
#[derive(Clone, Copy)]
struct Stretch {
    first: u32,
    len: u32,
    step: u32,
}

impl Stretch {
    /// The `len` consecutive floats with `x` in their middle.
    fn around(x: f32, len: u32) -> Self {
        let first = index(x).saturating_sub(len / 2).min(COUNT - len);
        Self {
            first,
            len,
            step: 1,
        }
    }

    fn floats(self) -> impl Iterator<Item = f32> {
        (0..self.len).map(move |i| ordered(self.first + i * self.step))
    }
}

/// What is always run.
fn stretches() -> Vec<Stretch> {
    let scale = scale_of_the_heaviest();
    let len = ((1 << 20) / scale as u32).max(1 << 10);
    let all = Stretch {
        first: 0,
        len,
        step: (COUNT - 1) / (len - 1),
    };
    // Where results become exact, or cease to be: 0; the ends of tanh, erf, sigmoid and softplus;
    // overflow, the subnormal numbers and the last result that is not 0.
    let ends = [0.0, 0.5, 1.0, 3.92, 9.01, 17.3, 20.0, 88.0, 104.0]
        .into_iter()
        .flat_map(|x| [-x, x])
        .map(|x| Stretch::around(x, len / 4));
    // An eighth of a binade is what a table of eight rows has one row for.
    let eighths = (-12..7)
        .flat_map(|exponent| (8..16).map(move |eighth| 2f32.powi(exponent - 3) * eighth as f32))
        .flat_map(|x| [-x, x])
        .map(|x| Stretch::around(x, 512));
    // Powers of e are taken apart at multiples of ln 2 / 16, where the table has eight of 2.
    let powers = (-2402..2055)
        .step_by(scale)
        .map(|n| (f64::from(n) * std::f64::consts::LN_2 / 16.0) as f32)
        .map(|x| Stretch::around(x, 64));
    std::iter::once(all)
        .chain(ends)
        .chain(eighths)
        .chain(powers)
        .collect()
}

/// Panics where `activation` falls between two of `x`, which rise, or is outside the range.
fn assert_rising(row: &(&str, f32, f32), isa: Isa, x: &[f32]) {
    let (text, least, largest) = *row;
    let activation: AnyActivation = text.parse().unwrap();
    let y = compute(&activation, isa, Variant::OutOfPlace, x);
    for (i, &value) in y.iter().enumerate() {
        assert!(
            least <= value && value <= largest,
            "{text} on {isa}: f({:e}) is {value:e}, outside [{least}, {largest}]",
            x[i]
        );
    }
    for (i, pair) in y.windows(2).enumerate() {
        assert!(
            pair[0] <= pair[1],
            "{text} on {isa}: f({:e}) is {:e}, f({:e}) is {:e}",
            x[i],
            pair[0],
            x[i + 1],
            pair[1]
        );
    }
}

#[test]
fn what_rises_rises_at_the_seams() {
    let stretches: Vec<Vec<f32>> = stretches()
        .into_iter()
        .map(|stretch| stretch.floats().collect())
        .collect();
    on_each_isa("what_rises_rises", |isa| {
        for row in RISING {
            for x in &stretches {
                assert_rising(row, isa, x);
            }
        }
    });
}

/// The bits are the same on every instruction set, as `exhaustive.rs` has it: one will do.
#[test]
#[ignore = "all 2^32 inputs take minutes"]
fn what_rises_rises_everywhere() {
    const BLOCK: u32 = 1 << 16;
    let best = Isa::available().last().expect("scalar is always there");
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    for row in RISING {
        let next = AtomicU32::new(0);
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    loop {
                        let block = next.fetch_add(1, Ordering::Relaxed);
                        let Some(first) = block.checked_mul(BLOCK).filter(|at| *at < COUNT) else {
                            return;
                        };
                        // The last of a block is the first of the next.
                        let len = (BLOCK + 1).min(COUNT - first);
                        let step = 1;
                        let x: Vec<f32> = Stretch { first, len, step }.floats().collect();
                        assert_rising(row, best, &x);
                    }
                });
            }
        });
        println!("{} never falls", row.0);
    }
}

#[test]
fn floats_are_in_order() {
    assert_eq!(ordered(0), -INF);
    assert_eq!(ordered(COUNT - 1), INF);
    for x in [-INF, f32::MIN, -1.5, -0.0, 0.0, f32::from_bits(1), 1.5, INF] {
        assert_eq!(ordered(index(x)).to_bits(), x.to_bits());
    }
    assert_eq!(index(0.0), index(-0.0) + 1);
    let all = stretches()[0];
    assert!(all.floats().is_sorted() && all.floats().all(|x| !x.is_nan()));
}

#[test]
fn every_activation_rises_or_falls() {
    for activation in AnyActivation::all() {
        let name = activation.name();
        let rises = RISING.iter().any(|(text, ..)| *text == name);
        assert_ne!(rises, FALLING.contains(&name), "{name}");
    }
}
