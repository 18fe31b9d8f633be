/* Calls every function of activations.h and compares the bits with those of the Rust interface, which
 * tests/data/capi.txt holds: out of place and in place, with guards around the output. Then what has to be refused.
 * C99 and C++ alike.
 *
 * every [--any-zero] FILE [ISA]: where an instruction set is given, it has to be the one in use. With --any-zero a zero may
 * have the other sign: valgrind's vfnmadd, of -0 * 1 from -0, is -0, where every CPU has +0.
 */

#include "activations.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LEN = 60, ROWS = 36, SPLIT_OUTER = 5, SPLIT_N = 6, MAX_PARAMETERS = 6, GUARD = 16 };

static int failures = 0;
static int calls = 0;
static int any_zero = 0;

static void fail(const char *what, const char *why) {
    fprintf(stderr, "%s: %s\n", what, why);
    failures++;
}

static void expect(const char *what, activations_status got, activations_status expected) {
    calls++;
    if (got != expected) {
        fprintf(stderr, "%s: got \"%s\", not \"%s\"\n", what, activations_status_message((int)got),
                activations_status_message((int)expected));
        failures++;
    }
}

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* The input of activations and gates; the values that gates multiply, which are also rows and masks. */
static float x[LEN], value[LEN];
static uint16_t x_f16[LEN], value_f16[LEN], x_bf16[LEN], value_bf16[LEN];

static const size_t LENGTHS[3] = {12, 5, 0};
static const size_t STARTS[3] = {0, 1, 2}, ENDS[1] = {9};
static uint8_t kept[12];     /* whether values are above a quarter */
static uint16_t rounded[12]; /* values as bfloat16 */
static float log_sums[3];    /* what softmax_with_log_sums writes */
static activations_attention masked, of_lengths, causal, options, bfloat16;

/* Makes the attentions, of the first values. */
static void set_attentions(void) {
    for (size_t i = 0; i < COUNT(kept); i++) {
        uint32_t bits;
        memcpy(&bits, &value[i], sizeof bits);
        kept[i] = value[i] > 0.25f ? 0xff : 0;
        rounded[i] = (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
    }
    masked.scale = of_lengths.scale = causal.scale = 0.5f;
    masked.mask = causal.mask = value;
    masked.mask_len = causal.mask_len = 12;
    of_lengths.ends = LENGTHS;
    of_lengths.ends_len = 3;
    causal.queries = 3;
    causal.has_window = 1;
    causal.past = 1;
    causal.before = SIZE_MAX;

    options.heads = bfloat16.heads = 3;
    options.softcap = 0.5f;
    options.slopes = value;
    options.mask = kept;
    options.mask_len = COUNT(kept);
    options.mask_type = ACTIVATIONS_MASK_TYPE_KEPT;
    options.has_mask_strides = 1;
    options.starts = STARTS;
    options.starts_len = COUNT(STARTS);
    options.has_window = 1;
    options.past = 4;
    options.before = 2;
    options.after = 3;
    options.sinks = value + 3;
    options.zero_if_empty = 1;

    bfloat16.mask = rounded;
    bfloat16.mask_len = COUNT(rounded);
    bfloat16.mask_type = ACTIVATIONS_MASK_TYPE_BF16;
    bfloat16.ends = ENDS;
    bfloat16.ends_len = 1;
    bfloat16.is_per_batch = 1;
}

/* Numbers of which each half is a bias of SPLIT_N elements, and the same of 16 bits. */
static const float BIASES[2 * SPLIT_N] = {1, -0.5f, 3, -1, 0.25f, -0.0f, 2, 0, -0.75f, 0.5f, 1.5f, -2};
static const uint16_t BIASES_F16[2 * SPLIT_N] = {0x3c00, 0xb800, 0x4200, 0xbc00, 0x3400, 0x8000,
                                                 0x4000, 0x0000, 0xba00, 0x3800, 0x3e00, 0xc000};
static const uint16_t BIASES_BF16[2 * SPLIT_N] = {0x3f80, 0xbf00, 0x4040, 0xbf80, 0x3e80, 0x8000,
                                                  0x4000, 0x0000, 0xbf40, 0x3f00, 0x3fc0, 0xc000};
/* The biases of tests/it/capi_values/biased.rs, under the names that they have there. */
static const activations_gate_biases NOTHING = ACTIVATIONS_GATE_BIASES_NONE;
static const activations_gate_biases OF_GATE = {BIASES, NULL, NULL, SPLIT_N, ACTIVATIONS_BIAS_TYPE_FLOAT, 0};
static const activations_gate_biases OF_VALUE = {
    NULL, BIASES_BF16 + SPLIT_N, NULL, SPLIT_N, ACTIVATIONS_BIAS_TYPE_BF16, 0};
static const activations_gate_biases APART = {
    BIASES, BIASES + SPLIT_N, NULL, SPLIT_N, ACTIVATIONS_BIAS_TYPE_FLOAT, 0};
static const activations_gate_biases HALVES = {
    NULL, NULL, BIASES_BF16, SPLIT_N, ACTIVATIONS_BIAS_TYPE_BF16, ACTIVATIONS_SPLIT_LAYOUT_GATE_VALUE};
static const activations_gate_biases PAIRS = {
    NULL, NULL, BIASES, SPLIT_N, ACTIVATIONS_BIAS_TYPE_FLOAT, ACTIVATIONS_SPLIT_LAYOUT_GATE_VALUE_PAIRS};
static const activations_gate_biases SWAPPED_PAIRS = {
    NULL, NULL, BIASES_F16, SPLIT_N, ACTIVATIONS_BIAS_TYPE_F16, ACTIVATIONS_SPLIT_LAYOUT_VALUE_GATE_PAIRS};

/* A kind of line. */
struct kind {
    const char *name;
    const char *by_name; /* the function that takes a name instead of having one, for float */
    int layout;          /* of functions with _split in their names */
    size_t shape[3];     /* of rows */
    const activations_attention *attention;
    const activations_gate_biases *biases;
};

static const struct kind KINDS[] = {
    {"lines", NULL, 0, {0}, NULL, NULL},
    {"input", NULL, 0, {0}, NULL, NULL},
    {"elementwise", "activations_apply", 0, {0}, NULL, NULL},
    {"gate", "activations_apply_gate", 0, {0}, NULL, NULL},
    {"gate_value", NULL, ACTIVATIONS_SPLIT_LAYOUT_GATE_VALUE, {0}, NULL, NULL},
    {"value_gate", NULL, ACTIVATIONS_SPLIT_LAYOUT_VALUE_GATE, {0}, NULL, NULL},
    {"gate_value_pairs", NULL, ACTIVATIONS_SPLIT_LAYOUT_GATE_VALUE_PAIRS, {0}, NULL, NULL},
    {"value_gate_pairs", NULL, ACTIVATIONS_SPLIT_LAYOUT_VALUE_GATE_PAIRS, {0}, NULL, NULL},
    {"not_biased", NULL, 0, {0}, NULL, NULL},
    {"biased_by_nothing", NULL, 0, {0}, NULL, &NOTHING},
    {"gate_biased", NULL, 0, {0}, NULL, &OF_GATE},
    {"value_biased", NULL, 0, {0}, NULL, &OF_VALUE},
    {"both_biased", NULL, 0, {0}, NULL, &SWAPPED_PAIRS},
    {"biased_gate_value", NULL, ACTIVATIONS_SPLIT_LAYOUT_GATE_VALUE, {0}, NULL, &APART},
    {"biased_value_gate", NULL, ACTIVATIONS_SPLIT_LAYOUT_VALUE_GATE, {0}, NULL, &HALVES},
    {"biased_gate_value_pairs", NULL, ACTIVATIONS_SPLIT_LAYOUT_GATE_VALUE_PAIRS, {0}, NULL, &PAIRS},
    {"biased_value_gate_pairs", NULL, ACTIVATIONS_SPLIT_LAYOUT_VALUE_GATE_PAIRS, {0}, NULL, &SWAPPED_PAIRS},
    {"last", "activations_apply_rows", 0, {3, 12, 1}, NULL, NULL},
    {"other", "activations_apply_rows", 0, {2, 6, 3}, NULL, NULL},
    {"masked", NULL, 0, {3, 12, 1}, &masked, NULL},
    {"lengths", NULL, 0, {3, 12, 1}, &of_lengths, NULL},
    {"causal", NULL, 0, {3, 12, 1}, &causal, NULL},
    {"options", NULL, 0, {3, 12, 1}, &options, NULL},
    {"bfloat16", NULL, 0, {3, 12, 1}, &bfloat16, NULL},
    {"log_sums", NULL, 0, {3, 12, 1}, &masked, NULL},
};

/* A type of element. */
struct element {
    const char *suffix; /* of its functions */
    size_t size;
    uint32_t infinity; /* in bits */
    void *x, *value;
};

/* Any name ends in the last of the suffixes. */
static const struct element ELEMENTS[] = {
    {"_f16", sizeof(uint16_t), 0x7c00, x_f16, value_f16},
    {"_bf16", sizeof(uint16_t), 0x7f80, x_bf16, value_bf16},
    {"", sizeof(float), 0x7f800000, x, value},
};

static const struct element *element_of(const char *function) {
    const struct element *element = ELEMENTS;
    while (strlen(function) < strlen(element->suffix) ||
           strcmp(function + strlen(function) - strlen(element->suffix), element->suffix) != 0) {
        element++;
    }
    return element;
}

/* A line of the file. */
struct line {
    const struct kind *kind;
    char function[64];
    char text[64]; /* of functions that take a name */
    int also_by_name;
    const struct element *element;
    size_t parameters;
    float parameter[MAX_PARAMETERS];
    size_t results;
    uint32_t result[LEN]; /* in bits */
};

static uint32_t hexadecimal(const char *text) { return (uint32_t)strtoul(text, NULL, 16); }

static uint32_t get_bits(const struct element *element, const void *numbers, size_t i) {
    const char *number = (const char *)numbers + i * element->size;
    uint16_t half;
    uint32_t single;
    if (element->size == sizeof half) {
        memcpy(&half, number, sizeof half);
        return half;
    }
    memcpy(&single, number, sizeof single);
    return single;
}

static void set_bits(const struct element *element, void *numbers, size_t i, uint32_t single) {
    char *number = (char *)numbers + i * element->size;
    const uint16_t half = (uint16_t)single;
    if (element->size == sizeof half) {
        memcpy(number, &half, sizeof half);
    } else {
        memcpy(number, &single, sizeof single);
    }
}

/* Whether two results, in bits, are the same: any NaN is as good as another. */
static int same(const struct element *element, uint32_t a, uint32_t b) {
    const uint32_t sign = (uint32_t)1 << (8 * element->size - 1);
    const uint32_t positive_a = a & ~sign, positive_b = b & ~sign;
    return (positive_a > element->infinity && positive_b > element->infinity) ||
           (any_zero && positive_a == 0 && positive_b == 0) || a == b;
}

static const struct kind *kind_of(const char *name) {
    for (size_t i = 0; i < COUNT(KINDS); i++) {
        if (strcmp(KINDS[i].name, name) == 0) {
            return &KINDS[i];
        }
    }
    return NULL;
}

/* The first word of a line is its kind. In "KIND_name" it says that the line has a text for a function that takes one; in
 * "KIND_and_name", that it also holds for another function, which takes none.
 */
static int read_line(FILE *file, struct line *line) {
    char buffer[1024];
    char *word, *name;
    if (fgets(buffer, sizeof buffer, file) == NULL || strchr(buffer, '\n') == NULL) {
        return 0;
    }
    memset(line, 0, sizeof *line);
    word = strtok(buffer, " ");
    name = strstr(word, "_and_name");
    line->also_by_name = name != NULL;
    name = line->also_by_name ? name : strstr(word, "_name");
    if (name != NULL) {
        *name = '\0';
    }
    line->kind = kind_of(word);
    if (line->kind == NULL) {
        return 0;
    }
    strncpy(line->function, strtok(NULL, " "), sizeof line->function - 1);
    line->element = element_of(line->function);
    if (name != NULL) {
        strncpy(line->text, strtok(NULL, " "), sizeof line->text - 1);
    }
    line->parameters = strtoul(strtok(NULL, " "), NULL, 10);
    if (line->parameters > MAX_PARAMETERS) {
        return 0;
    }
    for (size_t i = 0; i < line->parameters; i++) {
        const uint32_t bits = hexadecimal(strtok(NULL, " "));
        memcpy(&line->parameter[i], &bits, sizeof bits);
    }
    while ((word = strtok(NULL, " \n")) != NULL && line->results < LEN) {
        line->result[line->results++] = hexadecimal(word);
    }
    return 1;
}

static int is(const struct line *line, const char *kind) { return strcmp(line->kind->name, kind) == 0; }

#include "functions.h"

/* Compares `y` with what the line holds. */
static void compare(const struct line *line, const char *variant, const void *y) {
    for (size_t i = 0; i < line->results; i++) {
        const uint32_t bits = get_bits(line->element, y, i);
        if (!same(line->element, bits, line->result[i])) {
            fprintf(stderr, "%s %s %s, %s: element %u is %x, not %x\n", line->kind->name, line->function, line->text,
                    variant, (unsigned)i, (unsigned)bits, (unsigned)line->result[i]);
            failures++;
            return;
        }
    }
    if (is(line, "log_sums") && memcmp(log_sums, line->parameter, sizeof log_sums) != 0) {
        fail(line->function, "other log_sums");
    }
}

static void check_line(const struct line *line) {
    const int is_split = strstr(line->function, "_split") != NULL;
    const size_t size = line->element->size;
    const char *source = (const char *)(line->results == ROWS ? line->element->value : line->element->x);
    float buffer[GUARD + LEN + GUARD]; /* of elements that have its size, or less */
    char *bytes = (char *)buffer, *y = bytes + GUARD * size;
    memset(bytes, 0x5a, sizeof buffer);
    expect(line->function, call(line, source, y), ACTIVATIONS_STATUS_OK);
    compare(line, "out of place", y);
    for (size_t i = 0; i < sizeof buffer; i++) {
        if ((i < GUARD * size || i >= (GUARD + line->results) * size) && bytes[i] != 0x5a) {
            fail(line->function, "wrote outside the output");
            break;
        }
    }
    memcpy(y, source, LEN * size);
    if (is_split) {
        expect(line->function, call(line, y, y), ACTIVATIONS_STATUS_OVERLAP);
    } else {
        expect(line->function, call(line, y, y), ACTIVATIONS_STATUS_OK);
        compare(line, "in place", y);
        memcpy(y, source, LEN * size);
    }

    /* Nothing is written where the input overlaps the output, or a pointer is none. */
    expect(line->function, call(line, y, y + size), ACTIVATIONS_STATUS_OVERLAP);
    expect(line->function, call(line, y + size, y), ACTIVATIONS_STATUS_OVERLAP);
    expect(line->function, call(line, NULL, y), ACTIVATIONS_STATUS_NULL);
    expect(line->function, call(line, source, NULL), ACTIVATIONS_STATUS_NULL);
    expect(line->function, call(line, source + size / 2, y), ACTIVATIONS_STATUS_MISALIGNED);
    expect(line->function, call(line, source, y + 1), ACTIVATIONS_STATUS_MISALIGNED);
    if (memcmp(y, source, LEN * size) != 0) {
        fail(line->function, "wrote although it refused");
    }
}

/* The same by the name of the activation, gate or operation. */
static const struct line *by_name(struct line *line) {
    snprintf(line->function, sizeof line->function, "%s%s", line->kind->by_name, line->element->suffix);
    line->parameters = 0;
    return line;
}

#include "bytes.h"
#include "refusals.h"

int main(int argc, char **argv) {
    struct line line;
    int lines = 0, expected_lines = -1;
    FILE *file;
    if (argc > 1 && strcmp(argv[1], "--any-zero") == 0) {
        any_zero = 1;
        argc--;
        argv++;
    }
    file = argc > 1 ? fopen(argv[1], "r") : NULL;
    if (file == NULL) {
        fprintf(stderr, "usage: every [--any-zero] FILE [ISA]\n");
        return 2;
    }
    while (read_line(file, &line)) {
        if (is(&line, "lines")) {
            expected_lines = (int)line.parameter[0];
        } else if (is(&line, "input")) {
            const int is_value = strncmp(line.function, "activations_value", strlen("activations_value")) == 0;
            void *input = is_value ? line.element->value : line.element->x;
            for (size_t i = 0; i < LEN; i++) {
                set_bits(line.element, input, i, line.result[i]);
            }
            set_attentions();
        } else {
            check_line(&line);
            if (line.also_by_name) {
                check_line(by_name(&line));
            }
            lines++;
        }
    }
    if (!feof(file) || lines != expected_lines) {
        fail(argv[1], "not all of it could be read");
    }
    fclose(file);
    check_what_is_not_in_the_file();
    check_bytes();
    if (argc > 2 && strcmp(activations_isa(), argv[2]) != 0) {
        fail(argv[2], "is not in use");
    }
    printf("activations %s on %s: %d lines, %d calls, %d failures\n", activations_version(), activations_isa(), lines,
           calls, failures);
    return failures == 0 ? 0 : 1;
}
