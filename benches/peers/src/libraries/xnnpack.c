// XNNPACK's operators on rows of 1,024 f32, for xnnpack.rs.

#include <cpuinfo.h>
#include <math.h>
#include <string.h>
#include <xnnpack.h>

enum { ROW = 1024 };

typedef enum xnn_status (*setup)(xnn_operator_t, size_t, const float *, float *, pthreadpool_t);

// No more than AVX2. It has no such option, but asks this table, once, which instructions there are.
void peers_xnnpack_cap(void) {
    if (!cpuinfo_initialize()) return;
    cpuinfo_isa.avx512f = false;
    cpuinfo_isa.avx512bw = false;
    cpuinfo_isa.avx512cd = false;
    cpuinfo_isa.avx512dq = false;
    cpuinfo_isa.avx512vl = false;
}

// An operator from x to y, of n elements; NULL where there is none of that name.
void *peers_xnnpack_new(const char *name, const float *x, float *y, size_t n) {
    xnn_operator_t made = NULL;
    enum xnn_status status = xnn_status_invalid_parameter;
    setup setup = NULL;
    if (xnn_initialize(NULL) != xnn_status_success) return NULL;
    if (strcmp(name, "relu") == 0) {
        status = xnn_create_clamp_nc_f32(ROW, ROW, ROW, 0.0f, INFINITY, 0, &made);
        setup = xnn_setup_clamp_nc_f32;
    } else if (strcmp(name, "leaky_relu") == 0) {
        status = xnn_create_leaky_relu_nc_f32(ROW, ROW, ROW, 0.01f, 0, &made);
        setup = xnn_setup_leaky_relu_nc_f32;
    } else if (strcmp(name, "hardswish") == 0) {
        status = xnn_create_hardswish_nc_f32(ROW, ROW, ROW, 0, &made);
        setup = xnn_setup_hardswish_nc_f32;
    } else if (strcmp(name, "sigmoid") == 0) {
        status = xnn_create_sigmoid_nc_f32(ROW, ROW, ROW, 0, &made);
        setup = xnn_setup_sigmoid_nc_f32;
    } else if (strcmp(name, "elu") == 0) {
        status = xnn_create_elu_nc_f32(ROW, ROW, ROW, 1.0f, 0, &made);
        setup = xnn_setup_elu_nc_f32;
    } else if (strcmp(name, "softmax") == 0) {
        status = xnn_create_softmax_nc_f32(ROW, ROW, ROW, 0, &made);
        setup = xnn_setup_softmax_nc_f32;
    }
    if (status != xnn_status_success) return NULL;
    // Without a pool of threads: on the calling one.
    if (setup(made, n / ROW, x, y, NULL) == xnn_status_success) return made;
    xnn_delete_operator(made);
    return NULL;
}

// Whether it ran.
int peers_xnnpack_run(void *made) {
    return xnn_run_operator(made, NULL) == xnn_status_success;
}

void peers_xnnpack_delete(void *made) {
    xnn_delete_operator(made);
}
