// oneDNN's primitives on rows of 1,024 f32, for onednn.rs.

#include <dnnl.h>
#include <stdlib.h>
#include <string.h>

enum { ROW = 1024 };

// From omp.h, which some compilers lack.
void omp_set_num_threads(int threads);

static const struct {
    const char *name;
    dnnl_alg_kind_t kind;
    float alpha;
} ELEMENTWISE[] = {
    {"relu", dnnl_eltwise_relu, 0.0f},
    {"leaky_relu", dnnl_eltwise_relu, 0.01f},
    {"hardswish", dnnl_eltwise_hardswish, 0.0f},
    {"sigmoid", dnnl_eltwise_logistic, 0.0f},
    {"tanh", dnnl_eltwise_tanh, 0.0f},
    {"silu", dnnl_eltwise_swish, 1.0f},
    {"gelu", dnnl_eltwise_gelu_erf, 0.0f},
    {"gelu_tanh", dnnl_eltwise_gelu_tanh, 0.0f},
    {"elu", dnnl_eltwise_elu, 1.0f},
    {"exp", dnnl_eltwise_exp, 0.0f},
    {"softplus", dnnl_eltwise_soft_relu, 0.0f},
    {"mish", dnnl_eltwise_mish, 0.0f},
};

typedef struct {
    dnnl_engine_t engine;
    dnnl_stream_t stream;
    dnnl_primitive_t primitive;
    dnnl_exec_arg_t arguments[2];
} bound;

// No more than AVX2; it has an effect before anything else is called.
void peers_onednn_cap(void) {
    dnnl_set_max_cpu_isa(dnnl_cpu_isa_avx2);
}

// The description of the primitive called name; NULL where there is none.
static dnnl_primitive_desc_t described(const char *name, const dnnl_memory_desc_t *rows, dnnl_engine_t engine) {
    dnnl_primitive_desc_t made = NULL;
    if (strcmp(name, "softmax") == 0) {
        dnnl_softmax_desc_t softmax;
        if (!dnnl_softmax_forward_desc_init(&softmax, dnnl_forward_inference, rows, 1)) {
            dnnl_primitive_desc_create(&made, &softmax, NULL, engine, NULL);
        }
        return made;
    }
    for (size_t i = 0; i < sizeof ELEMENTWISE / sizeof *ELEMENTWISE; i++) {
        dnnl_eltwise_desc_t eltwise;
        if (strcmp(name, ELEMENTWISE[i].name) != 0) continue;
        if (!dnnl_eltwise_forward_desc_init(&eltwise, dnnl_forward_inference, ELEMENTWISE[i].kind, rows,
                                            ELEMENTWISE[i].alpha, 0.0f)) {
            dnnl_primitive_desc_create(&made, &eltwise, NULL, engine, NULL);
        }
    }
    return made;
}

void peers_onednn_delete(void *made) {
    bound *all = made;
    dnnl_primitive_destroy(all->primitive);
    dnnl_memory_destroy(all->arguments[0].memory);
    dnnl_memory_destroy(all->arguments[1].memory);
    dnnl_stream_destroy(all->stream);
    dnnl_engine_destroy(all->engine);
    free(all);
}

// A primitive from x to y, of n elements; NULL where there is none of that name.
void *peers_onednn_new(const char *name, const float *x, float *y, size_t n) {
    const dnnl_dims_t dims = {(dnnl_dim_t)(n / ROW), ROW};
    dnnl_memory_desc_t rows;
    bound *all = calloc(1, sizeof *all);
    if (!all) return NULL;
    omp_set_num_threads(1);
    all->arguments[0].arg = DNNL_ARG_SRC;
    all->arguments[1].arg = DNNL_ARG_DST;
    int failed = dnnl_memory_desc_init_by_tag(&rows, 2, dims, dnnl_f32, dnnl_ab) ||
                 dnnl_engine_create(&all->engine, dnnl_cpu, 0) ||
                 dnnl_stream_create(&all->stream, all->engine, dnnl_stream_default_flags) ||
                 dnnl_memory_create(&all->arguments[0].memory, &rows, all->engine, (void *)x) ||
                 dnnl_memory_create(&all->arguments[1].memory, &rows, all->engine, y);
    dnnl_primitive_desc_t description = failed ? NULL : described(name, &rows, all->engine);
    if (!description || dnnl_primitive_create(&all->primitive, description)) {
        dnnl_primitive_desc_destroy(description);
        peers_onednn_delete(all);
        return NULL;
    }
    dnnl_primitive_desc_destroy(description);
    return all;
}

// Whether it ran.
int peers_onednn_run(void *made) {
    bound *all = made;
    return !dnnl_primitive_execute(all->primitive, all->stream, 2, all->arguments) && !dnnl_stream_wait(all->stream);
}

// Which of its implementations it picked: jit:avx2.
const char *peers_onednn_implementation(void *made) {
    bound *all = made;
    const_dnnl_primitive_desc_t description = NULL;
    const char *text = NULL;
    dnnl_primitive_get_primitive_desc(all->primitive, &description);
    dnnl_primitive_desc_query(description, dnnl_query_impl_info_str, 0, &text);
    return text;
}

void peers_onednn_version(int *major, int *minor, int *patch) {
    const dnnl_version_t *version = dnnl_version();
    *major = version->major;
    *minor = version->minor;
    *patch = version->patch;
}
