//! How a library is called.

use candle_core::{Device, Tensor};

/// From one slice to another.
type OutOfPlace = Box<dyn Fn(&[f32], &mut [f32])>;

/// Over its input.
type InPlace = Box<dyn Fn(&mut [f32])>;

/// What is timed.
pub enum Call {
    OutOfPlace(OutOfPlace),
    InPlace(InPlace),
    /// From a tensor of the library's own to a new one, which is freed again.
    Tensor(Box<dyn Fn(&Tensor) -> Tensor>),
}

/// A tensor that a call reads, where it reads no slice.
pub type Prepared = Option<Tensor>;

impl Call {
    /// What the call wants to have made of its input.
    pub fn prepare(&self, x: &[f32]) -> Prepared {
        let shape = (x.len() / crate::functions::ROW, crate::functions::ROW);
        let tensor = || Tensor::from_slice(x, shape, &Device::Cpu).expect("whole rows of numbers");
        matches!(self, Self::Tensor(_)).then(tensor)
    }

    /// The results for `x`, which is whole rows.
    pub fn results(&self, x: &[f32]) -> Vec<f32> {
        match (self, self.prepare(x)) {
            (Self::Tensor(apply), Some(tensor)) => {
                let flat = apply(&tensor).flatten_all();
                let values = flat.and_then(|flat| flat.to_vec1());
                values.expect("a tensor of f32 like the one it was made of")
            }
            (Self::OutOfPlace(apply), _) => {
                let mut y = vec![0.0; x.len()];
                apply(x, &mut y);
                y
            }
            (Self::InPlace(apply), _) => {
                let mut y = x.to_vec();
                apply(&mut y);
                y
            }
            (Self::Tensor(_), None) => unreachable!("it was prepared"),
        }
    }
}

/// A function of one library.
pub struct Entry {
    pub library: Library,
    /// The instructions that it uses, as far as it can be told.
    pub isa: String,
    pub out_of_place: Option<Call>,
    pub in_place: Option<Call>,
}

/// What a function comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Library {
    This,
    Rten,
    Tract,
    Candle,
    Wide,
    #[cfg_attr(not(has_sleef), allow(dead_code))]
    Sleef,
    #[cfg_attr(not(has_xnnpack), allow(dead_code))]
    Xnnpack,
    #[cfg_attr(not(has_onednn), allow(dead_code))]
    Onednn,
    /// A loop over the slice, compiled for the target of the build.
    Plain,
    /// The same loop, compiled for x86-64-v3.
    PlainV3,
    /// The C library's; a yardstick.
    Memcpy,
    /// A copy whose stores go past the caches; the yardstick of large sizes.
    Streamed,
}

impl Library {
    pub const fn name(self) -> &'static str {
        match self {
            Self::This => "activations",
            Self::Rten => "rten-vecmath",
            Self::Tract => "tract-linalg",
            Self::Candle => "candle",
            Self::Wide => "wide",
            Self::Sleef => "sleef",
            Self::Xnnpack => "xnnpack",
            Self::Onednn => "onednn",
            Self::Plain => "plain loop",
            Self::PlainV3 => "plain loop, v3",
            Self::Memcpy => "memcpy",
            Self::Streamed => "memcpy, streamed",
        }
    }

    /// Whether it computes nothing, and is there to compare with.
    pub const fn is_yardstick(self) -> bool {
        matches!(self, Self::Memcpy | Self::Streamed)
    }

    /// Whether it could be used in place of this crate.
    pub const fn is_peer(self) -> bool {
        !self.is_yardstick() && !matches!(self, Self::This)
    }

    /// What is to be known of its time out of place; a sign for it, and the words.
    pub const fn note(self) -> Option<(char, &'static str)> {
        match self {
            Self::Candle => Some((
                '†',
                "returns a new tensor: its time has the allocation and the release of the memory in it, as that of \
                 its users has",
            )),
            Self::Tract => Some((
                '‡',
                "works in place only: its time out of place is that of a copy and a call in place",
            )),
            _ => None,
        }
    }
}
