/*
 * Fields at other sizes. All of it is one thing: a weighted mean of some neighbours, first down,
 * then across, the weights depending on where the pixel lies between those of the source. The
 * middle of pixel x of the target is at (x + 1/2) / factor - 1/2.
 */
#include "imgproc/pyramid.h"

#include "core/bands.h"
#include "core/check.h"
#include "core/math.h"
#include "kernels/flow.h"
#include "kernels/patches.h"

#include <math.h>

#define BAND_HEIGHT 16
#define MOST_TAPS 28 /* 3 sigma of Gaussians up to 4 on both sides, and what rounding adds */

void seg_pyramid_plan(seg_pyramid *pyramid, int32_t width, int32_t height, double factor,
                      int32_t least) {
    pyramid->levels = 0;
    double scale = 1;
    for (int32_t i = 0; i < SEG_PYRAMID_LEVELS; i++, scale *= factor) {
        const int32_t w = (int32_t)(width * scale + 0.5), h = (int32_t)(height * scale + 0.5);
        if (i > 0 && (w < least || h < least)) return;
        pyramid->width[i] = w;
        pyramid->height[i] = h;
        pyramid->levels++;
    }
}

/* How a direction is resampled: pixel i of `count` takes `taps` neighbours from `starts[i]` on, the
 * weight of neighbour k at weights[k * count + i]. */
typedef struct axis {
    int32_t count, taps;
    int32_t *starts;
    float *weights;
} axis;

typedef enum shape { GAUSSIAN, CUBIC, LINEAR } shape;

static double weight_of(shape kind, double distance, double sigma) {
    const double d = fabs(distance);
    if (kind == GAUSSIAN) return seg_exp(-d * d / (2 * sigma * sigma));
    if (kind == LINEAR) return d < 1 ? 1 - d : 0;
    if (d < 1) return (1.5 * d - 2.5) * d * d + 1;
    return d < 2 ? ((2.5 - 0.5 * d) * d - 4) * d + 2 : 0;
}

static seg_status make_axis(axis *a, shape kind, double sigma, int32_t from, int32_t to,
                            double gain, seg_scratch *scratch) {
    const double ratio = (double)from / to, reach = kind == CUBIC ? 2 : 3 * sigma;
    a->count = to;
    a->taps = (int32_t)(2 * reach) + 1;
    if (kind != GAUSSIAN) a->taps = kind == CUBIC ? 4 : 2;
    const size_t size = (size_t)to * (sizeof(int32_t) + (size_t)a->taps * sizeof(float));
    a->weights = seg_scratch_take(scratch, size, 1, "weights of a field at another size");
    if (!a->weights) return SEG_ERROR_MEMORY;
    a->starts = (int32_t *)(a->weights + (size_t)to * (size_t)a->taps);
    for (int32_t i = 0; i < to; i++) {
        const double centre = (i + 0.5) * ratio - 0.5;
        const int32_t start = (int32_t)floor(centre - 0.5 * (a->taps - 2));
        double weights[MOST_TAPS], sum = 0;
        for (int32_t k = 0; k < a->taps; k++) {
            weights[k] = weight_of(kind, start + k - centre, sigma);
            sum += weights[k];
        }
        a->starts[i] = start;
        for (int32_t k = 0; k < a->taps; k++)
            a->weights[(size_t)k * (size_t)to + (size_t)i] = (float)(gain * weights[k] / sum);
    }
    return SEG_OK;
}

typedef struct resampling {
    const seg_flow_kernels *kernels;
    const seg_field *target, *source;
    axis down, across;
    float *rows; /* one for each worker, with room on both sides */
    size_t row_size;
} resampling;

static int32_t clamp(int32_t y, int32_t height) {
    return y < 0 ? 0 : y < height ? y : height - 1;
}

static seg_status resample_band(void *argument, int32_t band, int32_t first, int32_t end,
                                int32_t worker) {
    (void)band;
    const resampling *r = argument;
    const int32_t width = r->source->width, height = r->source->height;
    float *row = r->rows + (size_t)worker * r->row_size + 2 * SEG_FIELD_EDGE;
    for (int32_t y = first; y < end; y++) {
        const float *rows[MOST_TAPS];
        float weights[MOST_TAPS];
        for (int32_t k = 0; k < r->down.taps; k++) {
            rows[k] = seg_field_row(r->source, clamp(r->down.starts[y] + k, height));
            weights[k] = r->down.weights[(size_t)k * (size_t)r->down.count + (size_t)y];
        }
        r->kernels->blend_rows(row, rows, weights, r->down.taps, width);
        for (int32_t i = 1; i <= 2 * SEG_FIELD_EDGE; i++) {
            row[-i] = row[0];
            row[width - 1 + i] = row[width - 1];
        }
        r->kernels->blend_across(seg_field_row(r->target, y), row, r->across.starts,
                                 r->across.weights, r->across.taps, r->target->width);
        seg_field_extend_row(r->target, y);
    }
    return SEG_OK;
}

static seg_status resample(const seg_field *target, const seg_field *source, shape kind,
                           double sigma_x, double sigma_y, float gain, seg_scratch *scratch,
                           const seg_env *env) {
    const int32_t mark = seg_scratch_mark(scratch);
    resampling r = {.kernels = seg_flow_kernels_get(), .target = target, .source = source};
    SEG_TRY(
        make_axis(&r.down, kind, sigma_y, source->height, target->height, (double)gain, scratch));
    SEG_TRY(make_axis(&r.across, kind, sigma_x, source->width, target->width, 1, scratch));
    r.row_size = ((size_t)source->width + 4 * SEG_FIELD_EDGE + 15) / 16 * 16;
    r.rows = seg_scratch_take(scratch, (size_t)seg_workers(env) * r.row_size, sizeof(float),
                              "rows of a field");
    if (!r.rows) return SEG_ERROR_MEMORY;
    SEG_TRY(seg_run_bands(env, target->height, BAND_HEIGHT, resample_band, &r));
    seg_field_extend_ends(target);
    seg_scratch_return(scratch, mark);
    return SEG_OK;
}

/* Of the Gaussian that the source is seen through; a little, where nothing shrinks. */
static double sigma_of(int32_t from, int32_t to) {
    const double ratio = (double)from / to,
                 wide = 0.6 * sqrt(ratio * ratio - 1 > 0 ? ratio * ratio - 1 : 0);
    return wide > 0.25 ? wide : 0.25;
}

seg_status seg_field_shrink(const seg_field *target, const seg_field *source, seg_scratch *scratch,
                            const seg_env *env) {
    return resample(target, source, GAUSSIAN, sigma_of(source->width, target->width),
                    sigma_of(source->height, target->height), 1, scratch, env);
}

seg_status seg_field_enlarge(const seg_field *target, const seg_field *source, float gain,
                             seg_scratch *scratch, const seg_env *env) {
    return resample(target, source, CUBIC, 0, 0, gain, scratch, env);
}

seg_status seg_field_stretch(const seg_field *target, const seg_field *source, float gain,
                             seg_scratch *scratch, const seg_env *env) {
    return resample(target, source, LINEAR, 0, 0, gain, scratch, env);
}

seg_status seg_field_blur(const seg_field *target, const seg_field *source, double sigma,
                          seg_scratch *scratch, const seg_env *env) {
    return resample(target, source, GAUSSIAN, sigma, sigma, 1, scratch, env);
}

typedef struct halving {
    const seg_field *target, *source;
} halving;

static seg_status halve_band(void *argument, int32_t band, int32_t first, int32_t end,
                             int32_t worker) {
    (void)band, (void)worker;
    const halving *h = argument;
    const seg_patches_kernels *kernels = seg_patches_kernels_get();
    for (int32_t y = first; y < end; y++) {
        kernels->halve(seg_field_row(h->target, y), seg_field_row(h->source, 2 * y),
                       seg_field_row(h->source, 2 * y + 1), h->target->width);
        seg_field_extend_row(h->target, y);
    }
    return SEG_OK;
}

seg_status seg_field_halve(const seg_field *target, const seg_field *source, const seg_env *env) {
    halving h = {target, source};
    SEG_TRY(seg_run_bands(env, target->height, BAND_HEIGHT, halve_band, &h));
    seg_field_extend_ends(target);
    return SEG_OK;
}

/* ---- pyramids ---- */

static seg_status make_level(seg_field *target, const seg_field *source, int32_t width,
                             int32_t height, seg_scratch *scratch, const seg_env *env) {
    SEG_TRY(seg_fields_take(target, 1, width, height, scratch));
    return seg_field_shrink(target, source, scratch, env);
}

seg_status seg_pyramid_build(seg_field *levels, const seg_field *picture, const seg_pyramid *plan,
                             double presmooth, seg_scratch *scratch, const seg_env *env) {
    seg_field base = *picture;
    if (presmooth > 0) {
        SEG_TRY(seg_fields_take(&base, 1, picture->width, picture->height, scratch));
        SEG_TRY(seg_field_blur(&base, picture, presmooth, scratch, env));
    }
    levels[0] = base;
    if (base.width != plan->width[0] || base.height != plan->height[0])
        SEG_TRY(make_level(&levels[0], &base, plan->width[0], plan->height[0], scratch, env));
    for (int32_t i = 1; i < plan->levels; i++)
        SEG_TRY(
            make_level(&levels[i], &levels[i - 1], plan->width[i], plan->height[i], scratch, env));
    return SEG_OK;
}
