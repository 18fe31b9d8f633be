//! Calls of operations on rows that make no sense: each is an error that says what is wrong, and nothing is
//! written.

use crate::common::{on_each_isa, rows};
use activations::{
    AnyRowActivation, Attention, Bounds, Error, Isa, Mask, RowActivation, RowFormula, Rows,
    Softmax, Window,
};

const UNTOUCHED: f32 = 7.0;

/// The error of every way to call, which must all agree; checks that nothing is written.
#[track_caller]
fn refusal(operation: AnyRowActivation<'_>, rows: Rows, x: &[f32]) -> Error {
    let mut errors = vec![operation.check(rows, x.len()).unwrap_err()];
    on_each_isa("refusals_of_rows", |isa| {
        let mut y = vec![UNTOUCHED; x.len()];
        errors.push(operation.apply_on(isa, rows, x, &mut y).unwrap_err());
        assert!(y.iter().all(|&y| y == UNTOUCHED), "{operation}");
        let mut in_place = x.to_vec();
        let result = operation.apply_in_place_on(isa, rows, &mut in_place);
        errors.push(result.unwrap_err());
        assert_eq!(in_place, x, "{operation}");
    });
    let mut y = vec![UNTOUCHED; x.len()];
    errors.push(operation.apply(rows, x, &mut y).unwrap_err());
    assert!(y.iter().all(|&y| y == UNTOUCHED), "{operation}");
    errors.push(operation.apply_in_place(rows, &mut y).unwrap_err());
    assert!(y.iter().all(|&y| y == UNTOUCHED), "{operation}");
    errors.push(operation.to_vec(rows, x).unwrap_err());
    let messages: Vec<String> = errors.iter().map(Error::to_string).collect();
    assert!(messages.iter().all(|m| *m == messages[0]), "{messages:?}");
    errors.swap_remove(0)
}

/// That the message names all of these.
#[track_caller]
fn names(error: &Error, what: &[&dyn std::fmt::Display]) {
    let message = error.to_string();
    for what in what {
        assert!(message.contains(&what.to_string()), "{message}: no {what}");
    }
}

/// Every operation with these, if it has such.
fn every_with(attention: Attention<'_>) -> impl Iterator<Item = AnyRowActivation<'_>> {
    AnyRowActivation::all()
        .filter(|operation| rows::attention(operation).is_some())
        .map(move |operation| rows::with(operation, attention))
}

#[test]
fn lengths_that_differ_are_both_named() {
    let x = [1.0; 6];
    on_each_isa("lengths_of_rows_that_differ", |isa| {
        for operation in AnyRowActivation::all() {
            for (input, output) in [(6, 4), (2, 6), (0, 2), (2, 0)] {
                let mut y = vec![UNTOUCHED; output];
                let result = operation.apply_on(isa, Rows::last(2), &x[..input], &mut y);
                let expected = Error::LengthMismatch { input, output };
                names(&expected, &[&input, &output]);
                assert_eq!(result, Err(expected));
                assert!(y.iter().all(|&y| y == UNTOUCHED));
            }
        }
    });
}

#[test]
fn a_tensor_that_is_no_whole_number_of_blocks_is_refused() {
    for operation in AnyRowActivation::all() {
        for (len, axis, inner) in [
            (7, 3, 1),
            (3, 7, 1),
            (12, 5, 2),
            (6, 4, 3),
            (6, 6, 2),
            (6, 0, 1),
            (6, 3, 0),
            (6, usize::MAX, 2),
            (6, usize::MAX, usize::MAX),
            (6, usize::MAX, 0),
        ] {
            let rows = Rows { axis, inner };
            let error = refusal(operation, rows, &vec![1.0; len]);
            assert_eq!(error, Error::RowsMismatch { len, rows });
            names(&error, &[&len, &axis, &inner]);
        }
    }
}

#[test]
fn of_no_elements_there_are_no_rows() {
    let [x, mut y]: [[f32; 0]; 2] = [[], []];
    for operation in AnyRowActivation::all() {
        for (axis, inner) in [(0, 0), (0, 1), (5, 1), (3, 7), (0, usize::MAX)] {
            let rows = Rows { axis, inner };
            assert_eq!(operation.check(rows, 0), Ok(()), "{rows:?}");
            assert_eq!(operation.apply(rows, &x, &mut y), Ok(()));
            assert_eq!(operation.apply_in_place(rows, &mut y), Ok(()));
            assert_eq!(operation.to_vec(rows, &x).unwrap().len(), 0);
        }
    }
    // What repeats after two rows goes into no rows a whole number of times.
    for operation in every_with(Attention::new().shape(1, 2)) {
        for axis in [0, 5] {
            assert_eq!(operation.check(Rows::last(axis), 0), Ok(()), "{operation}");
        }
    }
}

#[test]
fn a_scale_that_is_not_finite_is_named() {
    for operation in AnyRowActivation::all() {
        for name in operation.parameter_names() {
            for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
                if *name == "softcap" && value == f32::INFINITY {
                    continue; // That is no cap.
                }
                let mut operation = operation;
                assert!(operation.set_parameter(name, value));
                let error = refusal(operation, Rows::last(2), &[1.0; 4]);
                names(&error, &[&operation.name(), name, &value]);
                match error {
                    Error::InvalidParameter {
                        activation,
                        parameter,
                        ..
                    } => assert_eq!((activation, parameter), (operation.name(), *name)),
                    other => panic!("{operation}: {other}"),
                }
            }
        }
    }
}

/// That the refusal of every operation with this is of `operand`, which is `operand_len`, for [4, 3, 2].
#[track_caller]
fn assert_mismatch(attention: Attention<'_>, operand: &str, operand_len: usize) {
    for operation in every_with(attention) {
        let error = refusal(operation, Rows::strided(3, 2), &[1.0; 24]);
        names(
            &error,
            &[&operation.name(), &operand, &operand_len, &"[4, 3, 2]"],
        );
        match error {
            Error::AttentionMismatch {
                operation: named,
                operand: of,
                operand_len: len,
                tensor,
                ..
            } => assert_eq!(
                (named, of, len, tensor),
                (operation.name(), operand, operand_len, [4, 3, 2])
            ),
            other => panic!("{operation}: {other}"),
        }
    }
}

/// That every operation with this fits [4, 3, 2].
#[track_caller]
fn assert_fits(attention: Attention<'_>) {
    for operation in every_with(attention) {
        let result = operation.check(Rows::strided(3, 2), 24);
        assert_eq!(result, Ok(()), "{operation:?}");
    }
}

#[test]
fn a_mask_that_does_not_fit_is_named_with_the_tensor() {
    let numbers = [0.0f32; 72];
    // Neither whole rows, nor a number of them of which there is a multiple.
    for len in [1, 2, 4, 5, 9, 15, 18, 24, 72] {
        assert_mismatch(
            Attention::new().mask(Mask::added(&numbers[..len])),
            "mask",
            len,
        );
        assert_mismatch(
            Attention::new().mask(Mask::kept(&[true; 72][..len])),
            "mask",
            len,
        );
    }
    for len in [0, 3, 6, 12] {
        assert_fits(Attention::new().mask(Mask::added(&numbers[..len])));
    }
}

#[test]
fn so_is_one_that_the_strides_lead_out_of() {
    let numbers = [0.0f32; 24];
    let of_shape = Attention::new().shape(2, 1);
    for (strides, len) in [
        ([0, 0, 0], 3),
        ([3, 0, 0], 6),
        ([0, 3, 0], 6),
        ([0, 0, 100], 3),
        ([6, 3, 0], 12),
        ([0, 7, usize::MAX], 10),
    ] {
        let mask = |len: usize| Mask::added(&numbers[..len]).strides(strides);
        assert_fits(of_shape.mask(mask(len)));
        assert_mismatch(of_shape.mask(mask(len - 1)), "mask", len - 1);
    }
    for strides in [[usize::MAX, 0, 0], [usize::MAX, usize::MAX, 0]] {
        let mask = Mask::added(&numbers).strides(strides);
        assert_mismatch(of_shape.mask(mask), "mask", 24);
    }
}

/// Attention with these bounds on either side, and what errors call them and an element of them.
fn both(bounds: Bounds<'_>) -> [(Attention<'_>, &'static str, &'static str); 2] {
    [
        (Attention::new().starts(bounds), "starts", "starts[..]"),
        (Attention::new().ends(bounds), "ends", "ends[..]"),
    ]
}

#[test]
fn bounds_that_do_not_fit_are_named_with_the_tensor() {
    let numbers = [1; 24];
    for len in [0, 3, 5, 8, 24] {
        for (attention, operand, _) in both(Bounds::PerRow(&numbers[..len])) {
            assert_mismatch(attention, operand, len);
        }
    }
    for longer in [4, 100, usize::MAX] {
        for (attention, _, element) in both(Bounds::PerRow(&[3, longer])) {
            assert_mismatch(attention, element, longer);
        }
        for (attention, _, element) in both(Bounds::PerBatch(&[3, 3, longer, 0])) {
            assert_mismatch(attention, element, longer);
        }
    }
    for per_row in [[0, 3, 1, 2], [3; 4]] {
        for len in [1, 2, 4] {
            for (attention, ..) in both(Bounds::PerRow(&per_row[..len])) {
                assert_fits(attention);
            }
            for (attention, operand, _) in both(Bounds::PerBatch(&per_row[..len])) {
                if len == 4 {
                    assert_fits(attention);
                } else {
                    assert_mismatch(attention, operand, len);
                }
                assert_fits(attention.shape(4 / len, 1));
                assert_fits(attention.shape(1, 4 / len));
            }
        }
    }
}

#[test]
fn a_shape_that_does_not_fit_is_named_with_the_tensor() {
    for (heads, queries) in [(0, 1), (1, 0), (3, 1), (1, 3), (2, 4), (usize::MAX, 1)] {
        let attention = Attention::new().shape(heads, queries);
        assert_mismatch(attention, "heads, queries", heads * queries);
    }
    let attention = Attention::new().shape(usize::MAX, usize::MAX);
    assert_mismatch(attention, "heads, queries", usize::MAX);
    for (heads, queries) in [(1, 1), (2, 1), (1, 2), (2, 2), (4, 1)] {
        let attention = Attention::new().shape(heads, queries);
        assert_fits(attention);
        let (more, enough) = ([1.0; 5], &[1.0; 4][..heads]);
        assert_fits(attention.sinks(enough).slopes(enough));
        assert_mismatch(attention.sinks(&more), "sinks", 5);
        assert_mismatch(attention.slopes(&more), "slopes", 5);
    }
    for past in [isize::MIN, -1, 0, 7, isize::MAX] {
        assert_fits(Attention::new().shape(1, 4).window(Window::causal(past)));
    }
}

#[test]
fn slopes_want_distances_that_are_numbers_of_f32() {
    let far = Window::causal(1 << 24);
    let attention = Attention::new().slopes(&[1.0]).window(far);
    assert_mismatch(attention, "slopes", 1);
    assert_fits(Attention::new().window(far));
}

#[test]
fn log_sums_are_as_many_as_rows() {
    let (x, mut y) = ([1.0; 24], [UNTOUCHED; 24]);
    let softmax = Softmax::default();
    for len in [0, 4, 7, 9, 24] {
        let mut log_sums = [UNTOUCHED; 24];
        let log_sums = &mut log_sums[..len];
        let rows = Rows::strided(3, 2);
        let error = softmax.apply_with_log_sums(rows, &x, &mut y, log_sums);
        let error = error.unwrap_err();
        names(&error, &[&"log_sums", &len]);
        assert!(log_sums.iter().chain(&y).all(|&y| y == UNTOUCHED));
        let result = softmax.apply_in_place_with_log_sums(rows, &mut y, log_sums);
        assert_eq!(result, Err(error));
        assert!(log_sums.iter().chain(&y).all(|&y| y == UNTOUCHED));
    }
    let nothing = softmax.apply_with_log_sums::<f32, f32>(Rows::last(3), &[], &mut [], &mut []);
    assert_eq!(nothing, Ok(()));
}

#[test]
fn an_instruction_set_that_is_not_there_is_refused() {
    for isa in Isa::ALL.iter().copied().filter(|isa| !isa.is_available()) {
        for operation in AnyRowActivation::all() {
            let mut y = [UNTOUCHED; 2];
            let expected = Err(Error::IsaUnavailable(isa));
            let rows = Rows::last(2);
            assert_eq!(operation.apply_on(isa, rows, &[1.0; 2], &mut y), expected);
            assert_eq!(operation.apply_in_place_on(isa, rows, &mut y), expected);
            assert_eq!(y, [UNTOUCHED; 2]);
        }
    }
    let available = Isa::available();
    assert!(available.into_iter().all(|isa| {
        Softmax::default().apply_in_place_on(isa, Rows::last(1), &mut [0.0]) == Ok(())
    }));
}
