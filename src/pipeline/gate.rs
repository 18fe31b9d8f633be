//! The pipeline of gates: the activation of one tensor, the gate, times another, the value.

use super::{BLOCK, Pipeline, Run, Scratch, Source};
use crate::converted::ElementsMut;
use crate::drive::operands::{Operands, Pairs};
use crate::drive::{Io, Stores, stream};

/// Rows of fewer elements than this are copied so that several of them make up a block.
const GATHERED: usize = 64;

impl Pipeline<'_> {
    /// Writes the product of the kernel's result for the gate and of the value to `dst`, row after row.
    ///
    /// # Safety
    /// The CPU has the instruction set; all rows of `source` can be read, and as many elements written at `dst`. What
    /// is written is the gate itself, where that is one row and nothing streams, or nothing of what is read. The
    /// activation's `check` has returned `Ok`. Biases, if there are any, fit, and are not written.
    pub(crate) unsafe fn gate(self, source: Source, dst: ElementsMut, stores: Stores) {
        // SAFETY: the caller's promises, passed on; `biased` has got what fits.
        unsafe {
            if let Some(biases) = self.biases {
                return self.gate_biased(biases, source, dst);
            }
            match (source.as_f32(), dst.as_f32()) {
                (Some(source), Some(dst)) => self.gate_of_f32(source, dst, stores),
                #[cfg(feature = "half")]
                _ => self.gate_in_blocks(source, dst),
                #[cfg(not(feature = "half"))]
                _ => {}
            }
        }
    }

    /// Writes the products if all tensors are f32.
    ///
    /// # Safety
    /// As for [`gate`](Self::gate).
    pub(super) unsafe fn gate_of_f32(
        self,
        source: Source<*const f32>,
        dst: *mut f32,
        stores: Stores,
    ) {
        // SAFETY: the caller's promises, passed on.
        unsafe {
            if self.kernel.depends_on_position {
                self.gate_in_steps(source, dst);
            } else if source.in_pairs {
                self.gate_pairs(source, dst);
            } else if source.rows > 1 && source.len < GATHERED {
                self.gate_gathered(source, dst);
            } else {
                for row in 0..source.rows {
                    let gate = Io {
                        src: source.gate.add(row * source.stride),
                        dst: dst.add(row * source.len),
                        len: source.len,
                    };
                    self.gate_row(gate, source.value.add(row * source.stride), stores);
                }
                if stores == Stores::Streamed {
                    stream::fence();
                }
            }
        }
    }

    /// A gate and as many values. Where it streams, a fence has to follow.
    ///
    /// # Safety
    /// As for [`gate`](Self::gate).
    unsafe fn gate_row(self, gate: Io<f32>, value: *const f32, stores: Stores) {
        let run = Run {
            bias: None,
            factor: Some(value),
            addend: None,
        };
        // SAFETY: the caller's promises, passed on.
        unsafe { self.run(gate, run, stores) }
    }

    /// Writes the products of pairs of a gate and a value.
    ///
    /// # Safety
    /// As for [`gate`](Self::gate).
    unsafe fn gate_pairs(self, source: Source<*const f32>, dst: *mut f32) {
        if !self.has_loop() {
            // SAFETY: the caller's promises, passed on.
            return unsafe { self.gate_unzipped(source, dst) };
        }
        let (first, factor_first) = source.first_pair();
        let io = Io {
            src: first,
            dst,
            len: source.rows,
        };
        let operands = Operands {
            pairs: Some(Pairs {
                first,
                factor_first,
            }),
            limits: self.limits,
            ..Operands::none()
        };
        // SAFETY: the caller's promises, passed on: there are as many pairs as products, which lie elsewhere.
        unsafe {
            self.kernel
                .surrounded_raw(self.isa, io, &operands, Stores::Cached);
        }
    }

    /// The same for what is no kernel: the gates are unzipped to where the products go, the values to a block on the stack.
    ///
    /// # Safety
    /// As for [`gate`](Self::gate).
    #[inline(never)]
    unsafe fn gate_unzipped(self, source: Source<*const f32>, dst: *mut f32) {
        let mut values = Scratch::new();
        let values = values.start();
        for at in (0..source.rows).step_by(BLOCK) {
            let len = BLOCK.min(source.rows - at);
            // SAFETY: a part of what the caller vouches for, and no longer than the scratch.
            unsafe {
                let dst = dst.add(at);
                self.unzip(source, at, dst, values, len);
                self.gate_row(Io::in_place(dst, len), values, Stores::Cached);
            }
        }
    }

    /// Writes the gates of `len` pairs, from pair `at` on, to `gates`, and their values to `values`.
    ///
    /// # Safety
    /// `source` has as many pairs, which can be read; as many elements can be written at both, and none overlaps
    /// another.
    unsafe fn unzip(
        self,
        source: Source<*const f32>,
        at: usize,
        gates: *mut f32,
        values: *mut f32,
        len: usize,
    ) {
        let (pairs, value_first) = source.first_pair();
        let (first, second) = if value_first {
            (values, gates)
        } else {
            (gates, values)
        };
        // SAFETY: the caller's promises, passed on.
        unsafe { (self.stages.unzip)(pairs.add(2 * at), first, second, len) }
    }

    /// Writes the products of short rows, some rows at a time: their gates are copied to where the products go, their values
    /// to a block on the stack.
    ///
    /// # Safety
    /// As for [`gate`](Self::gate); `source` has more than one row of less than a block.
    #[inline(never)]
    unsafe fn gate_gathered(self, source: Source<*const f32>, dst: *mut f32) {
        let Source {
            gate,
            value,
            len,
            rows,
            stride,
            ..
        } = source;
        let mut values = Scratch::new();
        let values = values.start();
        let most = BLOCK / len;
        for first in (0..rows).step_by(most) {
            let count = most.min(rows - first);
            // SAFETY: rows that the caller vouches for, and no more of them than the scratch holds.
            unsafe {
                let dst = dst.add(first * len);
                for row in 0..count {
                    let from = (first + row) * stride;
                    gate.add(from)
                        .copy_to_nonoverlapping(dst.add(row * len), len);
                    value
                        .add(from)
                        .copy_to_nonoverlapping(values.add(row * len), len);
                }
                self.gate_row(Io::in_place(dst, count * len), values, Stores::Cached);
            }
        }
    }

    /// Writes the products for an activation that depends on the position of an element: all gates are copied to `dst`
    /// first, as the kernel has to see them as one tensor.
    ///
    /// # Safety
    /// As for [`gate`](Self::gate), where nothing streams.
    #[cold]
    #[inline(never)]
    unsafe fn gate_in_steps(self, source: Source<*const f32>, dst: *mut f32) {
        let Source {
            gate,
            value,
            len,
            rows,
            stride,
            in_pairs,
        } = source;
        let whole = Io::in_place(dst, rows * len);
        let mut scratch = Scratch::new();
        let scratch = scratch.start();
        // SAFETY: all is part of what the caller vouches for, and no more pairs are unzipped than half of the
        // scratch holds. Of what is read, the gate alone may be what is written, and is so in its one row.
        unsafe {
            if in_pairs {
                let unused = scratch.add(BLOCK / 2);
                for start in (0..rows).step_by(BLOCK / 2) {
                    let count = (BLOCK / 2).min(rows - start);
                    self.unzip(source, start, dst.add(start), unused, count);
                }
                self.kernel_within_limit(whole);
                for start in (0..rows).step_by(BLOCK / 2) {
                    let count = (BLOCK / 2).min(rows - start);
                    self.unzip(source, start, unused, scratch, count);
                    let products = Io::in_place(dst.add(start), count);
                    self.multiply(products, scratch);
                }
            } else {
                for row in 0..rows {
                    gate.add(row * stride).copy_to(dst.add(row * len), len);
                }
                self.kernel_within_limit(whole);
                for row in 0..rows {
                    let products = Io::in_place(dst.add(row * len), len);
                    self.multiply(products, value.add(row * stride));
                }
            }
        }
    }

    /// The kernel for gates that are no more than their limit, in place.
    ///
    /// # Safety
    /// As for [`kernel`](Self::kernel), where nothing streams.
    unsafe fn kernel_within_limit(self, gates: Io<f32>) {
        // SAFETY: the caller's promises, passed on.
        unsafe {
            if let Some(limits) = &self.limits {
                (self.stages.at_most)(gates, &raw const limits.gate);
            }
            self.kernel(gates, Stores::Cached);
        }
    }
}
