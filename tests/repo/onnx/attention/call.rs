//! One call of softmax with all that a case of attention asks for.

use crate::common::Variant;
use crate::onnx::cases::{Case, Tensor, Type};
use crate::onnx::heads::Heads;
#[cfg(feature = "half")]
use activations::half::{bf16, f16};
use activations::{
    Attention, Bounds, Empty, Float, Isa, LogSoftmax, Mask, RowActivation, Rows, Softmax, Window,
};

/// The numbers of a mask, with the type that they have in the case.
enum Values {
    None,
    Kept(Vec<bool>),
    F32(Vec<f32>),
    #[cfg(feature = "half")]
    F16(Vec<f16>),
    #[cfg(feature = "half")]
    Bf16(Vec<bf16>),
}

impl Values {
    fn of(mask: Option<&Tensor>) -> Self {
        let Some(Tensor { of, values, .. }) = mask else {
            return Self::None;
        };
        let values = values.iter().copied();
        match of {
            Type::Bool => Self::Kept(values.map(|kept| kept != 0.0).collect()),
            Type::F32 => Self::F32(values.collect()),
            #[cfg(feature = "half")]
            Type::F16 => Self::F16(values.map(f16::from_f32).collect()),
            #[cfg(feature = "half")]
            Type::Bf16 => Self::Bf16(values.map(bf16::from_f32).collect()),
            _ => panic!("a mask of {of:?}"),
        }
    }
}

/// The last of the steps that make logits of scores.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
pub enum Steps {
    Scale,
    Cap,
    All,
}

/// What a case asks of the softmax.
pub struct Call {
    of: Type,
    /// Batches, heads, queries and keys.
    pub shape: [usize; 4],
    scale: f32,
    softcap: f32,
    mask: Values,
    strides: [usize; 3],
    window: Window,
    /// For each row, if the window is another one for each batch.
    starts: Vec<usize>,
    ends: Vec<usize>,
}

impl Call {
    pub fn of(case: &Case, scores: &Heads, size: usize) -> Self {
        let [_, _, queries, _] = scores.shape;
        // ONNX has -1 for a side without a bound.
        let side = |name| match case.attribute::<isize>(name).unwrap_or(-1) {
            -1 => usize::MAX,
            bound => usize::try_from(bound).unwrap(),
        };
        let is_causal = case.attribute("is_causal") == Some(1);
        let past = case.input("past_key").map_or(0, |past| past.shape[2]);
        let window = Window {
            past: past as isize,
            before: side("left_window_size"),
            after: if is_causal {
                0
            } else {
                side("right_window_size")
            },
        };
        let mut call = Self {
            of: case.inputs[0].of,
            shape: scores.shape,
            scale: case
                .attribute("scale")
                .unwrap_or((1.0 / (size as f64).sqrt()) as f32),
            // ONNX has 0 for none.
            softcap: case
                .attribute("softcap")
                .filter(|&cap: &f32| cap > 0.0)
                .unwrap_or(f32::INFINITY),
            mask: Values::of(case.input("attn_mask")),
            strides: [0; 3],
            window,
            starts: vec![],
            ends: vec![],
        };
        if let Some(mask) = case.input("attn_mask") {
            call.strides = strides(&mask.shape, scores.shape);
        }
        if let Some(lengths) = case.input("nonpad_kv_seqlen") {
            assert_eq!(past, 0);
            for len in lengths.values.iter().map(|&len| len as usize) {
                call.bound_rows(len, len as isize - queries as isize);
            }
            call.window = Window::ALL;
        }
        call
    }

    /// Adds the bounds of the rows of one batch, which has `len` keys, `past` of them before that of the first query.
    fn bound_rows(&mut self, len: usize, past: isize) {
        let [_, heads, queries, keys] = self.shape;
        let Window { before, after, .. } = self.window;
        let bound = |at: isize| at.clamp(0, keys as isize) as usize;
        for _ in 0..heads {
            for own in past..past + queries as isize {
                let end = own.saturating_add_unsigned(after).saturating_add(1);
                let start = own.saturating_sub_unsigned(before);
                self.starts.push(bound(start));
                self.ends.push(bound(end).min(len));
            }
        }
    }

    fn attention(&self, steps: Steps) -> Attention<'_> {
        let [_, heads, queries, _] = self.shape;
        let mut attention = Attention::new().shape(heads, queries).scale(self.scale);
        if steps >= Steps::Cap {
            attention = attention.softcap(self.softcap);
        }
        if steps < Steps::All {
            return attention;
        }
        let mask = match &self.mask {
            Values::None => Mask::NONE,
            Values::Kept(values) => Mask::kept(values),
            Values::F32(values) => Mask::added(values),
            #[cfg(feature = "half")]
            Values::F16(values) => Mask::added(values),
            #[cfg(feature = "half")]
            Values::Bf16(values) => Mask::added(values),
        };
        let (starts, ends) = if self.ends.is_empty() {
            (Bounds::None, Bounds::None)
        } else {
            (Bounds::PerRow(&self.starts), Bounds::PerRow(&self.ends))
        };
        attention
            .mask(mask.strides(self.strides))
            .window(self.window)
            .starts(starts)
            .ends(ends)
            .empty(Empty::Zero)
    }

    /// The shares that softmax gives the keys, and the logarithms of the sums of its rows.
    pub fn softmax(
        &self,
        isa: Isa,
        variant: Variant,
        steps: Steps,
        scores: &[f32],
    ) -> (Vec<f32>, Vec<f32>) {
        let softmax = Softmax(self.attention(steps));
        let rows = Rows::last(self.shape[3]);
        match self.of {
            #[cfg(feature = "half")]
            Type::F16 => {
                let scores: Vec<f16> = scores.iter().map(|&x| f16::from_f32(x)).collect();
                let (shares, log_sums) = compute(softmax, (isa, variant), rows, scores, f16::NAN);
                (shares.into_iter().map(f16::to_f32).collect(), log_sums)
            }
            #[cfg(feature = "half")]
            Type::Bf16 => {
                let scores: Vec<bf16> = scores.iter().map(|&x| bf16::from_f32(x)).collect();
                let (shares, log_sums) = compute(softmax, (isa, variant), rows, scores, bf16::NAN);
                (shares.into_iter().map(bf16::to_f32).collect(), log_sums)
            }
            Type::F32 => compute(softmax, (isa, variant), rows, scores.to_vec(), f32::NAN),
            of => panic!("scores of {of:?}"),
        }
    }

    /// The logits after some steps: their distance from the logarithm of the sum, and that.
    pub fn logits(&self, isa: Isa, variant: Variant, steps: Steps, scores: &[f32]) -> Vec<f32> {
        assert_eq!(self.of, Type::F32);
        let keys = self.shape[3];
        let (_, log_sums) = self.softmax(isa, variant, steps, scores);
        let mut logits = scores.to_vec();
        LogSoftmax(self.attention(steps))
            .apply_in_place_on(isa, Rows::last(keys), &mut logits)
            .unwrap();
        for (row, log_sum) in logits.chunks_mut(keys).zip(log_sums) {
            row.iter_mut().for_each(|t| *t += log_sum);
        }
        logits
    }
}

/// Elements of the mask from one batch, head and query to the next: axes of one element, and those that the mask does not
/// have, are shared.
fn strides(mask: &[usize], [batches, heads, queries, _]: [usize; 4]) -> [usize; 3] {
    let (&keys, axes) = mask.split_last().unwrap();
    let mut strides = [0; 3];
    let mut step = keys;
    let sizes = [batches, heads, queries];
    for (axis, &size) in (0..3).rev().zip(axes.iter().rev()) {
        if size > 1 {
            assert_eq!(size, sizes[axis]);
            strides[axis] = step;
        }
        step *= size;
    }
    strides
}

fn compute<T: Float>(
    softmax: Softmax<'_>,
    (isa, variant): (Isa, Variant),
    rows: Rows,
    mut scores: Vec<T>,
    nan: T,
) -> (Vec<T>, Vec<f32>) {
    let mut log_sums = vec![f32::NAN; scores.len() / rows.axis];
    match variant {
        Variant::InPlace => {
            let done =
                softmax.apply_in_place_with_log_sums_on(isa, rows, &mut scores, &mut log_sums);
            done.map(|()| (scores, log_sums))
        }
        Variant::OutOfPlace => {
            let mut shares = vec![nan; scores.len()];
            let done =
                softmax.apply_with_log_sums_on(isa, rows, &scores, &mut shares, &mut log_sums);
            done.map(|()| (shares, log_sums))
        }
    }
    .unwrap()
}
