//! Cases that take turns.

use super::arguments::Arguments;
use super::{Blocks, Variant, Work};

/// Cases of one size, on the same buffers.
pub struct Rounds<'a> {
    name: String,
    elements: usize,
    rounds: usize,
    arguments: &'a Arguments,
    cases: Vec<Case<'a>>,
}

struct Case<'a> {
    id: String,
    variant: Variant,
    work: Work<'a>,
    /// Nanoseconds a call, one figure a round.
    samples: Vec<f64>,
}

impl<'a> Rounds<'a> {
    /// No cases yet; `rounds` is how often each will be timed.
    pub fn new(name: &str, elements: usize, rounds: usize, arguments: &'a Arguments) -> Self {
        Self {
            name: name.to_owned(),
            elements,
            rounds,
            arguments,
            cases: Vec::new(),
        }
    }

    /// Adds a case, if the filter lets it through.
    pub fn add(&mut self, id: String, variant: Variant, work: Work<'a>) {
        if self.arguments.want(&format!("{}/{id}", self.name)) {
            self.push(id, variant, work);
        }
    }

    /// Adds what the other cases, if there are any, are compared with; unless it is one of them.
    pub fn add_reference(&mut self, id: &str, variant: Variant, work: Work<'a>) {
        if !self.is_empty() && self.case(id).is_none() {
            self.push(id.to_owned(), variant, work);
        }
    }

    fn push(&mut self, id: String, variant: Variant, work: Work<'a>) {
        self.cases.push(Case {
            id,
            variant,
            work,
            samples: Vec::with_capacity(self.rounds),
        });
    }

    /// Whether there is nothing to measure.
    pub fn is_empty(&self) -> bool {
        self.cases.is_empty()
    }

    /// The name of the size.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Says what comes, and times each case once a round.
    pub fn measure(&mut self) {
        if self.is_empty() {
            return;
        }
        eprintln!(
            "{}: {} cases, {} rounds",
            self.name,
            self.cases.len(),
            self.rounds
        );
        self.measure_quietly();
    }

    /// Times each case once a round.
    pub fn measure_quietly(&mut self) {
        let mut blocks = Blocks::new(self.elements);
        let calls = blocks.count();
        for _ in 0..self.rounds {
            for case in &mut self.cases {
                let time = (case.work)(&mut blocks, case.variant, calls);
                case.samples.push(time.as_secs_f64() * 1e9 / calls as f64);
            }
        }
        for case in &mut self.cases {
            case.samples.sort_by(f64::total_cmp);
        }
    }

    /// The median of a case in nanoseconds a call; `None` where it was not measured.
    pub fn median(&self, id: &str) -> Option<f64> {
        let case = self.case(id)?;
        case.samples.get(case.samples.len() / 2).copied()
    }

    fn case(&self, id: &str) -> Option<&Case<'a>> {
        self.cases.iter().find(|case| case.id == id)
    }
}
