//! Operations on rows, against `memcpy` of as many elements and against rows of 1,024.

use crate::common::arguments::Arguments;
use crate::common::rounds::Rounds;
use crate::common::rows::{Form, Shape, forms, of_rows};
use crate::common::{Variant, copied};
use crate::{BAR_ISA, MEMCPY, MEMCPY_OF_OTHERS, ratio, table};
use activations::{AnyRowActivation, Isa, LogSoftmax, Softmax};

/// Elements of what fits the second-level and no cache, by name, and how many rounds.
const CACHED: (&str, usize, usize) = ("256 KiB", 1 << 16, 300);
const LARGE: (&str, usize, usize) = ("64 MiB", 1 << 24, 15);

/// What the fastest other library takes for a softmax of rows of 1,024, where `memcpy` took
/// [`MEMCPY_OF_OTHERS`], and at 64 MiB: microseconds and milliseconds, on another machine with AVX2.
const OTHERS: f64 = 28.6;
const OTHERS_LARGE: (f64, f64) = (9.0, 6.35);

/// Time per element against that of softmax in rows of 1,024: of short rows, of rows that are not the last axis,
/// and of what has a logarithm.
const SHORT_BAR: f64 = 2.0;
const STRIDED_BAR: f64 = 1.5;
const LOG_BAR: f64 = 1.1;

/// The rows that others are compared with.
const AXIS: usize = 1024;

/// What is measured on every instruction set: an operation in one of its forms, and a tensor.
struct Case {
    form: Form,
    shape: Shape,
    /// Against `memcpy`, and against softmax in rows of 1,024.
    bars: [Option<f64>; 2],
}

/// Every operation against `memcpy` and against softmax in rows of 1,024.
pub fn rows(arguments: &Arguments) {
    measure(arguments, CACHED, &cached(CACHED.1));
    measure(arguments, LARGE, &large(LARGE.1));
}

/// Every operation in rows of 1,024, and softmax in rows of all kinds.
fn cached(len: usize) -> Vec<Case> {
    let shape = Shape::last(len, AXIS);
    let operations = AnyRowActivation::all().flat_map(|operation| forms(operation, shape));
    let mut cases: Vec<Case> = operations
        .map(|form| {
            let bars = match form.0.as_str() {
                "softmax" => [Some(OTHERS / MEMCPY_OF_OTHERS), None],
                "log_softmax" => [None, Some(LOG_BAR)],
                _ => [None, None],
            };
            Case { form, shape, bars }
        })
        .collect();
    // 65,500 elements in rows of 100: a share of `memcpy` is a thousandth too small.
    let short = [16, 64, 100].map(|axis| (Shape::last(len, axis), SHORT_BAR));
    let strided = [(64, 64), (16, 1024), (256, 64)]
        .map(|(axis, inner)| (Shape::strided(len, axis, inner), STRIDED_BAR));
    cases.extend(short.into_iter().chain(strided).map(|(shape, bar)| Case {
        form: softmax(),
        shape,
        bars: [None, Some(bar)],
    }));
    // What rows side by side take for it.
    let side_by_side = [Shape::last(len, 16), Shape::strided(len, 64, 64)];
    cases.extend(side_by_side.map(|shape| Case {
        form: ("log_softmax".to_owned(), LogSoftmax::default().into()),
        shape,
        bars: [None, None],
    }));
    cases
}

/// Softmax in rows of 1,024, and in one.
fn large(len: usize) -> Vec<Case> {
    let (others, memcpy) = OTHERS_LARGE;
    let rows = [(AXIS, Some(others / memcpy)), (len, None)];
    rows.map(|(axis, bar)| Case {
        form: softmax(),
        shape: Shape::last(len, axis),
        bars: [bar, None],
    })
    .into()
}

fn softmax() -> Form {
    ("softmax".to_owned(), Softmax::default().into())
}

fn measure(arguments: &Arguments, (size, len, count): (&str, usize, usize), cases: &[Case]) {
    let mut rounds = Rounds::new("rows", len, count, arguments);
    for isa in arguments.isas() {
        for case in cases {
            for variant in Variant::ALL {
                let (name, operation) = &case.form;
                let work = of_rows(*operation, isa, case.shape);
                rounds.add(id(name, case.shape, isa, variant), variant, work);
            }
        }
    }
    let (name, operation) = softmax();
    let reference = Shape::last(len, AXIS);
    for isa in arguments.isas() {
        let variant = Variant::OutOfPlace;
        let work = of_rows(operation, isa, reference);
        rounds.add_reference(&id(&name, reference, isa, variant), variant, work);
    }
    rounds.add_reference(MEMCPY, Variant::OutOfPlace, copied());
    rounds.measure();

    let memcpy = rounds.median(MEMCPY);
    let mut lines = Vec::new();
    for isa in arguments.isas() {
        let rows_of_1024 = rounds.median(&id(&name, reference, isa, Variant::OutOfPlace));
        for Case { form, shape, bars } in cases {
            let [out, in_place] =
                Variant::ALL.map(|variant| rounds.median(&id(&form.0, *shape, isa, variant)));
            let [of_memcpy, of_rows] = bars.map(|bar| bar.filter(|_| isa == BAR_ISA));
            let cells = vec![
                (ratio(out, memcpy), of_memcpy),
                (ratio(in_place, memcpy), None),
                (ratio(out, rows_of_1024), of_rows),
            ];
            lines.push((format!("{} {shape} {isa}", form.0), cells));
        }
    }
    table(
        &format!(
            "# Operations on rows: time as a share of memcpy's, and of softmax's in rows of 1,024, {size}"
        ),
        "| | out of place | in place | out of place, of softmax's |",
        lines,
    );
}

/// What a case is called.
fn id(name: &str, shape: Shape, isa: Isa, variant: Variant) -> String {
    format!("{name}/{shape}/{isa}/{}", variant.name())
}
