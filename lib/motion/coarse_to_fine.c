/* Coarse to fine. */
#include "motion/coarse_to_fine.h"

#include "core/bands.h"
#include "imgproc/pyramid.h"
#include "kernels/flow.h"
#include "kernels/median.h"

#include <string.h>

#define BAND_HEIGHT 16
#define LEVELS_BEHIND_START 4 /* where a flow is known, coarser ones have nothing to tell */

seg_status seg_flow_resize(const seg_field *u, const seg_field *v, const seg_field *from_u,
                           const seg_field *from_v, seg_scratch *scratch, const seg_env *env) {
    const float across = (float)((double)u->width / from_u->width);
    const float down = (float)((double)u->height / from_u->height);
    SEG_TRY(seg_field_enlarge(u, from_u, across, scratch, env));
    return seg_field_enlarge(v, from_v, down, scratch, env);
}

/* ---- warp ---- */

typedef struct warp_job {
    const seg_field *mean, *difference, *inside;
    const seg_flow_level *level;
    const seg_flow_kernels *kernels;
} warp_job;

static seg_status warp_band(void *argument, int32_t band, int32_t first, int32_t end,
                            int32_t worker) {
    (void)band, (void)worker;
    const warp_job *job = argument;
    const seg_flow_level *level = job->level;
    const seg_field *second = level->second;
    for (int32_t y = first; y < end; y++)
        job->kernels->warp(seg_field_row(job->mean, y), seg_field_row(job->difference, y),
                           seg_field_row(job->inside, y), seg_field_row(level->first, y),
                           second->data, second->stride, seg_field_row(level->u, y),
                           seg_field_row(level->v, y), y, second->width, second->height);
    return SEG_OK;
}

seg_status seg_flow_bring_back(const seg_field *mean, const seg_field *difference,
                               const seg_field *inside, const seg_flow_level *level) {
    warp_job job = {mean, difference, inside, level, seg_flow_kernels_get()};
    SEG_TRY(seg_run_bands(level->env, level->u->height, BAND_HEIGHT, warp_band, &job));
    seg_field_extend(mean);
    return SEG_OK;
}

/* ---- median ---- */

typedef struct pair_job {
    const seg_field *to[2], *from[2]; /* u and v */
    float *rows;                      /* five for each worker */
    size_t row_size;
} pair_job;

static seg_status copy_band(void *argument, int32_t band, int32_t first, int32_t end,
                            int32_t worker) {
    (void)band, (void)worker;
    const pair_job *job = argument;
    for (int c = 0; c < 2; c++)
        for (int32_t y = first; y < end; y++)
            memcpy(seg_field_row(job->to[c], y), seg_field_row(job->from[c], y),
                   (size_t)job->from[c]->width * sizeof(float));
    return SEG_OK;
}

seg_status seg_flow_copy(const seg_field *u, const seg_field *v, const seg_field *from_u,
                         const seg_field *from_v, const seg_env *env) {
    pair_job job = {.to = {u, v}, .from = {from_u, from_v}};
    return seg_run_bands(env, u->height, BAND_HEIGHT, copy_band, &job);
}

static int32_t clamp(int32_t y, int32_t height) {
    return y < 0 ? 0 : y < height ? y : height - 1;
}

static seg_status median_band(void *argument, int32_t band, int32_t first, int32_t end,
                              int32_t worker) {
    (void)band;
    const pair_job *job = argument;
    const seg_median_kernels *kernels = seg_median_kernels_get();
    float *work = job->rows + (size_t)worker * 5 * job->row_size;
    for (int c = 0; c < 2; c++)
        for (int32_t y = first; y < end; y++) {
            const float *rows[5];
            for (int32_t k = 0; k < 5; k++)
                rows[k] = seg_field_row(job->from[c], clamp(y + k - 2, job->from[c]->height));
            kernels->median_f32(seg_field_row(job->to[c], y), work, rows, 5, 1,
                                (size_t)job->from[c]->width);
        }
    return SEG_OK;
}

static size_t row_size(const seg_field *field) {
    return ((size_t)field->width + 15) / 16 * 16 + 2 * SEG_FIELD_EDGE;
}

seg_status seg_flow_median_to(const seg_field *to_u, const seg_field *to_v, const seg_field *u,
                              const seg_field *v, float *rows, const seg_env *env) {
    pair_job job = {{to_u, to_v}, {u, v}, rows, row_size(u)};
    return seg_run_bands(env, u->height, BAND_HEIGHT, median_band, &job);
}

seg_status seg_flow_median_5(const seg_field *u, const seg_field *v, seg_scratch *scratch,
                             const seg_env *env) {
    const int32_t mark = seg_scratch_mark(scratch);
    seg_field spare[2];
    SEG_TRY(seg_fields_take(spare, 2, u->width, u->height, scratch));
    float *rows = seg_scratch_take(scratch, (size_t)seg_workers(env) * 5,
                                   row_size(u) * sizeof(float), "rows of a median");
    if (!rows) return SEG_ERROR_MEMORY;
    for (int32_t y = 0; y < u->height; y++) {
        seg_field_extend_row(u, y);
        seg_field_extend_row(v, y);
    }
    SEG_TRY(seg_flow_median_to(&spare[0], &spare[1], u, v, rows, env));
    SEG_TRY(seg_flow_copy(u, v, &spare[0], &spare[1], env));
    seg_scratch_return(scratch, mark);
    return SEG_OK;
}

/* ---- levels ---- */

static void clear(const seg_field *u, const seg_field *v) {
    seg_field_clear(u);
    seg_field_clear(v);
}

static int32_t coarsest_of(const seg_flow_job *job, const seg_pyramid *plan) {
    const int32_t coarsest = plan->levels - 1;
    return job->started && coarsest >= LEVELS_BEHIND_START ? LEVELS_BEHIND_START - 1 : coarsest;
}

seg_status seg_flow_descend(const seg_flow_job *job, const seg_flow_descent *how) {
    seg_scratch *scratch = job->scratch;
    const int32_t round = (1 << how->halvings) - 1;
    seg_pyramid plan;
    seg_pyramid_plan(&plan, (job->u->width + round) >> how->halvings,
                     (job->u->height + round) >> how->halvings, how->factor, how->least);
    if (!job->started) clear(job->u, job->v);
    if (plan.width[0] == 1 && plan.height[0] == 1) {
        clear(job->u, job->v);
        return SEG_OK;
    }
    seg_field first[SEG_PYRAMID_LEVELS], second[SEG_PYRAMID_LEVELS], flow[4];
    SEG_TRY(seg_pyramid_build(first, &job->first->grey, &plan, how->presmooth, scratch, job->env));
    SEG_TRY(
        seg_pyramid_build(second, &job->second->grey, &plan, how->presmooth, scratch, job->env));
    SEG_TRY(seg_fields_take(flow, 4, plan.width[0], plan.height[0], scratch));
    seg_field from_u = *job->u, from_v = *job->v; /* of the level before */
    const int32_t mark = seg_scratch_mark(scratch);
    const int32_t coarsest = coarsest_of(job, &plan);
    seg_flow_tell_levels(job, coarsest + 1);
    for (int32_t i = coarsest, turn = 0; i >= 0; i--, turn ^= 1) {
        const seg_field u = seg_field_reshape(&flow[turn], plan.width[i], plan.height[i]);
        const seg_field v = seg_field_reshape(&flow[2 + turn], plan.width[i], plan.height[i]);
        SEG_TRY(seg_flow_resize(&u, &v, &from_u, &from_v, scratch, job->env));
        seg_scratch_return(scratch, mark);
        const seg_flow_level level = {&first[i], &second[i], &u, &v, scratch, job->env};
        SEG_TRY(how->visit(&level, job->options));
        seg_scratch_return(scratch, mark);
        from_u = u;
        from_v = v;
    }
    if (from_u.width != job->u->width || from_u.height != job->u->height)
        return seg_flow_resize(job->u, job->v, &from_u, &from_v, scratch, job->env);
    return seg_flow_copy(job->u, job->v, &from_u, &from_v, job->env);
}
