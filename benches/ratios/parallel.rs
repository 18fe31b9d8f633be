//! All threads of the pool against one, at every size: on all that there are, unless `RAYON_NUM_THREADS` says less.

use crate::common::arguments::Arguments;
use crate::common::rounds::Rounds;
use crate::common::rows::Shape;
use crate::common::{Variant, applied, parallel, rows};
use crate::{ratio, table};
use activations::{AnyActivation, Elu, Gelu, Isa, Relu, Sigmoid, Softmax};

/// Elements, and how many rounds.
const SIZES: [(usize, usize); 10] = [
    (16, 500),
    (1 << 10, 500),
    (1 << 16, 300),
    (1 << 18, 100),
    (1 << 20, 50),
    ((1 << 21) - 16, 50),
    (1 << 21, 50),
    (1 << 22, 25),
    (1 << 24, 9),
    (1 << 26, 5),
];

/// A call on all threads may take this share of what one takes: more is noise.
const BAR: f64 = 1.05;

/// And this of what computes for longer than memory takes, where two threads have each a core of its own.
const COMPUTING_BAR: f64 = 1.0 / 1.8;

/// Elements from which on that is asked for.
const LARGE: usize = 1 << 22;

/// Elements in a row of softmax.
const AXIS: usize = 1024;

/// Each function on all threads, as a share of its time on one.
pub fn parallel(arguments: &Arguments) {
    let isa = Isa::detect();
    let activations: [AnyActivation<'_>; 4] = [
        Relu.into(),
        Sigmoid.into(),
        Elu::default().into(),
        Gelu.into(),
    ];
    let mut lines = Vec::new();
    for (len, count) in SIZES {
        let mut rounds = Rounds::new("parallel", len, count, arguments);
        let shape = Shape::last(len.max(AXIS), AXIS);
        let with_rows = len >= AXIS;
        for variant in Variant::ALL {
            for activation in activations {
                let name = activation.name();
                rounds.add(
                    id(name, len, variant, "one"),
                    variant,
                    applied(activation, Some(isa)),
                );
                rounds.add(
                    id(name, len, variant, "all"),
                    variant,
                    parallel::applied(activation),
                );
            }
            if with_rows {
                let softmax = Softmax::default();
                let one = rows::of_rows(softmax, isa, shape);
                rounds.add(id("softmax", len, variant, "one"), variant, one);
                let all = parallel::of_rows(softmax.into(), shape);
                rounds.add(id("softmax", len, variant, "all"), variant, all);
            }
        }
        rounds.measure();
        for name in activations
            .iter()
            .map(AnyActivation::name)
            .chain(with_rows.then_some("softmax"))
        {
            let computes = len >= LARGE && name != "relu";
            let bar = if computes { COMPUTING_BAR } else { BAR };
            let cells = Variant::ALL.map(|variant| {
                let [one, all] =
                    ["one", "all"].map(|threads| rounds.median(&id(name, len, variant, threads)));
                (ratio(all, one), Some(bar))
            });
            lines.push((format!("{name} {len}"), cells.into()));
        }
    }
    let threads = rayon::current_num_threads();
    table(
        &format!("# {threads} threads: time as a share of one thread's, {isa}"),
        "| | out of place | in place |",
        lines,
    );
}

/// What a case is called.
fn id(name: &str, len: usize, variant: Variant, threads: &str) -> String {
    format!("{name}/{len}/{threads}/{}", variant.name())
}
