/*
 * TV-L1: brightness is constant but where it is not, and the motion is smooth but at edges: the
 * least sum of |rho(w)| and of the total variation of the flow w.
 *
 * C. Zach, T. Pock, H. Bischof, "A duality based approach for realtime TV-L1 optical flow", DAGM
 * 2007; numerics: J. Sanchez, E. Meinhardt-Llopis, G. Facciolo, "TV-L1 optical flow estimation",
 * IPOL 3, 2013. The median between warps: A. Wedel, T. Pock, C. Zach, H. Bischof, D. Cremers, "An
 * improved algorithm for TV-L1 optical flow", 2009.
 *
 * Symbols: lambda `attachment`, theta `tightness`, tau STEP, p the dual of the flow
 *
 * Steps on each level, coarse to fine, `warps` times: 1. the second picture is brought back along
 * the flow, and rho linearised there, with the derivatives of the mean of both pictures; 2.
 * `iterations` times for all pixels: the flow goes to where |rho| and the distance to it are least
 * (a threshold, in closed form) and by theta div p; p goes up the gradient of the flow and is
 * shrunk to length 1; 3. its median.
 *
 * An iteration of the flow needs p of the row and the one above, one of p needs the flow of the row
 * and the one below. So bands of rows go through several iterations while they are in the cache,
 * each a row shorter at the inner ends; then what is left between two bands, each a row longer. The
 * result is that of whole iterations one after the other, whatever the bands.
 *
 * Known failures: light that changes; large areas without texture; slanted motion comes in steps.
 */
#include "motion/coarse_to_fine.h"

#include "core/bands.h"
#include "kernels/variation.h"
#include "methods.h"

#define BAND_HEIGHT 64
#define MOST_AT_ONCE 20    /* iterations that go through a band at once: gaps stay apart */
#define CACHED_PIXELS 6400 /* whose rows of a level stay in the second-level cache */
#define STEP 0.25f

static const seg_param rows[] = {
    SEG_FLOW_ROWS(seg_tv_l1_options,
                  "fastest = half the size; fast = 3 warps of 10 iterations; default = 5 of 30; "
                  "accurate = 8 of 40."),
    {"attachment", SEG_PARAM_FLOAT, offsetof(seg_tv_l1_options, attachment), "0.3", 0.001, 10, NULL,
     "", "Weight of constant brightness: less is smoother.", "lambda"},
    {"tightness", SEG_PARAM_FLOAT, offsetof(seg_tv_l1_options, tightness), "0.3", 0.01, 10, NULL,
     "", "How far a step goes: less is slower and surer.", "theta"},
    {"warps", SEG_PARAM_INT, offsetof(seg_tv_l1_options, warps), "0", 0, 50, NULL, "",
     "Linearisations on each level; 0 = by the quality.", ""},
    {"iterations", SEG_PARAM_INT, offsetof(seg_tv_l1_options, iterations), "0", 0, 1000, NULL, "",
     "For each warp; 0 = by the quality.", ""},
    {"median", SEG_PARAM_BOOL, offsetof(seg_tv_l1_options, median), "true", 0, 1, NULL, "",
     "5 x 5 median of the flow after each warp.", ""},
};

static const seg_param_table params = {rows, sizeof rows / sizeof *rows, sizeof(seg_tv_l1_options)};

void seg_tv_l1_options_init(seg_tv_l1_options *options) {
    seg_params_init(options, &params);
}

typedef struct tv_l1 {
    const seg_flow_level *level;
    const seg_variation_kernels *kernels;
    int32_t width, height;
    seg_field mean, difference, inside;
    seg_field gx, gy, inverse, rest; /* seg_variation_data */
    seg_field dual[4];               /* of u across, down; of v */
    float most, theta;               /* of a threshold's step: lambda theta */
    int32_t bands, at_once;
} tv_l1;

enum { FIELDS = 11 };

/* ---- linearise ---- */

static seg_status linearise_band(void *argument, int32_t band, int32_t first, int32_t end,
                                 int32_t worker) {
    (void)band, (void)worker;
    const tv_l1 *t = argument;
    for (int32_t y = first; y < end; y++) {
        const float *mean[5];
        for (int32_t k = 0; k < 5; k++)
            mean[k] = seg_field_row(&t->mean, y + k - 2);
        t->kernels->linearise(seg_field_row(&t->gx, y), seg_field_row(&t->gy, y),
                              seg_field_row(&t->inverse, y), seg_field_row(&t->rest, y), mean,
                              seg_field_row(&t->difference, y), seg_field_row(&t->inside, y),
                              seg_field_row(t->level->u, y), seg_field_row(t->level->v, y),
                              t->width);
    }
    return SEG_OK;
}

/* ---- iterate ---- */

static void primal_row(const tv_l1 *t, int32_t y) {
    const seg_variation_data data = {seg_field_row(&t->gx, y), seg_field_row(&t->gy, y),
                                     seg_field_row(&t->inverse, y), seg_field_row(&t->rest, y)};
    const float *dual[4];
    for (int k = 0; k < 4; k++)
        dual[k] = seg_field_row(&t->dual[k], y);
    const float *const above[2] = {seg_field_row(&t->dual[1], y - 1),
                                   seg_field_row(&t->dual[3], y - 1)};
    float *u = seg_field_row(t->level->u, y), *v = seg_field_row(t->level->v, y);
    t->kernels->primal(u, v, &data, dual, above, t->most, t->theta, t->width);
    u[t->width] = u[t->width - 1]; /* no slope over the border */
    v[t->width] = v[t->width - 1];
}

static void dual_row(const tv_l1 *t, int32_t y) {
    const int32_t below = y + 1 < t->height ? y + 1 : y;
    const seg_field *u = t->level->u, *v = t->level->v;
    const float step = STEP / t->theta;
    t->kernels->dual(seg_field_row(&t->dual[0], y), seg_field_row(&t->dual[1], y),
                     seg_field_row(u, y), seg_field_row(u, below), step, t->width);
    t->kernels->dual(seg_field_row(&t->dual[2], y), seg_field_row(&t->dual[3], y),
                     seg_field_row(v, y), seg_field_row(v, below), step, t->width);
}

/* Of band `band`; the last one takes what is left. */
static int32_t end_of(const tv_l1 *t, int32_t band) {
    return band == t->bands - 1 ? t->height : (band + 1) * BAND_HEIGHT;
}

static seg_status iterate_band(void *argument, int32_t band, int32_t first, int32_t end,
                               int32_t worker) {
    (void)first, (void)end, (void)worker;
    const tv_l1 *t = argument;
    const int32_t top = band * BAND_HEIGHT, bottom = end_of(t, band);
    const int32_t top_step = band == 0 ? 0 : 1, bottom_step = band == t->bands - 1 ? 0 : 1;
    /* row after row, iteration i is 2 i rows behind, its dual one more */
    for (int32_t front = top; front <= bottom + 2 * t->at_once; front++)
        for (int32_t i = 0; i < t->at_once; i++) {
            const int32_t y = front - 2 * i, begin = top + top_step * i;
            if (y >= begin && y < bottom - bottom_step * i) primal_row(t, y);
            if (y - 1 >= begin && y - 1 < bottom - bottom_step * (i + 1)) dual_row(t, y - 1);
        }
    return SEG_OK;
}

static seg_status iterate_gap(void *argument, int32_t gap, int32_t first, int32_t end,
                              int32_t worker) {
    (void)first, (void)end, (void)worker;
    const tv_l1 *t = argument;
    const int32_t middle = end_of(t, gap);
    for (int32_t i = 0; i < t->at_once; i++) {
        for (int32_t y = middle - i; y < middle + i; y++)
            primal_row(t, y);
        for (int32_t y = middle - 1 - i; y < middle + i; y++)
            dual_row(t, y);
    }
    return SEG_OK;
}

static seg_status iterate(tv_l1 *t, int32_t iterations) {
    const seg_env *env = t->level->env;
    int32_t most = CACHED_PIXELS / t->width;
    most = most < 2 ? 2 : most > MOST_AT_ONCE ? MOST_AT_ONCE : most;
    for (int32_t left = iterations; left > 0; left -= t->at_once) {
        t->at_once = left < most ? left : most;
        SEG_TRY(seg_run_bands(env, t->bands, 1, iterate_band, t));
        SEG_TRY(seg_run_bands(env, t->bands - 1, 1, iterate_gap, t));
    }
    return SEG_OK;
}

/* ---- levels ---- */

static seg_status take_memory(tv_l1 *t) {
    seg_field fields[FIELDS];
    SEG_TRY(seg_fields_take(fields, FIELDS, t->width, t->height, t->level->scratch));
    seg_field *const own[FIELDS] = {&t->mean,    &t->difference, &t->inside, &t->gx,
                                    &t->gy,      &t->inverse,    &t->rest,   &t->dual[0],
                                    &t->dual[1], &t->dual[2],    &t->dual[3]};
    for (int i = 0; i < FIELDS; i++)
        *own[i] = fields[i];
    for (int k = 0; k < 4; k++)
        seg_field_clear(&t->dual[k]);
    return SEG_OK;
}

static seg_status visit(const seg_flow_level *level, const void *options) {
    static const int32_t warps[] = {2, 3, 5, 8}, iterations[] = {10, 10, 30, 40};
    const seg_tv_l1_options *o = options;
    const int32_t quality = o->flow.quality;
    tv_l1 t = {.level = level,
               .kernels = seg_variation_kernels_get(),
               .width = level->first->width,
               .height = level->first->height,
               .most = (float)(o->attachment * o->tightness),
               .theta = (float)o->tightness};
    t.bands = t.height / BAND_HEIGHT > 0 ? t.height / BAND_HEIGHT : 1;
    SEG_TRY(take_memory(&t));
    const int32_t count = o->warps ? o->warps : warps[quality];
    for (int32_t i = 0; i < count; i++) {
        SEG_TRY(seg_flow_bring_back(&t.mean, &t.difference, &t.inside, level));
        SEG_TRY(seg_run_bands(level->env, t.height, BAND_HEIGHT, linearise_band, &t));
        SEG_TRY(iterate(&t, o->iterations ? o->iterations : iterations[quality]));
        if (o->median) SEG_TRY(seg_flow_median_5(level->u, level->v, level->scratch, level->env));
    }
    return SEG_OK;
}

static seg_status estimate(const seg_flow_job *job) {
    const seg_tv_l1_options *options = job->options;
    const seg_flow_descent how = {
        .factor = 0.65,
        .presmooth = 0.8,
        .halvings = options->flow.quality == SEG_FLOW_FASTEST ? 1 : 0,
        .least = 8,
        .visit = visit,
    };
    return seg_flow_descend(job, &how);
}

static const seg_flow_kind kind = {&params, offsetof(seg_tv_l1_options, flow), estimate, NULL};

static seg_status create(void **state, const void *options, const seg_env *env) {
    return seg_flow_create(state, &kind, options, env);
}

static uint32_t outputs_of(const void *options) {
    return seg_flow_outputs(&((const seg_tv_l1_options *)options)->flow);
}

const seg_method seg_method_tv_l1 = {
    .id = "tv-l1",
    .title = "flow of least total variation: sharp edges, few outliers",
    .reference = "Zach et al., A duality based approach for realtime TV-L1 optical flow, DAGM",
    .year = 2007,
    .params = &params,
    .outputs_of = outputs_of,
    .create = create,
    SEG_FLOW_METHOD,
};
