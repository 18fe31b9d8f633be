//! Reading an activation from text.
//!
//! The text is split ([`spelled`]), the name is looked up ([`names`]), and what stands in parentheses is read
//! ([`arguments`]). A name that is none may be that of something else ([`kinds`]), or like one ([`near`]).

use crate::{AnyActivation, Error, Formula};
use alloc::borrow::ToOwned;

pub(crate) mod arguments;
pub(crate) mod kinds;
pub(crate) mod names;
pub(crate) mod near;
pub(crate) mod spelled;

/// Reads `name` or `name(parameter=value, ..)`, with or without the name of a library before it.
pub(super) fn activation<'a>(text: &str) -> Result<AnyActivation<'a>, Error> {
    let text = spelled::spelled(text)?;
    let wanted = names::plain(text.name);
    let found = names::find(text.library, &wanted).ok_or_else(|| {
        kinds::not_an_activation(text.name).unwrap_or_else(|| Error::UnknownActivation {
            name: text.name.to_owned(),
            near: near::near(&wanted, names::all()),
        })
    })?;
    let activation = arguments::of_activation(found, text.library, text.arguments)?;
    activation.check(0).map_err(|error| match error {
        // Of what was written.
        Error::InvalidParameter {
            parameter,
            value,
            expected,
            ..
        } => Error::InvalidParameter {
            activation: found.name,
            parameter,
            value,
            expected,
        },
        error => error,
    })?;
    Ok(activation)
}
