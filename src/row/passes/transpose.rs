//! Rows that are copied to lie side by side, and back.

use crate::simd::Machine;

/// Writes the columns of a matrix of `rows` by `columns` as rows, in tiles of a few of each.
///
/// # Safety
/// The rows are valid for reads, and the columns for writes.
#[inline(always)]
pub(super) unsafe fn transpose<S: Machine>(
    simd: S,
    (rows, columns): (usize, usize),
    (from, from_stride): (*const f32, usize),
    (to, to_stride): (*mut f32, usize),
) {
    let tile = S::TILE;
    // SAFETY: all that is accessed lies inside the matrix. The last tile of a row overlaps the one before.
    unsafe {
        if rows >= tile && columns >= tile {
            let mut row = 0;
            while row < rows {
                row = row.min(rows - tile);
                let mut column = 0;
                while column < columns {
                    column = column.min(columns - tile);
                    let from = from.add(row * from_stride + column);
                    let to = to.add(column * to_stride + row);
                    simd.transpose(from, from_stride, to, to_stride);
                    column += tile;
                }
                row += tile;
            }
        } else {
            for row in 0..rows {
                for column in 0..columns {
                    *to.add(column * to_stride + row) = *from.add(row * from_stride + column);
                }
            }
        }
    }
}
