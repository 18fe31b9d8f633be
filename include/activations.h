/* C interface of the crate `activations`: neural-network activation functions for AVX-512, AVX2 and NEON.
 *
 * activations_NAME(x, y, n, parameters..) applies the activation of that name; formulas, parameters, what they are by
 * default, and errors are those of the crate's documentation, under the same names. For functions that take a name,
 * parameters are written by name or in order, and names are those of PyTorch, ONNX and Hugging Face, without regard to
 * case, '_', '-' and spaces; parameters that are not given have PyTorch's defaults.
 *
 * x == y is in place. Otherwise an output must not overlap any input. Of x, as many elements are read, and of y as many
 * written, as is said, and nobody else may write them, or read y, meanwhile.
 *
 * Every function that computes returns an activations_status. Pointers are checked: a NULL where there are elements, one
 * that is not aligned, an overlap that is not in place. Unless the status is ACTIVATIONS_STATUS_OK, nothing has been
 * written (but for ACTIVATIONS_STATUS_INTERNAL, where anything may have been).
 *
 * Of 8-bit elements, any activation is a table of 256 results: activations_table_u8 or _i8 makes it once, and
 * activations_apply_table applies it. A quantised number q stands for scale * (q - zero_point).
 *
 * Functions may be called by several threads at a time, and never throw. The first of all calls reads the environment;
 * after it, only functions that take a name allocate.
 */

#ifndef ACTIVATIONS_H
#define ACTIVATIONS_H

/* Made from src/capi.rs by cbindgen; tests/capi/header.sh makes it anew. */

#include <stddef.h>
#include <stdint.h>

/** An activations_attention that changes nothing. */
#define ACTIVATIONS_ATTENTION_NONE {1.0f, NULL, 0, NULL, 0, 0, 0}

/**
 * What every function that computes returns; later versions may have more of them.
 */
typedef enum activations_status {
  /**
   * It is done.
   */
  ACTIVATIONS_STATUS_OK = 0,
  /**
   * A pointer is NULL where there are elements, or text.
   */
  ACTIVATIONS_STATUS_NULL = 1,
  /**
   * A pointer has not the alignment of what it points to.
   */
  ACTIVATIONS_STATUS_MISALIGNED = 2,
  /**
   * The output overlaps an input, and that is not in place; functions that end in _split cannot be in place.
   */
  ACTIVATIONS_STATUS_OVERLAP = 3,
  /**
   * A length, or a product of lengths, is beyond what memory can hold.
   */
  ACTIVATIONS_STATUS_LENGTH = 4,
  /**
   * The operands do not fit one another: slopes, rows, mask or lengths.
   */
  ACTIVATIONS_STATUS_SHAPE = 5,
  /**
   * A parameter has a value for which there is no meaning.
   */
  ACTIVATIONS_STATUS_PARAMETER = 6,
  /**
   * The text names no operation, or its parameters cannot be read.
   */
  ACTIVATIONS_STATUS_NAME = 7,
  /**
   * A defect of the library.
   */
  ACTIVATIONS_STATUS_INTERNAL = 8,
} activations_status;

/**
 * How one tensor holds a gate and a value: the argument `layout` of the functions that end in _split.
 */
typedef enum activations_split_layout {
  /**
   * [outer, 2, n]: n elements of the gate, then n of the value.
   */
  ACTIVATIONS_SPLIT_LAYOUT_GATE_VALUE = 0,
  /**
   * [outer, 2, n]: n elements of the value, then n of the gate.
   */
  ACTIVATIONS_SPLIT_LAYOUT_VALUE_GATE = 1,
  /**
   * [outer, n, 2]: an element of the gate, one of the value, by turns.
   */
  ACTIVATIONS_SPLIT_LAYOUT_GATE_VALUE_PAIRS = 2,
  /**
   * [outer, n, 2]: an element of the value, one of the gate, by turns.
   */
  ACTIVATIONS_SPLIT_LAYOUT_VALUE_GATE_PAIRS = 3,
} activations_split_layout;

/**
 * What attention adds: logits of scale * x + mask, rows that end early. Start from ACTIVATIONS_ATTENTION_NONE.
 */
typedef struct activations_attention {
  /**
   * What x is multiplied by: 1 for nothing.
   */
  float scale;
  /**
   * What is added then: whole rows, of which row r takes number r modulo their number; NULL for nothing.
   */
  const float *mask;
  /**
   * Elements in the mask.
   */
  size_t mask_len;
  /**
   * How many elements of each row take part; fewer numbers than rows repeat; NULL for all elements.
   */
  const size_t *lengths;
  /**
   * Numbers in lengths.
   */
  size_t lengths_len;
  /**
   * Not 0 for causal attention, without lengths: query q of as many sees past + q + 1 elements.
   */
  size_t queries;
  /**
   * Keys before the first query.
   */
  size_t past;
} activations_attention;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * The version of this library, as the package has it: "0.1.0".
 */
const char *activations_version(void);

/**
 * The instruction set in use: "avx512", "avx2", "neon" or "scalar"; the environment variable ACTIVATIONS_ISA caps it.
 */
const char *activations_isa(void);

/**
 * What a status means, in a sentence that is never freed; for a number that is no status, too.
 */
const char *activations_status_message(int status);

/**
 * Any activation by its name and, if there are any, parameters: "gelu", "leaky_relu(negative_slope=0.2)".
 */
enum activations_status activations_apply(const char *activation, const float *x, float *y, size_t n);

/**
 * Any gate by its name: "swiglu(alpha=1.5)", or "gated(mish)" with any activation; gate == y is in place.
 */
enum activations_status activations_apply_gate(const char *name,
                                               const float *gate,
                                               const float *value,
                                               float *y,
                                               size_t n);

/**
 * Any operation on rows of x [outer, axis, inner] along axis, by its name: "log_softmax", "softmax(scale=0.125)".
 */
enum activations_status activations_apply_rows(const char *operation,
                                               const float *x,
                                               float *y,
                                               size_t outer,
                                               size_t axis,
                                               size_t inner);

/**
 * The table of an activation for uint8_t: the results for x = 0 to 255, between two quantisations.
 */
enum activations_status activations_table_u8(const char *activation,
                                             float input_scale,
                                             int32_t input_zero_point,
                                             float output_scale,
                                             int32_t output_zero_point,
                                             uint8_t *table);

/**
 * The same for int8_t: the results for x = 0 to 127, and then for x = -128 to -1.
 */
enum activations_status activations_table_i8(const char *activation,
                                             float input_scale,
                                             int32_t input_zero_point,
                                             float output_scale,
                                             int32_t output_zero_point,
                                             int8_t *table);

/**
 * `y[i] = table[x[i]]` for i < n, of 256 entries; those of int8_t are passed as the bytes that they are.
 */
enum activations_status activations_apply_table(const uint8_t *table, const uint8_t *x, uint8_t *y, size_t n);

/**
 * Softmax of uint8_t [outer, axis, inner] along axis; output_scale is 1/256 as a rule.
 */
enum activations_status activations_softmax_u8(const uint8_t *x,
                                               uint8_t *y,
                                               size_t outer,
                                               size_t axis,
                                               size_t inner,
                                               float input_scale,
                                               float output_scale,
                                               int32_t output_zero_point);

/**
 * The same for int8_t; output_zero_point is -128 as a rule.
 */
enum activations_status activations_softmax_i8(const int8_t *x,
                                               int8_t *y,
                                               size_t outer,
                                               size_t axis,
                                               size_t inner,
                                               float input_scale,
                                               float output_scale,
                                               int32_t output_zero_point);

/**
 * `y[i] = identity(x[i])` for i < n.
 */
enum activations_status activations_identity(const float *x, float *y, size_t n);

/**
 * `y[i] = relu(x[i])` for i < n.
 */
enum activations_status activations_relu(const float *x, float *y, size_t n);

/**
 * `y[i] = relu6(x[i])` for i < n.
 */
enum activations_status activations_relu6(const float *x, float *y, size_t n);

/**
 * `y[i] = leaky_relu(x[i])` for i < n.
 */
enum activations_status activations_leaky_relu(const float *x, float *y, size_t n, float negative_slope);

/**
 * `y[i] = prelu(x[i])` for i < n.
 */
enum activations_status activations_prelu(const float *x, float *y, size_t n, float slope);

/**
 * `y[i] = rrelu(x[i])` for i < n.
 */
enum activations_status activations_rrelu(const float *x, float *y, size_t n, float lower, float upper);

/**
 * `y[i] = threshold(x[i])` for i < n.
 */
enum activations_status activations_threshold(const float *x, float *y, size_t n, float threshold, float value);

/**
 * `y[i] = thresholded_relu(x[i])` for i < n.
 */
enum activations_status activations_thresholded_relu(const float *x, float *y, size_t n, float alpha);

/**
 * `y[i] = hardtanh(x[i])` for i < n.
 */
enum activations_status activations_hardtanh(const float *x, float *y, size_t n, float min, float max);

/**
 * `y[i] = hardsigmoid(x[i])` for i < n.
 */
enum activations_status activations_hardsigmoid(const float *x, float *y, size_t n, float alpha, float beta);

/**
 * `y[i] = hardswish(x[i])` for i < n.
 */
enum activations_status activations_hardswish(const float *x, float *y, size_t n);

/**
 * `y[i] = hardshrink(x[i])` for i < n.
 */
enum activations_status activations_hardshrink(const float *x, float *y, size_t n, float lambda);

/**
 * `y[i] = softshrink(x[i])` for i < n.
 */
enum activations_status activations_softshrink(const float *x, float *y, size_t n, float lambda);

/**
 * `y[i] = shrink(x[i])` for i < n.
 */
enum activations_status activations_shrink(const float *x, float *y, size_t n, float lambda, float bias);

/**
 * `y[i] = softsign(x[i])` for i < n.
 */
enum activations_status activations_softsign(const float *x, float *y, size_t n);

/**
 * `y[i] = relu_squared(x[i])` for i < n.
 */
enum activations_status activations_relu_squared(const float *x, float *y, size_t n);

/**
 * `y[i] = sigmoid(x[i])` for i < n.
 */
enum activations_status activations_sigmoid(const float *x, float *y, size_t n);

/**
 * `y[i] = log_sigmoid(x[i])` for i < n.
 */
enum activations_status activations_log_sigmoid(const float *x, float *y, size_t n);

/**
 * `y[i] = silu(x[i])` for i < n.
 */
enum activations_status activations_silu(const float *x, float *y, size_t n);

/**
 * `y[i] = gelu(x[i])` for i < n.
 */
enum activations_status activations_gelu(const float *x, float *y, size_t n);

/**
 * `y[i] = gelu_tanh(x[i])` for i < n.
 */
enum activations_status activations_gelu_tanh(const float *x, float *y, size_t n);

/**
 * `y[i] = quick_gelu(x[i])` for i < n.
 */
enum activations_status activations_quick_gelu(const float *x, float *y, size_t n);

/**
 * `y[i] = swish(x[i])` for i < n.
 */
enum activations_status activations_swish(const float *x, float *y, size_t n, float beta);

/**
 * `y[i] = elu(x[i])` for i < n.
 */
enum activations_status activations_elu(const float *x, float *y, size_t n, float alpha);

/**
 * `y[i] = selu(x[i])` for i < n.
 */
enum activations_status activations_selu(const float *x, float *y, size_t n);

/**
 * `y[i] = celu(x[i])` for i < n.
 */
enum activations_status activations_celu(const float *x, float *y, size_t n, float alpha);

/**
 * `y[i] = softplus(x[i])` for i < n.
 */
enum activations_status activations_softplus(const float *x, float *y, size_t n, float beta, float threshold);

/**
 * `y[i] = mish(x[i])` for i < n.
 */
enum activations_status activations_mish(const float *x, float *y, size_t n);

/**
 * `y[i] = exp(x[i])` for i < n.
 */
enum activations_status activations_exp(const float *x, float *y, size_t n);

/**
 * `y[i] = expm1(x[i])` for i < n.
 */
enum activations_status activations_expm1(const float *x, float *y, size_t n);

/**
 * `y[i] = tanh(x[i])` for i < n.
 */
enum activations_status activations_tanh(const float *x, float *y, size_t n);

/**
 * `y[i] = erf(x[i])` for i < n.
 */
enum activations_status activations_erf(const float *x, float *y, size_t n);

/**
 * `y[i] = tanhshrink(x[i])` for i < n.
 */
enum activations_status activations_tanhshrink(const float *x, float *y, size_t n);

/**
 * `prelu` of n elements [outer, channels, inner], one slope for each channel; inner is H * W for NCHW, 1 for NHWC.
 */
enum activations_status activations_prelu_per_channel(const float *x,
                                                      float *y,
                                                      size_t n,
                                                      const float *slopes,
                                                      size_t channels,
                                                      size_t inner);

/**
 * `y[i] = glu(gate[i], value[i])` for i < n; gate == y is in place.
 */
enum activations_status activations_glu(const float *gate, const float *value, float *y, size_t n);

/**
 * `y[i] = swiglu(gate[i], value[i])` for i < n; gate == y is in place.
 */
enum activations_status activations_swiglu(const float *gate, const float *value, float *y, size_t n, float alpha);

/**
 * `y[i] = geglu(gate[i], value[i])` for i < n; gate == y is in place.
 */
enum activations_status activations_geglu(const float *gate, const float *value, float *y, size_t n);

/**
 * `y[i] = geglu_tanh(gate[i], value[i])` for i < n; gate == y is in place.
 */
enum activations_status activations_geglu_tanh(const float *gate, const float *value, float *y, size_t n);

/**
 * `y[i] = reglu(gate[i], value[i])` for i < n; gate == y is in place.
 */
enum activations_status activations_reglu(const float *gate, const float *value, float *y, size_t n);

/**
 * `glu` of one tensor x in an activations_split_layout; y is [outer, n].
 */
enum activations_status activations_glu_split(const float *x, float *y, size_t outer, size_t n, int layout);

/**
 * `swiglu` of one tensor x in an activations_split_layout; y is [outer, n].
 */
enum activations_status activations_swiglu_split(const float *x,
                                                 float *y,
                                                 size_t outer,
                                                 size_t n,
                                                 int layout,
                                                 float alpha);

/**
 * `geglu` of one tensor x in an activations_split_layout; y is [outer, n].
 */
enum activations_status activations_geglu_split(const float *x, float *y, size_t outer, size_t n, int layout);

/**
 * `geglu_tanh` of one tensor x in an activations_split_layout; y is [outer, n].
 */
enum activations_status activations_geglu_tanh_split(const float *x, float *y, size_t outer, size_t n, int layout);

/**
 * `reglu` of one tensor x in an activations_split_layout; y is [outer, n].
 */
enum activations_status activations_reglu_split(const float *x, float *y, size_t outer, size_t n, int layout);

/**
 * `softmax` of the rows of x [outer, axis, inner] along axis; attention may be NULL.
 */
enum activations_status activations_softmax(const float *x,
                                            float *y,
                                            size_t outer,
                                            size_t axis,
                                            size_t inner,
                                            const struct activations_attention *attention);

/**
 * `log_softmax` of the rows of x [outer, axis, inner] along axis; attention may be NULL.
 */
enum activations_status activations_log_softmax(const float *x,
                                                float *y,
                                                size_t outer,
                                                size_t axis,
                                                size_t inner,
                                                const struct activations_attention *attention);

/**
 * `softmin` of the rows of x [outer, axis, inner] along axis; attention may be NULL.
 */
enum activations_status activations_softmin(const float *x,
                                            float *y,
                                            size_t outer,
                                            size_t axis,
                                            size_t inner,
                                            const struct activations_attention *attention);

/**
 * `hardmax` of the rows of x [outer, axis, inner] along axis.
 */
enum activations_status activations_hardmax(const float *x, float *y, size_t outer, size_t axis, size_t inner);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* ACTIVATIONS_H */
