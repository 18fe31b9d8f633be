#include <activations.h>
#include <stdio.h>

int main(void) {
    float x[4] = {-2.0f, -0.5f, 0.0f, 3.0f};
    float y[4];

    activations_status status = activations_gelu(x, y, 4);
    if (status == ACTIVATIONS_STATUS_OK) {
        status = activations_softmax(y, y, 2, 2, 1, NULL); /* two rows of two, in place */
    }
    if (status != ACTIVATIONS_STATUS_OK) {
        fprintf(stderr, "%s\n", activations_status_message(status));
        return 1;
    }
    printf("%s: %g %g %g %g\n", activations_isa(), y[0], y[1], y[2], y[3]);
    return 0;
}
