/*
 * Lucas and Kanade's flow: all pixels of a window move alike.
 *
 * B. D. Lucas, T. Kanade, "An iterative image registration technique with an application to stereo
 * vision", IJCAI 1981; coarse to fine: J.-Y. Bouguet, "Pyramidal implementation of the Lucas Kanade
 * feature tracker", Intel 2000. Single points: points.c.
 *
 * Symbols: G the sum of g g' over the window of side `window`, g the gradient, d the flow
 *
 * Steps on each level, coarse to fine, `iterations` times: 1. the second picture is brought back
 * along the flow and linearised there, with the derivatives of the mean of both pictures: rest + g
 * d = 0; 2. the least squares of that in the window: G d = - sum of g rest; where it says little,
 * the flow before stays; 3. the median of the flow, which takes out what stands alone.
 *
 * Cost: 60 multiplications and additions a pixel, level and iteration for a window of 9.
 * Known failures: edges of the motion are as wide as the window; where there is no texture, the
 * flow is that of the coarser level.
 */
#include "motion/coarse_to_fine.h"

#include "core/bands.h"
#include "kernels/variation.h"
#include "methods.h"
#include "motion/windows.h"

static const seg_param rows[] = {
    SEG_FLOW_ROWS(seg_lucas_kanade_options,
                  "fastest = half the size; fast = 2 iterations; default = 3; accurate = 5, levels "
                  "closer together."),
    {"window", SEG_PARAM_INT, offsetof(seg_lucas_kanade_options, window), "9", 3,
     SEG_FLOW_WINDOW_MOST, NULL, "px", "Side of the window that moves as one; made odd.", ""},
    {"iterations", SEG_PARAM_INT, offsetof(seg_lucas_kanade_options, iterations), "0", 0, 100, NULL,
     "", "On each level; 0 = by the quality.", ""},
    {"damping", SEG_PARAM_FLOAT, offsetof(seg_lucas_kanade_options, damping), "0.3", 0.01, 1000,
     NULL, "", "Squared gradient for each pixel of the window below which the flow before stays.",
     ""},
    {"median", SEG_PARAM_BOOL, offsetof(seg_lucas_kanade_options, median), "true", 0, 1, NULL, "",
     "5 x 5 median of the flow after each iteration.", ""},
};

static const seg_param_table params = {rows, sizeof rows / sizeof *rows,
                                       sizeof(seg_lucas_kanade_options)};

void seg_lucas_kanade_options_init(seg_lucas_kanade_options *options) {
    seg_params_init(options, &params);
}

typedef struct lucas_kanade {
    const seg_flow_level *level;
    const seg_variation_kernels *linear;
    const seg_windows_kernels *kernels;
    seg_field mean, difference, inside;
    float *rows; /* four working rows for each worker */
    size_t row_size;
} lucas_kanade;

static void equations(float *const out[SEG_NORMAL], int32_t y, int32_t worker, const void *method) {
    const lucas_kanade *l = method;
    const int32_t width = l->mean.width;
    float *gx = l->rows + (size_t)worker * 4 * l->row_size, *gy = gx + l->row_size;
    float *inverse = gy + l->row_size, *rest = inverse + l->row_size;
    const float *mean[5];
    for (int32_t k = 0; k < 5; k++)
        mean[k] = seg_field_row(&l->mean, y + k - 2);
    l->linear->linearise(gx, gy, inverse, rest, mean, seg_field_row(&l->difference, y),
                         seg_field_row(&l->inside, y), seg_field_row(l->level->u, y),
                         seg_field_row(l->level->v, y), width);
    l->kernels->gradient(out, gx, gy, rest, width);
}

static seg_status visit(const seg_flow_level *level, const void *options) {
    static const int32_t by_quality[] = {3, 2, 3, 5};
    const seg_lucas_kanade_options *o = options;
    const int32_t iterations = o->iterations ? o->iterations : by_quality[o->flow.quality];
    const int32_t width = level->u->width, height = level->u->height, side = o->window | 1;
    lucas_kanade l = {.level = level,
                      .linear = seg_variation_kernels_get(),
                      .kernels = seg_windows_kernels_get()};
    seg_field fields[5];
    SEG_TRY(seg_fields_take(fields, 5, width, height, level->scratch));
    l.mean = fields[0];
    l.difference = fields[1];
    l.inside = fields[2];
    l.row_size = ((size_t)width + 15) / 16 * 16;
    l.rows = seg_scratch_take(level->scratch, (size_t)seg_workers(level->env) * 4,
                              l.row_size * sizeof(float), "rows of gradients");
    if (!l.rows) return SEG_ERROR_MEMORY;
    const seg_flow_windows how = {side, (float)(o->damping * side * side), equations, &l};
    for (int32_t i = 0; i < iterations; i++) {
        SEG_TRY(seg_flow_bring_back(&l.mean, &l.difference, &l.inside, level));
        SEG_TRY(seg_flow_windows_solve(&fields[3], &fields[4], level->u, level->v, &how,
                                       level->scratch, level->env));
        SEG_TRY(seg_flow_copy(level->u, level->v, &fields[3], &fields[4], level->env));
        if (o->median) SEG_TRY(seg_flow_median_5(level->u, level->v, level->scratch, level->env));
    }
    return SEG_OK;
}

static seg_status estimate(const seg_flow_job *job) {
    const seg_lucas_kanade_options *options = job->options;
    const int32_t quality = options->flow.quality;
    const seg_flow_descent how = {
        .factor = quality == SEG_FLOW_ACCURATE ? 0.7 : 0.5,
        .presmooth = 0.7,
        .halvings = quality == SEG_FLOW_FASTEST ? 1 : 0,
        .least = 16,
        .visit = visit,
    };
    return seg_flow_descend(job, &how);
}

static const seg_flow_kind kind = {&params, offsetof(seg_lucas_kanade_options, flow), estimate,
                                   NULL};

static seg_status create(void **state, const void *options, const seg_env *env) {
    return seg_flow_create(state, &kind, options, env);
}

static uint32_t outputs_of(const void *options) {
    return seg_flow_outputs(&((const seg_lucas_kanade_options *)options)->flow);
}

const seg_method seg_method_lucas_kanade = {
    .id = "lucas-kanade",
    .title = "flow of windows that move as one",
    .reference = "Lucas and Kanade, An iterative image registration technique, IJCAI",
    .year = 1981,
    .params = &params,
    .outputs_of = outputs_of,
    .create = create,
    SEG_FLOW_METHOD,
};
