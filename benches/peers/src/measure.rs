//! What was measured, and how.

use crate::accuracy::Accuracy;
use crate::arguments::Scope;
use crate::blocks::Blocks;
use crate::calls::{Entry, Library};
use crate::functions::Function;
use crate::inputs::{self, numbers};
use crate::libraries;

/// All that a run has found out.
pub struct Survey {
    pub sizes: Vec<Size>,
}

/// One size.
pub struct Size {
    pub elements: usize,
    pub groups: Vec<Group>,
}

/// One function at one size.
pub struct Group {
    pub function: &'static str,
    pub rows: Vec<Row>,
}

/// One function of one library at one size.
#[derive(Clone)]
pub struct Row {
    pub library: Library,
    pub isa: String,
    /// Nanoseconds a call.
    pub out_of_place: Option<f64>,
    pub in_place: Option<f64>,
    /// None for what computes nothing.
    pub accuracy: Option<Accuracy>,
}

/// Where a call writes its results.
#[derive(Clone, Copy, PartialEq)]
pub enum Way {
    OutOfPlace,
    InPlace,
}

impl Way {
    pub const ALL: [Self; 2] = [Self::OutOfPlace, Self::InPlace];
}

impl Row {
    pub fn time(&self, way: Way) -> Option<f64> {
        match way {
            Way::OutOfPlace => self.out_of_place,
            Way::InPlace => self.in_place,
        }
    }
}

impl Group {
    /// The time of a library, if it has this function.
    pub fn time(&self, library: Library, way: Way) -> Option<f64> {
        let row = self.rows.iter().find(|row| row.library == library)?;
        row.time(way)
    }
}

impl Survey {
    /// Measures all of `scope`.
    pub fn of(scope: &Scope) -> Self {
        let functions: Vec<_> = scope
            .functions
            .iter()
            .map(|&function| {
                let entries = libraries::entries(function, scope.isa);
                eprintln!("{}: errors of {} libraries", function.name(), entries.len());
                let accuracies = accuracies(function, &entries, scope.stride());
                (function, entries, accuracies)
            })
            .collect();
        let size = |elements: &usize| {
            let mut blocks = Blocks::new(*elements);
            let here = functions.iter().filter(|(function, ..)| {
                let asked_for = scope.sizes.contains(elements);
                function
                    .elements()
                    .map_or(asked_for, |own| own == *elements)
            });
            let groups = here.map(|(function, entries, accuracies)| {
                let rounds = scope.rounds(*elements);
                eprintln!("{}: {elements} elements, {rounds} rounds", function.name());
                let times = medians(&mut blocks, entries, rounds);
                let rows = entries.iter().zip(times).zip(accuracies);
                Group {
                    function: function.name(),
                    rows: rows
                        .map(|((entry, times), accuracy)| row(entry, times, *accuracy))
                        .collect(),
                }
            });
            Size {
                elements: *elements,
                groups: groups.collect(),
            }
        };
        // What has a shape of its own is measured on that.
        let mut sizes = scope.sizes.clone();
        for own in scope.functions.iter().filter_map(Function::elements) {
            if !sizes.contains(&own) {
                sizes.push(own);
            }
        }
        let measured = sizes.iter().map(size);
        Self {
            sizes: measured.filter(|size| !size.groups.is_empty()).collect(),
        }
    }
}

fn row(
    entry: &Entry,
    [out_of_place, in_place]: [Option<f64>; 2],
    accuracy: Option<Accuracy>,
) -> Row {
    Row {
        library: entry.library,
        isa: entry.isa.clone(),
        out_of_place,
        in_place,
        accuracy,
    }
}

/// The errors of all libraries, against one oracle.
fn accuracies(function: Function, entries: &[Entry], stride: usize) -> Vec<Option<Accuracy>> {
    let x = inputs::for_errors(function, stride);
    let exact = function.reference(&x);
    let accuracy = |entry: &Entry| {
        let call = entry.out_of_place.as_ref().or(entry.in_place.as_ref())?;
        let computes = !entry.library.is_yardstick();
        computes.then(|| Accuracy::of(&x, &call.results(&x), &exact))
    };
    entries.iter().map(accuracy).collect()
}

/// The median times of all entries, which take turns: each call is timed once a round, and what
/// else the machine does meets all of them alike.
fn medians(blocks: &mut Blocks, entries: &[Entry], rounds: usize) -> Vec<[Option<f64>; 2]> {
    let calls = entries
        .iter()
        .flat_map(|entry| [&entry.out_of_place, &entry.in_place]);
    let mut cases: Vec<_> = calls
        .map(|call| {
            let prepared = call.as_ref().map(|call| blocks.prepare(call));
            (call.as_ref(), prepared.unwrap_or_default(), Vec::new())
        })
        .collect();
    // Each call is to find the caches as it leaves them, and not as the one before it did: streaming
    // stores take the buffer out of them, and once is not enough to get a small one back.
    let warm_up = ((1 << 17) / blocks.elements()).clamp(1, 4);
    let mut order: Vec<usize> = (0..cases.len()).collect();
    let mut numbers = numbers();
    for _ in 0..rounds {
        shuffle(&mut order, &mut numbers);
        for &at in &order {
            let (call, prepared, samples) = &mut cases[at];
            if let Some(call) = call {
                for _ in 0..warm_up {
                    blocks.time(call, prepared);
                }
                samples.push(blocks.time(call, prepared));
            }
        }
    }
    let medians: Vec<_> = cases
        .into_iter()
        .map(|(_, _, samples)| median(samples))
        .collect();
    medians
        .chunks_exact(2)
        .map(|both| [both[0], both[1]])
        .collect()
}

/// Puts `order` into another one: no call is always to come after the same other.
fn shuffle(order: &mut [usize], numbers: &mut impl Iterator<Item = u32>) {
    for (end, number) in (1..order.len()).rev().zip(numbers) {
        order.swap(end, number as usize % (end + 1));
    }
}

fn median(mut samples: Vec<f64>) -> Option<f64> {
    samples.sort_by(f64::total_cmp);
    samples.get(samples.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::functions::ROW;

    #[test]
    fn medians_are_in_the_middle() {
        assert_eq!(median(vec![3.0, 1.0, 100.0]), Some(3.0));
        assert_eq!(median(vec![]), None);
    }

    #[test]
    fn a_shuffled_order_is_another_one_of_the_same() {
        let mut order: Vec<usize> = (0..20).collect();
        shuffle(&mut order, &mut numbers());
        assert!(!order.is_sorted());
        order.sort();
        assert_eq!(order, (0..20).collect::<Vec<_>>());
    }

    #[test]
    fn every_call_gets_a_time() {
        let entries = libraries::entries(Function::Softmax, activations::Isa::Scalar);
        let times = medians(&mut Blocks::new(ROW), &entries, 2);
        assert_eq!(times.len(), entries.len());
        for (entry, [out_of_place, in_place]) in entries.iter().zip(times) {
            assert_eq!(
                entry.out_of_place.is_some(),
                out_of_place.is_some_and(|ns| ns > 0.0)
            );
            assert_eq!(
                entry.in_place.is_some(),
                in_place.is_some_and(|ns| ns > 0.0)
            );
        }
    }
}
