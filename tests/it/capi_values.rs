//! What the C interface has to return: `tests/data/capi.txt`, which `tests/capi/every.c` reads, holds what the Rust
//! interface returns. What is done with it is in `tests/capi/run.sh`.
//!
//! `ACTIVATIONS_BLESS=1 cargo test --features capi --test it capi_values::` writes the file anew.

mod biased;

use crate::common::{bits, inputs, rows};
use activations::{
    Activation, AnyActivation, AnyGate, AnyRowActivation, Attention, Bounds, Empty, Float, Gate,
    Gated, Layout, Mask, Mish, Order, Prelu, RowActivation, Rows, Snake, Softmax, Split, Window,
};
use half::{bf16, f16};
use std::fmt::{Display, Write};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/capi.txt");
const KEPT: &str = include_str!("../data/capi.txt");

/// Elements of each operand: some vectors of any instruction set, and a tail.
const LEN: usize = 60;

/// Those of a tensor of rows: `[3, 12, 1]` or `[2, 6, 3]`, of `[5, 2, 6]` for gates.
const ROWS: usize = 36;

/// A type of element for which there are C functions.
trait CElement: Float {
    /// What their names end in.
    const SUFFIX: &str;

    /// The nearest number to `x`.
    fn nearest(x: f32) -> Self;

    /// The bits as text, the same for every NaN.
    fn text(self) -> String;
}

impl CElement for f32 {
    const SUFFIX: &str = "";

    fn nearest(x: f32) -> Self {
        x
    }

    fn text(self) -> String {
        format!("{:08x}", bits(self))
    }
}

macro_rules! of_16_bits {
    ($type:ident, $suffix:literal) => {
        impl CElement for $type {
            const SUFFIX: &str = $suffix;

            fn nearest(x: f32) -> Self {
                Self::from_f32(x)
            }

            fn text(self) -> String {
                let number = if self.is_nan() { Self::NAN } else { self };
                format!("{:04x}", number.to_bits())
            }
        }
    };
}

of_16_bits!(f16, "_f16");
of_16_bits!(bf16, "_bf16");

/// The lines of the file: what a call is, its function, its parameters, its results.
#[derive(Default)]
struct Lines(String);

impl Lines {
    fn add<T: CElement>(
        &mut self,
        kind: &str,
        function: impl Display,
        parameters: &[f32],
        results: &[T],
    ) {
        let mut line = format!("{kind} activations_{function} {}", parameters.len());
        let parameters = parameters.iter().map(|&value| value.text());
        let results = results.iter().map(|&value| value.text());
        for number in parameters.chain(results) {
            write!(line, " {number}").expect("a String takes all");
        }
        self.0 += &line;
        self.0.push('\n');
    }
}

/// Other values for parameters than most defaults are; of bounds the lower comes first.
const PARAMETERS: [f32; 4] = [0.375, 1.25, 0.75, -1.0 / 4096.0];

/// What may be multiplied, and exponentiated: numbers from 0 to 1.
fn value() -> Vec<f32> {
    (0..LEN).map(rows::noise).collect()
}

/// What every activation can take: 60 numbers, special ones among them.
fn x() -> Vec<f32> {
    let special = inputs::special();
    special
        .into_iter()
        .step_by(4)
        .chain(value())
        .take(LEN)
        .collect()
}

/// The nearest numbers of a type.
fn nearest<T: CElement>(numbers: &[f32]) -> Vec<T> {
    numbers.iter().map(|&x| T::nearest(x)).collect()
}

/// Activations of one type of element; every.c calls their functions, and the one that takes a name.
fn elementwise<T: CElement>(lines: &mut Lines, x: &[f32])
where
    AnyActivation<'static>: Activation<T>,
    Prelu<'static>: Activation<T>,
    Snake<'static>: Activation<T>,
{
    let suffix = T::SUFFIX;
    let x = nearest::<T>(x);
    for activation in AnyActivation::all() {
        let names = activation.parameter_names();
        let defaults: Vec<f32> = names
            .iter()
            .filter_map(|name| activation.parameter(name))
            .collect();
        let other = inputs::with_parameters(activation, &PARAMETERS);
        for (activation, parameters) in [
            (activation, &defaults[..]),
            (other, &PARAMETERS[..names.len()]),
        ] {
            let y = activation.to_vec(&x).unwrap();
            let function = format!("{}{suffix} {}", activation.name(), compact(&activation));
            lines.add("elementwise_and_name", function, parameters, &y);
            if names.is_empty() {
                break;
            }
        }
    }
    const SLOPES: &[f32] = &[0.5, 0.0, -2.0];
    let y = Prelu::per_channel(SLOPES, 4).unwrap().to_vec(&x).unwrap();
    let function = format_args!("prelu_per_channel{suffix}");
    lines.add("elementwise", function, SLOPES, &y);
    const WAVES: &[f32] = &[1.0, 0.5, -2.0, 1.0, 0.75, 3.0];
    let (alphas, betas) = WAVES.split_at(3);
    let snake = Snake::per_channel(alphas, betas, 4).unwrap();
    let function = format_args!("snake_per_channel{suffix}");
    lines.add("elementwise", function, WAVES, &snake.to_vec(&x).unwrap());
}

/// As text without spaces, for `scanf`.
fn compact(operation: &impl Display) -> String {
    operation.to_string().replace(' ', "")
}

/// The layouts of one tensor, as every.c calls them.
const LAYOUTS: [(&str, Layout, Order); 4] = [
    ("gate_value", Layout::Halves, Order::GateFirst),
    ("value_gate", Layout::Halves, Order::ValueFirst),
    ("gate_value_pairs", Layout::Pairs, Order::GateFirst),
    ("value_gate_pairs", Layout::Pairs, Order::ValueFirst),
];

/// The gates that have functions of their own.
fn gates<T: CElement>(lines: &mut Lines, x: &[f32], value: &[f32]) {
    let suffix = T::SUFFIX;
    let x = nearest::<T>(x);
    let value = nearest::<T>(value);
    for gate in AnyGate::all().filter(|gate| !matches!(gate, AnyGate::Gated(_))) {
        let name = gate.name();
        let names = gate.parameter_names();
        let parameters: Vec<f32> = names
            .iter()
            .filter_map(|name| gate.parameter(name))
            .collect();
        let y = gate.to_vec(&x, &value).unwrap();
        let function = format!("{name}{suffix} {}", compact(&gate));
        lines.add("gate_and_name", function, &parameters, &y);
        for (kind, layout, order) in LAYOUTS {
            let n = 6;
            let split = Split { n, layout, order };
            let y = gate.split_to_vec(split, &x).unwrap();
            lines.add(kind, format_args!("{name}_split{suffix}"), &parameters, &y);
        }
    }
}

/// Gates of any activation, which the function that takes a name has.
fn gated<T: CElement>(lines: &mut Lines, activation: AnyActivation<'_>, x: &[f32], value: &[f32]) {
    let gate = AnyGate::Gated(Gated(activation));
    let y = gate.to_vec(&nearest::<T>(x), &nearest::<T>(value)).unwrap();
    let function = format!("apply_gate{} {}", T::SUFFIX, compact(&gate));
    lines.add("gate_name", function, &[], &y);
}

/// Operations on rows of one type of element.
fn on_rows<T: CElement>(lines: &mut Lines, value: &[f32]) {
    let x = nearest::<T>(&value[..ROWS]);
    let shapes = [("last", Rows::last(12)), ("other", Rows::strided(6, 3))];
    for operation in AnyRowActivation::all() {
        let function = format!("{}{}", operation.name(), T::SUFFIX);
        for (name, shape) in shapes {
            let y = operation.to_vec(shape, &x).unwrap();
            let with_text = format!("{function} {}", compact(&operation));
            lines.add(&format!("{name}_and_name"), with_text, &[], &y);
        }
        if operation.parameter_names().is_empty() {
            continue;
        }
        // As in every.c.
        let plain = Attention::new();
        let of_heads = plain.shape(3, 1);
        let mask = plain.scale(0.5).mask(Mask::added(&value[..12]));
        let window = Window {
            past: 4,
            before: 2,
            after: 3,
        };
        let halves: Vec<bf16> = nearest(&value[..12]);
        let kept: Vec<bool> = value[..12].iter().map(|x| *x > 0.25).collect();
        let cases = [
            ("masked", mask),
            (
                "lengths",
                plain.scale(0.5).ends(Bounds::PerRow(&[12, 5, 0])),
            ),
            ("causal", mask.shape(1, 3).window(Window::causal(1))),
            (
                "options",
                of_heads
                    .softcap(0.5)
                    .slopes(&value[..3])
                    .mask(Mask::kept(&kept).strides([0; 3]))
                    .starts(Bounds::PerRow(&[0, 1, 2]))
                    .window(window)
                    .sinks(&value[3..6])
                    .empty(Empty::Zero),
            ),
            (
                "bfloat16",
                of_heads
                    .mask(Mask::added(&halves))
                    .ends(Bounds::PerBatch(&[9])),
            ),
        ];
        for (name, attention) in cases {
            let operation = rows::with(operation, attention);
            let y = operation.to_vec(Rows::last(12), &x).unwrap();
            lines.add(name, &function, &[], &y);
        }
        if let AnyRowActivation::Softmax(_) = operation {
            let (mut y, mut log_sums) = (x.clone(), [0.0; 3]);
            Softmax(mask)
                .apply_in_place_with_log_sums(Rows::last(12), &mut y, &mut log_sums)
                .unwrap();
            let function = format!("softmax_with_log_sums{}", T::SUFFIX);
            lines.add("log_sums", function, &log_sums, &y);
        }
    }
}

/// All lines of one type of element, with a gate of each activation of `gates_of`.
fn add_all<T: CElement>(lines: &mut Lines, gates_of: &[AnyActivation<'static>])
where
    AnyActivation<'static>: Activation<T>,
    Prelu<'static>: Activation<T>,
    Snake<'static>: Activation<T>,
{
    let (x, value) = (x(), value());
    for (name, numbers) in [("x", &x), ("value", &value)] {
        let name = format!("{name}{}", T::SUFFIX);
        lines.add("input", name, &[], &nearest::<T>(numbers));
    }
    elementwise::<T>(lines, &x);
    gates::<T>(lines, &x, &value);
    for &activation in gates_of {
        gated::<T>(lines, activation, &x, &value);
    }
    biased::add::<T>(lines, &x, &value);
    on_rows::<T>(lines, &value);
}

#[test]
fn the_c_interface_has_to_return_what_this_one_does() {
    let mut lines = Lines::default();
    // Whatever the type, a gate of an activation is made by the same code: for one type each of them is tried.
    let activations: Vec<_> = AnyActivation::all().collect();
    let one = [Mish.into()];
    add_all::<f32>(&mut lines, &activations);
    add_all::<f16>(&mut lines, &one);
    add_all::<bf16>(&mut lines, &one);
    // How many lines there are without the inputs, that none is missed.
    let is_input = |line: &&str| line.starts_with("input ");
    let count = lines.0.lines().count() - lines.0.lines().filter(is_input).count();
    let mut all = Lines::default();
    all.add::<f32>("lines", "none", &[count as f32], &[]);
    all.0 += &lines.0;
    let lines = all;
    if std::env::var_os("ACTIVATIONS_BLESS").is_some() {
        std::fs::write(FILE, lines.0).unwrap();
        return;
    }
    for (got, kept) in lines.0.lines().zip(KEPT.lines()) {
        assert_eq!(got, kept);
    }
    assert_eq!(lines.0, KEPT);
}
