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
 * Functions whose names end in _f16 or _bf16 are those for 16-bit elements: a uint16_t holds the bits of an IEEE half
 * (binary16) or of a bfloat16. All tensors of a call have that type; parameters, slopes and sinks are float, and a mask
 * and biases have the types that they say. With default parameters an activation's results are the correctly rounded
 * ones; those of gates and of operations on rows are the results in float, rounded once.
 *
 * activations_apply_biased_gate and activations_apply_biased_gate_split add biases to each row of a gate and of a value
 * before all else, as the experts of GPT-OSS do. Gate and value are widened to float, each sum is rounded to float, limits
 * of the gate apply to the sums, and the result has the bits of those steps one by one. NaN and infinities are as in the
 * sums and in the gate, and a bias of -0 is as none. A struct that is NULL, or all zeros, adds nothing. Biases are only
 * read, so they may overlap one another and the inputs, but not y, not even in place. A len that does not divide the n
 * of two tensors, or is not the n of one, is ACTIVATIONS_STATUS_SHAPE; len without any bias is ACTIVATIONS_STATUS_NULL;
 * a type or a layout that is not there, or both beside gate or value, is ACTIVATIONS_STATUS_PARAMETER. Calls for parts
 * of a tensor, by one thread each, give the bits of one call if each part is whole rows.
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

/** An activations_attention that changes nothing, and an activations_gate_biases that adds nothing. */
#ifdef __cplusplus
#define ACTIVATIONS_ATTENTION_NONE {}
#define ACTIVATIONS_GATE_BIASES_NONE {}
#else
#define ACTIVATIONS_ATTENTION_NONE {0}
#define ACTIVATIONS_GATE_BIASES_NONE {0}
#endif

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
   * The output overlaps an input, and that is not in place; functions with _split in their names cannot be in place.
   */
  ACTIVATIONS_STATUS_OVERLAP = 3,
  /**
   * A length, or a product of lengths, is beyond what memory can hold.
   */
  ACTIVATIONS_STATUS_LENGTH = 4,
  /**
   * The operands do not fit one another: slopes, biases, rows, or what goes with attention.
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
 * What the numbers of biases are: the member `bias_type` of an activations_gate_biases.
 */
typedef enum activations_bias_type {
  /**
   * float.
   */
  ACTIVATIONS_BIAS_TYPE_FLOAT = 0,
  /**
   * An IEEE half.
   */
  ACTIVATIONS_BIAS_TYPE_F16 = 1,
  /**
   * A bfloat16.
   */
  ACTIVATIONS_BIAS_TYPE_BF16 = 2,
} activations_bias_type;

/**
 * What the elements of a mask are: the member `mask_type` of an activations_attention.
 */
typedef enum activations_mask_type {
  /**
   * float, which is added.
   */
  ACTIVATIONS_MASK_TYPE_FLOAT = 0,
  /**
   * An IEEE half, which is added.
   */
  ACTIVATIONS_MASK_TYPE_F16 = 1,
  /**
   * A bfloat16, which is added.
   */
  ACTIVATIONS_MASK_TYPE_BF16 = 2,
  /**
   * A byte: where it is 0, the logit becomes -inf.
   */
  ACTIVATIONS_MASK_TYPE_KEPT = 3,
} activations_mask_type;

/**
 * How one tensor holds a gate and a value: the argument `layout` of the functions with _split in their names.
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
 * What is added to each row of a gate and of a value before the gate is applied; one of zeros adds nothing.
 */
typedef struct activations_gate_biases {
  /**
   * len numbers, of which number i is added to element i of each row of the gate; NULL for none.
   */
  const void *gate;
  /**
   * len numbers, of which number i is added to element i of each row of the value; NULL for none.
   */
  const void *value;
  /**
   * A bias of the gate and one of the value in one, of 2 * len numbers, instead of gate and value; NULL for none.
   */
  const void *both;
  /**
   * Elements in a row of the gate, and in one of the value.
   */
  size_t len;
  /**
   * An activations_bias_type, which the numbers of all biases have.
   */
  int bias_type;
  /**
   * An activations_split_layout with n = len, which says where the numbers of both are, whatever the layout of the tensor.
   */
  int both_layout;
} activations_gate_biases;

/**
 * How logits are made of scores, and which keys take part; one of zeros changes nothing. Rows are those of
 */
typedef struct activations_attention {
  /**
   * Heads of a batch; 0 is 1.
   */
  size_t heads;
  /**
   * Queries of a head; 0 is 1.
   */
  size_t queries;
  /**
   * What x is multiplied by; 0 is 1.
   */
  float scale;
  /**
   * What scaled x is bounded by; 0 for no bound.
   */
  float softcap;
  /**
   * A slope for each head, which is multiplied by k - (q + past) for query q and key k; NULL for none.
   */
  const float *slopes;
  /**
   * Rows of axis elements of mask_type, NULL for no mask: row r takes number r modulo their number, or what the strides say.
   */
  const void *mask;
  /**
   * Elements in the mask.
   */
  size_t mask_len;
  /**
   * An activations_mask_type.
   */
  int mask_type;
  /**
   * Not 0 if mask_strides count.
   */
  int has_mask_strides;
  /**
   * Elements of the mask from a batch, a head and a query to the next.
   */
  size_t mask_strides[3];
  /**
   * The first key that takes part of each row, NULL for 0; fewer numbers than rows repeat.
   */
  const size_t *starts;
  /**
   * Numbers in starts.
   */
  size_t starts_len;
  /**
   * The first key that no longer takes part of each row, NULL for axis; fewer numbers than rows repeat.
   */
  const size_t *ends;
  /**
   * Numbers in ends.
   */
  size_t ends_len;
  /**
   * Not 0 if starts and ends have a number for each batch, instead of each row.
   */
  int is_per_batch;
  /**
   * Not 0 if query q sees before keys before number q + past, that one, and after keys behind it: 0 for causal attention.
   */
  int has_window;
  /**
   * Keys before the first query; negative if there are fewer keys than queries.
   */
  ptrdiff_t past;
  /**
   * Keys that a query sees before its own; SIZE_MAX for all.
   */
  size_t before;
  /**
   * Keys that a query sees behind its own.
   */
  size_t after;
  /**
   * A logit for each head that takes part and has no output, NULL for none.
   */
  const float *sinks;
  /**
   * Not 0 if a row without any key gives shares of 0, instead of NaN.
   */
  int zero_if_empty;
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
 * `y[i] = g(gate[i] + biases->gate[i % len], value[i] + biases->value[i % len])`, g by its name; y may be gate.
 */
enum activations_status activations_apply_biased_gate(const char *name,
                                                      const float *gate,
                                                      const float *value,
                                                      float *y,
                                                      size_t n,
                                                      const struct activations_gate_biases *biases);

/**
 * `activations_apply_biased_gate` of one tensor x in an activations_split_layout, with n = len; y is [outer, n].
 */
enum activations_status activations_apply_biased_gate_split(const char *name,
                                                            const float *x,
                                                            float *y,
                                                            size_t outer,
                                                            size_t n,
                                                            int layout,
                                                            const struct activations_gate_biases *biases);

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
 * Any activation of f16 by its name and, if there are any, parameters: "gelu", "leaky_relu(negative_slope=0.2)".
 */
enum activations_status activations_apply_f16(const char *activation, const uint16_t *x, uint16_t *y, size_t n);

/**
 * Any gate of f16 by its name: "swiglu(alpha=1.5)", or "gated(mish)" with any activation; gate == y is in place.
 */
enum activations_status activations_apply_gate_f16(const char *name,
                                                   const uint16_t *gate,
                                                   const uint16_t *value,
                                                   uint16_t *y,
                                                   size_t n);

/**
 * `y[i] = g(gate[i] + biases->gate[i % len], value[i] + biases->value[i % len])` of f16, g by its name; y may be gate.
 */
enum activations_status activations_apply_biased_gate_f16(const char *name,
                                                          const uint16_t *gate,
                                                          const uint16_t *value,
                                                          uint16_t *y,
                                                          size_t n,
                                                          const struct activations_gate_biases *biases);

/**
 * `activations_apply_biased_gate_f16` of one tensor x in an activations_split_layout, with n = len; y is [outer, n].
 */
enum activations_status activations_apply_biased_gate_split_f16(const char *name,
                                                                const uint16_t *x,
                                                                uint16_t *y,
                                                                size_t outer,
                                                                size_t n,
                                                                int layout,
                                                                const struct activations_gate_biases *biases);

/**
 * Any operation on rows of x [outer, axis, inner] of f16 along axis, by its name: "log_softmax", "softmax(scale=0.125)".
 */
enum activations_status activations_apply_rows_f16(const char *operation,
                                                   const uint16_t *x,
                                                   uint16_t *y,
                                                   size_t outer,
                                                   size_t axis,
                                                   size_t inner);

/**
 * Any activation of bf16 by its name and, if there are any, parameters: "gelu", "leaky_relu(negative_slope=0.2)".
 */
enum activations_status activations_apply_bf16(const char *activation, const uint16_t *x, uint16_t *y, size_t n);

/**
 * Any gate of bf16 by its name: "swiglu(alpha=1.5)", or "gated(mish)" with any activation; gate == y is in place.
 */
enum activations_status activations_apply_gate_bf16(const char *name,
                                                    const uint16_t *gate,
                                                    const uint16_t *value,
                                                    uint16_t *y,
                                                    size_t n);

/**
 * `y[i] = g(gate[i] + biases->gate[i % len], value[i] + biases->value[i % len])` of bf16, g by its name; y may be gate.
 */
enum activations_status activations_apply_biased_gate_bf16(const char *name,
                                                           const uint16_t *gate,
                                                           const uint16_t *value,
                                                           uint16_t *y,
                                                           size_t n,
                                                           const struct activations_gate_biases *biases);

/**
 * `activations_apply_biased_gate_bf16` of one tensor x in an activations_split_layout, with n = len; y is [outer, n].
 */
enum activations_status activations_apply_biased_gate_split_bf16(const char *name,
                                                                 const uint16_t *x,
                                                                 uint16_t *y,
                                                                 size_t outer,
                                                                 size_t n,
                                                                 int layout,
                                                                 const struct activations_gate_biases *biases);

/**
 * Any operation on rows of x [outer, axis, inner] of bf16 along axis, by its name: "log_softmax", "softmax(scale=0.125)".
 */
enum activations_status activations_apply_rows_bf16(const char *operation,
                                                    const uint16_t *x,
                                                    uint16_t *y,
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
 * `y[i] = sparse_plus(x[i])` for i < n.
 */
enum activations_status activations_sparse_plus(const float *x, float *y, size_t n);

/**
 * `y[i] = sparse_sigmoid(x[i])` for i < n.
 */
enum activations_status activations_sparse_sigmoid(const float *x, float *y, size_t n);

/**
 * `y[i] = squareplus(x[i])` for i < n.
 */
enum activations_status activations_squareplus(const float *x, float *y, size_t n, float b);

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
 * `y[i] = gelu_10(x[i])` for i < n.
 */
enum activations_status activations_gelu_10(const float *x, float *y, size_t n);

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
enum activations_status activations_elu(const float *x,
                                        float *y,
                                        size_t n,
                                        float alpha,
                                        float scale,
                                        float input_scale);

/**
 * `y[i] = selu(x[i])` for i < n.
 */
enum activations_status activations_selu(const float *x, float *y, size_t n, float alpha, float gamma);

/**
 * `y[i] = celu(x[i])` for i < n.
 */
enum activations_status activations_celu(const float *x, float *y, size_t n, float alpha);

/**
 * `y[i] = softplus(x[i])` for i < n.
 */
enum activations_status activations_softplus(const float *x, float *y, size_t n, float beta, float threshold);

/**
 * `y[i] = sqrt_softplus(x[i])` for i < n.
 */
enum activations_status activations_sqrt_softplus(const float *x, float *y, size_t n);

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
 * `y[i] = sin(x[i])` for i < n.
 */
enum activations_status activations_sin(const float *x, float *y, size_t n);

/**
 * `y[i] = snake(x[i])` for i < n.
 */
enum activations_status activations_snake(const float *x, float *y, size_t n, float alpha, float beta);

/**
 * `y[i] = tanh(x[i])` for i < n.
 */
enum activations_status activations_tanh(const float *x, float *y, size_t n);

/**
 * `y[i] = erf(x[i])` for i < n.
 */
enum activations_status activations_erf(const float *x, float *y, size_t n);

/**
 * `y[i] = laplace(x[i])` for i < n.
 */
enum activations_status activations_laplace(const float *x, float *y, size_t n, float mu, float sigma);

/**
 * `y[i] = softcap(x[i])` for i < n.
 */
enum activations_status activations_softcap(const float *x, float *y, size_t n, float cap);

/**
 * `y[i] = tanhshrink(x[i])` for i < n.
 */
enum activations_status activations_tanhshrink(const float *x, float *y, size_t n);

/**
 * `y[i] = xielu(x[i])` for i < n.
 */
enum activations_status activations_xielu(const float *x,
                                          float *y,
                                          size_t n,
                                          float alpha_p,
                                          float alpha_n,
                                          float beta,
                                          float eps);

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
 * `snake` of n elements [outer, channels, inner], an alpha and a beta for each channel; inner is the time for [batch, channels, time].
 */
enum activations_status activations_snake_per_channel(const float *x,
                                                      float *y,
                                                      size_t n,
                                                      const float *alphas,
                                                      const float *betas,
                                                      size_t channels,
                                                      size_t inner);

/**
 * `y[i] = identity(x[i])` of f16 for i < n.
 */
enum activations_status activations_identity_f16(const uint16_t *x, uint16_t *y, size_t n);

/**
 * `y[i] = relu(x[i])` of f16 for i < n.
 */
enum activations_status activations_relu_f16(const uint16_t *x, uint16_t *y, size_t n);

/**
 * `y[i] = relu6(x[i])` of f16 for i < n.
 */
enum activations_status activations_relu6_f16(const uint16_t *x, uint16_t *y, size_t n);

/**
 * `y[i] = leaky_relu(x[i])` of f16 for i < n.
 */
enum activations_status activations_leaky_relu_f16(const uint16_t *x, uint16_t *y, size_t n, float negative_slope);

/**
 * `y[i] = prelu(x[i])` of f16 for i < n.
 */
enum activations_status activations_prelu_f16(const uint16_t *x, uint16_t *y, size_t n, float slope);

/**
 * `y[i] = rrelu(x[i])` of f16 for i < n.
 */
enum activations_status activations_rrelu_f16(const uint16_t *x, uint16_t *y, size_t n, float lower, float upper);

/**
 * `y[i] = threshold(x[i])` of f16 for i < n.
 */
enum activations_status activations_threshold_f16(const uint16_t *x,
                                                  uint16_t *y,
                                                  size_t n,
                                                  float threshold,
                                                  float value);

/**
 * `y[i] = thresholded_relu(x[i])` of f16 for i < n.
 */
enum activations_status activations_thresholded_relu_f16(const uint16_t *x, uint16_t *y, size_t n, float alpha);

/**
 * `y[i] = hardtanh(x[i])` of f16 for i < n.
 */
enum activations_status activations_hardtanh_f16(const uint16_t *x, uint16_t *y, size_t n, float min, float max);

/**
 * `y[i] = hardsigmoid(x[i])` of f16 for i < n.
 */
enum activations_status activations_hardsigmoid_f16(const uint16_t *x, uint16_t *y, size_t n, float alpha, float beta);

/**
 * `y[i] = hardswish(x[i])` of f16 for i < n.
 */
enum activations_status activations_hardswish_f16(const uint16_t *x, uint16_t *y, size_t n);

/**
 * `y[i] = hardshrink(x[i])` of f16 for i < n.
 */
enum activations_status activations_hardshrink_f16(const uint16_t *x, uint16_t *y, size_t n, float lambda);

/**
 * `y[i] = softshrink(x[i])` of f16 for i < n.
 */
enum activations_status activations_softshrink_f16(const uint16_t *x, uint16_t *y, size_t n, float lambda);

/**
 * `y[i] = shrink(x[i])` of f16 for i < n.
 */
enum activations_status activations_shrink_f16(const uint16_t *x, uint16_t *y, size_t n, float lambda, float bias);

/**
 * `y[i] = softsign(x[i])` of f16 for i < n.
 */
enum activations_status activations_softsign_f16(const uint16_t *x, uint16_t *y, size_t n);

/**
 * `y[i] = sparse_plus(x[i])` of f16 for i < n.
 */
enum activations_status activations_sparse_plus_f16(const uint16_t *x, uint16_t *y, size_t n);

/**
 * `y[i] = sparse_sigmoid(x[i])` of f16 for i < n.
 */
enum activations_status activations_sparse_sigmoid_f16(const uint16_t *x, uint16_t *y, size_t n);

/**
 * `y[i] = squareplus(x[i])` of f16 for i < n.
 */
enum activations_status activations_squareplus_f16(const uint16_t *x, uint16_t *y, size_t n, float b);

/**
 * `y[i] = relu_squared(x[i])` of f16 for i < n.
 */
enum activations_status activations_relu_squared_f16(const uint16_t *x, uint16_t *y, size_t n);

/**
 * `y[i] = sigmoid(x[i])` of f16 for i < n.
 */
enum activations_status activations_sigmoid_f16(const uint16_t *x, uint16_t *y, size_t n);

/**
 * `y[i] = log_sigmoid(x[i])` of f16 for i < n.
 */
enum activations_status activations_log_sigmoid_f16(const uint16_t *x, uint16_t *y, size_t n);

/**
 * `y[i] = silu(x[i])` of f16 for i < n.
 */
enum activations_status activations_silu_f16(const uint16_t *x, uint16_t *y, size_t n);

/**
 * `y[i] = gelu(x[i])` of f16 for i < n.
 */
enum activations_status activations_gelu_f16(const uint16_t *x, uint16_t *y, size_t n);

/**
 * `y[i] = gelu_10(x[i])` of f16 for i < n.
 */
enum activations_status activations_gelu_10_f16(const uint16_t *x, uint16_t *y, size_t n);

/**
 * `y[i] = gelu_tanh(x[i])` of f16 for i < n.
 */
enum activations_status activations_gelu_tanh_f16(const uint16_t *x, uint16_t *y, size_t n);

/**
 * `y[i] = quick_gelu(x[i])` of f16 for i < n.
 */
enum activations_status activations_quick_gelu_f16(const uint16_t *x, uint16_t *y, size_t n);

/**
 * `y[i] = swish(x[i])` of f16 for i < n.
 */
enum activations_status activations_swish_f16(const uint16_t *x, uint16_t *y, size_t n, float beta);

/**
 * `y[i] = elu(x[i])` of f16 for i < n.
 */
enum activations_status activations_elu_f16(const uint16_t *x,
                                            uint16_t *y,
                                            size_t n,
                                            float alpha,
                                            float scale,
                                            float input_scale);

/**
 * `y[i] = selu(x[i])` of f16 for i < n.
 */
enum activations_status activations_selu_f16(const uint16_t *x, uint16_t *y, size_t n, float alpha, float gamma);

/**
 * `y[i] = celu(x[i])` of f16 for i < n.
 */
enum activations_status activations_celu_f16(const uint16_t *x, uint16_t *y, size_t n, float alpha);

/**
 * `y[i] = softplus(x[i])` of f16 for i < n.
 */
enum activations_status activations_softplus_f16(const uint16_t *x, uint16_t *y, size_t n, float beta, float threshold);

/**
 * `y[i] = sqrt_softplus(x[i])` of f16 for i < n.
 */
enum activations_status activations_sqrt_softplus_f16(const uint16_t *x, uint16_t *y, size_t n);

/**
 * `y[i] = mish(x[i])` of f16 for i < n.
 */
enum activations_status activations_mish_f16(const uint16_t *x, uint16_t *y, size_t n);

/**
 * `y[i] = exp(x[i])` of f16 for i < n.
 */
enum activations_status activations_exp_f16(const uint16_t *x, uint16_t *y, size_t n);

/**
 * `y[i] = expm1(x[i])` of f16 for i < n.
 */
enum activations_status activations_expm1_f16(const uint16_t *x, uint16_t *y, size_t n);

/**
 * `y[i] = sin(x[i])` of f16 for i < n.
 */
enum activations_status activations_sin_f16(const uint16_t *x, uint16_t *y, size_t n);

/**
 * `y[i] = snake(x[i])` of f16 for i < n.
 */
enum activations_status activations_snake_f16(const uint16_t *x, uint16_t *y, size_t n, float alpha, float beta);

/**
 * `y[i] = tanh(x[i])` of f16 for i < n.
 */
enum activations_status activations_tanh_f16(const uint16_t *x, uint16_t *y, size_t n);

/**
 * `y[i] = erf(x[i])` of f16 for i < n.
 */
enum activations_status activations_erf_f16(const uint16_t *x, uint16_t *y, size_t n);

/**
 * `y[i] = laplace(x[i])` of f16 for i < n.
 */
enum activations_status activations_laplace_f16(const uint16_t *x, uint16_t *y, size_t n, float mu, float sigma);

/**
 * `y[i] = softcap(x[i])` of f16 for i < n.
 */
enum activations_status activations_softcap_f16(const uint16_t *x, uint16_t *y, size_t n, float cap);

/**
 * `y[i] = tanhshrink(x[i])` of f16 for i < n.
 */
enum activations_status activations_tanhshrink_f16(const uint16_t *x, uint16_t *y, size_t n);

/**
 * `y[i] = xielu(x[i])` of f16 for i < n.
 */
enum activations_status activations_xielu_f16(const uint16_t *x,
                                              uint16_t *y,
                                              size_t n,
                                              float alpha_p,
                                              float alpha_n,
                                              float beta,
                                              float eps);

/**
 * `prelu` of n elements of f16 [outer, channels, inner], one slope for each channel; inner is H * W for NCHW, 1 for NHWC.
 */
enum activations_status activations_prelu_per_channel_f16(const uint16_t *x,
                                                          uint16_t *y,
                                                          size_t n,
                                                          const float *slopes,
                                                          size_t channels,
                                                          size_t inner);

/**
 * `snake` of n elements of f16 [outer, channels, inner], an alpha and a beta for each channel; inner is the time for [batch, channels, time].
 */
enum activations_status activations_snake_per_channel_f16(const uint16_t *x,
                                                          uint16_t *y,
                                                          size_t n,
                                                          const float *alphas,
                                                          const float *betas,
                                                          size_t channels,
                                                          size_t inner);

/**
 * `y[i] = identity(x[i])` of bf16 for i < n.
 */
enum activations_status activations_identity_bf16(const uint16_t *x, uint16_t *y, size_t n);

/**
 * `y[i] = relu(x[i])` of bf16 for i < n.
 */
enum activations_status activations_relu_bf16(const uint16_t *x, uint16_t *y, size_t n);

/**
 * `y[i] = relu6(x[i])` of bf16 for i < n.
 */
enum activations_status activations_relu6_bf16(const uint16_t *x, uint16_t *y, size_t n);

/**
 * `y[i] = leaky_relu(x[i])` of bf16 for i < n.
 */
enum activations_status activations_leaky_relu_bf16(const uint16_t *x, uint16_t *y, size_t n, float negative_slope);

/**
 * `y[i] = prelu(x[i])` of bf16 for i < n.
 */
enum activations_status activations_prelu_bf16(const uint16_t *x, uint16_t *y, size_t n, float slope);

/**
 * `y[i] = rrelu(x[i])` of bf16 for i < n.
 */
enum activations_status activations_rrelu_bf16(const uint16_t *x, uint16_t *y, size_t n, float lower, float upper);

/**
 * `y[i] = threshold(x[i])` of bf16 for i < n.
 */
enum activations_status activations_threshold_bf16(const uint16_t *x,
                                                   uint16_t *y,
                                                   size_t n,
                                                   float threshold,
                                                   float value);

/**
 * `y[i] = thresholded_relu(x[i])` of bf16 for i < n.
 */
enum activations_status activations_thresholded_relu_bf16(const uint16_t *x, uint16_t *y, size_t n, float alpha);

/**
 * `y[i] = hardtanh(x[i])` of bf16 for i < n.
 */
enum activations_status activations_hardtanh_bf16(const uint16_t *x, uint16_t *y, size_t n, float min, float max);

/**
 * `y[i] = hardsigmoid(x[i])` of bf16 for i < n.
 */
enum activations_status activations_hardsigmoid_bf16(const uint16_t *x, uint16_t *y, size_t n, float alpha, float beta);

/**
 * `y[i] = hardswish(x[i])` of bf16 for i < n.
 */
enum activations_status activations_hardswish_bf16(const uint16_t *x, uint16_t *y, size_t n);

/**
 * `y[i] = hardshrink(x[i])` of bf16 for i < n.
 */
enum activations_status activations_hardshrink_bf16(const uint16_t *x, uint16_t *y, size_t n, float lambda);

/**
 * `y[i] = softshrink(x[i])` of bf16 for i < n.
 */
enum activations_status activations_softshrink_bf16(const uint16_t *x, uint16_t *y, size_t n, float lambda);

/**
 * `y[i] = shrink(x[i])` of bf16 for i < n.
 */
enum activations_status activations_shrink_bf16(const uint16_t *x, uint16_t *y, size_t n, float lambda, float bias);

/**
 * `y[i] = softsign(x[i])` of bf16 for i < n.
 */
enum activations_status activations_softsign_bf16(const uint16_t *x, uint16_t *y, size_t n);

/**
 * `y[i] = sparse_plus(x[i])` of bf16 for i < n.
 */
enum activations_status activations_sparse_plus_bf16(const uint16_t *x, uint16_t *y, size_t n);

/**
 * `y[i] = sparse_sigmoid(x[i])` of bf16 for i < n.
 */
enum activations_status activations_sparse_sigmoid_bf16(const uint16_t *x, uint16_t *y, size_t n);

/**
 * `y[i] = squareplus(x[i])` of bf16 for i < n.
 */
enum activations_status activations_squareplus_bf16(const uint16_t *x, uint16_t *y, size_t n, float b);

/**
 * `y[i] = relu_squared(x[i])` of bf16 for i < n.
 */
enum activations_status activations_relu_squared_bf16(const uint16_t *x, uint16_t *y, size_t n);

/**
 * `y[i] = sigmoid(x[i])` of bf16 for i < n.
 */
enum activations_status activations_sigmoid_bf16(const uint16_t *x, uint16_t *y, size_t n);

/**
 * `y[i] = log_sigmoid(x[i])` of bf16 for i < n.
 */
enum activations_status activations_log_sigmoid_bf16(const uint16_t *x, uint16_t *y, size_t n);

/**
 * `y[i] = silu(x[i])` of bf16 for i < n.
 */
enum activations_status activations_silu_bf16(const uint16_t *x, uint16_t *y, size_t n);

/**
 * `y[i] = gelu(x[i])` of bf16 for i < n.
 */
enum activations_status activations_gelu_bf16(const uint16_t *x, uint16_t *y, size_t n);

/**
 * `y[i] = gelu_10(x[i])` of bf16 for i < n.
 */
enum activations_status activations_gelu_10_bf16(const uint16_t *x, uint16_t *y, size_t n);

/**
 * `y[i] = gelu_tanh(x[i])` of bf16 for i < n.
 */
enum activations_status activations_gelu_tanh_bf16(const uint16_t *x, uint16_t *y, size_t n);

/**
 * `y[i] = quick_gelu(x[i])` of bf16 for i < n.
 */
enum activations_status activations_quick_gelu_bf16(const uint16_t *x, uint16_t *y, size_t n);

/**
 * `y[i] = swish(x[i])` of bf16 for i < n.
 */
enum activations_status activations_swish_bf16(const uint16_t *x, uint16_t *y, size_t n, float beta);

/**
 * `y[i] = elu(x[i])` of bf16 for i < n.
 */
enum activations_status activations_elu_bf16(const uint16_t *x,
                                             uint16_t *y,
                                             size_t n,
                                             float alpha,
                                             float scale,
                                             float input_scale);

/**
 * `y[i] = selu(x[i])` of bf16 for i < n.
 */
enum activations_status activations_selu_bf16(const uint16_t *x, uint16_t *y, size_t n, float alpha, float gamma);

/**
 * `y[i] = celu(x[i])` of bf16 for i < n.
 */
enum activations_status activations_celu_bf16(const uint16_t *x, uint16_t *y, size_t n, float alpha);

/**
 * `y[i] = softplus(x[i])` of bf16 for i < n.
 */
enum activations_status activations_softplus_bf16(const uint16_t *x,
                                                  uint16_t *y,
                                                  size_t n,
                                                  float beta,
                                                  float threshold);

/**
 * `y[i] = sqrt_softplus(x[i])` of bf16 for i < n.
 */
enum activations_status activations_sqrt_softplus_bf16(const uint16_t *x, uint16_t *y, size_t n);

/**
 * `y[i] = mish(x[i])` of bf16 for i < n.
 */
enum activations_status activations_mish_bf16(const uint16_t *x, uint16_t *y, size_t n);

/**
 * `y[i] = exp(x[i])` of bf16 for i < n.
 */
enum activations_status activations_exp_bf16(const uint16_t *x, uint16_t *y, size_t n);

/**
 * `y[i] = expm1(x[i])` of bf16 for i < n.
 */
enum activations_status activations_expm1_bf16(const uint16_t *x, uint16_t *y, size_t n);

/**
 * `y[i] = sin(x[i])` of bf16 for i < n.
 */
enum activations_status activations_sin_bf16(const uint16_t *x, uint16_t *y, size_t n);

/**
 * `y[i] = snake(x[i])` of bf16 for i < n.
 */
enum activations_status activations_snake_bf16(const uint16_t *x, uint16_t *y, size_t n, float alpha, float beta);

/**
 * `y[i] = tanh(x[i])` of bf16 for i < n.
 */
enum activations_status activations_tanh_bf16(const uint16_t *x, uint16_t *y, size_t n);

/**
 * `y[i] = erf(x[i])` of bf16 for i < n.
 */
enum activations_status activations_erf_bf16(const uint16_t *x, uint16_t *y, size_t n);

/**
 * `y[i] = laplace(x[i])` of bf16 for i < n.
 */
enum activations_status activations_laplace_bf16(const uint16_t *x, uint16_t *y, size_t n, float mu, float sigma);

/**
 * `y[i] = softcap(x[i])` of bf16 for i < n.
 */
enum activations_status activations_softcap_bf16(const uint16_t *x, uint16_t *y, size_t n, float cap);

/**
 * `y[i] = tanhshrink(x[i])` of bf16 for i < n.
 */
enum activations_status activations_tanhshrink_bf16(const uint16_t *x, uint16_t *y, size_t n);

/**
 * `y[i] = xielu(x[i])` of bf16 for i < n.
 */
enum activations_status activations_xielu_bf16(const uint16_t *x,
                                               uint16_t *y,
                                               size_t n,
                                               float alpha_p,
                                               float alpha_n,
                                               float beta,
                                               float eps);

/**
 * `prelu` of n elements of bf16 [outer, channels, inner], one slope for each channel; inner is H * W for NCHW, 1 for NHWC.
 */
enum activations_status activations_prelu_per_channel_bf16(const uint16_t *x,
                                                           uint16_t *y,
                                                           size_t n,
                                                           const float *slopes,
                                                           size_t channels,
                                                           size_t inner);

/**
 * `snake` of n elements of bf16 [outer, channels, inner], an alpha and a beta for each channel; inner is the time for [batch, channels, time].
 */
enum activations_status activations_snake_per_channel_bf16(const uint16_t *x,
                                                           uint16_t *y,
                                                           size_t n,
                                                           const float *alphas,
                                                           const float *betas,
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
 * `y[i] = clamped_swiglu(gate[i], value[i])` for i < n; gate == y is in place.
 */
enum activations_status activations_clamped_swiglu(const float *gate,
                                                   const float *value,
                                                   float *y,
                                                   size_t n,
                                                   float limit,
                                                   float alpha,
                                                   float offset,
                                                   float place);

/**
 * `y[i] = geglu(gate[i], value[i])` for i < n; gate == y is in place.
 */
enum activations_status activations_geglu(const float *gate, const float *value, float *y, size_t n);

/**
 * `y[i] = geglu_tanh(gate[i], value[i])` for i < n; gate == y is in place.
 */
enum activations_status activations_geglu_tanh(const float *gate, const float *value, float *y, size_t n);

/**
 * `y[i] = geglu_quick(gate[i], value[i])` for i < n; gate == y is in place.
 */
enum activations_status activations_geglu_quick(const float *gate, const float *value, float *y, size_t n);

/**
 * `y[i] = reglu(gate[i], value[i])` for i < n; gate == y is in place.
 */
enum activations_status activations_reglu(const float *gate, const float *value, float *y, size_t n);

/**
 * `y[i] = fatreglu(gate[i], value[i])` for i < n; gate == y is in place.
 */
enum activations_status activations_fatreglu(const float *gate,
                                             const float *value,
                                             float *y,
                                             size_t n,
                                             float threshold);

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
 * `clamped_swiglu` of one tensor x in an activations_split_layout; y is [outer, n].
 */
enum activations_status activations_clamped_swiglu_split(const float *x,
                                                         float *y,
                                                         size_t outer,
                                                         size_t n,
                                                         int layout,
                                                         float limit,
                                                         float alpha,
                                                         float offset,
                                                         float place);

/**
 * `geglu` of one tensor x in an activations_split_layout; y is [outer, n].
 */
enum activations_status activations_geglu_split(const float *x, float *y, size_t outer, size_t n, int layout);

/**
 * `geglu_tanh` of one tensor x in an activations_split_layout; y is [outer, n].
 */
enum activations_status activations_geglu_tanh_split(const float *x, float *y, size_t outer, size_t n, int layout);

/**
 * `geglu_quick` of one tensor x in an activations_split_layout; y is [outer, n].
 */
enum activations_status activations_geglu_quick_split(const float *x, float *y, size_t outer, size_t n, int layout);

/**
 * `reglu` of one tensor x in an activations_split_layout; y is [outer, n].
 */
enum activations_status activations_reglu_split(const float *x, float *y, size_t outer, size_t n, int layout);

/**
 * `fatreglu` of one tensor x in an activations_split_layout; y is [outer, n].
 */
enum activations_status activations_fatreglu_split(const float *x,
                                                   float *y,
                                                   size_t outer,
                                                   size_t n,
                                                   int layout,
                                                   float threshold);

/**
 * `y[i] = glu(gate[i], value[i])` of f16 for i < n; gate == y is in place.
 */
enum activations_status activations_glu_f16(const uint16_t *gate, const uint16_t *value, uint16_t *y, size_t n);

/**
 * `y[i] = swiglu(gate[i], value[i])` of f16 for i < n; gate == y is in place.
 */
enum activations_status activations_swiglu_f16(const uint16_t *gate,
                                               const uint16_t *value,
                                               uint16_t *y,
                                               size_t n,
                                               float alpha);

/**
 * `y[i] = clamped_swiglu(gate[i], value[i])` of f16 for i < n; gate == y is in place.
 */
enum activations_status activations_clamped_swiglu_f16(const uint16_t *gate,
                                                       const uint16_t *value,
                                                       uint16_t *y,
                                                       size_t n,
                                                       float limit,
                                                       float alpha,
                                                       float offset,
                                                       float place);

/**
 * `y[i] = geglu(gate[i], value[i])` of f16 for i < n; gate == y is in place.
 */
enum activations_status activations_geglu_f16(const uint16_t *gate, const uint16_t *value, uint16_t *y, size_t n);

/**
 * `y[i] = geglu_tanh(gate[i], value[i])` of f16 for i < n; gate == y is in place.
 */
enum activations_status activations_geglu_tanh_f16(const uint16_t *gate, const uint16_t *value, uint16_t *y, size_t n);

/**
 * `y[i] = geglu_quick(gate[i], value[i])` of f16 for i < n; gate == y is in place.
 */
enum activations_status activations_geglu_quick_f16(const uint16_t *gate, const uint16_t *value, uint16_t *y, size_t n);

/**
 * `y[i] = reglu(gate[i], value[i])` of f16 for i < n; gate == y is in place.
 */
enum activations_status activations_reglu_f16(const uint16_t *gate, const uint16_t *value, uint16_t *y, size_t n);

/**
 * `y[i] = fatreglu(gate[i], value[i])` of f16 for i < n; gate == y is in place.
 */
enum activations_status activations_fatreglu_f16(const uint16_t *gate,
                                                 const uint16_t *value,
                                                 uint16_t *y,
                                                 size_t n,
                                                 float threshold);

/**
 * `glu` of one tensor x of f16 in an activations_split_layout; y is [outer, n].
 */
enum activations_status activations_glu_split_f16(const uint16_t *x, uint16_t *y, size_t outer, size_t n, int layout);

/**
 * `swiglu` of one tensor x of f16 in an activations_split_layout; y is [outer, n].
 */
enum activations_status activations_swiglu_split_f16(const uint16_t *x,
                                                     uint16_t *y,
                                                     size_t outer,
                                                     size_t n,
                                                     int layout,
                                                     float alpha);

/**
 * `clamped_swiglu` of one tensor x of f16 in an activations_split_layout; y is [outer, n].
 */
enum activations_status activations_clamped_swiglu_split_f16(const uint16_t *x,
                                                             uint16_t *y,
                                                             size_t outer,
                                                             size_t n,
                                                             int layout,
                                                             float limit,
                                                             float alpha,
                                                             float offset,
                                                             float place);

/**
 * `geglu` of one tensor x of f16 in an activations_split_layout; y is [outer, n].
 */
enum activations_status activations_geglu_split_f16(const uint16_t *x, uint16_t *y, size_t outer, size_t n, int layout);

/**
 * `geglu_tanh` of one tensor x of f16 in an activations_split_layout; y is [outer, n].
 */
enum activations_status activations_geglu_tanh_split_f16(const uint16_t *x,
                                                         uint16_t *y,
                                                         size_t outer,
                                                         size_t n,
                                                         int layout);

/**
 * `geglu_quick` of one tensor x of f16 in an activations_split_layout; y is [outer, n].
 */
enum activations_status activations_geglu_quick_split_f16(const uint16_t *x,
                                                          uint16_t *y,
                                                          size_t outer,
                                                          size_t n,
                                                          int layout);

/**
 * `reglu` of one tensor x of f16 in an activations_split_layout; y is [outer, n].
 */
enum activations_status activations_reglu_split_f16(const uint16_t *x, uint16_t *y, size_t outer, size_t n, int layout);

/**
 * `fatreglu` of one tensor x of f16 in an activations_split_layout; y is [outer, n].
 */
enum activations_status activations_fatreglu_split_f16(const uint16_t *x,
                                                       uint16_t *y,
                                                       size_t outer,
                                                       size_t n,
                                                       int layout,
                                                       float threshold);

/**
 * `y[i] = glu(gate[i], value[i])` of bf16 for i < n; gate == y is in place.
 */
enum activations_status activations_glu_bf16(const uint16_t *gate, const uint16_t *value, uint16_t *y, size_t n);

/**
 * `y[i] = swiglu(gate[i], value[i])` of bf16 for i < n; gate == y is in place.
 */
enum activations_status activations_swiglu_bf16(const uint16_t *gate,
                                                const uint16_t *value,
                                                uint16_t *y,
                                                size_t n,
                                                float alpha);

/**
 * `y[i] = clamped_swiglu(gate[i], value[i])` of bf16 for i < n; gate == y is in place.
 */
enum activations_status activations_clamped_swiglu_bf16(const uint16_t *gate,
                                                        const uint16_t *value,
                                                        uint16_t *y,
                                                        size_t n,
                                                        float limit,
                                                        float alpha,
                                                        float offset,
                                                        float place);

/**
 * `y[i] = geglu(gate[i], value[i])` of bf16 for i < n; gate == y is in place.
 */
enum activations_status activations_geglu_bf16(const uint16_t *gate, const uint16_t *value, uint16_t *y, size_t n);

/**
 * `y[i] = geglu_tanh(gate[i], value[i])` of bf16 for i < n; gate == y is in place.
 */
enum activations_status activations_geglu_tanh_bf16(const uint16_t *gate, const uint16_t *value, uint16_t *y, size_t n);

/**
 * `y[i] = geglu_quick(gate[i], value[i])` of bf16 for i < n; gate == y is in place.
 */
enum activations_status activations_geglu_quick_bf16(const uint16_t *gate,
                                                     const uint16_t *value,
                                                     uint16_t *y,
                                                     size_t n);

/**
 * `y[i] = reglu(gate[i], value[i])` of bf16 for i < n; gate == y is in place.
 */
enum activations_status activations_reglu_bf16(const uint16_t *gate, const uint16_t *value, uint16_t *y, size_t n);

/**
 * `y[i] = fatreglu(gate[i], value[i])` of bf16 for i < n; gate == y is in place.
 */
enum activations_status activations_fatreglu_bf16(const uint16_t *gate,
                                                  const uint16_t *value,
                                                  uint16_t *y,
                                                  size_t n,
                                                  float threshold);

/**
 * `glu` of one tensor x of bf16 in an activations_split_layout; y is [outer, n].
 */
enum activations_status activations_glu_split_bf16(const uint16_t *x, uint16_t *y, size_t outer, size_t n, int layout);

/**
 * `swiglu` of one tensor x of bf16 in an activations_split_layout; y is [outer, n].
 */
enum activations_status activations_swiglu_split_bf16(const uint16_t *x,
                                                      uint16_t *y,
                                                      size_t outer,
                                                      size_t n,
                                                      int layout,
                                                      float alpha);

/**
 * `clamped_swiglu` of one tensor x of bf16 in an activations_split_layout; y is [outer, n].
 */
enum activations_status activations_clamped_swiglu_split_bf16(const uint16_t *x,
                                                              uint16_t *y,
                                                              size_t outer,
                                                              size_t n,
                                                              int layout,
                                                              float limit,
                                                              float alpha,
                                                              float offset,
                                                              float place);

/**
 * `geglu` of one tensor x of bf16 in an activations_split_layout; y is [outer, n].
 */
enum activations_status activations_geglu_split_bf16(const uint16_t *x,
                                                     uint16_t *y,
                                                     size_t outer,
                                                     size_t n,
                                                     int layout);

/**
 * `geglu_tanh` of one tensor x of bf16 in an activations_split_layout; y is [outer, n].
 */
enum activations_status activations_geglu_tanh_split_bf16(const uint16_t *x,
                                                          uint16_t *y,
                                                          size_t outer,
                                                          size_t n,
                                                          int layout);

/**
 * `geglu_quick` of one tensor x of bf16 in an activations_split_layout; y is [outer, n].
 */
enum activations_status activations_geglu_quick_split_bf16(const uint16_t *x,
                                                           uint16_t *y,
                                                           size_t outer,
                                                           size_t n,
                                                           int layout);

/**
 * `reglu` of one tensor x of bf16 in an activations_split_layout; y is [outer, n].
 */
enum activations_status activations_reglu_split_bf16(const uint16_t *x,
                                                     uint16_t *y,
                                                     size_t outer,
                                                     size_t n,
                                                     int layout);

/**
 * `fatreglu` of one tensor x of bf16 in an activations_split_layout; y is [outer, n].
 */
enum activations_status activations_fatreglu_split_bf16(const uint16_t *x,
                                                        uint16_t *y,
                                                        size_t outer,
                                                        size_t n,
                                                        int layout,
                                                        float threshold);

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

/**
 * `softmax`, and the logarithm of the sum of e^t of each row of x, at log_sums [outer, inner].
 */
enum activations_status activations_softmax_with_log_sums(const float *x,
                                                          float *y,
                                                          size_t outer,
                                                          size_t axis,
                                                          size_t inner,
                                                          const struct activations_attention *attention,
                                                          float *log_sums);

/**
 * `softmax` of the rows of x [outer, axis, inner] of f16 along axis; attention may be NULL.
 */
enum activations_status activations_softmax_f16(const uint16_t *x,
                                                uint16_t *y,
                                                size_t outer,
                                                size_t axis,
                                                size_t inner,
                                                const struct activations_attention *attention);

/**
 * `log_softmax` of the rows of x [outer, axis, inner] of f16 along axis; attention may be NULL.
 */
enum activations_status activations_log_softmax_f16(const uint16_t *x,
                                                    uint16_t *y,
                                                    size_t outer,
                                                    size_t axis,
                                                    size_t inner,
                                                    const struct activations_attention *attention);

/**
 * `softmin` of the rows of x [outer, axis, inner] of f16 along axis; attention may be NULL.
 */
enum activations_status activations_softmin_f16(const uint16_t *x,
                                                uint16_t *y,
                                                size_t outer,
                                                size_t axis,
                                                size_t inner,
                                                const struct activations_attention *attention);

/**
 * `hardmax` of the rows of x [outer, axis, inner] of f16 along axis.
 */
enum activations_status activations_hardmax_f16(const uint16_t *x,
                                                uint16_t *y,
                                                size_t outer,
                                                size_t axis,
                                                size_t inner);

/**
 * `softmax`, and the logarithm of the sum of e^t of each row of x of f16, at log_sums [outer, inner].
 */
enum activations_status activations_softmax_with_log_sums_f16(const uint16_t *x,
                                                              uint16_t *y,
                                                              size_t outer,
                                                              size_t axis,
                                                              size_t inner,
                                                              const struct activations_attention *attention,
                                                              float *log_sums);

/**
 * `softmax` of the rows of x [outer, axis, inner] of bf16 along axis; attention may be NULL.
 */
enum activations_status activations_softmax_bf16(const uint16_t *x,
                                                 uint16_t *y,
                                                 size_t outer,
                                                 size_t axis,
                                                 size_t inner,
                                                 const struct activations_attention *attention);

/**
 * `log_softmax` of the rows of x [outer, axis, inner] of bf16 along axis; attention may be NULL.
 */
enum activations_status activations_log_softmax_bf16(const uint16_t *x,
                                                     uint16_t *y,
                                                     size_t outer,
                                                     size_t axis,
                                                     size_t inner,
                                                     const struct activations_attention *attention);

/**
 * `softmin` of the rows of x [outer, axis, inner] of bf16 along axis; attention may be NULL.
 */
enum activations_status activations_softmin_bf16(const uint16_t *x,
                                                 uint16_t *y,
                                                 size_t outer,
                                                 size_t axis,
                                                 size_t inner,
                                                 const struct activations_attention *attention);

/**
 * `hardmax` of the rows of x [outer, axis, inner] of bf16 along axis.
 */
enum activations_status activations_hardmax_bf16(const uint16_t *x,
                                                 uint16_t *y,
                                                 size_t outer,
                                                 size_t axis,
                                                 size_t inner);

/**
 * `softmax`, and the logarithm of the sum of e^t of each row of x of bf16, at log_sums [outer, inner].
 */
enum activations_status activations_softmax_with_log_sums_bf16(const uint16_t *x,
                                                               uint16_t *y,
                                                               size_t outer,
                                                               size_t axis,
                                                               size_t inner,
                                                               const struct activations_attention *attention,
                                                               float *log_sums);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* ACTIVATIONS_H */
