//! What the fuzzer chooses.

use activations::{AnyActivation, Prelu, Snake};
use libfuzzer_sys::arbitrary::{self, Arbitrary};

/// Elements at most; room for rows of channels longer than the table of slopes is.
const MAX_LEN: usize = 4096;

/// An activation, an input, and where in memory.
#[derive(Arbitrary, Debug)]
pub struct Case {
    activation: Chosen,
    elements: Elements,
    len: Len,
    /// Elements from a 64-byte boundary.
    offset: u8,
}

#[derive(Arbitrary, Debug)]
enum Chosen {
    Defaults(u8),
    Parameters(u8, [Number; 2]),
    Channels {
        /// Repeated as often as there are channels.
        slopes: Vec<Number>,
        /// Whether they are those of a Snake, both the alphas and the betas.
        are_waves: bool,
        channels: u16,
        inner: Inner,
    },
}

#[derive(Arbitrary, Debug)]
enum Inner {
    Few(u8),
    Any(usize),
}

#[derive(Arbitrary, Debug)]
enum Len {
    Any(u16),
    /// So many whole tensors `[1, channels, inner]`.
    Outer(u8),
}

#[derive(Arbitrary, Debug)]
enum Elements {
    /// Repeated as often as the length wants.
    Listed(Vec<Element>),
    /// Bit patterns at equal distances.
    Strided { start: u32, step: u32 },
}

/// A number that is not only bits: arithmetic between round numbers is where formulas turn.
#[derive(Arbitrary, Debug, Clone, Copy)]
enum Number {
    Bits(f32),
    Quarters(i8),
    Listed(u8),
}

const LIST: [f32; 12] = [
    0.0,
    -0.0,
    1.0 / 6.0,
    1.0 / 3.0,
    0.01,
    0.2,
    f32::MIN_POSITIVE,
    f32::MAX,
    f32::MIN,
    f32::INFINITY,
    f32::NEG_INFINITY,
    f32::NAN,
];

impl Number {
    fn value(self) -> f32 {
        match self {
            Self::Bits(value) => value,
            Self::Quarters(quarters) => f32::from(quarters) / 4.0,
            Self::Listed(index) => LIST[usize::from(index) % LIST.len()],
        }
    }
}

#[derive(Arbitrary, Debug, Clone, Copy)]
enum Element {
    Is(Number),
    /// As many floats away from a combination of parameters: their roots and corners are there.
    Near(Combination, i8),
}

#[derive(Arbitrary, Debug, Clone, Copy)]
enum Combination {
    First(bool),
    Quotient(bool),
    Product(bool),
    Sum,
    Difference,
    /// Where a line of slope 1/6 is 0.
    Six,
}

impl Case {
    /// The slopes of the channels; none where the activation has no channels.
    pub fn slopes(&self) -> Vec<f32> {
        match &self.activation {
            Chosen::Channels {
                slopes, channels, ..
            } => {
                let channels = usize::from(*channels) % (MAX_LEN / 4);
                let slopes = slopes.iter().map(|slope| slope.value());
                slopes.cycle().take(channels).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The activation; `None` where these slopes make none.
    pub fn activation<'a>(&self, slopes: &'a [f32]) -> Option<AnyActivation<'a>> {
        match &self.activation {
            Chosen::Defaults(index) => Some(numbered(*index)),
            Chosen::Parameters(index, numbers) => {
                let mut activation = numbered(*index);
                for (name, number) in activation.parameter_names().iter().zip(numbers) {
                    assert!(activation.set_parameter(name, number.value()), "{name}");
                }
                Some(activation)
            }
            Chosen::Channels {
                are_waves: true, ..
            } => {
                let snake = Snake::per_channel(slopes, slopes, self.inner());
                snake.ok().map(AnyActivation::from)
            }
            Chosen::Channels { .. } => Prelu::per_channel(slopes, self.inner())
                .ok()
                .map(AnyActivation::from),
        }
    }

    fn inner(&self) -> usize {
        match &self.activation {
            Chosen::Channels {
                inner: Inner::Few(inner),
                ..
            } => usize::from(*inner),
            Chosen::Channels {
                inner: Inner::Any(inner),
                ..
            } => *inner,
            _ => 1,
        }
    }

    /// The input.
    pub fn inputs(&self) -> Vec<f32> {
        let len = match self.len {
            Len::Any(len) => usize::from(len) % MAX_LEN,
            Len::Outer(outer) => {
                let tensor = self.slopes().len().max(1).saturating_mul(self.inner());
                // Whole tensors, as many as there is room for.
                usize::from(outer).min(MAX_LEN.checked_div(tensor).unwrap_or(0)) * tensor
            }
        };
        let mut inputs: Vec<f32> = match &self.elements {
            Elements::Listed(elements) => {
                let (first, second) = self.parameters();
                let values = elements.iter().map(|element| element.value(first, second));
                values.cycle().take(len).collect()
            }
            Elements::Strided { start, step } => (0..len as u32)
                .map(|i| f32::from_bits(start.wrapping_add(i.wrapping_mul(*step))))
                .collect(),
        };
        // An empty list has nothing to repeat.
        inputs.resize(len, 1.0);
        inputs
    }

    /// Two parameters to combine; where there are none, two numbers that formulas have in them.
    fn parameters(&self) -> (f32, f32) {
        match &self.activation {
            Chosen::Parameters(_, [first, second]) => (first.value(), second.value()),
            _ => (3.0, 0.5),
        }
    }

    /// Elements from a 64-byte boundary.
    pub fn offset(&self) -> usize {
        usize::from(self.offset) % 16
    }

    /// An allocation that ends with `x` and starts as many elements earlier.
    pub fn misaligned(&self, x: &[f32]) -> Box<[f32]> {
        let mut cells = vec![0.0; self.offset()];
        cells.extend(x);
        cells.into_boxed_slice()
    }
}

impl Element {
    fn value(self, first: f32, second: f32) -> f32 {
        match self {
            Self::Is(number) => number.value(),
            Self::Near(combination, away) => moved(combination.value(first, second), away),
        }
    }
}

impl Combination {
    fn value(self, first: f32, second: f32) -> f32 {
        let signed = |x: f32, negative| if negative { -x } else { x };
        match self {
            Self::First(negative) => signed(first, negative),
            Self::Quotient(negative) => signed(second / first, negative),
            Self::Product(negative) => signed(first * second, negative),
            Self::Sum => first + second,
            Self::Difference => first - second,
            Self::Six => -6.0 * second,
        }
    }
}

/// One of all activations, with its default parameters.
fn numbered<'a>(index: u8) -> AnyActivation<'a> {
    let mut all = AnyActivation::all();
    let index = usize::from(index) % all.len();
    all.nth(index).expect("it is less than their number")
}

/// `x`, moved so many floats up or down.
fn moved(x: f32, away: i8) -> f32 {
    (0..away.unsigned_abs()).fold(x, |x, _| if away > 0 { x.next_up() } else { x.next_down() })
}
