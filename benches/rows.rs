//! Benches of every operation on rows, on every instruction set of this CPU.
//!
//! Ids look like `rows/64x1024/avx2/softmax/in_place`. Bytes are those of the input.

mod common;
#[path = "common/group.rs"]
mod group;

use activations::{AnyRowActivation, Isa};
use common::Variant;
use common::rows::{Shape, forms, of_rows};
use criterion::Criterion;
use group::{Group, LARGE, only_tested};

/// Elements of what fits the second-level and no cache.
const LEN: usize = 1 << 16;
const LARGE_LEN: usize = 1 << 24;

/// Short rows, which are worked on side by side; rows that take turns in groups, and one that does not; of other
/// axes whole strips of sixteen rows, and parts of one. From memory rows of either length.
const SHAPES: [Shape; 8] = [
    Shape::last(LEN, 16),
    Shape::last(LEN, 128),
    Shape::last(LEN, 1024),
    Shape::last(LEN, LEN),
    Shape::strided(LEN, 64, 64),
    Shape::strided(LEN, 64, 4),
    Shape::last(LARGE_LEN, 1024),
    Shape::last(LARGE_LEN, LARGE_LEN),
];

fn main() {
    let mut criterion = Criterion::default()
        .nresamples(10_000)
        .configure_from_args();
    for shape in SHAPES {
        let len = shape.len();
        if len >= LARGE && only_tested() {
            continue;
        }
        let mut group = Group::new(&mut criterion, &format!("rows/{shape}"), len);
        for (name, operation) in AnyRowActivation::all().flat_map(|any| forms(any, shape)) {
            for isa in Isa::available() {
                for variant in Variant::ALL {
                    let id = format!("{isa}/{name}/{}", variant.name());
                    group.bench(&id, variant, || of_rows(operation, isa, shape));
                }
            }
        }
        group.finish();
    }
    criterion.final_summary();
}
