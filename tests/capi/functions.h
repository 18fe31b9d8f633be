/* How every.c calls the functions of activations, gates and operations on rows, for each type of element. It is a part of
 * every.c, in a file of its own.
 */

/* Calls the function that `line` names, from `from` to `to`. */
typedef activations_status (*caller)(const struct line *line, const void *from, void *to);

/* Defines the caller of one function, which takes so many parameters. The arguments are made of x, y, value, p and
 * `line`.
 */
#define CALLER(name, ELEMENT, count, arguments)                                                                        \
    static activations_status call_##name(const struct line *line, const void *from, void *to) {                       \
        const ELEMENT *x = (const ELEMENT *)from;                                                                      \
        const ELEMENT *value = (const ELEMENT *)line->element->value;                                                  \
        ELEMENT *y = (ELEMENT *)to;                                                                                    \
        const float *p = line->parameter;                                                                              \
        const struct kind *kind = line->kind;                                                                          \
        (void)value;                                                                                                   \
        (void)p;                                                                                                       \
        (void)kind;                                                                                                    \
        return line->parameters == count ? activations_##name arguments : ACTIVATIONS_STATUS_INTERNAL;                 \
    }

/* The callers of one function's versions for each type. */
#define CALLERS_OF(name, count, arguments)                                                                             \
    CALLER(name, float, count, arguments)                                                                              \
    CALLER(name##_f16, uint16_t, count, arguments)                                                                     \
    CALLER(name##_bf16, uint16_t, count, arguments)
#define WITH_NONE(name) CALLERS_OF(name, 0, (x, y, LEN))
#define WITH_ONE(name) CALLERS_OF(name, 1, (x, y, LEN, p[0]))
#define WITH_TWO(name) CALLERS_OF(name, 2, (x, y, LEN, p[0], p[1]))
#define WITH_THREE(name) CALLERS_OF(name, 3, (x, y, LEN, p[0], p[1], p[2]))
#define WITH_FOUR(name) CALLERS_OF(name, 4, (x, y, LEN, p[0], p[1], p[2], p[3]))
#define GATE_WITH_NONE(name) CALLERS_OF(name, 0, (x, value, y, LEN))
#define GATE_WITH_ONE(name) CALLERS_OF(name, 1, (x, value, y, LEN, p[0]))
#define GATE_WITH_FOUR(name) CALLERS_OF(name, 4, (x, value, y, LEN, p[0], p[1], p[2], p[3]))
#define SPLIT_WITH_NONE(name) CALLERS_OF(name##_split, 0, (x, y, SPLIT_OUTER, SPLIT_N, kind->layout))
#define SPLIT_WITH_ONE(name) CALLERS_OF(name##_split, 1, (x, y, SPLIT_OUTER, SPLIT_N, kind->layout, p[0]))
#define SPLIT_WITH_FOUR(name)                                                                                          \
    CALLERS_OF(name##_split, 4, (x, y, SPLIT_OUTER, SPLIT_N, kind->layout, p[0], p[1], p[2], p[3]))
#define SHAPE kind->shape[0], kind->shape[1], kind->shape[2]
#define WITH_ATTENTION(name) CALLERS_OF(name, 0, (x, y, SHAPE, kind->attention))

/* All activations and all gates, by the number of their parameters, and the operations on rows that take an
 * activations_attention.
 */
#define ACTIVATIONS(NONE, ONE, TWO, THREE, FOUR)                                                                       \
    NONE(identity) NONE(relu) NONE(relu6) ONE(leaky_relu) ONE(prelu) TWO(rrelu) TWO(threshold) ONE(thresholded_relu)   \
    TWO(hardtanh) TWO(hardsigmoid) NONE(hardswish) ONE(hardshrink) ONE(softshrink) TWO(shrink) NONE(softsign)          \
    NONE(sparse_plus) NONE(sparse_sigmoid) ONE(squareplus) NONE(gelu_10) NONE(sqrt_softplus) TWO(laplace) ONE(softcap) \
    NONE(relu_squared) NONE(sigmoid) NONE(log_sigmoid) NONE(silu) NONE(gelu) NONE(gelu_tanh) NONE(quick_gelu)          \
    ONE(swish) THREE(elu) TWO(selu) ONE(celu) TWO(softplus) NONE(mish) NONE(exp) NONE(expm1) NONE(tanh) NONE(erf)      \
    NONE(tanhshrink) NONE(sin) TWO(snake) FOUR(xielu)
#define GATES(NONE, ONE, FOUR)                                                                                         \
    NONE(glu) ONE(swiglu) FOUR(clamped_swiglu) NONE(geglu) NONE(geglu_tanh) NONE(geglu_quick) NONE(reglu) ONE(fatreglu)
#define ATTENTION_ROWS(ONE) ONE(softmax) ONE(log_softmax) ONE(softmin)

ACTIVATIONS(WITH_NONE, WITH_ONE, WITH_TWO, WITH_THREE, WITH_FOUR)
CALLERS_OF(prelu_per_channel, 3, (x, y, LEN, p, 3, 4))
CALLERS_OF(snake_per_channel, 6, (x, y, LEN, p, p + 3, 3, 4))
CALLERS_OF(apply, 0, (line->text, x, y, LEN))
GATES(GATE_WITH_NONE, GATE_WITH_ONE, GATE_WITH_FOUR)
GATES(SPLIT_WITH_NONE, SPLIT_WITH_ONE, SPLIT_WITH_FOUR)
CALLERS_OF(apply_gate, 0, (line->text, x, value, y, LEN))
CALLERS_OF(apply_biased_gate, 0, (line->text, x, value, y, LEN, kind->biases))
CALLERS_OF(apply_biased_gate_split, 0, (line->text, x, y, SPLIT_OUTER, SPLIT_N, kind->layout, kind->biases))
ATTENTION_ROWS(WITH_ATTENTION)
CALLERS_OF(softmax_with_log_sums, 3, (x, y, SHAPE, kind->attention, log_sums))
CALLERS_OF(hardmax, 0, (x, y, SHAPE))
CALLERS_OF(apply_rows, 0, (line->text, x, y, SHAPE))

#define ENTRIES(name)                                                                                                  \
    {"activations_" #name, call_##name}, {"activations_" #name "_f16", call_##name##_f16},                             \
        {"activations_" #name "_bf16", call_##name##_bf16},
#define SPLIT_ENTRIES(name) ENTRIES(name##_split)

static const struct {
    const char *function;
    caller call;
} CALLERS[] = {
    ACTIVATIONS(ENTRIES, ENTRIES, ENTRIES, ENTRIES, ENTRIES) ENTRIES(prelu_per_channel) ENTRIES(snake_per_channel)
    ENTRIES(apply) GATES(ENTRIES, ENTRIES, ENTRIES) GATES(SPLIT_ENTRIES, SPLIT_ENTRIES, SPLIT_ENTRIES)
    ENTRIES(apply_gate) ENTRIES(apply_biased_gate) ENTRIES(apply_biased_gate_split)
    ATTENTION_ROWS(ENTRIES) ENTRIES(softmax_with_log_sums) ENTRIES(hardmax) ENTRIES(apply_rows)
};

static activations_status call(const struct line *line, const void *from, void *to) {
    for (size_t i = 0; i < COUNT(CALLERS); i++) {
        if (strcmp(CALLERS[i].function, line->function) == 0) {
            return CALLERS[i].call(line, from, to);
        }
    }
    return ACTIVATIONS_STATUS_NAME;
}
