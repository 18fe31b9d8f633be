//! Benches of every operation on rows, on every instruction set of this CPU.
//!
//! Ids look like `rows/softmax/64x1024/avx2/in_place`. Bytes are those of the input.

mod common;
#[path = "common/group.rs"]
mod group;

use activations::{AnyRowActivation, Isa};
use common::Variant;
use common::rows::{Shape, forms, of_rows};
use criterion::Criterion;
use group::Group;

/// Elements of a tensor.
const LEN: usize = 1 << 16;

/// Short rows, which are worked on side by side; rows that take turns in groups, and one that does not; and of other
/// axes whole strips of sixteen rows, and parts of one.
const SHAPES: [Shape; 6] = [
    Shape::last(LEN, 16),
    Shape::last(LEN, 128),
    Shape::last(LEN, 1024),
    Shape::last(LEN, LEN),
    Shape::strided(LEN, 64, 64),
    Shape::strided(LEN, 64, 4),
];

fn main() {
    let mut criterion = Criterion::default()
        .nresamples(10_000)
        .configure_from_args();
    for operation in AnyRowActivation::all() {
        for (name, operation) in forms(operation, LEN) {
            let mut group = Group::new(&mut criterion, &format!("rows/{name}"), LEN);
            for shape in SHAPES {
                for isa in Isa::available() {
                    for variant in Variant::ALL {
                        let id = format!("{shape}/{isa}/{}", variant.name());
                        group.bench(&id, variant, || of_rows(operation, isa, shape));
                    }
                }
            }
            group.finish();
        }
    }
    criterion.final_summary();
}
