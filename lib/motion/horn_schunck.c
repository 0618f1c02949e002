/*
 * Horn and Schunck's flow: brightness stays along the motion, and the motion is smooth.
 *
 * B. K. P. Horn, B. G. Schunck, "Determining optical flow", Artificial Intelligence 17, 1981. How
 * the energy is minimised, and what has been added since: variational.c; robust penalties and
 * medians after D. Sun, S. Roth, M. J. Black, "A quantitative analysis of current practices in
 * optical flow estimation and the principles behind them", IJCV 106, 2014; graduated
 * non-convexity: A. Blake, A. Zisserman, "Visual Reconstruction", 1987.
 *
 * Symbols: lambda `smoothness`, gamma `gradient`, psi `penalty`
 *
 * What the qualities are (cost on 640 x 480 in README.md, tests/quality): fastest = quadratic on
 * half the picture; fast = Charbonnier, a warp a level; default = quadratic, two warps; accurate =
 * Charbonnier, three warps, medians guided by colour.
 *
 * Known failures: motion larger than the object that moves; light that changes fast; without a
 * median the constancy of the gradient pulls single pixels away, so that it is off there by itself.
 */
#include "motion/horn_schunck.h"

#include "methods.h"
#include "motion/variational.h"

static const char *const scheme_names[] = {"pyramid", "1981", NULL};
static const char *const penalty_names[] = {"auto", "quadratic", "charbonnier", "lorentzian", NULL};
static const char *const median_names[] = {"auto", "none", "plain", "weighted", NULL};

static const seg_param rows[] = {
    SEG_FLOW_ROWS(seg_horn_schunck_options,
                  "fastest = half the size, quadratic; fast = one warp, Charbonnier; default = two "
                  "warps, quadratic; accurate = three warps, Charbonnier, weighted median."),
    {"penalty", SEG_PARAM_ENUM, offsetof(seg_horn_schunck_options, penalty), "auto", 0, 3,
     penalty_names, "",
     "How deviations from constant brightness and smoothness are counted; auto = by the quality.",
     "psi"},
    {"median", SEG_PARAM_ENUM, offsetof(seg_horn_schunck_options, median), "auto", 0, 3,
     median_names, "",
     "Filter of the flow: plain = 5 x 5 after each warp, weighted = also 15 x 15 by colour near "
     "edges of the flow; auto = by the quality.",
     ""},
    {"smoothness", SEG_PARAM_FLOAT, offsetof(seg_horn_schunck_options, smoothness), "0", 0, 100000,
     NULL, "", "Weight of smoothness; 0 = by penalty and median.", "lambda"},
    {"gradient", SEG_PARAM_FLOAT, offsetof(seg_horn_schunck_options, gradient), "-1", -1, 1000,
     NULL, "", "Weight of the constancy of the gradient; negative = by penalty and median.",
     "gamma"},
    {"warps", SEG_PARAM_INT, offsetof(seg_horn_schunck_options, warps), "0", 0, 10, NULL, "",
     "Linearisations on each level; 0 = by the quality.", ""},
    {"stages", SEG_PARAM_INT, offsetof(seg_horn_schunck_options, stages), "1", 1, 4, NULL, "",
     "Graduated non-convexity: from the quadratic penalty to the chosen one in so many stages.",
     ""},
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

/* ---- what options mean ---- */

static int32_t penalty_of(const seg_horn_schunck_options *o) {
    if (o->penalty == SEG_FLOW_PENALTY_AUTO) {
        const bool sharp = o->flow.quality == SEG_FLOW_FAST || o->flow.quality == SEG_FLOW_ACCURATE;
        return sharp ? SEG_FLOW_PENALTY_CHARBONNIER : SEG_FLOW_PENALTY_QUADRATIC;
    }
    return o->penalty;
}

static int32_t median_of(const seg_horn_schunck_options *o) {
    if (o->median != SEG_FLOW_MEDIAN_AUTO) return o->median;
    return o->flow.quality == SEG_FLOW_ACCURATE ? SEG_FLOW_MEDIAN_WEIGHTED : SEG_FLOW_MEDIAN_PLAIN;
}

static bool guided(const void *options) {
    const seg_horn_schunck_options *o = options;
    return o->scheme == SEG_HORN_SCHUNCK_PYRAMID && median_of(o) == SEG_FLOW_MEDIAN_WEIGHTED;
}

/* Of each penalty, chosen on Middlebury's training pairs. */
typedef struct penalty_row {
    seg_flow_robust data, smooth;
    double lambda, gamma;
} penalty_row;

static const penalty_row penalties[] = {
    [SEG_FLOW_PENALTY_QUADRATIC] = {{SEG_PENALTY_CHARBONNIER, 1, 0, 1},
                                    {SEG_PENALTY_CHARBONNIER, 1, 0, 1},
                                    40,
                                    10},
    [SEG_FLOW_PENALTY_CHARBONNIER] = {{SEG_PENALTY_CHARBONNIER, 1, 1, 0},
                                      {SEG_PENALTY_CHARBONNIER, 1e-4f, 1, 0},
                                      1,
                                      8},
    [SEG_FLOW_PENALTY_LORENTZIAN] = {{SEG_PENALTY_LORENTZIAN, 200, 1, 0},
                                     {SEG_PENALTY_LORENTZIAN, 1e-2f, 1, 0},
                                     100,
                                     5},
};

static void choose(seg_variational *how, const seg_horn_schunck_options *o) {
    static const int32_t warps[] = {1, 1, 2, 3};
    static const int32_t filters[] = {
        [SEG_FLOW_MEDIAN_NONE] = SEG_FLOW_FILTER_NONE,
        [SEG_FLOW_MEDIAN_PLAIN] = SEG_FLOW_FILTER_MEDIAN,
        [SEG_FLOW_MEDIAN_WEIGHTED] = SEG_FLOW_FILTER_WEIGHTED,
    };
    const int32_t penalty = penalty_of(o), median = median_of(o), quality = o->flow.quality;
    const bool robust = penalty != SEG_FLOW_PENALTY_QUADRATIC;
    const bool filtered = median != SEG_FLOW_MEDIAN_NONE;
    *how = (seg_variational){
        .lambda = (filtered ? 1 : 5) * penalties[penalty].lambda,
        .gamma = filtered ? penalties[penalty].gamma : 0,
        .presmooth = 0.7,
        .data = penalties[penalty].data,
        .smooth = penalties[penalty].smooth,
        .factor = 0.65,
        .half = quality == SEG_FLOW_FASTEST,
        .least = 8,
        .warps = o->warps ? o->warps : warps[quality],
        .reweightings = robust ? 2 : 1,
        .sweeps = quality == SEG_FLOW_FAST                ? 5
                  : robust || quality == SEG_FLOW_FASTEST ? 10
                                                          : 20,
        .omega = robust || quality == SEG_FLOW_FASTEST ? 1.7 : 1.8,
        .even = penalties[SEG_FLOW_PENALTY_QUADRATIC].lambda / penalties[penalty].lambda,
        .stages = robust ? o->stages : 1,
        .filter = filters[median],
        .sigma_place = 7,
        .sigma_colour = 4,
        .edge = 0.15,
        .doubt = 10,
        .margin = 4,
    };
    if (o->smoothness > 0) how->lambda = o->smoothness;
    if (o->gradient >= 0) how->gamma = o->gradient;
}

seg_status seg_horn_schunck_flow(const seg_flow_job *job) {
    const seg_horn_schunck_options *options = job->options;
    if (options->scheme == SEG_HORN_SCHUNCK_1981) return seg_horn_schunck_1981(job);
    seg_variational how;
    choose(&how, options);
    return seg_variational_flow(job, &how);
}

static const seg_flow_kind kind = {&params, offsetof(seg_horn_schunck_options, flow),
                                   seg_horn_schunck_flow, guided};

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
    .needs = SEG_NEED_COLOUR,
    .params = &params,
    .outputs_of = outputs_of,
    .create = create,
    SEG_FLOW_METHOD,
};
