/* What every.c checks to be refused: calls with pointers, lengths or names that make no sense. It is a part of every.c,
 * in a file of its own.
 */

#define ELEMENT float
#define SUFFIX
#define TYPE "float"
#include "refusals_of.h"

#define ELEMENT uint16_t
#define SUFFIX _f16
#define TYPE "f16"
#include "refusals_of.h"

#define ELEMENT uint16_t
#define SUFFIX _bf16
#define TYPE "bf16"
#include "refusals_of.h"

/* What functions of each type refuse, and what else is not in the file of results. */
static void check_what_is_not_in_the_file(void) {
    const float factors[3] = {1, 2, 3};
    activations_gate_biases biases = ACTIVATIONS_GATE_BIASES_NONE;
    float y[3];
    check_refusals();
    check_refusals_f16();
    check_refusals_bf16();
    expect("gate and value", activations_reglu(factors, factors, y, 3), ACTIVATIONS_STATUS_OK);
    if (y[0] != 1 || y[1] != 4 || y[2] != 9) {
        fail("gate and value", "one input that is both");
    }
    biases.gate = biases.value = factors;
    biases.len = 3;
    expect("inputs and biases", activations_apply_biased_gate("reglu", factors, factors, y, 3, &biases),
           ACTIVATIONS_STATUS_OK);
    if (y[0] != 4 || y[1] != 16 || y[2] != 36) {
        fail("inputs and biases", "one input that is all of them");
    }
    if (strcmp(activations_status_message(-1), activations_status_message(99)) != 0 ||
        strcmp(activations_status_message(0), "no error") != 0) {
        fail("activations_status_message", "unexpected text");
    }
}
