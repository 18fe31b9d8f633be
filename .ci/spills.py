"""How often the loops of kernels and of passes over rows may touch the stack; see kernels.py."""

# How often more any loop may: the same source in another folder, or with other features of a dependency, has been compiled
# with one or two more.
SLACK = 2

# How often a loop of these may touch the stack: constants that wait there for want of a register, and
# one or two values of two interleaved vectors, which are faster so than one vector at a time
# (docs/kernels.md).
SPILLS = {
    "avx2": {
        "celu": 1,
        "elu": 2,
        "erf": 1,
        "expm1": 2,
        "gelu": 5,
        "gelu_10": 5,
        "gelu_tanh": 2,
        "laplace": 5,
        "log_sigmoid": 1,
        "mish": 3,
        "quick_gelu": 1,
        "selu": 1,
        "sigmoid": 2,
        "silu": 1,
        "sin": 5,
        "snake": 8,
        "softcap": 8,
        "softsign": 1,
        "softplus": 7,
        "squareplus": 2,
        "swish": 4,
        "tanhshrink": 2,
        "xielu": 22,
    },
    "avx512": {
        "laplace": 4,
        "log_sigmoid": 2,
        "snake": 1,
        "softplus": 3,
        "xielu": 6,
    },
    "neon": {
        "gelu": 6,
        "gelu_10": 6,
        "laplace": 4,
        "log_sigmoid": 3,
        "mish": 3,
        "selu": 1,
        "snake": 2,
        "softplus": 7,
        "tanhshrink": 2,
        "xielu": 9,
    },
}

# How often more in streamed kernels, where there are one or two values more to keep.
STREAMED_SPILLS = {
    "avx2": {"exp": 1, "gelu": 2, "gelu_10": 2, "sigmoid": 5, "tanh": 2},
    "avx512": {"laplace": 1},
}
# How often more next to what surrounds a kernel.
SURROUNDED_SPILLS = {
    "avx2": {
        "celu": 2,
        "elu": 1,
        "exp": 1,
        "gelu": 2,
        "gelu_10": 2,
        "gelu_tanh": 5,
        "log_sigmoid": 1,
        "mish": 4,
        "quick_gelu": 1,
        "rrelu": 1,
        "selu": 1,
        "sigmoid": 2,
        "silu": 1,
        "sin": 2,
        "snake": 4,
        "swish": 2,
        "tanh": 2,
    },
    "avx512": {"laplace": 2, "xielu": 2},
    "neon": {"log_sigmoid": 2, "snake": 4, "softplus": 1, "swish": 1, "tanhshrink": 1},
}

# How often more where elements have 16 bits, streamed or not.
SPILLS_OF_16_BITS = {
    "avx2": {
        "expm1": 5,
        "hardswish": 1,
        "laplace": 1,
        "leaky_relu": 2,
        "log_sigmoid": 3,
        "prelu": 2,
        "rrelu": 2,
        "softsign": 1,
        "sparse_plus": 4,
        "sqrt_softplus": 1,
        "squareplus": 2,
        "xielu": 6,
    },
    "avx512": {"xielu": 15},
    "neon": {"erf": 1, "expm1": 4, "sin": 2, "swish": 1},
}

# The same for passes of operations on rows. On NEON a block is four vectors.
PASS_SPILLS = {
    "avx2": {
        "anew_along": 4,
        "capped_across": 11,
        "capped_along": 15,
        "deep_numerators_across": 3,
        "deep_numerators_along": 2,
        "deep_numerators_in_scratch": 1,
        "deep_sum_across": 5,
        "deep_sum_along": 6,
        "deep_sum_in_scratch": 4,
        "numerators_along": 2,
        "others_across": 7,
        "others_along": 9,
        "others_in_scratch": 9,
        "scaled_masked_along": 4,
        "sum_across": 3,
        "sum_along": 2,
        "sum_in_scratch": 1,
    },
    "avx512": {},
    "neon": {
        "anew_along": 5,
        "capped_across": 15,
        "capped_along": 17,
        "deep_numerators_across": 34,
        "deep_numerators_along": 10,
        "deep_numerators_in_scratch": 10,
        "deep_sum_across": 22,
        "deep_sum_along": 10,
        "deep_sum_in_scratch": 10,
        "extremes_along": 4,
        "masked_along": 4,
        "numerators_across": 13,
        "numerators_along": 10,
        "numerators_in_scratch": 2,
        "others_across": 35,
        "others_along": 21,
        "others_in_scratch": 14,
        "scaled_along": 6,
        "scaled_masked_along": 6,
        "sum_across": 12,
        "sum_along": 8,
        "sum_in_scratch": 4,
    },
}
