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

enum { LEN = 60, ROWS = 36, MAX_PARAMETERS = 3, GUARD = 16 };

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

/* The functions that take so many parameters. */

typedef activations_status (*elementwise0)(const float *, float *, size_t);
typedef activations_status (*elementwise1)(const float *, float *, size_t, float);
typedef activations_status (*elementwise2)(const float *, float *, size_t, float, float);

struct elementwise {
    const char *name;
    elementwise0 with_none;
    elementwise1 with_one;
    elementwise2 with_two;
};

#define NONE(name) {#name, name, NULL, NULL}
#define ONE(name) {#name, NULL, name, NULL}
#define TWO(name) {#name, NULL, NULL, name}

static const struct elementwise ELEMENTWISE[] = {
    NONE(activations_identity),    NONE(activations_relu),         NONE(activations_relu6),
    ONE(activations_leaky_relu),   ONE(activations_prelu),         TWO(activations_rrelu),
    TWO(activations_threshold),    ONE(activations_thresholded_relu), TWO(activations_hardtanh),
    TWO(activations_hardsigmoid),  NONE(activations_hardswish),    ONE(activations_hardshrink),
    ONE(activations_softshrink),   TWO(activations_shrink),        NONE(activations_softsign),
    NONE(activations_relu_squared), NONE(activations_sigmoid),     NONE(activations_log_sigmoid),
    NONE(activations_silu),        NONE(activations_gelu),         NONE(activations_gelu_tanh),
    NONE(activations_quick_gelu),  ONE(activations_swish),         ONE(activations_elu),
    NONE(activations_selu),        ONE(activations_celu),          TWO(activations_softplus),
    NONE(activations_mish),        NONE(activations_exp),          NONE(activations_expm1),
    NONE(activations_tanh),        NONE(activations_erf),          NONE(activations_tanhshrink),
};

typedef activations_status (*gate0)(const float *, const float *, float *, size_t);
typedef activations_status (*gate1)(const float *, const float *, float *, size_t, float);
typedef activations_status (*split0)(const float *, float *, size_t, size_t, int);
typedef activations_status (*split1)(const float *, float *, size_t, size_t, int, float);

struct gate {
    const char *name;
    const char *split_name;
    gate0 with_none;
    split0 split_with_none;
    gate1 with_one;
    split1 split_with_one;
};

#define GATE(name) {#name, #name "_split", name, name##_split, NULL, NULL}
#define GATE_ONE(name) {#name, #name "_split", NULL, NULL, name, name##_split}

static const struct gate GATES[] = {
    GATE(activations_glu),        GATE_ONE(activations_swiglu), GATE(activations_geglu),
    GATE(activations_geglu_tanh), GATE(activations_reglu),
};

typedef activations_status (*row_function)(const float *, float *, size_t, size_t, size_t,
                                             const activations_attention *);

struct with_attention {
    const char *name;
    row_function call;
};

static const struct with_attention WITH_ATTENTION[] = {
    {"activations_softmax", activations_softmax},
    {"activations_log_softmax", activations_log_softmax},
    {"activations_softmin", activations_softmin},
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* A line of the file. */
struct line {
    char kind[24];
    char function[64];
    char text[64]; /* of functions that take a name */
    size_t parameters;
    float parameter[MAX_PARAMETERS];
    size_t results;
    float result[LEN];
};

static float x[LEN], value[LEN];
static const size_t LENGTHS[3] = {12, 5, 0};

static float number(const char *text) {
    const uint32_t bits = (uint32_t)strtoul(text, NULL, 16);
    float number;
    memcpy(&number, &bits, sizeof number);
    return number;
}

static int same(float a, float b) {
    return (a != a && b != b) || (any_zero && a == 0 && b == 0) || memcmp(&a, &b, sizeof a) == 0;
}

static int read_line(FILE *file, struct line *line) {
    char buffer[1024];
    const char *word;
    if (fgets(buffer, sizeof buffer, file) == NULL || strchr(buffer, '\n') == NULL) {
        return 0;
    }
    memset(line, 0, sizeof *line);
    strncpy(line->kind, strtok(buffer, " "), sizeof line->kind - 1);
    strncpy(line->function, strtok(NULL, " "), sizeof line->function - 1);
    if (strstr(line->kind, "name") != NULL) {
        strncpy(line->text, strtok(NULL, " "), sizeof line->text - 1);
    }
    line->parameters = strtoul(strtok(NULL, " "), NULL, 10);
    if (line->parameters > MAX_PARAMETERS) {
        return 0;
    }
    for (size_t i = 0; i < line->parameters; i++) {
        line->parameter[i] = number(strtok(NULL, " "));
    }
    while ((word = strtok(NULL, " \n")) != NULL && line->results < LEN) {
        line->result[line->results++] = number(word);
    }
    return 1;
}

static int is(const struct line *line, const char *kind) { return strcmp(line->kind, kind) == 0; }

/* Calls what `line` says, from `source` to `y`. */

static activations_status call_elementwise(const struct line *line, const float *source, float *y) {
    const float *p = line->parameter;
    for (size_t i = 0; i < COUNT(ELEMENTWISE); i++) {
        const struct elementwise *f = &ELEMENTWISE[i];
        if (strcmp(f->name, line->function) == 0) {
            switch (line->parameters) {
            case 0: return f->with_none != NULL ? f->with_none(source, y, LEN) : ACTIVATIONS_STATUS_INTERNAL;
            case 1: return f->with_one != NULL ? f->with_one(source, y, LEN, p[0]) : ACTIVATIONS_STATUS_INTERNAL;
            default: return f->with_two != NULL ? f->with_two(source, y, LEN, p[0], p[1]) : ACTIVATIONS_STATUS_INTERNAL;
            }
        }
    }
    return ACTIVATIONS_STATUS_NAME;
}

static activations_status call_gate(const struct line *line, const float *source, float *y) {
    for (size_t i = 0; i < COUNT(GATES); i++) {
        const struct gate *g = &GATES[i];
        if (strcmp(g->name, line->function) == 0) {
            return g->with_one != NULL ? g->with_one(source, value, y, LEN, line->parameter[0])
                                       : g->with_none(source, value, y, LEN);
        }
    }
    return ACTIVATIONS_STATUS_NAME;
}

static activations_status call_split(const struct line *line, int layout, const float *source, float *y) {
    for (size_t i = 0; i < COUNT(GATES); i++) {
        const struct gate *g = &GATES[i];
        if (strcmp(g->split_name, line->function) == 0) {
            return g->split_with_one != NULL ? g->split_with_one(source, y, 5, 6, layout, line->parameter[0])
                                             : g->split_with_none(source, y, 5, 6, layout);
        }
    }
    return ACTIVATIONS_STATUS_NAME;
}

static activations_status call_rows(const struct line *line, const size_t shape[3], const activations_attention *attention,
                                    const float *source, float *y) {
    if (strcmp(line->function, "activations_hardmax") == 0) {
        return activations_hardmax(source, y, shape[0], shape[1], shape[2]);
    }
    for (size_t i = 0; i < COUNT(WITH_ATTENTION); i++) {
        if (strcmp(WITH_ATTENTION[i].name, line->function) == 0) {
            return WITH_ATTENTION[i].call(source, y, shape[0], shape[1], shape[2], attention);
        }
    }
    return ACTIVATIONS_STATUS_NAME;
}

static const struct {
    const char *kind;
    int layout;
} LAYOUTS[] = {
    {"gate_value", ACTIVATIONS_SPLIT_LAYOUT_GATE_VALUE},
    {"value_gate", ACTIVATIONS_SPLIT_LAYOUT_VALUE_GATE},
    {"gate_value_pairs", ACTIVATIONS_SPLIT_LAYOUT_GATE_VALUE_PAIRS},
    {"value_gate_pairs", ACTIVATIONS_SPLIT_LAYOUT_VALUE_GATE_PAIRS},
};

static const size_t LAST[3] = {3, 12, 1};
static const size_t OTHER[3] = {2, 6, 3};

static activations_status call(const struct line *line, const float *source, float *y) {
    activations_attention attention = ACTIVATIONS_ATTENTION_NONE;
    attention.scale = 0.5f;
    if (is(line, "elementwise")) return call_elementwise(line, source, y);
    if (is(line, "channels")) return activations_prelu_per_channel(source, y, LEN, line->parameter, line->parameters, 4);
    if (is(line, "name")) return activations_apply(line->text, source, y, LEN);
    if (is(line, "gate")) return call_gate(line, source, y);
    if (is(line, "gate_name")) return activations_apply_gate(line->text, source, value, y, LEN);
    if (is(line, "last")) return call_rows(line, LAST, NULL, source, y);
    if (is(line, "other")) return call_rows(line, OTHER, NULL, source, y);
    if (is(line, "last_name")) return activations_apply_rows(line->text, source, y, LAST[0], LAST[1], LAST[2]);
    if (is(line, "other_name")) return activations_apply_rows(line->text, source, y, OTHER[0], OTHER[1], OTHER[2]);
    for (size_t i = 0; i < COUNT(LAYOUTS); i++) {
        if (is(line, LAYOUTS[i].kind)) return call_split(line, LAYOUTS[i].layout, source, y);
    }
    if (is(line, "lengths")) {
        attention.lengths = LENGTHS;
        attention.lengths_len = 3;
    } else {
        attention.mask = value;
        attention.mask_len = 12;
        if (is(line, "causal")) {
            attention.queries = 3;
            attention.past = 1;
        } else if (!is(line, "masked")) {
            return ACTIVATIONS_STATUS_NAME;
        }
    }
    return call_rows(line, LAST, &attention, source, y);
}

/* Compares `y` with what the line holds. */
static void compare(const struct line *line, const char *variant, const float *y) {
    for (size_t i = 0; i < line->results; i++) {
        if (!same(y[i], line->result[i])) {
            fprintf(stderr, "%s %s %s, %s: element %u is %a, not %a\n", line->kind, line->function, line->text, variant,
                    (unsigned)i, (double)y[i], (double)line->result[i]);
            failures++;
            return;
        }
    }
}

static void check_line(const struct line *line) {
    const int is_split = strstr(line->function, "_split") != NULL;
    const float *source = line->results == ROWS ? value : x;
    float buffer[GUARD + LEN + GUARD];
    float *y = buffer + GUARD;
    for (size_t i = 0; i < COUNT(buffer); i++) {
        buffer[i] = 12345.0f;
    }
    expect(line->function, call(line, source, y), ACTIVATIONS_STATUS_OK);
    compare(line, "out of place", y);
    for (size_t i = 0; i < COUNT(buffer); i++) {
        if ((i < GUARD || i >= GUARD + line->results) && buffer[i] != 12345.0f) {
            fail(line->function, "wrote outside the output");
            break;
        }
    }
    memcpy(y, source, LEN * sizeof *y);
    if (is_split) {
        expect(line->function, call(line, y, y), ACTIVATIONS_STATUS_OVERLAP);
        return;
    }
    expect(line->function, call(line, y, y), ACTIVATIONS_STATUS_OK);
    compare(line, "in place", y);

    /* Nothing is written where the input overlaps the output, or a pointer is none. */
    memcpy(y, source, LEN * sizeof *y);
    expect(line->function, call(line, y, y + 1), ACTIVATIONS_STATUS_OVERLAP);
    expect(line->function, call(line, y + 1, y), ACTIVATIONS_STATUS_OVERLAP);
    expect(line->function, call(line, NULL, y), ACTIVATIONS_STATUS_NULL);
    expect(line->function, call(line, source, NULL), ACTIVATIONS_STATUS_NULL);
    expect(line->function, call(line, (const float *)((uintptr_t)source + 2), y), ACTIVATIONS_STATUS_MISALIGNED);
    expect(line->function, call(line, source, (float *)((uintptr_t)y + 1)), ACTIVATIONS_STATUS_MISALIGNED);
    if (memcmp(y, source, LEN * sizeof *y) != 0) {
        fail(line->function, "wrote although it refused");
    }
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
            memcpy(strcmp(line.function, "activations_x") == 0 ? x : value, line.result, sizeof x);
        } else {
            check_line(&line);
            lines++;
        }
    }
    if (!feof(file) || lines != expected_lines) {
        fail(argv[1], "not all of it could be read");
    }
    fclose(file);
    check_refusals();
    check_bytes();
    if (argc > 2 && strcmp(activations_isa(), argv[2]) != 0) {
        fail(argv[2], "is not in use");
    }
    printf("activations %s on %s: %d lines, %d calls, %d failures\n", activations_version(), activations_isa(), lines,
           calls, failures);
    return failures == 0 ? 0 : 1;
}
