//! Gates and fused calls.

use crate::elements::{LENGTHS, exact, run, values};
use crate::{Call, Caller, assert_near};
use activations::{
    AVec, Activation, AnyActivation, AnyGate, AnyRowActivation, Biased, ClampedSwiglu, Fused, Gate,
    Isa, Layout, Order, Silu, Split, Swiglu,
};

pub fn gates(isa: Isa, caller: Caller<'_>) {
    for gate in AnyGate::all() {
        gate_of(gate, &format!("{gate}"), isa, caller);
    }
    gate_of(Swiglu::default(), "Swiglu", isa, caller);
}

/// Gates with biases, of rows shorter and longer than a block of them.
pub fn biased(isa: Isa, caller: Caller<'_>) {
    for (n, outer) in [(1, 5), (37, 60), (500, 3), (1500, 2)] {
        let bias = values(2 * n, 3);
        for layout in [Layout::Halves, Layout::Pairs] {
            let order = Order::ValueFirst;
            let split = Split { n, layout, order };
            let gate = Biased::new(ClampedSwiglu::OAI).bias(split, &bias).unwrap();
            split_of(gate, "biased clamped_swiglu", split, outer, isa, caller);
            let gate = Biased::new(Swiglu::default())
                .gate_bias(&bias[..n])
                .value_bias(&bias[n..]);
            split_of(gate, "biased swiglu", split, outer, isa, caller);
        }
    }
}

fn gate_of(gate: impl Gate + Send + Sync, name: &str, isa: Isa, caller: Caller<'_>) {
    for len in LENGTHS {
        let (x, value) = (values(len, 0), values(len, 5));
        let expected = exact(&x, |i, x| gate.reference_at(i, x, f64::from(value[i])));
        let mut y = vec![f32::NAN; len];
        run(
            caller,
            &format!("{name} on {isa}"),
            &mut y,
            &expected,
            |y| {
                gate.apply_on(isa, &x, &value, y).unwrap();
            },
        );
        let mut y = x.clone();
        run(
            caller,
            &format!("{name} on {isa}, in place"),
            &mut y,
            &expected,
            |y| {
                gate.apply_in_place_on(isa, y, &value).unwrap();
            },
        );
        if isa == Isa::detect() {
            let mut y = AVec::new(64);
            caller(&format!("{name}, to_vec"), &mut || {
                y = gate.to_vec(&x, &value).unwrap()
            });
            assert_near(&y, &expected, name);
        }
    }
    for layout in [Layout::Halves, Layout::Pairs] {
        for order in [Order::GateFirst, Order::ValueFirst] {
            for (n, outer) in [(1, 5), (16, 3), (37, 3), (500, 2)] {
                split_of(gate, name, Split { n, layout, order }, outer, isa, caller);
            }
        }
    }
}

fn split_of(
    gate: impl Gate + Send + Sync,
    name: &str,
    split: Split,
    outer: usize,
    isa: Isa,
    caller: Caller<'_>,
) {
    let Split { n, layout, order } = split;
    let both = values(2 * n * outer, 0);
    let expected: Vec<f64> = (0..n * outer)
        .map(|i| {
            let (row, at) = (i / n * 2 * n, i % n);
            let (first, second) = match layout {
                Layout::Halves => (row + at, row + n + at),
                Layout::Pairs => (row + 2 * at, row + 2 * at + 1),
            };
            let (gate_at, value_at) = match order {
                Order::GateFirst => (first, second),
                Order::ValueFirst => (second, first),
            };
            gate.reference_at(i, f64::from(both[gate_at]), f64::from(both[value_at]))
        })
        .collect();
    let what = format!("{name} on {isa}, {layout:?}, {order:?}");
    let mut y = vec![f32::NAN; n * outer];
    run(caller, &what, &mut y, &expected, |y| {
        gate.apply_split_on(isa, split, &both, y).unwrap()
    });
}

pub fn fused(isa: Isa, caller: Caller<'_>) {
    for activation in AnyActivation::all() {
        fused_of(activation, &format!("fused({activation})"), isa, caller);
    }
    fused_of(Silu, "Fused<Silu>", isa, caller);
}

fn fused_of<A>(activation: A, name: &str, isa: Isa, caller: Caller<'_>)
where
    A: Activation + Send + Sync,
    for<'a> Fused<'a, A>: Activation,
{
    let bias = values(10, 3);
    for (inner, outer) in [(1, 1), (1, 33), (16, 2), (37, 1)] {
        let len = inner * bias.len() * outer;
        let (x, residual) = (values(len, 0), values(len, 7));
        for (has_bias, has_residual) in [(false, false), (true, false), (false, true), (true, true)]
        {
            let mut call = Fused::new(activation);
            if has_bias {
                call = call.bias(&bias, inner).unwrap();
            }
            if has_residual {
                call = call.residual(&residual);
            }
            let expected = exact(&x, |i, x| {
                let added = if has_bias {
                    bias[i / inner % bias.len()]
                } else {
                    0.0
                };
                let y = activation.reference_at(i, x + f64::from(added));
                if has_residual {
                    y + f64::from(residual[i])
                } else {
                    y
                }
            });
            let what = format!("{name} on {isa}, bias {has_bias}, residual {has_residual}");
            let mut y = vec![f32::NAN; len];
            run(caller, &what, &mut y, &expected, |y| {
                call.apply_on(isa, &x, y).unwrap()
            });
            let mut y = x.clone();
            run(
                caller,
                &format!("{what}, in place"),
                &mut y,
                &expected,
                |y| {
                    call.apply_in_place_on(isa, y).unwrap();
                },
            );
        }
    }
}

/// Names of other kinds than activations.
pub fn names(caller: Caller<'_>) {
    let mut each = |text: &str, call: Call<'_>| caller(&format!("reading {text:?}"), call);
    each("gated(mish)", &mut || {
        assert!("gated(mish)".parse::<AnyGate>().is_ok())
    });
    each("softmax(2)", &mut || {
        assert!("softmax(2)".parse::<AnyRowActivation>().is_ok())
    });
}
