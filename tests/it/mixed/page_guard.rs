//! Tensors of 16 bits that touch unmapped memory on either side: an access outside of them is a crash.

use super::number::{Number, narrowed};
use super::pool;
use crate::common::pages::Pages;
use crate::common::steps::{joined, splits};
use crate::common::{on_each_isa, step_of_the_heaviest};
use activations::{
    Activation, AnyRowActivation, Fused, Gate, Gated, Isa, RowActivation, Rows, Silu,
};
use half::{bf16, f16};

/// Gates, fused calls, conversions and operations on rows at both ends of accessible memory.
fn check<T: Number>(isa: Isa, len: usize, pages: &mut [Pages; 3], pool: &[f32])
where
    Silu: Activation<T>,
    for<'a> Fused<'a, Silu>: Activation<T>,
{
    let [source, other, target] = pages;
    for at_end in [false, true] {
        let x = source.edge_of::<T>(at_end, len);
        let value = other.edge_of::<T>(at_end, len);
        let y = target.edge_of::<T>(at_end, len);
        let gate = Gated(Silu);
        value.copy_from_slice(&narrowed::<T>(&pool[..len]));
        x.copy_from_slice(value);
        gate.apply_on(isa, x, value, y).unwrap();
        Fused::new(Silu)
            .residual(value)
            .apply_on(isa, x, y)
            .unwrap();
        Fused::new(Silu)
            .bias(value, 1)
            .unwrap()
            .apply_in_place_on(isa, x)
            .unwrap();
        gate.apply_in_place_on(isa, x, value).unwrap();
        for operation in AnyRowActivation::all() {
            for rows in [Rows::last(len), Rows::last(1), Rows::strided(1, len)] {
                operation.apply_on(isa, rows, value, y).unwrap();
                operation.apply_in_place_on(isa, rows, x).unwrap();
            }
        }
        for split in splits(len) {
            let both = joined(split, value, value);
            let x = source.edge_of::<T>(at_end, 2 * len);
            x.copy_from_slice(&both);
            gate.apply_split_on(isa, split, x, y).unwrap();
        }
        // From and to f32.
        let x = source.edge_of::<f32>(at_end, len);
        x.copy_from_slice(&pool[..len]);
        Activation::<f32>::apply_to_on(&Silu, isa, x, y).unwrap();
        Activation::<T>::apply_to_on(&Silu, isa, y, x).unwrap();
    }
}

#[test]
fn nothing_outside_of_tensors_of_any_types_is_touched() {
    let mut pages = [Pages::new(), Pages::new(), Pages::new()];
    let pool = pool(4096);
    on_each_isa("nothing_outside_of_any_types", |isa| {
        let lengths = (1..=130).step_by(step_of_the_heaviest(3));
        for len in lengths.chain([1023, 1025, 2049, 4000]) {
            check::<f16>(isa, len, &mut pages, &pool);
            check::<bf16>(isa, len, &mut pages, &pool);
        }
    });
}
