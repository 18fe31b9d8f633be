//! Arrays of `ndarray` of any layout get the bits of the same array in standard layout, and nothing around them is
//! written.

use crate::common::{assert_same_bits, inputs, rows, step_of_the_heaviest};
use activations::{
    Activation, AnyActivation, AnyGate, ArrayActivation, ArrayGate, ArrayRowActivation, Biased,
    Error, Formula, Fused, Gate, Gelu, Prelu, Reglu, Relu, RowActivation, Rows, Shrink, Softmax,
};
use ndarray::{
    ArrayBase, ArrayD, ArrayView, ArrayViewD, ArrayViewMutD, Axis, IxDyn, RawData, Slice,
};

/// What stands where no element of the view is.
const GUARD: f32 = 12345.0;

/// How a view of some shape lies in a larger array.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Layout {
    Standard,
    /// The first axis is the one whose elements lie next to each other.
    Reversed,
    /// The first two axes are swapped.
    Swapped,
    /// Rows with others between them.
    Narrow,
    /// Every third element of a row.
    Stepped,
    /// The first and the last axis backwards.
    Flipped,
}

impl Layout {
    const ALL: [Self; 6] = [
        Self::Standard,
        Self::Reversed,
        Self::Swapped,
        Self::Narrow,
        Self::Stepped,
        Self::Flipped,
    ];

    /// The array that a view of this shape is one of.
    fn parent(self, shape: &[usize]) -> ArrayD<f32> {
        let mut shape = shape.to_vec();
        match (self, &mut shape[..]) {
            (Self::Reversed, shape) => shape.reverse(),
            (Self::Swapped, [first, second, ..]) => core::mem::swap(first, second),
            (Self::Narrow, [.., last]) => *last += 4,
            (Self::Stepped, [.., last]) => *last = 3 * *last + 1,
            _ => {}
        }
        ArrayD::from_elem(IxDyn(&shape), GUARD)
    }

    /// The view, of all of the parent.
    fn of<S: RawData>(self, mut parent: ArrayBase<S, IxDyn>) -> ArrayBase<S, IxDyn> {
        let Some(last) = parent.ndim().checked_sub(1).map(Axis) else {
            return parent;
        };
        match self {
            Self::Standard => {}
            Self::Reversed => return parent.reversed_axes(),
            Self::Swapped if parent.ndim() > 1 => parent.swap_axes(0, 1),
            Self::Swapped => {}
            Self::Narrow => parent.slice_axis_inplace(last, Slice::new(1, Some(-3), 1)),
            Self::Stepped => parent.slice_axis_inplace(last, Slice::new(1, None, 3)),
            Self::Flipped => {
                parent.invert_axis(Axis(0));
                parent.invert_axis(last);
            }
        }
        parent
    }
}

/// A view that lies in some way, with guards around it.
struct Laid {
    parent: ArrayD<f32>,
    layout: Layout,
}

impl Laid {
    fn new(layout: Layout, shape: &[usize], values: &[f32]) -> Self {
        let parent = layout.parent(shape);
        let mut laid = Self { parent, layout };
        let mut view = laid.view_mut();
        assert_eq!(view.shape(), shape, "{layout:?}");
        view.iter_mut()
            .zip(values)
            .for_each(|(to, &from)| *to = from);
        laid
    }

    fn view(&self) -> ArrayViewD<'_, f32> {
        self.layout.of(self.parent.view())
    }

    fn view_mut(&mut self) -> ArrayViewMutD<'_, f32> {
        self.layout.of(self.parent.view_mut())
    }

    /// Asserts that these are the elements of the view, in the order of its indices, and that nothing else was written.
    #[track_caller]
    fn assert_is(mut self, expected: &[f32], what: &str) {
        let got: Vec<f32> = self.view().iter().copied().collect();
        assert_same_bits(
            &got,
            expected,
            &got,
            format_args!("{what}, {:?}", self.layout),
        );
        self.view_mut().fill(GUARD);
        assert!(
            self.parent.iter().all(|&x| x == GUARD),
            "{what}, {:?}: beside it",
            self.layout
        );
    }
}

fn pairs() -> impl Iterator<Item = (Layout, Layout)> {
    Layout::ALL
        .into_iter()
        .flat_map(|x| Layout::ALL.map(|y| (x, y)))
}

/// Asserts that `activation` returns the same for arrays of `shape` as for slices.
fn check(activation: &(impl Activation + std::fmt::Debug), shape: &[usize]) {
    let x = inputs::noise(shape.iter().product());
    let expected = activation.to_vec(&x).unwrap();
    let what = format!("{activation:?} of {shape:?}");
    for (x_layout, y_layout) in pairs() {
        let from = Laid::new(x_layout, shape, &x);
        let mut y = Laid::new(y_layout, shape, &[]);
        activation.apply_array(from.view(), y.view_mut()).unwrap();
        y.assert_is(&expected, &format!("{what} from {x_layout:?}"));
    }
    for layout in Layout::ALL {
        let mut x = Laid::new(layout, shape, &x);
        activation.apply_array_in_place(x.view_mut()).unwrap();
        x.assert_is(&expected, &format!("{what} in place"));
    }
}

#[test]
fn every_activation_does_in_every_layout_what_it_does_in_the_standard_one() {
    for activation in AnyActivation::all() {
        check(&activation, &[3, 4, 5]);
    }
    for shape in [
        &[][..],
        &[1],
        &[7],
        &[0],
        &[3, 0],
        &[2, 700],
        &[700, 2],
        &[700, 1],
        &[2, 1, 3, 1, 2],
    ] {
        check(&Gelu, shape);
    }
}

#[test]
fn parameters_follow_the_order_of_the_indices() {
    let slopes: Vec<f32> = (0..20u8).map(|i| f32::from(i) / 8.0).collect();
    // Of [outer, channels, inner]: NCHW, NHWC, channels of two axes, of stretches that no axis has.
    for (channels, inner) in [(3, 20), (5, 1), (12, 5), (20, 1), (4, 30), (6, 2), (2, 60)] {
        let prelu = Prelu::per_channel(&slopes[..channels], inner).unwrap();
        check(&prelu, &[2, 3, 4, 5]);
        let residual = inputs::noise(120);
        let fused = Fused::new(Gelu).bias(&slopes[..channels], inner).unwrap();
        check(&fused, &[2, 3, 4, 5]);
        check(&fused.residual(&residual), &[2, 3, 4, 5]);
    }
    for (channels, inner) in [(2, 1), (3, 1), (2, 2), (15, 2)] {
        check(
            &Prelu::per_channel(&slopes[..channels], inner).unwrap(),
            &[3, 4, 5],
        );
    }
    check(&Fused::new(Relu).residual(&inputs::noise(1200)), &[3, 400]);
    check(&Prelu::per_channel(&slopes[..3], 400).unwrap(), &[3, 400]);
}

#[test]
fn every_gate_does_in_every_layout_what_it_does_in_the_standard_one() {
    let slopes = [0.5, 2.0, 0.0];
    let per_channel = AnyActivation::Prelu(Prelu::per_channel(&slopes, 20).unwrap());
    let per_channel = AnyGate::Gated(activations::Gated(per_channel));
    let shape = [3, 4, 5];
    let (gate, value) = (inputs::noise(60), inputs::noise(120).split_off(60));
    // Rows of the last two axes, and of half of the last one.
    let (biases, split) = (
        inputs::noise(40),
        activations::Split {
            n: 10,
            layout: activations::Layout::Pairs,
            order: activations::Order::GateFirst,
        },
    );
    let [biased, of_channels] = [Reglu.into(), per_channel].map(Biased::new);
    let of_channels = of_channels.gate_bias(&biases[..20]);
    let biased = [
        biased.gate_bias(&biases[..20]).value_bias(&biases[20..]),
        biased.bias(split, &biases[..20]).unwrap(),
        of_channels,
    ];
    let gates = AnyGate::all().chain([per_channel]).map(Biased::new);
    for operation in gates.chain(biased) {
        let expected = operation.to_vec(&gate, &value).unwrap();
        for (gate_layout, y_layout, value_layout) in pairs().flat_map(|(gate, y)| {
            [gate, Layout::Standard, Layout::Narrow].map(|value| (gate, y, value))
        }) {
            let what = format!("{operation:?} of {gate_layout:?} and {value_layout:?}");
            let gate = Laid::new(gate_layout, &shape, &gate);
            let value = Laid::new(value_layout, &shape, &value);
            let mut y = Laid::new(y_layout, &shape, &[]);
            operation
                .apply_arrays(gate.view(), value.view(), y.view_mut())
                .unwrap();
            y.assert_is(&expected, &what);
        }
        for (layout, value_layout) in pairs() {
            let mut gate = Laid::new(layout, &shape, &gate);
            let value = Laid::new(value_layout, &shape, &value);
            operation
                .apply_arrays_in_place(gate.view_mut(), value.view())
                .unwrap();
            gate.assert_is(&expected, &format!("{operation:?} in place"));
        }
    }
}

/// The outer, axis and inner of a shape.
fn around(shape: &[usize], axis: usize) -> (usize, Rows) {
    let (before, rest) = shape.split_at(axis);
    let rows = Rows::strided(rest[0], rest[1..].iter().product());
    (before.iter().product(), rows)
}

#[test]
fn every_operation_on_rows_does_along_every_axis_what_it_does_in_standard_layout() {
    for shape in [
        &[2, 3, 7, 5][..],
        &[4, 33],
        &[33, 4, 1],
        &[5, 19],
        &[6],
        &[2, 0, 3],
        &[4100, 2],
        &[2, 4100],
    ] {
        let x = inputs::noise(shape.iter().product());
        for axis in 0..shape.len() {
            let (outer, rows) = around(shape, axis);
            let operands = rows::Operands::new(rows, outer);
            for operation in operands.every_operation().step_by(3) {
                let Ok(expected) = operation.to_vec(rows, &x) else {
                    assert!(x.is_empty(), "{shape:?} {axis}");
                    continue;
                };
                let what = format!("{} along {axis} of {shape:?}", rows::described(&operation));
                // Most of the time goes into layouts of the large ones.
                let step = if x.len() > 1000 {
                    step_of_the_heaviest(11)
                } else {
                    1
                };
                for (x_layout, y_layout) in pairs().step_by(step) {
                    let from = Laid::new(x_layout, shape, &x);
                    let mut y = Laid::new(y_layout, shape, &[]);
                    operation
                        .apply_axis(Axis(axis), from.view(), y.view_mut())
                        .unwrap();
                    y.assert_is(&expected, &format!("{what} from {x_layout:?}"));
                }
                for layout in Layout::ALL.into_iter().step_by(step.min(3)) {
                    let mut x = Laid::new(layout, shape, &x);
                    operation
                        .apply_axis_in_place(Axis(axis), x.view_mut())
                        .unwrap();
                    x.assert_is(&expected, &format!("{what} in place"));
                }
            }
        }
    }
}

#[test]
fn inputs_may_be_broadcast() {
    let row = [-1.0, 2.0, -3.0];
    let x = ArrayView::from(&row).into_shape_with_order(3).unwrap();
    let mut y = ndarray::Array2::from_elem((4, 3), GUARD);
    Relu.apply_array(x.broadcast((4, 3)).unwrap(), y.view_mut())
        .unwrap();
    assert!(
        y.rows()
            .into_iter()
            .all(|row| row == ndarray::arr1(&[0.0, 2.0, 0.0]))
    );
    Softmax::default()
        .apply_axis(Axis(0), x.broadcast((4, 3)).unwrap(), y.view_mut())
        .unwrap();
    assert!(y.iter().all(|&y| y == 0.25));
}

#[test]
fn what_does_not_fit_is_refused() {
    let x = ArrayD::from_elem(IxDyn(&[2, 3]), 1.0f32);
    let mut y = ArrayD::from_elem(IxDyn(&[2, 4]), GUARD);
    let differs = |axis, operand_len, output_len| Error::AxisMismatch {
        operand: "input",
        axis,
        operand_len,
        output_len,
    };
    assert_eq!(
        Relu.apply_array(x.view(), y.view_mut()),
        Err(differs(1, 3, 4))
    );
    let one_axis = ArrayD::from_elem(IxDyn(&[2]), 1.0f32);
    assert_eq!(
        Relu.apply_array(one_axis.view(), y.view_mut()),
        Err(differs(1, 0, 4))
    );
    let softmax = Softmax::default();
    assert_eq!(
        softmax.apply_axis(Axis(0), x.view(), y.view_mut()),
        Err(differs(1, 3, 4))
    );
    for axis in [2, usize::MAX] {
        let missing = Error::NoSuchAxis { axis, axes: 2 };
        assert_eq!(
            softmax.apply_axis_in_place(Axis(axis), y.view_mut()),
            Err(missing)
        );
    }
    let error = Reglu
        .apply_arrays(x.view(), x.view(), y.view_mut())
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "along axis 1 the gate has 3 elements but the output has 4"
    );

    // What the calls on slices refuse, before anything is written, and in any layout.
    let bad = Shrink {
        lambda: -1.0,
        bias: 0.0,
    };
    let expected = bad.check(0);
    assert!(expected.is_err());
    assert_eq!(
        bad.apply_array_in_place(y.view_mut().reversed_axes()),
        expected
    );
    let prelu = Prelu::per_channel(&[1.0, 2.0, 3.0], 1).unwrap();
    let shape = Error::ShapeMismatch {
        len: 8,
        channels: 3,
        inner: 1,
    };
    assert_eq!(
        prelu.apply_array_in_place(y.view_mut().reversed_axes()),
        Err(shape)
    );
    let masked =
        Softmax(activations::Attention::new().mask(activations::Mask::added(&[0.0f32; 3])));
    let error = masked
        .apply_axis_in_place(Axis(0), y.view_mut())
        .unwrap_err();
    assert!(
        matches!(
            error,
            Error::AttentionMismatch {
                operand: "mask",
                ..
            }
        ),
        "{error}"
    );

    // Such an activation may be cut nowhere.
    let fused = Fused::new(Prelu::per_channel(&[1.0, 2.0], 4).unwrap());
    let fused = fused.bias(&[0.5], 8).unwrap();
    let error = fused
        .apply_array_in_place(y.view_mut().reversed_axes())
        .unwrap_err();
    assert_eq!(error, Error::NotStandardLayout);
    assert!(y.iter().all(|&y| y == GUARD));
    let empty = y.view_mut().slice_move(ndarray::s![.., ..0]);
    assert_eq!(fused.apply_array_in_place(empty), Ok(()));
    assert_eq!(fused.apply_array_in_place(y.view_mut()), Ok(()));
    assert!(error.to_string().contains("standard layout"));
}
