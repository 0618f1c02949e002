/*
 * Flow as the minimum of
 *     sum psi_d(b^2 + gamma |g|^2) + lambda sum psi_s(|w - w'|^2)
 * over the pixels, and over the pairs of neighbours: b = how much the brightness changes along the
 * flow w, g = how much its gradient does.
 *
 * B. K. P. Horn, B. G. Schunck, "Determining optical flow", Artificial Intelligence 17, 1981, gave
 * the energy with psi(s^2) = s^2; T. Brox, A. Bruhn, N. Papenberg, J. Weickert, "High accuracy
 * optical flow estimation based on a theory for warping", ECCV 2004, the constancy of the gradient,
 * robust penalties and warping; D. Sun, S. Roth, M. J. Black, "A quantitative analysis of current
 * practices in optical flow estimation", IJCV 106, 2014, the medians between the warps.
 *
 * Steps: 1. pyramids of both pictures; 2. from the coarsest level to the finest, `warps` times: the
 * second picture is brought back along the flow; what is left is linearised there into a tensor;
 * weights of robust penalties are those of the flow so far (`reweightings`); the linear system is
 * relaxed; the flow moves at most a pixel; its median takes out what stands alone.
 */
#include "motion/variational.h"

#include "core/bands.h"
#include "imgproc/pyramid.h"
#include "motion/coarse_to_fine.h"
#include "motion/guided_median.h"
#include "motion/relaxation.h"

#include <string.h>

#define BAND_HEIGHT 16
#define MOST_STEP 1.0f /* pixels that a warp moves the flow */

/* One level: its pictures, and the working memory of the finest one in its size. */
typedef struct level {
    const seg_variational *how;
    const seg_env *env;
    const seg_flow_kernels *kernels;
    int32_t width, height;
    seg_field first, second, lab[3]; /* lab only for the weighted median */
    seg_field u, v, spare_u, spare_v;
    seg_field mean, difference, inside;
    seg_halves tensor[SEG_TENSOR]; /* not kept where nothing is robust */
    seg_halves u0, v0;             /* where the warp began */
    seg_flow_system system;
    float *rows; /* working rows, for each worker */
    size_t row_size;
} level;

enum { WORKING_ROWS = 5 + SEG_TENSOR + 2 };

static bool robust(const seg_variational *how) {
    return how->data.share > 0 || how->smooth.share > 0;
}

static float *working_row(const level *l, int32_t worker, int32_t row) {
    return l->rows + ((size_t)worker * WORKING_ROWS + (size_t)row) * l->row_size + SEG_FIELD_EDGE;
}

static int32_t clamp(int32_t y, int32_t height) {
    return y < 0 ? 0 : y < height ? y : height - 1;
}

/* ---- warp and linearise ---- */

static seg_status warp_band(void *argument, int32_t band, int32_t first, int32_t end,
                            int32_t worker) {
    (void)band, (void)worker;
    const level *l = argument;
    for (int32_t y = first; y < end; y++) {
        const float *u = seg_field_row(&l->u, y), *v = seg_field_row(&l->v, y);
        l->kernels->warp(seg_field_row(&l->mean, y), seg_field_row(&l->difference, y),
                         seg_field_row(&l->inside, y), seg_field_row(&l->first, y), l->second.data,
                         l->second.stride, u, v, y, l->width, l->height);
        seg_field_extend_row(&l->mean, y);
        seg_field_extend_row(&l->difference, y);
        l->kernels->split(seg_field_row(&l->u0.half[0], y), seg_field_row(&l->u0.half[1], y), u,
                          l->width);
        l->kernels->split(seg_field_row(&l->v0.half[0], y), seg_field_row(&l->v0.half[1], y), v,
                          l->width);
        for (int odd = 0; odd < 2; odd++) {
            const size_t bytes = (size_t)seg_half_width(l->width, odd) * sizeof(float);
            memcpy(seg_field_row(&l->system.u.half[odd], y), seg_field_row(&l->u0.half[odd], y),
                   bytes);
            memcpy(seg_field_row(&l->system.v.half[odd], y), seg_field_row(&l->v0.half[odd], y),
                   bytes);
        }
    }
    return SEG_OK;
}

/* How many neighbours the pixels of half a row have. */
static void count_neighbours(float *row, const level *l, int32_t y, int odd) {
    const int32_t count = seg_half_width(l->width, odd);
    const int32_t across = 2 - (y == 0) - (y == l->height - 1);
    for (int32_t i = 0; i < count; i++) {
        const int32_t x = 2 * i + odd;
        row[i] = (float)(across + 2 - (x == 0) - (x == l->width - 1));
    }
}

static void make_even_blocks(const level *l, float *const tensor[SEG_TENSOR], int32_t y,
                             int32_t worker) {
    float *even = working_row(l, worker, 5 + SEG_TENSOR), *neighbours = even + l->row_size;
    /* each row is cut in place: its even half into the row behind, which is not needed then */
    const float *halves[2][SEG_TENSOR];
    for (int k = 0; k < SEG_TENSOR - 1; k++) {
        l->kernels->split(even, neighbours, tensor[k], l->width);
        const size_t bytes = (size_t)seg_half_width(l->width, 0) * sizeof(float);
        float *odd = tensor[k] + (l->width + 1) / 2;
        memcpy(tensor[k], even, bytes);
        memcpy(odd, neighbours, (size_t)seg_half_width(l->width, 1) * sizeof(float));
        halves[0][k] = tensor[k];
        halves[1][k] = odd;
    }
    halves[0][SEG_J33] = halves[1][SEG_J33] = NULL; /* only penalties ask for it */
    for (int odd = 0; odd < 2; odd++) {
        float *out[5];
        for (int k = 0; k < 5; k++)
            out[k] = seg_field_row(&l->system.block[k].half[odd], y);
        count_neighbours(neighbours, l, y, odd);
        l->kernels->blocks_even(out, halves[odd], seg_field_row(&l->u0.half[odd], y),
                                seg_field_row(&l->v0.half[odd], y), neighbours,
                                (float)l->how->lambda, seg_half_width(l->width, odd));
    }
}

static seg_status tensor_band(void *argument, int32_t band, int32_t first, int32_t end,
                              int32_t worker) {
    (void)band;
    const level *l = argument;
    float *tensor[SEG_TENSOR];
    for (int k = 0; k < SEG_TENSOR; k++)
        tensor[k] = working_row(l, worker, 5 + k);
    for (int32_t y = first - 4; y < end; y++) {
        /* the derivative across of row y + 2 goes into a ring of five rows */
        const float *row = seg_field_row(&l->mean, clamp(y + 2, l->height));
        l->kernels->derive(working_row(l, worker, (y + 7) % 5), row - 2, row - 1, row + 1, row + 2,
                           l->width);
        if (y < first) continue;
        const float *mean[5], *time[5], *across[5];
        for (int32_t k = 0; k < 5; k++) {
            mean[k] = seg_field_row(&l->mean, y + k - 2);
            time[k] = seg_field_row(&l->difference, y + k - 2);
            across[k] = working_row(l, worker, (y + k + 3) % 5);
        }
        l->kernels->tensor(tensor, mean, across, time, seg_field_row(&l->inside, y),
                           (float)l->how->gamma, l->width);
        if (l->system.even) {
            make_even_blocks(l, tensor, y, worker);
            continue;
        }
        for (int k = 0; k < SEG_TENSOR; k++)
            l->kernels->split(seg_field_row(&l->tensor[k].half[0], y),
                              seg_field_row(&l->tensor[k].half[1], y), tensor[k], l->width);
    }
    return SEG_OK;
}

/* ---- reweight ---- */

static seg_status weights_band(void *argument, int32_t band, int32_t first, int32_t end,
                               int32_t worker) {
    (void)band, (void)worker;
    const level *l = argument;
    const seg_flow_system *s = &l->system;
    const float lambda = (float)l->how->lambda;
    const seg_flow_robust *smooth = &l->how->smooth;
    for (int32_t y = first; y < end; y++)
        for (int odd = 0; odd < 2; odd++) {
            const float *u = seg_field_row(&s->u.half[odd], y);
            const float *v = seg_field_row(&s->v.half[odd], y);
            const float *right_u = seg_field_row(&s->u.half[1 - odd], y) + odd;
            const float *right_v = seg_field_row(&s->v.half[1 - odd], y) + odd;
            l->kernels->edge_weights(seg_field_row(&s->right.half[odd], y), u, v, right_u, right_v,
                                     lambda, smooth, (l->width - odd) / 2);
            if (y + 1 < l->height)
                l->kernels->edge_weights(seg_field_row(&s->below.half[odd], y), u, v,
                                         seg_field_row(&s->u.half[odd], y + 1),
                                         seg_field_row(&s->v.half[odd], y + 1), lambda, smooth,
                                         seg_half_width(l->width, odd));
        }
    return SEG_OK;
}

static seg_status blocks_band(void *argument, int32_t band, int32_t first, int32_t end,
                              int32_t worker) {
    (void)band, (void)worker;
    const level *l = argument;
    const seg_flow_system *s = &l->system;
    for (int32_t y = first; y < end; y++)
        for (int odd = 0; odd < 2; odd++) {
            float *out[5];
            const float *tensor[SEG_TENSOR], *weights[4];
            for (int k = 0; k < 5; k++)
                out[k] = seg_field_row(&s->block[k].half[odd], y);
            for (int k = 0; k < SEG_TENSOR; k++)
                tensor[k] = seg_field_row(&l->tensor[k].half[odd], y);
            seg_flow_system_weights(weights, s, y, odd);
            l->kernels->blocks(
                out, tensor, seg_field_row(&s->u.half[odd], y), seg_field_row(&s->v.half[odd], y),
                seg_field_row(&l->u0.half[odd], y), seg_field_row(&l->v0.half[odd], y), weights,
                &l->how->data, seg_half_width(l->width, odd));
        }
    return SEG_OK;
}

/* ---- back to rows, and the median ---- */

static void limit_and_join(const level *l, const seg_field *target, const seg_halves *moved,
                           const seg_halves *start, int32_t y) {
    for (int odd = 0; odd < 2; odd++)
        l->kernels->limit(seg_field_row(&moved->half[odd], y), seg_field_row(&start->half[odd], y),
                          MOST_STEP, seg_half_width(l->width, odd));
    l->kernels->join(seg_field_row(target, y), seg_field_row(&moved->half[0], y),
                     seg_field_row(&moved->half[1], y), l->width);
    seg_field_extend_row(target, y);
}

static seg_status join_band(void *argument, int32_t band, int32_t first, int32_t end,
                            int32_t worker) {
    (void)band, (void)worker;
    const level *l = argument;
    for (int32_t y = first; y < end; y++) {
        limit_and_join(l, &l->u, &l->system.u, &l->u0, y);
        limit_and_join(l, &l->v, &l->system.v, &l->v0, y);
    }
    return SEG_OK;
}

static void swap(seg_field *a, seg_field *b) {
    const seg_field t = *a;
    *a = *b;
    *b = t;
}

static seg_status warp_once(level *l) {
    const seg_env *env = l->env;
    SEG_TRY(seg_run_bands(env, l->height, BAND_HEIGHT, warp_band, l));
    seg_field_extend_ends(&l->mean);
    seg_field_extend_ends(&l->difference);
    SEG_TRY(seg_run_bands(env, l->height, BAND_HEIGHT, tensor_band, l));
    for (int32_t i = 0; i < l->how->reweightings; i++) {
        if (!l->system.even) {
            SEG_TRY(seg_run_bands(env, l->height, BAND_HEIGHT, weights_band, l));
            SEG_TRY(seg_run_bands(env, l->height, BAND_HEIGHT, blocks_band, l));
        }
        SEG_TRY(seg_flow_relax(&l->system, l->how->sweeps, l->how->omega, env));
    }
    SEG_TRY(seg_run_bands(env, l->height, BAND_HEIGHT, join_band, l));
    if (l->how->filter == SEG_FLOW_FILTER_NONE) return SEG_OK;
    SEG_TRY(seg_flow_median_to(&l->spare_u, &l->spare_v, &l->u, &l->v, l->rows, env));
    swap(&l->u, &l->spare_u);
    swap(&l->v, &l->spare_v);
    return SEG_OK;
}

/* ---- the weighted median ---- */

/* A neighbour is trusted the less, the less its brightness stays along the flow, and the more the
 * flow runs together there: it may be hidden. `mean` serves as working memory. */
static seg_status trust_band(void *argument, int32_t band, int32_t first, int32_t end,
                             int32_t worker) {
    (void)band, (void)worker;
    const level *l = argument;
    const float doubt = (float)(1 / (l->how->doubt * l->how->doubt));
    for (int32_t y = first; y < end; y++) {
        const float *u = seg_field_row(&l->u, y);
        const float *above = seg_field_row(&l->v, clamp(y - 1, l->height));
        const float *below = seg_field_row(&l->v, clamp(y + 1, l->height));
        const float *difference = seg_field_row(&l->difference, y);
        float *trust = seg_field_row(&l->mean, y);
        for (int32_t x = 0; x < l->width; x++) {
            const float spread = 0.5f * (u[x + 1] - u[x - 1] + below[x] - above[x]);
            const float crowded = spread < 0 ? 5 * spread * spread : 0;
            trust[x] = 1 / ((1 + doubt * difference[x] * difference[x]) * (1 + crowded));
        }
        seg_field_extend_row(&l->mean, y);
    }
    return SEG_OK;
}

static void extend_rows(const seg_field *field) {
    for (int32_t y = 0; y < field->height; y++)
        seg_field_extend_row(field, y);
}

static seg_status guided_median(level *l, seg_scratch *scratch) {
    const seg_variational *how = l->how;
    extend_rows(&l->u);
    extend_rows(&l->v);
    SEG_TRY(seg_run_bands(l->env, l->height, BAND_HEIGHT, trust_band, l));
    const seg_guided_median filter = {
        .u = &l->u,
        .v = &l->v,
        .lab = l->lab,
        .trust = &l->mean,
        .out_u = &l->spare_u,
        .out_v = &l->spare_v,
        .sigma_place = how->sigma_place,
        .sigma_colour = how->sigma_colour,
        .edge = how->edge,
        .margin = how->margin,
    };
    SEG_TRY(seg_guided_median_run(&filter, scratch, l->env));
    swap(&l->u, &l->spare_u);
    swap(&l->v, &l->spare_v);
    return SEG_OK;
}

/* ---- levels ---- */

/* Working memory of the finest level. */
static seg_status take_memory(level *l, seg_scratch *scratch) {
    const int32_t width = l->width, height = l->height;
    seg_field fields[7];
    SEG_TRY(seg_fields_take(fields, 7, width, height, scratch));
    l->u = fields[0];
    l->v = fields[1];
    l->spare_u = fields[2];
    l->spare_v = fields[3];
    l->mean = fields[4];
    l->difference = fields[5];
    l->inside = fields[6];
    seg_halves halves[9];
    SEG_TRY(seg_halves_take(halves, 9, width, height, scratch));
    l->u0 = halves[0];
    l->v0 = halves[1];
    l->system.u = halves[2];
    l->system.v = halves[3];
    for (int k = 0; k < 5; k++)
        l->system.block[k] = halves[4 + k];
    l->system.even = !robust(l->how);
    if (robust(l->how)) {
        seg_halves more[SEG_TENSOR + 2];
        SEG_TRY(seg_halves_take(more, SEG_TENSOR + 2, width, height, scratch));
        memcpy(l->tensor, more, sizeof l->tensor);
        l->system.right = more[SEG_TENSOR];
        l->system.below = more[SEG_TENSOR + 1];
    }
    l->row_size = ((size_t)width + 15) / 16 * 16 + 2 * SEG_FIELD_EDGE;
    l->rows = seg_scratch_take(scratch, (size_t)seg_workers(l->env) * WORKING_ROWS,
                               l->row_size * sizeof(float), "rows of a flow");
    return l->rows ? SEG_OK : SEG_ERROR_MEMORY;
}

/* The same memory for a level. */
static level shrink_memory(const level *finest, int32_t width, int32_t height) {
    level l = *finest;
    l.width = l.system.width = width;
    l.height = l.system.height = height;
    seg_field *const fields[] = {&l.u,    &l.v,          &l.spare_u, &l.spare_v,
                                 &l.mean, &l.difference, &l.inside};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        *fields[i] = seg_field_reshape(fields[i], width, height);
    seg_halves *const halves[] = {&l.u0, &l.v0, &l.system.u, &l.system.v};
    for (size_t i = 0; i < sizeof halves / sizeof *halves; i++)
        *halves[i] = seg_halves_reshape(halves[i], width, height);
    for (int k = 0; k < 5; k++)
        l.system.block[k] = seg_halves_reshape(&l.system.block[k], width, height);
    if (l.system.even) return l;
    for (int k = 0; k < SEG_TENSOR; k++)
        l.tensor[k] = seg_halves_reshape(&l.tensor[k], width, height);
    l.system.right = seg_halves_reshape(&l.system.right, width, height);
    l.system.below = seg_halves_reshape(&l.system.below, width, height);
    return l;
}

typedef struct pictures {
    seg_pyramid plan;
    seg_field first[SEG_PYRAMID_LEVELS], second[SEG_PYRAMID_LEVELS];
    seg_field lab[3][SEG_PYRAMID_LEVELS];
} pictures;

static seg_status make_pyramids(pictures *p, const seg_flow_job *job, const seg_variational *how) {
    const int32_t width = job->u->width, height = job->u->height;
    seg_scratch *scratch = job->scratch;
    seg_pyramid_plan(&p->plan, how->half ? (width + 1) / 2 : width,
                     how->half ? (height + 1) / 2 : height, how->factor, how->least);
    SEG_TRY(seg_pyramid_build(p->first, &job->first->grey, &p->plan, how->presmooth, scratch,
                              job->env));
    SEG_TRY(seg_pyramid_build(p->second, &job->second->grey, &p->plan, how->presmooth, scratch,
                              job->env));
    for (int c = 0; c < 3 && how->filter == SEG_FLOW_FILTER_WEIGHTED; c++)
        SEG_TRY(seg_pyramid_build(p->lab[c], &job->first->lab[c], &p->plan, 0, scratch, job->env));
    return SEG_OK;
}

/* The flow on its way through the levels: that of the level before, in the job's own memory. */
typedef struct travel {
    const pictures *pictures;
    const level *finest;
    seg_field u, v;
    seg_scratch *scratch;
} travel;

static seg_status visit_level(travel *t, const seg_variational *how, int32_t i) {
    const seg_pyramid *plan = &t->pictures->plan;
    level l = shrink_memory(t->finest, plan->width[i], plan->height[i]);
    l.how = how;
    l.first = t->pictures->first[i];
    l.second = t->pictures->second[i];
    for (int c = 0; c < 3; c++)
        l.lab[c] = t->pictures->lab[c][i];
    SEG_TRY(seg_flow_resize(&l.u, &l.v, &t->u, &t->v, t->scratch, l.env));
    for (int32_t k = 0; k < how->warps; k++)
        SEG_TRY(warp_once(&l));
    if (how->filter == SEG_FLOW_FILTER_WEIGHTED) SEG_TRY(guided_median(&l, t->scratch));
    t->u = seg_field_reshape(&t->u, l.width, l.height);
    t->v = seg_field_reshape(&t->v, l.width, l.height);
    return seg_flow_copy(&t->u, &t->v, &l.u, &l.v, l.env);
}

/* Where a flow is known from before, the coarse levels have nothing to tell. */
#define LEVELS_BEHIND_START 4
#define LEVELS_OF_STAGE 2

static int32_t smaller_of(int32_t a, int32_t b) {
    return a < b ? a : b;
}

seg_status seg_variational_flow(const seg_flow_job *job, const seg_variational *how) {
    const seg_env *env = job->env;
    seg_scratch *scratch = job->scratch;
    pictures p;
    SEG_TRY(make_pyramids(&p, job, how));
    const bool alone = p.plan.width[0] == 1 && p.plan.height[0] == 1; /* no neighbours to ask */
    if (alone || !job->started) {
        seg_field_clear(job->u);
        seg_field_clear(job->v);
    }
    if (alone) return SEG_OK;
    level finest = {.how = how, .env = env, .kernels = seg_flow_kernels_get()};
    finest.width = p.plan.width[0];
    finest.height = p.plan.height[0];
    SEG_TRY(take_memory(&finest, scratch));
    travel t = {&p, &finest, .scratch = scratch};
    t.u = *job->u;
    t.v = *job->v;
    int32_t coarsest = p.plan.levels - 1;
    if (job->started) coarsest = smaller_of(coarsest, LEVELS_BEHIND_START - 1);
    seg_flow_tell_levels(job, coarsest + 1);
    for (int32_t stage = 0; stage < how->stages; stage++) {
        seg_variational now = *how;
        if (how->stages > 1) {
            const float share = (float)stage / (float)(how->stages - 1);
            now.data.share = now.smooth.share = share;
            now.data.even = 1 - share;
            now.smooth.even = (1 - share) * (float)how->even;
        }
        for (int32_t i = coarsest; i >= 0; i--)
            SEG_TRY(visit_level(&t, &now, i));
        coarsest = smaller_of(coarsest, LEVELS_OF_STAGE - 1);
    }
    if (!how->half) return SEG_OK; /* job->u and job->v are where the last level left it */
    seg_field half[2];
    SEG_TRY(seg_fields_take(half, 2, t.u.width, t.u.height, scratch));
    seg_field_copy(&half[0], &t.u);
    seg_field_copy(&half[1], &t.v);
    return seg_flow_resize(job->u, job->v, &half[0], &half[1], scratch, env);
}

seg_status seg_variational_refine(const seg_field *u, const seg_field *v, const seg_field *first,
                                  const seg_field *second, const seg_variational *how,
                                  seg_scratch *scratch, const seg_env *env) {
    level l = {.how = how, .env = env, .kernels = seg_flow_kernels_get()};
    l.width = first->width;
    l.height = first->height;
    SEG_TRY(take_memory(&l, scratch));
    l = shrink_memory(&l, l.width, l.height);
    l.first = *first;
    l.second = *second;
    l.u = *u;
    l.v = *v;
    for (int32_t k = 0; k < how->warps; k++)
        SEG_TRY(warp_once(&l));
    if (l.u.data == u->data) return SEG_OK;
    return seg_flow_copy(u, v, &l.u, &l.v, env); /* the last median is in the spare one */
}
