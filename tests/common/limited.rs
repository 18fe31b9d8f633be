//! A gate with limits, as another crate may have it.

use activations::{AnyActivation, Gate, GateLimits};

/// An activation and limits.
#[derive(Clone, Copy)]
pub struct Limited<'a>(pub AnyActivation<'a>, pub GateLimits);

impl<'a> Gate for Limited<'a> {
    type Activation = AnyActivation<'a>;

    fn activation(&self) -> AnyActivation<'a> {
        self.0
    }

    fn limits(&self) -> GateLimits {
        self.1
    }
}
