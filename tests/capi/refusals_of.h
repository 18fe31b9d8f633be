/* What the functions for one type of element refuse. refusals.h includes this file once for each type, with
 * ELEMENT, its type in C;
 * SUFFIX, what its functions and variables end in;
 * TYPE, a string, what messages call it.
 */

#define JOIN_EXPANDED(a, b) a##b
#define JOIN(a, b) JOIN_EXPANDED(a, b)
#define OF(name) JOIN(name, SUFFIX)
#define EXPECT(what, call, expected) expect(what " of " TYPE, call, expected)

static void OF(check_activations)(ELEMENT *y, float *written) {
    const float slopes[3] = {1, 2, 3}, *odd = (const float *)((uintptr_t)slopes + 2);
    const ELEMENT *const from = OF(x);
    EXPECT("nothing", OF(activations_relu)(NULL, NULL, 0), ACTIVATIONS_STATUS_OK);
    EXPECT("length", OF(activations_relu)(from, y, SIZE_MAX / 2), ACTIVATIONS_STATUS_LENGTH);
    EXPECT("bounds", OF(activations_rrelu)(from, y, LEN, 1, -1), ACTIVATIONS_STATUS_PARAMETER);

    EXPECT("no slopes", OF(activations_prelu_per_channel)(from, y, LEN, NULL, 0, 1), ACTIVATIONS_STATUS_PARAMETER);
    EXPECT("slopes", OF(activations_prelu_per_channel)(from, y, LEN, NULL, 3, 4), ACTIVATIONS_STATUS_NULL);
    EXPECT("slopes", OF(activations_prelu_per_channel)(from, y, LEN, slopes, 3, 7), ACTIVATIONS_STATUS_SHAPE);
    EXPECT("slopes", OF(activations_prelu_per_channel)(from, y, LEN, odd, 3, 4), ACTIVATIONS_STATUS_MISALIGNED);
    EXPECT("slopes", OF(activations_prelu_per_channel)(from, y, LEN, written + 3, 3, 4), ACTIVATIONS_STATUS_OVERLAP);
    EXPECT("alphas", OF(activations_snake_per_channel)(from, y, LEN, NULL, slopes, 3, 4), ACTIVATIONS_STATUS_NULL);
    EXPECT("betas", OF(activations_snake_per_channel)(from, y, LEN, slopes, odd, 3, 4), ACTIVATIONS_STATUS_MISALIGNED);
    EXPECT("betas", OF(activations_snake_per_channel)(from, y, LEN, slopes, written + 3, 3, 4), ACTIVATIONS_STATUS_OVERLAP);

    EXPECT("name", OF(activations_apply)("no such one", from, y, LEN), ACTIVATIONS_STATUS_NAME);
    EXPECT("name", OF(activations_apply)("\xff", from, y, LEN), ACTIVATIONS_STATUS_NAME);
    EXPECT("name", OF(activations_apply)(NULL, from, y, LEN), ACTIVATIONS_STATUS_NULL);
    EXPECT("name", OF(activations_apply)("elu(beta=2)", from, y, LEN), ACTIVATIONS_STATUS_NAME);
    EXPECT("name", OF(activations_apply)("elu(alpha=inf)", from, y, LEN), ACTIVATIONS_STATUS_PARAMETER);
}

static void OF(check_gates)(ELEMENT *y) {
    const ELEMENT *const gate = OF(x), *const odd = (const ELEMENT *)((uintptr_t)OF(x) + sizeof(ELEMENT) / 2);
    EXPECT("no gate", OF(activations_glu)(NULL, NULL, NULL, 0), ACTIVATIONS_STATUS_OK);
    EXPECT("length", OF(activations_glu)(gate, gate, y, SIZE_MAX / 2), ACTIVATIONS_STATUS_LENGTH);
    EXPECT("value", OF(activations_glu)(gate, y, y, LEN), ACTIVATIONS_STATUS_OVERLAP);
    EXPECT("value", OF(activations_glu)(y, y + 1, y, LEN - 1), ACTIVATIONS_STATUS_OVERLAP);
    EXPECT("value", OF(activations_glu)(gate, NULL, y, LEN), ACTIVATIONS_STATUS_NULL);
    EXPECT("value", OF(activations_glu)(gate, odd, y, LEN - 1), ACTIVATIONS_STATUS_MISALIGNED);
    EXPECT("value", OF(activations_apply_gate)("glu", gate, odd, y, LEN - 1), ACTIVATIONS_STATUS_MISALIGNED);
    EXPECT("name", OF(activations_apply_gate)("gated", gate, OF(value), y, LEN), ACTIVATIONS_STATUS_NAME);
    EXPECT("name", OF(activations_apply_gate)(NULL, gate, OF(value), y, LEN), ACTIVATIONS_STATUS_NULL);

    EXPECT("layout", OF(activations_glu_split)(gate, y, 5, 6, 4), ACTIVATIONS_STATUS_PARAMETER);
    EXPECT("product", OF(activations_glu_split)(gate, y, SIZE_MAX / 2, 3, 0), ACTIVATIONS_STATUS_LENGTH);
    EXPECT("no halves", OF(activations_glu_split)(NULL, NULL, 5, 0, 0), ACTIVATIONS_STATUS_OK);
    /* The second half only. */
    EXPECT("split", OF(activations_glu_split)(y, y + 30, 1, 30, 0), ACTIVATIONS_STATUS_OVERLAP);
}

/* Any gate of two tensors, behind `biases`; and one of one tensor. */
static activations_status OF(of_two)(ELEMENT *y, const activations_gate_biases *biases) {
    return OF(activations_apply_biased_gate)("glu", OF(x), OF(value), y, LEN, biases);
}
static activations_status OF(of_one)(ELEMENT *y, const activations_gate_biases *biases) {
    return OF(activations_apply_biased_gate_split)("glu", OF(x), y, SPLIT_OUTER, SPLIT_N, 0, biases);
}

static void OF(check_biases_of)(activations_status (*gate)(ELEMENT *y, const activations_gate_biases *biases), ELEMENT *y,
                                float *written) {
    activations_gate_biases biases = ACTIVATIONS_GATE_BIASES_NONE;
    biases.len = SPLIT_N;
    EXPECT("no bias", gate(y, &biases), ACTIVATIONS_STATUS_NULL);
    biases.gate = BIASES;
    biases.bias_type = 3;
    EXPECT("bias type", gate(y, &biases), ACTIVATIONS_STATUS_PARAMETER);
    biases.bias_type = 0;
    biases.both_layout = 4;
    EXPECT("layout of biases", gate(y, &biases), ACTIVATIONS_STATUS_PARAMETER);
    biases.both_layout = 0;
    biases.both = BIASES;
    EXPECT("gate and both", gate(y, &biases), ACTIVATIONS_STATUS_PARAMETER);
    biases.gate = NULL;
    biases.value = BIASES;
    EXPECT("value and both", gate(y, &biases), ACTIVATIONS_STATUS_PARAMETER);
    biases.both = NULL;

    biases.len = 7;
    EXPECT("len", gate(y, &biases), ACTIVATIONS_STATUS_SHAPE);
    biases.len = 0;
    EXPECT("no len", gate(y, &biases), ACTIVATIONS_STATUS_SHAPE);
    biases.len = SIZE_MAX / 2;
    EXPECT("len", gate(y, &biases), ACTIVATIONS_STATUS_LENGTH);
    biases.value = NULL;
    biases.both = BIASES;
    biases.len = SIZE_MAX / 2 + 4; /* twice that is 6, if the product wraps */
    EXPECT("len", gate(y, &biases), ACTIVATIONS_STATUS_LENGTH);

    biases.len = SPLIT_N;
    biases.both = written + 3;
    EXPECT("both", gate(y, &biases), ACTIVATIONS_STATUS_OVERLAP);
    biases.both = (const char *)BIASES + 2;
    EXPECT("both", gate(y, &biases), ACTIVATIONS_STATUS_MISALIGNED);
    biases.both = NULL;
    biases.gate = written;
    EXPECT("bias of the gate", gate(y, &biases), ACTIVATIONS_STATUS_OVERLAP);
    biases.gate = (const char *)BIASES + 2;
    EXPECT("bias of the gate", gate(y, &biases), ACTIVATIONS_STATUS_MISALIGNED);
    biases.gate = BIASES;
    biases.value = written + 3;
    EXPECT("bias of the value", gate(y, &biases), ACTIVATIONS_STATUS_OVERLAP);
    biases.value = (const char *)BIASES + 2;
    EXPECT("bias of the value", gate(y, &biases), ACTIVATIONS_STATUS_MISALIGNED);
    biases.value = (const char *)BIASES_F16 + 1;
    biases.gate = NULL;
    biases.bias_type = ACTIVATIONS_BIAS_TYPE_F16;
    EXPECT("bias of the value", gate(y, &biases), ACTIVATIONS_STATUS_MISALIGNED);
    biases.bias_type = ACTIVATIONS_BIAS_TYPE_BF16;
    EXPECT("bias of the value", gate(y, &biases), ACTIVATIONS_STATUS_MISALIGNED);

    EXPECT("biases", gate(y, (const activations_gate_biases *)((uintptr_t)&biases + 4)), ACTIVATIONS_STATUS_MISALIGNED);
    EXPECT("biases", gate(y, (const activations_gate_biases *)(const void *)written), ACTIVATIONS_STATUS_OVERLAP);
}

static void OF(check_biases)(ELEMENT *y, float *written) {
    const ELEMENT *const from = OF(x), *const with = OF(value);
    activations_gate_biases biases = ACTIVATIONS_GATE_BIASES_NONE;
    OF(check_biases_of)(OF(of_two), y, written);
    OF(check_biases_of)(OF(of_one), y, written);
    biases.gate = BIASES;
    biases.len = 3;
    EXPECT("len", OF(of_one)(y, &biases), ACTIVATIONS_STATUS_SHAPE);
    biases.len = 0;
    EXPECT("nothing", OF(activations_apply_biased_gate)("glu", NULL, NULL, NULL, 0, &biases), ACTIVATIONS_STATUS_OK);
    EXPECT("no halves", OF(activations_apply_biased_gate_split)("glu", NULL, NULL, 5, 0, 0, &biases),
           ACTIVATIONS_STATUS_OK);

    EXPECT("value", OF(activations_apply_biased_gate)("glu", from, NULL, y, LEN, NULL), ACTIVATIONS_STATUS_NULL);
    EXPECT("value", OF(activations_apply_biased_gate)("glu", from, y, y, LEN, NULL), ACTIVATIONS_STATUS_OVERLAP);
    EXPECT("length", OF(activations_apply_biased_gate)("glu", from, with, y, SIZE_MAX / 2, NULL),
           ACTIVATIONS_STATUS_LENGTH);
    EXPECT("name", OF(activations_apply_biased_gate)("gelu", from, with, y, LEN, NULL), ACTIVATIONS_STATUS_NAME);
    EXPECT("name", OF(activations_apply_biased_gate)(NULL, from, with, y, LEN, NULL), ACTIVATIONS_STATUS_NULL);
    EXPECT("name", OF(activations_apply_biased_gate_split)("gelu", from, y, 5, 6, 0, NULL), ACTIVATIONS_STATUS_NAME);
    EXPECT("name", OF(activations_apply_biased_gate_split)(NULL, from, y, 5, 6, 0, NULL), ACTIVATIONS_STATUS_NULL);
    EXPECT("layout", OF(activations_apply_biased_gate_split)("glu", from, y, 5, 6, 4, NULL), ACTIVATIONS_STATUS_PARAMETER);
    EXPECT("product", OF(activations_apply_biased_gate_split)("glu", from, y, SIZE_MAX / 2, 3, 0, NULL),
           ACTIVATIONS_STATUS_LENGTH);
}

static void OF(check_rows)(ELEMENT *y) {
    const ELEMENT *const from = OF(x);
    EXPECT("no rows", OF(activations_softmax)(NULL, NULL, 0, 5, 1, NULL), ACTIVATIONS_STATUS_OK);
    EXPECT("no axis", OF(activations_softmax)(from, y, 3, 0, 1, NULL), ACTIVATIONS_STATUS_OK);
    EXPECT("no inner", OF(activations_hardmax)(from, y, 3, 2, 0), ACTIVATIONS_STATUS_OK);
    EXPECT("product", OF(activations_hardmax)(from, y, SIZE_MAX / 2, 3, 1), ACTIVATIONS_STATUS_LENGTH);
    EXPECT("name", OF(activations_apply_rows)("gelu", from, y, 3, 12, 1), ACTIVATIONS_STATUS_NAME);
    EXPECT("name", OF(activations_apply_rows)(NULL, from, y, 3, 12, 1), ACTIVATIONS_STATUS_NULL);
}

/* Softmax of 3 rows with `attention`. */
static activations_status OF(attend)(ELEMENT *y, const activations_attention *attention) {
    return OF(activations_softmax)(OF(value), y, 3, 12, 1, attention);
}

static void OF(check_attention)(ELEMENT *y, float *written, size_t *written_lengths) {
    activations_attention attention = ACTIVATIONS_ATTENTION_NONE;
    attention.mask_len = 12;
    EXPECT("mask", OF(attend)(y, &attention), ACTIVATIONS_STATUS_NULL);
    attention.mask = written + 4;
    EXPECT("mask", OF(attend)(y, &attention), ACTIVATIONS_STATUS_OVERLAP);
    attention.mask = (const char *)x + 2;
    EXPECT("mask", OF(attend)(y, &attention), ACTIVATIONS_STATUS_MISALIGNED);
    attention.mask = x;
    attention.mask_len = SIZE_MAX / 2;
    EXPECT("mask", OF(attend)(y, &attention), ACTIVATIONS_STATUS_LENGTH);
    attention.mask_len = 0;
    EXPECT("mask", OF(attend)(y, &attention), ACTIVATIONS_STATUS_SHAPE);
    attention.mask_len = 11;
    EXPECT("mask", OF(attend)(y, &attention), ACTIVATIONS_STATUS_SHAPE);
    attention.mask = NULL;
    attention.mask_len = 0;

    attention.mask = &x[0];
    attention.mask_len = 12;
    attention.mask_type = 4;
    EXPECT("mask type", OF(attend)(y, &attention), ACTIVATIONS_STATUS_PARAMETER);
    attention.mask_type = ACTIVATIONS_MASK_TYPE_KEPT;
    attention.has_mask_strides = 1;
    attention.mask_strides[0] = 1;
    EXPECT("strides", OF(attend)(y, &attention), ACTIVATIONS_STATUS_SHAPE);
    attention.mask = (const char *)written + 1;
    attention.mask_strides[0] = 0;
    EXPECT("mask", OF(attend)(y, &attention), ACTIVATIONS_STATUS_OVERLAP);
    attention.mask = NULL;
    attention.mask_len = 0;

    attention.ends = LENGTHS;
    attention.ends_len = 3;
    EXPECT("ends", OF(activations_softmax)(OF(value), y, 3, 11, 1, &attention), ACTIVATIONS_STATUS_SHAPE);
    attention.is_per_batch = 1;
    attention.ends_len = 2;
    EXPECT("ends", OF(attend)(y, &attention), ACTIVATIONS_STATUS_SHAPE);
    attention.ends_len = 0;
    EXPECT("ends", OF(attend)(y, &attention), ACTIVATIONS_STATUS_SHAPE);
    attention.ends_len = 3;
    attention.ends = (const size_t *)((uintptr_t)LENGTHS + 4);
    EXPECT("ends", OF(attend)(y, &attention), ACTIVATIONS_STATUS_MISALIGNED);
    attention.ends = written_lengths;
    EXPECT("ends", OF(attend)(y, &attention), ACTIVATIONS_STATUS_OVERLAP);
    attention.ends = NULL;
    attention.ends_len = 0;
    attention.starts = written_lengths;
    attention.starts_len = 3;
    EXPECT("starts", OF(attend)(y, &attention), ACTIVATIONS_STATUS_OVERLAP);
    attention.starts = NULL;
    attention.starts_len = 0;

    attention.before = 1;
    EXPECT("window", OF(attend)(y, &attention), ACTIVATIONS_STATUS_PARAMETER);
    attention.before = 0;
    attention.heads = 2;
    EXPECT("heads", OF(attend)(y, &attention), ACTIVATIONS_STATUS_SHAPE);
    attention.heads = 3;
    attention.sinks = written;
    EXPECT("sinks", OF(attend)(y, &attention), ACTIVATIONS_STATUS_OVERLAP);
    attention.sinks = NULL;
    attention.softcap = -1;
    EXPECT("softcap", OF(attend)(y, &attention), ACTIVATIONS_STATUS_PARAMETER);
    attention.softcap = 0;
    EXPECT("log_sums", OF(activations_softmax_with_log_sums)(OF(value), y, 3, 12, 1, NULL, NULL),
           ACTIVATIONS_STATUS_NULL);
    EXPECT("log_sums", OF(activations_softmax_with_log_sums)(OF(value), y, 3, 12, 1, NULL, written),
           ACTIVATIONS_STATUS_OVERLAP);

    EXPECT("attention", OF(attend)(y, (const activations_attention *)((uintptr_t)&attention + 4)),
           ACTIVATIONS_STATUS_MISALIGNED);
    EXPECT("attention", OF(attend)(y, (const activations_attention *)written_lengths), ACTIVATIONS_STATUS_OVERLAP);
}

static void OF(check_refusals)(void) {
    union { /* what could be any of them, were it not for the overlap */
        ELEMENT elements[LEN];
        float numbers[LEN / 2];
        size_t lengths[LEN / 4];
    } memory = {{0}};
    ELEMENT *const y = memory.elements;
    OF(check_activations)(y, memory.numbers);
    OF(check_gates)(y);
    OF(check_biases)(y, memory.numbers);
    OF(check_rows)(y);
    OF(check_attention)(y, memory.numbers, memory.lengths);
    for (size_t i = 0; i < LEN; i++) {
        if (y[i] != 0) {
            fail("a refusal of " TYPE, "wrote");
            break;
        }
    }
}

#undef JOIN_EXPANDED
#undef JOIN
#undef OF
#undef EXPECT
#undef ELEMENT
#undef SUFFIX
#undef TYPE
