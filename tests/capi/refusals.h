/* What every.c checks to be refused: calls with pointers, lengths or names that make no sense. It is a part of every.c,
 * in a file of its own.
 */

/* What one function or another refuses. */
static void check_refusals(void) {
    float y[LEN] = {0}, slopes[3] = {1, 2, 3};
    union { /* what could be any of them, were it not for the overlap */
        float elements[LEN];
        size_t numbers[LEN / 2];
    } memory = {{0}};
    float *const lengths = memory.elements;
    activations_attention attention = ACTIVATIONS_ATTENTION_NONE;
    const size_t huge = SIZE_MAX / 2;

    expect("nothing", activations_relu(NULL, NULL, 0), ACTIVATIONS_STATUS_OK);
    expect("no rows", activations_softmax(NULL, NULL, 0, 5, 1, NULL), ACTIVATIONS_STATUS_OK);
    expect("length", activations_relu(x, y, huge), ACTIVATIONS_STATUS_LENGTH);
    expect("product", activations_hardmax(x, y, huge, 3, 1), ACTIVATIONS_STATUS_LENGTH);
    expect("product", activations_glu_split(x, y, huge, 3, 0), ACTIVATIONS_STATUS_LENGTH);

    expect("parameter", activations_hardtanh(x, y, LEN, 1, -1), ACTIVATIONS_STATUS_PARAMETER);
    expect("layout", activations_glu_split(x, y, 5, 6, 4), ACTIVATIONS_STATUS_PARAMETER);
    expect("no slopes", activations_prelu_per_channel(x, y, LEN, NULL, 0, 1), ACTIVATIONS_STATUS_PARAMETER);
    expect("slopes", activations_prelu_per_channel(x, y, LEN, NULL, 3, 4), ACTIVATIONS_STATUS_NULL);
    expect("slopes", activations_prelu_per_channel(x, y, LEN, slopes, 3, 7), ACTIVATIONS_STATUS_SHAPE);
    expect("slopes", activations_prelu_per_channel(x, y, LEN, y + 3, 3, 4), ACTIVATIONS_STATUS_OVERLAP);
    expect("value", activations_glu(x, y, y, LEN), ACTIVATIONS_STATUS_OVERLAP);
    expect("value", activations_glu(x, NULL, y, LEN), ACTIVATIONS_STATUS_NULL);

    attention.mask_len = 12;
    expect("mask", activations_softmax(value, y, 3, 12, 1, &attention), ACTIVATIONS_STATUS_NULL);
    attention.mask = y + 4;
    expect("mask", activations_softmax(value, y, 3, 12, 1, &attention), ACTIVATIONS_STATUS_OVERLAP);
    attention.mask = (const float *)((uintptr_t)x + 2);
    expect("mask", activations_softmax(value, y, 3, 12, 1, &attention), ACTIVATIONS_STATUS_MISALIGNED);
    attention.mask = x;
    attention.mask_len = huge;
    expect("mask", activations_softmax(value, y, 3, 12, 1, &attention), ACTIVATIONS_STATUS_LENGTH);
    attention.mask_len = 0;
    expect("mask", activations_softmax(value, y, 3, 12, 1, &attention), ACTIVATIONS_STATUS_SHAPE);
    attention.mask_len = 11;
    expect("mask", activations_softmax(value, y, 3, 12, 1, &attention), ACTIVATIONS_STATUS_SHAPE);
    attention.mask = NULL;
    attention.mask_len = 0;
    attention.lengths = LENGTHS;
    attention.lengths_len = 3;
    attention.queries = 3;
    expect("lengths, causal", activations_softmax(value, y, 3, 12, 1, &attention), ACTIVATIONS_STATUS_PARAMETER);
    attention.queries = 0;
    expect("lengths", activations_softmax(value, y, 3, 11, 1, &attention), ACTIVATIONS_STATUS_SHAPE);
    attention.past = 1;
    expect("past", activations_softmax(value, y, 3, 12, 1, &attention), ACTIVATIONS_STATUS_PARAMETER);
    attention.past = 0;
    attention.lengths_len = 0;
    expect("lengths", activations_softmax(value, y, 3, 12, 1, &attention), ACTIVATIONS_STATUS_SHAPE);
    attention.lengths_len = 3;
    attention.lengths = (const size_t *)((uintptr_t)LENGTHS + 4);
    expect("lengths", activations_softmax(value, y, 3, 12, 1, &attention), ACTIVATIONS_STATUS_MISALIGNED);
    attention.lengths = (const size_t *)lengths;
    expect("lengths", activations_softmax(value, lengths, 3, 12, 1, &attention), ACTIVATIONS_STATUS_OVERLAP);
    expect("attention", activations_softmax(value, y, 3, 12, 1, (const activations_attention *)((uintptr_t)&attention + 4)),
           ACTIVATIONS_STATUS_MISALIGNED);
    expect("attention", activations_softmax(value, lengths, 3, 12, 1, (const activations_attention *)lengths),
           ACTIVATIONS_STATUS_OVERLAP);

    expect("no axis", activations_softmax(x, y, 3, 0, 1, NULL), ACTIVATIONS_STATUS_OK);
    expect("no inner", activations_hardmax(x, y, 3, 2, 0), ACTIVATIONS_STATUS_OK);
    expect("split", activations_glu_split(NULL, y, 5, 6, 0), ACTIVATIONS_STATUS_NULL);
    expect("split", activations_glu_split(x, NULL, 5, 6, 0), ACTIVATIONS_STATUS_NULL);
    expect("split", activations_glu_split((const float *)((uintptr_t)x + 2), y, 5, 6, 0), ACTIVATIONS_STATUS_MISALIGNED);
    expect("value", activations_glu(y, y + 1, y, LEN - 1), ACTIVATIONS_STATUS_OVERLAP);

    expect("name", activations_apply("no such activation", x, y, LEN), ACTIVATIONS_STATUS_NAME);
    expect("name", activations_apply("\xff", x, y, LEN), ACTIVATIONS_STATUS_NAME);
    expect("name", activations_apply(NULL, x, y, LEN), ACTIVATIONS_STATUS_NULL);
    expect("name", activations_apply("elu(beta=2)", x, y, LEN), ACTIVATIONS_STATUS_NAME);
    expect("name", activations_apply("elu(alpha=inf)", x, y, LEN), ACTIVATIONS_STATUS_PARAMETER);
    expect("name", activations_apply_gate("gated", x, value, y, LEN), ACTIVATIONS_STATUS_NAME);
    expect("name", activations_apply_rows("gelu", value, y, 3, 12, 1), ACTIVATIONS_STATUS_NAME);

    for (size_t i = 0; i < LEN; i++) {
        if (y[i] != 0 || memory.elements[i] != 0) {
            fail("a refusal", "wrote");
            break;
        }
    }
    expect("gate and value", activations_reglu(slopes, slopes, y, 3), ACTIVATIONS_STATUS_OK);
    if (y[0] != 1 || y[1] != 4 || y[2] != 9) {
        fail("gate and value", "one input that is both");
    }
    if (strcmp(activations_status_message(-1), activations_status_message(99)) != 0 ||
        strcmp(activations_status_message(0), "no error") != 0) {
        fail("activations_status_message", "unexpected text");
    }
}
