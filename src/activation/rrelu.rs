use super::leaky_relu::leaky;
use super::{Formula, LeakyRelu, parameter::Parameter};
use crate::Error;
use crate::drive::{ChooseKernel, WithKernel};

/// `f(x) = if x < 0 { x * (lower + upper) / 2 } else { x }`: the randomized leaky ReLU in
/// evaluation.
///
/// (In training PyTorch draws each slope from `lower..upper`; that is no element-wise function.)
///
/// | | |
/// |---|---|
/// | Parameters | `lower`, 1/8 by default, and `upper`, 1/3: finite, `lower <= upper` |
/// | Domain | all of f32 |
/// | Shapes | any slice; the output is as long as the input |
/// | Error | at most 0.5 ULP: the slope is the mean of the bounds rounded to f32, as in PyTorch, and its product with x is correctly rounded |
/// | Special values | as for [`LeakyRelu`] |
/// | Errors | a parameter that is not as above, by its name; lengths that differ; an instruction set that the CPU lacks |
/// | Panics | never |
/// | Source | Xu et al., 2015; PyTorch `nn.RReLU` |
///
/// ```
/// use activations::{Activation, Rrelu};
/// let mut x = [-8.0, 2.0];
/// Rrelu { lower: 0.25, upper: 0.75 }.apply_in_place(&mut x)?;
/// assert_eq!(x, [-4.0, 2.0]);
/// # Ok::<(), activations::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rrelu {
    /// The smallest slope of training.
    pub lower: f32,
    /// The largest slope of training.
    pub upper: f32,
}

impl Default for Rrelu {
    fn default() -> Self {
        Self {
            lower: 1.0 / 8.0,
            upper: 1.0 / 3.0,
        }
    }
}

impl Rrelu {
    /// The mean of the bounds, rounded to f32 once.
    fn slope(&self) -> f32 {
        ((f64::from(self.lower) + f64::from(self.upper)) / 2.0) as f32
    }
}

impl Formula for Rrelu {
    fn reference(&self, x: f64) -> f64 {
        leaky(x, f64::from(self.slope()))
    }

    #[inline]
    fn check(&self, _len: usize) -> Result<(), Error> {
        let parameter = |name, value| Parameter {
            activation: "rrelu",
            name,
            value,
        };
        parameter("lower", self.lower).finite()?;
        parameter("upper", self.upper).finite()?;
        parameter("lower", self.lower).require(self.lower <= self.upper, "at most upper")
    }
}

impl ChooseKernel for Rrelu {
    #[inline(always)]
    fn choose_kernel<W: WithKernel>(&self, then: W) {
        let negative_slope = self.slope();
        LeakyRelu { negative_slope }.choose_kernel(then);
    }
}
