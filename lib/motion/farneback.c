/*
 * Farneback's flow: around each pixel both pictures are polynomials of second degree; how far one
 * has moved follows from their coefficients.
 *
 * G. Farneback, "Two-frame motion estimation based on polynomial expansion", SCIA 2003.
 *
 * Symbols: f(x) ~ x'A x + b'x + c, applicability a Gaussian of `sigma`, d the flow; the window over
 *          which A d = Delta b is solved has the side `window`
 *
 * Steps on each level, coarse to fine, each half of the next: 1. the expansion of both pictures:
 * the Gaussian, its slope and its curvature (both orthogonal to what is constant) down, then
 * across; 2. `iterations` times: the polynomials of the second picture are taken where the flow
 * leads to, A = (A1 + A2) / 2, Delta b = (b1 - b2) / 2 + A d; 3. the least squares of A d = Delta b
 * in the window; where it says little, the flow before stays.
 *
 * fastest stops at half of the size; accurate takes levels closer together.
 *
 * Cost: 30 multiplications a pixel and picture for each tap of the expansion, 60 an iteration.
 * Known failures: edges of the motion are as wide as the window.
 */
#include "motion/coarse_to_fine.h"

#include "core/bands.h"
#include "core/math.h"
#include "methods.h"
#include "motion/windows.h"

#include <math.h>

#define BAND_HEIGHT 32

static const seg_param rows[] = {
    SEG_FLOW_ROWS(
        seg_farneback_options,
        "fastest = half the size; fast = 1 iteration a level; default = 2; accurate = 3, levels "
        "closer together, median."),
    {"window", SEG_PARAM_INT, offsetof(seg_farneback_options, window), "11", 3,
     SEG_FLOW_WINDOW_MOST, NULL, "px", "Side of the window that moves as one; made odd.", ""},
    {"iterations", SEG_PARAM_INT, offsetof(seg_farneback_options, iterations), "0", 0, 100, NULL,
     "", "On each level; 0 = by the quality.", ""},
    {"sigma", SEG_PARAM_FLOAT, offsetof(seg_farneback_options, sigma), "1.2", 0.5, 3, NULL, "px",
     "Of the Gaussian that weighs what a polynomial is made of.", "sigma"},
};

static const seg_param_table params = {rows, sizeof rows / sizeof *rows,
                                       sizeof(seg_farneback_options)};

void seg_farneback_options_init(seg_farneback_options *options) {
    seg_params_init(options, &params);
}

typedef struct farneback {
    const seg_flow_level *level;
    const seg_windows_kernels *kernels;
    seg_expansion expansion;
    seg_field first[SEG_POLYNOMIAL];
    float *second;    /* packed; a column and a row more than the picture */
    ptrdiff_t stride; /* of that */
    float *rows;      /* working rows of each worker */
    size_t row_size;
    const seg_field *u, *v; /* the flow so far */
} farneback;

enum { WORKING_ROWS = 3 + SEG_POLYNOMIAL };

/* ---- expansion ---- */

/* With m2, m4 the moments of the Gaussian g: g, k g / m2, (k^2 - m2) g / (m4 - m2^2) give the
 * coefficients of 1, x and x^2 of what is a polynomial. */
static void make_filters(seg_expansion *e, double sigma) {
    double g[SEG_EXPANSION_RADIUS + 1], sum = 0, m2 = 0, m4 = 0;
    e->radius = (int32_t)ceil(4 * sigma);
    for (int32_t k = 0; k <= e->radius; k++) {
        g[k] = seg_exp(-(double)(k * k) / (2 * sigma * sigma));
        sum += (k ? 2 : 1) * g[k];
    }
    for (int32_t k = 0; k <= e->radius; k++) {
        g[k] /= sum;
        m2 += 2.0 * k * k * g[k];
        m4 += 2.0 * k * k * k * k * g[k];
    }
    for (int32_t k = 0; k <= e->radius; k++) {
        e->blur[k] = (float)g[k];
        e->slope[k] = (float)(k * g[k] / m2);
        e->curvature[k] = (float)((k * k - m2) * g[k] / (m4 - m2 * m2));
    }
}

static int32_t clamp(int32_t y, int32_t height) {
    return y < 0 ? 0 : y < height ? y : height - 1;
}

/* Row y of a picture: its five coefficients. */
static void expand_row(float *const out[SEG_POLYNOMIAL], const farneback *f,
                       const seg_field *picture, int32_t y, int32_t worker) {
    const int32_t radius = f->expansion.radius, width = picture->width;
    const float *taps[2 * SEG_EXPANSION_RADIUS + 1];
    float *down[3], *row = f->rows + (size_t)worker * WORKING_ROWS * f->row_size + SEG_FIELD_EDGE;
    for (int32_t k = -radius; k <= radius; k++)
        taps[radius + k] = seg_field_row(picture, clamp(y + k, picture->height));
    for (int k = 0; k < 3; k++)
        down[k] = row + (size_t)k * f->row_size;
    f->kernels->expand_down(down, taps + radius, &f->expansion, width);
    for (int k = 0; k < 3; k++)
        for (int32_t i = 1; i <= radius; i++) {
            down[k][-i] = down[k][0];
            down[k][width - 1 + i] = down[k][width - 1];
        }
    const float *const in[3] = {down[0], down[1], down[2]};
    f->kernels->expand_across(out, in, &f->expansion, width);
}

static seg_status expand_band(void *argument, int32_t band, int32_t first, int32_t end,
                              int32_t worker) {
    (void)band;
    const farneback *f = argument;
    const int32_t width = f->level->first->width;
    float *row = f->rows + ((size_t)worker * WORKING_ROWS + 3) * f->row_size + SEG_FIELD_EDGE;
    for (int32_t y = first; y < end; y++) {
        float *out[SEG_POLYNOMIAL];
        for (int c = 0; c < SEG_POLYNOMIAL; c++)
            out[c] = seg_field_row(&f->first[c], y);
        expand_row(out, f, f->level->first, y, worker);
        const float *in[SEG_POLYNOMIAL];
        for (int c = 0; c < SEG_POLYNOMIAL; c++)
            in[c] = out[c] = row + (size_t)c * f->row_size;
        expand_row(out, f, f->level->second, y, worker);
        for (int c = 0; c < SEG_POLYNOMIAL; c++)
            out[c][width] = 0; /* read, but has no weight */
        f->kernels->pack(f->second + y * f->stride, in, width + 1);
    }
    return SEG_OK;
}

/* ---- levels ---- */

static void equations(float *const out[SEG_NORMAL], int32_t y, int32_t worker, const void *method) {
    (void)worker;
    const farneback *f = method;
    const float *first[SEG_POLYNOMIAL];
    for (int c = 0; c < SEG_POLYNOMIAL; c++)
        first[c] = seg_field_row(&f->first[c], y);
    f->kernels->displace(out, first, f->second, f->stride, seg_field_row(f->u, y),
                         seg_field_row(f->v, y), y, f->u->width, f->u->height);
}

static seg_status take_memory(farneback *f) {
    const int32_t width = f->level->first->width, height = f->level->first->height;
    seg_scratch *scratch = f->level->scratch;
    f->stride = SEG_PACKED * ((ptrdiff_t)width + 1);
    if (f->stride > INT32_MAX / ((ptrdiff_t)height + 1))
        return seg_fail(SEG_ERROR_LIMIT,
                        "the picture is too large for farneback (got %d x %d, allowed: 2^28 "
                        "pixels); dis takes it",
                        (int)width, (int)height);
    SEG_TRY(seg_fields_take(f->first, SEG_POLYNOMIAL, width, height, scratch));
    const size_t samples = (size_t)f->stride * ((size_t)height + 1);
    f->second = seg_scratch_take(scratch, samples, sizeof(float), "polynomials");
    f->row_size = ((size_t)width + 15) / 16 * 16 + 2 * SEG_FIELD_EDGE;
    f->rows = seg_scratch_take(scratch, (size_t)seg_workers(f->level->env) * WORKING_ROWS,
                               f->row_size * sizeof(float), "rows of polynomials");
    if (!f->second || !f->rows) return SEG_ERROR_MEMORY;
    for (ptrdiff_t i = 0; i < f->stride; i++)
        f->second[height * f->stride + i] = 0;
    return SEG_OK;
}

static seg_status visit(const seg_flow_level *level, const void *options) {
    static const int32_t by_quality[] = {2, 1, 2, 3};
    const seg_farneback_options *o = options;
    const int32_t iterations = o->iterations ? o->iterations : by_quality[o->flow.quality];
    farneback f = {.level = level, .kernels = seg_windows_kernels_get()};
    make_filters(&f.expansion, o->sigma);
    SEG_TRY(take_memory(&f));
    SEG_TRY(seg_run_bands(level->env, level->first->height, BAND_HEIGHT, expand_band, &f));
    seg_field spare[2];
    SEG_TRY(seg_fields_take(spare, 2, level->u->width, level->u->height, level->scratch));
    const seg_flow_windows how = {o->window | 1, 1e-3f, equations, &f};
    for (int32_t i = 0; i < iterations; i++) {
        f.u = i % 2 ? &spare[0] : level->u;
        f.v = i % 2 ? &spare[1] : level->v;
        SEG_TRY(seg_flow_windows_solve(i % 2 ? level->u : &spare[0], i % 2 ? level->v : &spare[1],
                                       f.u, f.v, &how, level->scratch, level->env));
    }
    if (iterations % 2)
        SEG_TRY(seg_flow_copy(level->u, level->v, &spare[0], &spare[1], level->env));
    if (o->flow.quality == SEG_FLOW_ACCURATE)
        return seg_flow_median_5(level->u, level->v, level->scratch, level->env);
    return SEG_OK;
}

static seg_status estimate(const seg_flow_job *job) {
    const seg_farneback_options *options = job->options;
    const int32_t quality = options->flow.quality;
    const seg_flow_descent how = {
        .factor = quality == SEG_FLOW_ACCURATE ? 0.7 : 0.5,
        .halvings = quality == SEG_FLOW_FASTEST ? 1 : 0,
        .least = 16,
        .visit = visit,
    };
    return seg_flow_descend(job, &how);
}

static const seg_flow_kind kind = {&params, offsetof(seg_farneback_options, flow), estimate, NULL};

static seg_status create(void **state, const void *options, const seg_env *env) {
    return seg_flow_create(state, &kind, options, env);
}

static uint32_t outputs_of(const void *options) {
    return seg_flow_outputs(&((const seg_farneback_options *)options)->flow);
}

const seg_method seg_method_farneback = {
    .id = "farneback",
    .title = "flow by polynomials of second degree around each pixel",
    .reference = "Farneback, Two-frame motion estimation based on polynomial expansion, SCIA",
    .year = 2003,
    .params = &params,
    .outputs_of = outputs_of,
    .create = create,
    SEG_FLOW_METHOD,
};
