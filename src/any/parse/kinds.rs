//! Names of another kind than what is read: the error says where they belong.

use super::names::{self, plain};
use crate::Error;
use crate::registry::{for_each_gate, for_each_row_activation};
use alloc::borrow::ToOwned;

/// Makes [`GATES`] of the registry.
macro_rules! gates {
    ($($type:ident $name:ident $parameters:tt [$($other:literal),*];)*) => {
        /// The names of gates.
        const GATES: &[&str] = &[$(stringify!($name), $($other,)*)* "gated"];
    };
}

for_each_gate!(gates);

/// Makes [`ON_ROWS`] of the registry.
macro_rules! on_rows {
    ($($type:ident $(<$lt:lifetime>)? $name:ident $parameters:tt [$($other:literal),*];)*) => {
        /// The names of operations on rows.
        const ON_ROWS: &[&str] = &[$(stringify!($name), $($other,)*)*];
    };
}

for_each_row_activation!(on_rows);

/// Operations that have no name here, since several things of this crate make them up: their names, what they are, and where
/// to look.
const COMPOSED: &[(&str, &str, &str)] = &[("bias_gelu", "is gelu after a bias", "Fused")];

/// The error for the name of a gate or of an operation on rows where an activation is read.
pub(crate) fn not_an_activation(name: &str) -> Option<Error> {
    of_gates(name).or_else(|| of_rows(name)).or_else(|| {
        let wanted = plain(name);
        let found = COMPOSED.iter().find(|(name, ..)| plain(name) == wanted);
        found.map(|(_, is, see)| error(name, is, see))
    })
}

/// The error for the name of an activation or of an operation on rows where a gate is read.
pub(crate) fn not_a_gate(name: &str) -> Option<Error> {
    let is_activation = names::find(None, &plain(name)).is_some();
    let see = "AnyActivation, or write gated(..) around it";
    let of_activation = is_activation.then(|| error(name, "is an activation", see));
    of_activation.or_else(|| of_rows(name))
}

/// The error for the name of an activation or of a gate where an operation on rows is read.
pub(crate) fn not_on_rows(name: &str) -> Option<Error> {
    let is_activation = names::find(None, &plain(name)).is_some();
    let of_activation =
        is_activation.then(|| error(name, "works on single elements", "AnyActivation"));
    of_activation.or_else(|| of_gates(name))
}

fn of_gates(name: &str) -> Option<Error> {
    is_among(GATES, name).then(|| error(name, "is a gate", "AnyGate"))
}

fn of_rows(name: &str) -> Option<Error> {
    is_among(ON_ROWS, name).then(|| error(name, "works on rows", "AnyRowActivation"))
}

fn is_among(names: &[&str], name: &str) -> bool {
    let wanted = plain(name);
    names.iter().any(|name| plain(name) == wanted)
}

fn error(name: &str, is: &'static str, see: &'static str) -> Error {
    Error::OfAnotherKind {
        name: name.to_owned(),
        is,
        see,
    }
}
