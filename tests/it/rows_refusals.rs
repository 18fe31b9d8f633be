//! Calls of operations on rows that make no sense: each is an error that says what is wrong, and nothing is
//! written.

use crate::common::{on_each_isa, rows};
use activations::{
    AnyRowActivation, Error, Isa, Lengths, RowActivation, RowFormula, Rows, Softmax,
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
fn every_with<'a>(
    mask: &'a [f32],
    lengths: Lengths<'a>,
) -> impl Iterator<Item = AnyRowActivation<'a>> {
    AnyRowActivation::all()
        .filter(|operation| rows::attention(&mut operation.clone()).is_some())
        .map(move |operation| rows::with(operation, 1.0, mask, lengths))
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
    for operation in AnyRowActivation::all() {
        for (axis, inner) in [(0, 0), (0, 1), (5, 1), (3, 7), (0, usize::MAX)] {
            let rows = Rows { axis, inner };
            assert_eq!(operation.check(rows, 0), Ok(()), "{rows:?}");
            assert_eq!(operation.apply(rows, &[], &mut []), Ok(()));
            assert_eq!(operation.apply_in_place(rows, &mut []), Ok(()));
            assert_eq!(operation.to_vec(rows, &[]).unwrap().len(), 0);
        }
    }
    // What repeats after two rows goes into no rows a whole number of times.
    let queries = Lengths::Causal {
        queries: 2,
        past: 0,
    };
    for operation in every_with(&[], queries) {
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

/// That the refusal of every operation with these is of `operand`, which is `operand_len`, for [4, 3, 2].
#[track_caller]
fn assert_mismatch(mask: &[f32], lengths: Lengths<'_>, operand: &str, operand_len: usize) {
    for operation in every_with(mask, lengths) {
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

#[test]
fn a_mask_that_does_not_fit_is_named_with_the_tensor() {
    // Neither whole rows, nor a number of them of which there is a multiple.
    for len in [1, 2, 4, 5, 9, 15, 18, 24, 72] {
        assert_mismatch(&vec![0.0; len], Lengths::All, "mask", len);
    }
    for len in [0, 3, 6, 12] {
        for operation in every_with(&vec![0.0; len], Lengths::All) {
            assert_eq!(operation.check(Rows::strided(3, 2), 24), Ok(()), "{len}");
        }
    }
}

#[test]
fn lengths_that_do_not_fit_are_named_with_the_tensor() {
    for len in [0, 3, 5, 8, 24] {
        let lengths = vec![1; len];
        assert_mismatch(&[], Lengths::PerRow(&lengths), "lengths", len);
    }
    for longer in [4, 100, usize::MAX] {
        assert_mismatch(&[], Lengths::PerRow(&[3, longer]), "lengths[..]", longer);
    }
    for queries in [0, 3, 5, 8, usize::MAX] {
        let lengths = Lengths::Causal { queries, past: 0 };
        assert_mismatch(&[], lengths, "lengths.queries", queries);
    }
    let per_row = [[0, 3, 1, 2], [3; 4]];
    let fitting = per_row
        .iter()
        .flat_map(|lengths| [1, 2, 4].map(|len| Lengths::PerRow(&lengths[..len])));
    let causal =
        [(1, 0), (2, 7), (4, usize::MAX)].map(|(queries, past)| Lengths::Causal { queries, past });
    for lengths in fitting.chain(causal) {
        for operation in every_with(&[], lengths) {
            assert_eq!(
                operation.check(Rows::strided(3, 2), 24),
                Ok(()),
                "{lengths:?}"
            );
        }
    }
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
