/*
 * Horn and Schunck's flow: brightness stays along the motion, and the motion is smooth.
 */
#include "motion/horn_schunck.h"

#include "methods.h"

static const char *const scheme_names[] = {"pyramid", "1981", NULL};

static const seg_param rows[] = {
    SEG_FLOW_ROWS(seg_horn_schunck_options, "How much time for how much accuracy."),
    {"scheme", SEG_PARAM_ENUM, offsetof(seg_horn_schunck_options, scheme), "pyramid", 0, 1,
     scheme_names, "",
     "pyramid = coarse to fine, as the energy is minimised today; 1981 = the paper's stencils and "
     "iteration, on one scale.",
     ""},
    {"alpha", SEG_PARAM_FLOAT, offsetof(seg_horn_schunck_options, alpha), "15", 0.001, 1000, NULL,
     "8-bit level", "Scheme 1981: weight of smoothness.", "alpha"},
    {"iterations", SEG_PARAM_INT, offsetof(seg_horn_schunck_options, iterations), "100", 1, 10000,
     NULL, "", "Scheme 1981: number of iterations.", ""},
};

static const seg_param_table params = {rows, sizeof rows / sizeof *rows,
                                       sizeof(seg_horn_schunck_options)};

void seg_horn_schunck_options_init(seg_horn_schunck_options *options) {
    seg_params_init(options, &params);
}

static seg_status estimate(const seg_flow_job *job) {
    return seg_horn_schunck_1981(job);
}

static const seg_flow_kind kind = {&params, offsetof(seg_horn_schunck_options, flow), estimate,
                                   NULL};

static seg_status create(void **state, const void *options, const seg_env *env) {
    return seg_flow_create(state, &kind, options, env);
}

static uint32_t outputs_of(const void *options) {
    return seg_flow_outputs(&((const seg_horn_schunck_options *)options)->flow);
}

const seg_method seg_method_horn_schunck = {
    .id = "horn-schunck",
    .title = "flow that is smooth: coarse to fine, or the paper's iteration",
    .reference = "Horn and Schunck, Determining optical flow, Artificial Intelligence 17",
    .year = 1981,
    .params = &params,
    .outputs_of = outputs_of,
    .create = create,
    SEG_FLOW_METHOD,
};
