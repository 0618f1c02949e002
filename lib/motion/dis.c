/*
 * DIS: dense inverse search. Patches look for their place in the second picture, then all pixels
 * take what the patches over them have found.
 *
 * T. Kroeger, R. Timofte, D. Dai, L. Van Gool, "Fast optical flow using dense inverse search", ECCV
 * 2016; the search: S. Baker, I. Matthews, "Lucas-Kanade 20 years on", IJCV 56, 2004.
 *
 * Steps on each level, coarse to fine, each half the size of the next: 1. derivatives of the first
 * picture; 2. each patch of 8 x 8 pixels starts from the best of the coarser flow at its middle and
 * around it, and goes down the squared difference, means left out, by Gauss and Newton with the
 * derivatives of the first picture; a patch that strays further than its side goes back; 3. the
 * flow of a pixel is the mean of the patches over it, each weighted by how well the pixel fits, at
 * most 1 in 1 grey level; 4. variational refinement (variational.c).
 *
 * fastest stops at a quarter of the size, fast at half, the others go on to the whole.
 * Starts come from the coarser level alone, not from neighbours, so that all patches are
 * independent. Pictures below 16 pixels have no patches: there the refinement is all.
 *
 * Known failures: small things that move fast are lost on the coarse levels; edges of the motion
 * are as wide as a patch where nothing is refined.
 */
#include "motion/coarse_to_fine.h"
#include "motion/variational.h"

#include "core/bands.h"
#include "imgproc/pyramid.h"
#include "kernels/patches.h"
#include "methods.h"

#include <string.h>

#define LEAST_SIDE 16 /* of a level that is searched */
#define LEVELS 16

static const seg_param rows[] = {
    SEG_FLOW_ROWS(seg_dis_options,
                  "fastest = a quarter of the size; fast = half; default = the whole; accurate = "
                  "refined more."),
    {"stride", SEG_PARAM_INT, offsetof(seg_dis_options, stride), "4", 1, 8, NULL, "px",
     "Distance of neighbouring patches.", ""},
    {"iterations", SEG_PARAM_INT, offsetof(seg_dis_options, iterations), "12", 1, 100, NULL, "",
     "Steps of the search, at most.", ""},
    {"refine", SEG_PARAM_BOOL, offsetof(seg_dis_options, refine), "true", 0, 1, NULL, "",
     "Variational refinement on each level.", ""},
};

static const seg_param_table params = {rows, sizeof rows / sizeof *rows, sizeof(seg_dis_options)};

void seg_dis_options_init(seg_dis_options *options) {
    seg_params_init(options, &params);
}

/* A level: the pictures, and the flow that its patches and the refinement find. */
typedef struct dis_level {
    seg_field first, second, dx, dy, u, v;
} dis_level;

typedef struct dis {
    const seg_flow_job *job;
    const seg_dis_options *options;
    const seg_patches_kernels *kernels;
    const seg_flow_kernels *stencils;
    const dis_level *level, *coarser; /* coarser NULL: the coarsest one */
    int32_t shrunk;                   /* how often that was halved */
    float *found;                     /* of each patch of the level: u, v */
    seg_field weight, sum_u, sum_v;
    int32_t columns, rows; /* patches */
} dis;

/* ---- pyramid ---- */

static seg_status derive_band(void *argument, int32_t band, int32_t first, int32_t end,
                              int32_t worker) {
    (void)band, (void)worker;
    const dis *d = argument;
    const seg_field *picture = &d->level->first;
    for (int32_t y = first; y < end; y++) {
        const float *row = seg_field_row(picture, y);
        d->stencils->derive(seg_field_row(&d->level->dx, y), row - 2, row - 1, row + 1, row + 2,
                            picture->width);
        d->stencils->derive(seg_field_row(&d->level->dy, y), seg_field_row(picture, y - 2),
                            seg_field_row(picture, y - 1), seg_field_row(picture, y + 1),
                            seg_field_row(picture, y + 2), picture->width);
    }
    return SEG_OK;
}

/* ---- search ---- */

/* The last patch of a row or column ends with the picture. */
static int32_t place_of(int32_t index, int32_t count, int32_t stride, int32_t size) {
    return index == count - 1 ? size - SEG_PATCH : index * stride;
}

static int32_t patches_in(int32_t size, int32_t stride) {
    return (size - SEG_PATCH + stride - 1) / stride + 1;
}

static int32_t floor_of(float x) {
    const int32_t cut = (int32_t)x;
    return cut - ((float)cut > x);
}

static float clamp(float x, float low, float high) {
    return x < low ? low : x > high ? high : x;
}

/* The patch at (x, y) of the first picture; `hold` says where it is held against the second. */
static inline seg_patch_place patch_at(const dis_level *l, int32_t x, int32_t y) {
    const ptrdiff_t at = y * l->first.stride + x;
    return (seg_patch_place){.first = l->first.data + at,
                             .dx = l->dx.data + at,
                             .dy = l->dy.data + at,
                             .stride = l->first.stride};
}

/* At (x + u, y + v); it stays in the room around the picture. */
static inline void hold(seg_patch_place *patch, const dis_level *l, int32_t x, int32_t y, float u,
                        float v) {
    const float tx = clamp((float)x + u, -SEG_PATCH, (float)l->second.width);
    const float ty = clamp((float)y + v, -SEG_FIELD_ROWS,
                           (float)(l->second.height + SEG_FIELD_ROWS - 1 - SEG_PATCH));
    const int32_t left = floor_of(tx), top = floor_of(ty);
    patch->second = l->second.data + top * l->second.stride + left;
    patch->fx = tx - (float)left;
    patch->fy = ty - (float)top;
}

/* What is left of the squared difference when the means are taken out. */
static float cost_of(const seg_patch_sums *s) {
    return s->ee - s->e * s->e / (SEG_PATCH * SEG_PATCH);
}

/* The flow of the frame before at the middle of a patch of the coarsest level. */
static void find_earlier(float start[2], const dis *d, int32_t x, int32_t y) {
    const seg_field *u = d->job->u, *v = d->job->v;
    int32_t fx = (x + SEG_PATCH / 2) << d->shrunk, fy = (y + SEG_PATCH / 2) << d->shrunk;
    fx = fx < u->width ? fx : u->width - 1;
    fy = fy < u->height ? fy : u->height - 1;
    const float scale = 1.0f / (float)(1 << d->shrunk);
    start[0] = seg_field_row(u, fy)[fx] * scale;
    start[1] = seg_field_row(v, fy)[fx] * scale;
}

/* The best of the coarser flow at the middle of a patch and two pixels around it there. */
static void find_start(float start[2], const dis *d, seg_patch_place *patch, int32_t x, int32_t y) {
    static const int8_t around[5][2] = {{0, 0}, {-2, 0}, {2, 0}, {0, -2}, {0, 2}};
    start[0] = start[1] = 0;
    if (!d->coarser) {
        if (d->job->started) find_earlier(start, d, x, y);
        return;
    }
    const seg_field *u = &d->coarser->u, *v = &d->coarser->v;
    float best = 0;
    for (int i = 0; i < 5; i++) {
        int32_t cx = (x + SEG_PATCH / 2) / 2 + around[i][0],
                cy = (y + SEG_PATCH / 2) / 2 + around[i][1];
        cx = cx < 0 ? 0 : cx < u->width ? cx : u->width - 1;
        cy = cy < 0 ? 0 : cy < u->height ? cy : u->height - 1;
        const float cu = 2 * seg_field_row(u, cy)[cx], cv = 2 * seg_field_row(v, cy)[cx];
        const float du = cu - start[0], dv = cv - start[1];
        if (i > 0 && du * du + dv * dv < 1) continue; /* the search comes there by itself */
        seg_patch_sums sums;
        hold(patch, d->level, x, y, cu, cv);
        d->kernels->compare(&sums, patch);
        const float cost = cost_of(&sums);
        if (i > 0 && !(cost < 0.9f * best)) continue;
        best = i > 0 && cost > best ? best : cost;
        start[0] = cu;
        start[1] = cv;
    }
}

/* The inverse of the matrix of a patch; false if it has too little texture. */
static bool invert(float inverse[3], const dis *d, float mean[2], const seg_patch_place *patch) {
    seg_patch_tensor t;
    d->kernels->tensor(&t, patch->dx, patch->dy, patch->stride);
    mean[0] = t.x / (SEG_PATCH * SEG_PATCH);
    mean[1] = t.y / (SEG_PATCH * SEG_PATCH);
    const float xx = t.xx - t.x * mean[0], xy = t.xy - t.x * mean[1], yy = t.yy - t.y * mean[1];
    const float det = xx * yy - xy * xy;
    if (!(det > 1e-3f * (xx + yy) * (xx + yy) && xx + yy > SEG_PATCH * SEG_PATCH)) return false;
    inverse[0] = yy / det;
    inverse[1] = -xy / det;
    inverse[2] = xx / det;
    return true;
}

static void search(float found[2], const dis *d, int32_t x, int32_t y) {
    float start[2], inverse[3], mean[2], best = 0;
    seg_patch_place patch = patch_at(d->level, x, y);
    find_start(start, d, &patch, x, y);
    found[0] = start[0];
    found[1] = start[1];
    if (!invert(inverse, d, mean, &patch)) return;
    float u = start[0], v = start[1];
    for (int32_t i = 0; i <= d->options->iterations; i++) {
        seg_patch_sums s;
        hold(&patch, d->level, x, y, u, v);
        d->kernels->compare(&s, &patch);
        const float cost = cost_of(&s);
        if (i > 0 && !(cost < best)) return; /* the step before was the best one */
        best = cost;
        found[0] = u;
        found[1] = v;
        const float bx = s.ex - s.e * mean[0], by = s.ey - s.e * mean[1];
        const float du = inverse[0] * bx + inverse[1] * by, dv = inverse[1] * bx + inverse[2] * by;
        u -= du;
        v -= dv;
        if (du * du + dv * dv < 2.5e-3f) return;
        const float away_u = u - start[0], away_v = v - start[1];
        if (away_u * away_u + away_v * away_v > SEG_PATCH * SEG_PATCH) {
            found[0] = start[0];
            found[1] = start[1];
            return;
        }
    }
}

static seg_status search_band(void *argument, int32_t band, int32_t first, int32_t end,
                              int32_t worker) {
    (void)band, (void)worker;
    const dis *d = argument;
    const int32_t stride = d->options->stride;
    for (int32_t row = first; row < end; row++)
        for (int32_t column = 0; column < d->columns; column++)
            search(d->found + 2 * ((size_t)row * (size_t)d->columns + (size_t)column), d,
                   place_of(column, d->columns, stride, d->level->first.width),
                   place_of(row, d->rows, stride, d->level->first.height));
    return SEG_OK;
}

/* ---- from patches to pixels ---- */

#define SPREAD_HEIGHT 32

static seg_status spread_band(void *argument, int32_t band, int32_t first, int32_t end,
                              int32_t worker) {
    (void)band, (void)worker;
    const dis *d = argument;
    const dis_level *l = d->level;
    const int32_t stride = d->options->stride, width = l->first.width;
    for (int32_t y = first; y < end; y++) {
        memset(seg_field_row(&d->weight, y), 0, (size_t)width * sizeof(float));
        memset(seg_field_row(&d->sum_u, y), 0, (size_t)width * sizeof(float));
        memset(seg_field_row(&d->sum_v, y), 0, (size_t)width * sizeof(float));
    }
    for (int32_t row = 0; row < d->rows; row++) {
        const int32_t y = place_of(row, d->rows, stride, l->first.height);
        const int32_t from = first > y ? first - y : 0;
        const int32_t to = end < y + SEG_PATCH ? end - y : SEG_PATCH;
        for (int32_t column = 0; from < to && column < d->columns; column++) {
            const float *found = d->found + 2 * ((size_t)row * (size_t)d->columns + (size_t)column);
            const int32_t x = place_of(column, d->columns, stride, width);
            const ptrdiff_t at = y * l->first.stride + x;
            seg_patch_place patch = patch_at(l, x, y);
            hold(&patch, l, x, y, found[0], found[1]);
            d->kernels->spread(d->weight.data + at, d->sum_u.data + at, d->sum_v.data + at, &patch,
                               found[0], found[1], from, to);
        }
    }
    for (int32_t y = first; y < end; y++) {
        float *u = seg_field_row(&l->u, y), *v = seg_field_row(&l->v, y);
        const float *weight = seg_field_row(&d->weight, y);
        const float *sum_u = seg_field_row(&d->sum_u, y), *sum_v = seg_field_row(&d->sum_v, y);
        for (int32_t x = 0; x < width; x++) {
            u[x] = sum_u[x] / weight[x];
            v[x] = sum_v[x] / weight[x];
        }
    }
    return SEG_OK;
}

static seg_status search_level(dis *d) {
    const seg_env *env = d->job->env;
    const dis_level *l = d->level;
    const int32_t width = l->first.width, height = l->first.height;
    d->columns = patches_in(width, d->options->stride);
    d->rows = patches_in(height, d->options->stride);
    d->weight = seg_field_reshape(&d->weight, width, height);
    d->sum_u = seg_field_reshape(&d->sum_u, width, height);
    d->sum_v = seg_field_reshape(&d->sum_v, width, height);
    SEG_TRY(seg_run_bands(env, height, SPREAD_HEIGHT, derive_band, d));
    SEG_TRY(seg_run_bands(env, d->rows, 4, search_band, d));
    return seg_run_bands(env, height, SPREAD_HEIGHT, spread_band, d);
}

/* ---- levels ---- */

static int32_t finest_of(int32_t quality, int32_t side) {
    static const int32_t wanted[] = {2, 1, 0, 0};
    int32_t finest = wanted[quality];
    while (finest > 0 && side >> finest < LEAST_SIDE)
        finest--;
    return finest;
}

/* Quadratic where time counts, else Charbonnier's penalty: see horn_schunck.c. */
static seg_variational refinement(int32_t quality) {
    const bool even = quality == SEG_FLOW_FAST;
    const bool accurate = quality == SEG_FLOW_ACCURATE;
    const float share = even ? 0 : 1;
    return (seg_variational){
        .lambda = even ? 40 : 1,
        .gamma = even ? 10 : 8,
        .data = {SEG_PENALTY_CHARBONNIER, 1, share, 1 - share},
        .smooth = {SEG_PENALTY_CHARBONNIER, 1e-4f, share, 1 - share},
        .warps = accurate ? 3 : 1,
        .reweightings = accurate ? 2 : 1,
        .sweeps = accurate                      ? 8
                  : quality == SEG_FLOW_FASTEST ? 6
                  : even                        ? 3
                                                : 4,
        .omega = even ? 1.4 : 1.7,
        .stages = 1,
        .filter = SEG_FLOW_FILTER_MEDIAN,
    };
}

static seg_status take_level(dis_level *l, const seg_field *first, const seg_field *second,
                             seg_scratch *scratch) {
    seg_field fields[4];
    SEG_TRY(seg_fields_take(fields, 4, first->width, first->height, scratch));
    *l = (dis_level){*first, *second, fields[0], fields[1], fields[2], fields[3]};
    return SEG_OK;
}

static seg_status make_levels(dis_level *levels, int32_t *count, int32_t finest, dis *d) {
    const seg_flow_job *job = d->job;
    seg_field first = job->first->grey, second = job->second->grey;
    *count = 0;
    for (int32_t i = 0; i < LEVELS; i++) {
        if (i > 0) {
            const int32_t width = (first.width + 1) / 2, height = (first.height + 1) / 2;
            if (width < LEAST_SIDE || height < LEAST_SIDE) return SEG_OK;
            seg_field smaller[2];
            SEG_TRY(seg_fields_take(smaller, 2, width, height, job->scratch));
            SEG_TRY(seg_field_halve(&smaller[0], &first, job->env));
            SEG_TRY(seg_field_halve(&smaller[1], &second, job->env));
            first = smaller[0];
            second = smaller[1];
        }
        d->shrunk = i;
        if (i < finest) continue;
        SEG_TRY(take_level(&levels[(*count)++], &first, &second, job->scratch));
    }
    return SEG_OK;
}

static seg_status search_levels(dis *d, dis_level *levels, int32_t count) {
    const seg_flow_job *job = d->job;
    const int32_t quality = d->options->flow.quality;
    const seg_variational how = refinement(quality);
    const bool refine = d->options->refine;
    const seg_field *finest = &levels[0].first;
    seg_field sums[3];
    SEG_TRY(seg_fields_take(sums, 3, finest->width, finest->height, job->scratch));
    d->weight = sums[0];
    d->sum_u = sums[1];
    d->sum_v = sums[2];
    const size_t patches = (size_t)patches_in(finest->width, d->options->stride) *
                           (size_t)patches_in(finest->height, d->options->stride);
    d->found = seg_scratch_take(job->scratch, patches, 2 * sizeof(float), "patches");
    if (!d->found) return SEG_ERROR_MEMORY;
    const int32_t mark = seg_scratch_mark(job->scratch);
    for (int32_t i = count - 1; i >= 0; i--) {
        d->level = &levels[i];
        d->coarser = i + 1 < count ? &levels[i + 1] : NULL;
        SEG_TRY(search_level(d));
        if (!refine) continue;
        seg_scratch_return(job->scratch, mark);
        SEG_TRY(seg_variational_refine(&levels[i].u, &levels[i].v, &levels[i].first,
                                       &levels[i].second, &how, job->scratch, job->env));
    }
    return SEG_OK;
}

static seg_status estimate(const seg_flow_job *job) {
    const seg_dis_options *options = job->options;
    const int32_t width = job->u->width, height = job->u->height;
    const int32_t side = width < height ? width : height;
    if (side < LEAST_SIDE) {
        seg_variational how = refinement(SEG_FLOW_ACCURATE);
        how.factor = 0.65;
        how.least = 8;
        return seg_variational_flow(job, &how);
    }
    dis d = {.job = job, .options = options, .kernels = seg_patches_kernels_get()};
    d.stencils = seg_flow_kernels_get();
    dis_level levels[LEVELS];
    int32_t count;
    SEG_TRY(make_levels(levels, &count, finest_of(options->flow.quality, side), &d));
    seg_flow_tell_levels(job, count);
    SEG_TRY(search_levels(&d, levels, count));
    const seg_field *u = &levels[0].u, *v = &levels[0].v;
    if (u->width == width) return seg_flow_copy(job->u, job->v, u, v, job->env);
    const float across = (float)((double)width / u->width),
                down = (float)((double)height / u->height);
    SEG_TRY(seg_field_stretch(job->u, u, across, job->scratch, job->env));
    return seg_field_stretch(job->v, v, down, job->scratch, job->env);
}

static const seg_flow_kind kind = {&params, offsetof(seg_dis_options, flow), estimate, NULL};

static seg_status create(void **state, const void *options, const seg_env *env) {
    return seg_flow_create(state, &kind, options, env);
}

static uint32_t outputs_of(const void *options) {
    return seg_flow_outputs(&((const seg_dis_options *)options)->flow);
}

const seg_method seg_method_dis = {
    .id = "dis",
    .title = "flow by patches that look for their place",
    .reference = "Kroeger et al., Fast optical flow using dense inverse search, ECCV",
    .year = 2016,
    .params = &params,
    .outputs_of = outputs_of,
    .create = create,
    SEG_FLOW_METHOD,
};
