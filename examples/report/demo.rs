//! In place and out of place, on a handful of numbers.

use crate::args::Scope;
use crate::compare::contenders;
use crate::failure::Failure;
use crate::number::Number;
use crate::table::{Column, Table};
use activations::Activation;
use std::io::Write;

const EXPLANATION: &str = "\
In place and out of place
  PyTorch's inplace=False, its default, leaves the input as it is and returns a new tensor: here
  apply(&x, &mut y), or to_vec(&x). inplace=True overwrites the input with the result, which saves
  a buffer and the traffic to it: here apply_in_place(&mut x). The numbers are the same.
";

const INPUT: [f32; 6] = [-8.0, -1.0, -0.5, 0.5, 2.0, 8.0];

/// Shows the input before and after, in a type.
pub fn show<T: Number>(scope: &Scope, out: &mut impl Write) -> Result<(), Failure> {
    let isa = scope.best_isa();
    let mut table = Table::new(vec![
        Column::words("activation"),
        Column::words("inplace"),
        Column::words("input before"),
        Column::words("input after"),
        Column::words("output"),
    ]);
    let before = INPUT.map(T::from_f32);
    for activation in contenders(scope) {
        let name = activation.to_string();
        let activation = T::activation(activation);
        let mut x = before;
        let mut y = [T::default(); INPUT.len()];
        activation.apply_on(isa, &x, &mut y)?;
        let row = |inplace: &str, after: &[T], output: String| {
            let name = name.clone();
            vec![name, inplace.to_owned(), list(&before), list(after), output]
        };
        table.row(row("False", &x, list(&y)));
        activation.apply_in_place_on(isa, &mut x)?;
        table.row(row("True", &x, "(the input)".to_owned()));
    }
    writeln!(out, "{EXPLANATION}")?;
    table.write(out)?;
    Ok(writeln!(out)?)
}

fn list<T: Number>(values: &[T]) -> String {
    let texts: Vec<String> = values.iter().map(T::to_string).collect();
    texts.join(" ")
}
