//! Special values of activations that are made of sines.

use super::{INF, NAN, TINY};
use std::f32::consts::PI;

/// Activation as text, then pairs of input and result.
pub const TABLE: super::Table = &[
    (
        "sin",
        &[
            (0.0, 0.0),
            (-0.0, -0.0),
            (INF, NAN),
            (-INF, NAN),
            (TINY, TINY),
            (f32::MAX, -0.521_876_5),
            (-PI, 8.742_278e-8),
            (NAN, NAN),
        ],
    ),
    (
        "snake",
        &[
            (0.0, 0.0),
            (-0.0, 0.0),
            (INF, INF),
            (-INF, -INF),
            (TINY, TINY),
            (-TINY, -TINY),
            (f32::MAX, f32::MAX),
            (PI, PI),
            (NAN, NAN),
        ],
    ),
    (
        "snake(4, -1)",
        &[
            (0.0, 0.0),
            (-0.0, 0.0),
            (INF, INF),
            (-INF, -INF),
            // The product overflows.
            (f32::MAX, f32::MAX),
            (NAN, NAN),
        ],
    ),
    (
        "snake(0, 1)",
        &[
            (0.0, 0.0),
            (-0.0, 0.0),
            (INF, INF),
            (-INF, -INF),
            (-1.5, -1.5),
            (NAN, NAN),
        ],
    ),
];
