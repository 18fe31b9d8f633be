//! Buffers that notice a write outside the slice under test.

/// What stands around the slice.
const GUARD: f32 = f32::from_bits(0x5aa5_c33c);

/// Guard elements on each side: more than the widest vector.
const MARGIN: usize = 32;

/// A slice at a chosen offset from a 64-byte boundary, with guard values before and after it.
pub struct Guarded {
    cells: Vec<f32>,
    start: usize,
    len: usize,
}

impl Guarded {
    /// `content` at `offset` elements from a 64-byte boundary.
    pub fn new(content: &[f32], offset: usize) -> Self {
        let mut cells = vec![GUARD; content.len() + offset + 2 * MARGIN + 16];
        let to_boundary = cells.as_ptr().align_offset(64) % 16;
        let start = MARGIN + to_boundary + offset;
        cells[start..start + content.len()].copy_from_slice(content);
        Self {
            cells,
            start,
            len: content.len(),
        }
    }

    pub fn slice(&self) -> &[f32] {
        &self.cells[self.start..self.start + self.len]
    }

    pub fn slice_mut(&mut self) -> &mut [f32] {
        &mut self.cells[self.start..self.start + self.len]
    }

    /// Whether all that is around the slice is as it was.
    pub fn intact(&self) -> bool {
        let (before, rest) = self.cells.split_at(self.start);
        let after = &rest[self.len..];
        before
            .iter()
            .chain(after)
            .all(|cell| cell.to_bits() == GUARD.to_bits())
    }
}
