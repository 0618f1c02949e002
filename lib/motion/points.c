/*
 * Points that are tracked from one picture to another.
 *
 * J.-Y. Bouguet, "Pyramidal implementation of the affine Lucas Kanade feature tracker: description
 * of the algorithm", Intel 2000. The check by tracking back: Z. Kalal, K. Mikolajczyk, J. Matas,
 * "Forward-backward error: automatic detection of tracking failures", ICPR 2010.
 *
 * Symbols: I, J the pictures, G the sum of g g' over the window, g the gradient of I, nu the step
 *
 * Steps on each level, coarse to fine, each half of the next: 1. the window of I around the point
 * and its gradient, between the pixels; 2. until the step is below `exact`, `iterations` times at
 * most: the window of J where the point is now, b = sum of (I - J) g, nu = G^-1 b.
 *
 * Beyond the border lies a copy of the border. Points are independent of each other. Lost is a
 * point whose window has too little texture in any direction, or that leaves the picture.
 */
#include "core/bands.h"
#include "core/check.h"
#include "imgproc/field.h"
#include "imgproc/input.h"
#include "imgproc/pyramid.h"
#include <segment/motion.h>

#include <math.h>
#include <string.h>

#define MOST_SIDE 51
#define MOST_LEVELS 8
#define LEAST_SIDE 8 /* of a level */
#define POINTS_AT_ONCE 8

static const seg_param rows[] = {
    {"window", SEG_PARAM_INT, offsetof(seg_points_options, window), "21", 3, MOST_SIDE, NULL, "px",
     "Side of the window around a point; made odd.", ""},
    {"levels", SEG_PARAM_INT, offsetof(seg_points_options, levels), "4", 1, MOST_LEVELS, NULL, "",
     "Of the pyramid: each halves what moves.", ""},
    {"iterations", SEG_PARAM_INT, offsetof(seg_points_options, iterations), "30", 1, 1000, NULL, "",
     "Steps on each level, at most.", ""},
    {"exact", SEG_PARAM_FLOAT, offsetof(seg_points_options, exact), "0.01", 0, 1, NULL, "px",
     "A step below that is the last one.", ""},
    {"texture", SEG_PARAM_FLOAT, offsetof(seg_points_options, texture), "0.5", 0, 10000, NULL, "",
     "Mean squared gradient that a window must have in every direction.", ""},
    {"check", SEG_PARAM_FLOAT, offsetof(seg_points_options, check), "1", 0, 100, NULL, "px",
     "Tracked back, a point must come as near to where it was; 0 = it is not tracked back.", ""},
};

static const seg_param_table params = {rows, sizeof rows / sizeof *rows,
                                       sizeof(seg_points_options)};

void seg_points_options_init(seg_points_options *options) {
    seg_params_init(options, &params);
}

typedef struct tracking {
    seg_points_options options;
    int32_t levels, side;
    seg_field first[MOST_LEVELS], second[MOST_LEVELS];
    seg_tracked_point *points;
    int32_t count;
} tracking;

/* ---- windows ---- */

static int32_t clamp(int32_t i, int32_t size) {
    return i < 0 ? 0 : i < size ? i : size - 1;
}

/* A row of the window that is cut at the border. */
static void take_clamped(float *out, const seg_field *picture, int32_t left, int32_t y,
                         int32_t count) {
    const float *row = seg_field_row(picture, clamp(y, picture->height));
    for (int32_t x = 0; x < count; x++)
        out[x] = row[clamp(left + x, picture->width)];
}

static void blend(float *restrict out, const float *restrict upper, const float *restrict lower,
                  float fx, float fy, int32_t count) {
    for (int32_t x = 0; x < count; x++) {
        const float a = upper[x] + fx * (upper[x + 1] - upper[x]);
        const float b = lower[x] + fx * (lower[x + 1] - lower[x]);
        out[x] = a + fy * (b - a);
    }
}

/* A square of `side` samples around (x, y), between pixels by straight lines. */
static void take_window(float *out, const seg_field *picture, float x, float y, int32_t side) {
    const int32_t left = (int32_t)floorf(x), top = (int32_t)floorf(y);
    const float fx = x - (float)left, fy = y - (float)top;
    const int32_t x0 = left - side / 2, y0 = top - side / 2;
    const bool inside = x0 >= 0 && x0 + side < picture->width;
    float ends[2][MOST_SIDE + 3];
    for (int32_t k = 0; k < side; k++, out += side) {
        const float *upper = ends[k & 1], *lower = ends[1 - (k & 1)];
        if (inside) {
            upper = seg_field_row(picture, clamp(y0 + k, picture->height)) + x0;
            lower = seg_field_row(picture, clamp(y0 + k + 1, picture->height)) + x0;
        } else {
            if (k == 0) take_clamped(ends[0], picture, x0, y0, side + 1);
            take_clamped(ends[1 - (k & 1)], picture, x0, y0 + k + 1, side + 1);
        }
        blend(out, upper, lower, fx, fy, side);
    }
}

/* The window of the first picture with its gradient, and the inverse of G. */
typedef struct template {
    float values[MOST_SIDE * MOST_SIDE], dx[MOST_SIDE * MOST_SIDE], dy[MOST_SIDE * MOST_SIDE];
    float inverse[3];
}
template;

/* False where G says too little. */
static bool make_template(template *t, const tracking *job, const seg_field *picture, float x,
                          float y) {
    const int32_t side = job->side, wide = side + 2;
    float around[(MOST_SIDE + 2) * (MOST_SIDE + 2)];
    take_window(around, picture, x, y, wide);
    float xx = 0, xy = 0, yy = 0;
    for (int32_t row = 0; row < side; row++)
        for (int32_t column = 0; column < side; column++) {
            const float *at = around + (row + 1) * wide + column + 1;
            const float dx = 0.5f * (at[1] - at[-1]), dy = 0.5f * (at[wide] - at[-wide]);
            t->values[row * side + column] = at[0];
            t->dx[row * side + column] = dx;
            t->dy[row * side + column] = dy;
            xx += dx * dx;
            xy += dx * dy;
            yy += dy * dy;
        }
    const float half = 0.5f * (xx - yy), least = 0.5f * (xx + yy) - sqrtf(half * half + xy * xy);
    const float det = xx * yy - xy * xy;
    if (!(least >= (float)job->options.texture * (float)(side * side) && det > 0)) return false;
    t->inverse[0] = yy / det;
    t->inverse[1] = -xy / det;
    t->inverse[2] = xx / det;
    return true;
}

/* ---- tracking ---- */

/* Steps from (*x, *y) on; the mean absolute difference of the windows at the end. */
static float settle(float *x, float *y, const template *t, const tracking *job,
                    const seg_field *picture) {
    const int32_t size = job->side * job->side;
    const float exact = (float)(job->options.exact * job->options.exact);
    const float last_x = (float)(picture->width + job->side),
                last_y = (float)(picture->height + job->side);
    float window[MOST_SIDE * MOST_SIDE], off = 0;
    for (int32_t i = 0;; i++) {
        take_window(window, picture, *x, *y, job->side);
        float bx = 0, by = 0;
        off = 0;
        for (int32_t k = 0; k < size; k++) {
            const float d = t->values[k] - window[k];
            bx += d * t->dx[k];
            by += d * t->dy[k];
            off += fabsf(d);
        }
        if (i == job->options.iterations) break;
        const float u = t->inverse[0] * bx + t->inverse[1] * by;
        const float v = t->inverse[1] * bx + t->inverse[2] * by;
        const float to_x = *x + u, to_y = *y + v;
        if (!(to_x > (float)-job->side && to_x < last_x && to_y > (float)-job->side &&
              to_y < last_y))
            break; /* far out: it does not come back */
        *x = to_x;
        *y = to_y;
        if (u * u + v * v < exact) break;
    }
    return off / (float)size;
}

/* From (x, y) in `first`; false if it is lost. */
static bool follow(double to[2], double *difference, const tracking *job, const seg_field *first,
                   const seg_field *second, double x, double y) {
    template t;
    float gx = 0, gy = 0, off = 0; /* what it has moved, pixels of the level */
    for (int32_t l = job->levels - 1; l >= 0; l--) {
        /* pixel i of a level covers 2 i and 2 i + 1 of the finer one */
        const double scale = 1.0 / (1 << l);
        const float px = (float)((x + 0.5) * scale - 0.5), py = (float)((y + 0.5) * scale - 0.5);
        gx *= 2;
        gy *= 2;
        if (!make_template(&t, job, &first[l], px, py)) {
            if (l == 0) return false;
            continue;
        }
        float tx = px + gx, ty = py + gy;
        off = settle(&tx, &ty, &t, job, &second[l]);
        gx = tx - px;
        gy = ty - py;
    }
    to[0] = x + (double)gx;
    to[1] = y + (double)gy;
    *difference = (double)off;
    return to[0] >= 0 && to[0] <= second->width - 1 && to[1] >= 0 && to[1] <= second->height - 1;
}

static void track(const tracking *job, seg_tracked_point *p) {
    double to[2] = {p->x, p->y}, again[2], ignored;
    p->back = p->difference = 0;
    const bool inside =
        p->x >= 0 && p->x <= job->first->width - 1 && p->y >= 0 && p->y <= job->first->height - 1;
    p->found = inside && follow(to, &p->difference, job, job->first, job->second, p->x, p->y);
    p->to_x = to[0];
    p->to_y = to[1];
    if (!p->found || !(job->options.check > 0)) return;
    p->found = follow(again, &ignored, job, job->second, job->first, to[0], to[1]);
    if (!p->found) return;
    const double dx = again[0] - p->x, dy = again[1] - p->y;
    p->back = sqrt(dx * dx + dy * dy);
    p->found = p->back <= job->options.check;
}

static seg_status track_band(void *argument, int32_t band, int32_t first, int32_t end,
                             int32_t worker) {
    (void)band, (void)worker;
    const tracking *job = argument;
    for (int32_t i = first; i < end; i++)
        track(job, &job->points[i]);
    return SEG_OK;
}

/* ---- the whole ---- */

static seg_status take_picture(seg_field *levels, int32_t *count, const seg_image *picture,
                               seg_scratch *scratch, const seg_env *env) {
    seg_image grey = {0}, work = {0};
    seg_status status = seg_picture_grey(&grey, &work, picture, env);
    if (status >= 0) status = seg_fields_take(levels, 1, grey.width, grey.height, scratch);
    if (status >= 0) status = seg_field_from_grey(levels, &grey, env);
    seg_image_unref(&work);
    if (status < 0) return status;
    seg_field_extend(levels);
    for (int32_t i = 1; i < *count; i++) {
        const int32_t width = (levels[i - 1].width + 1) / 2,
                      height = (levels[i - 1].height + 1) / 2;
        if (width < LEAST_SIDE || height < LEAST_SIDE) {
            *count = i;
            break;
        }
        SEG_TRY(seg_fields_take(&levels[i], 1, width, height, scratch));
        SEG_TRY(seg_field_halve(&levels[i], &levels[i - 1], env));
    }
    return SEG_OK;
}

static seg_status check_arguments(const seg_tracked_point *points, int32_t count,
                                  const seg_image *first, const seg_image *second) {
    if (!first || !second || (count > 0 && !points))
        return seg_fail(SEG_ERROR_ARGUMENT, "%s is missing (NULL)",
                        !first    ? "first"
                        : !second ? "second"
                                  : "points");
    if (count < 0)
        return seg_fail(SEG_ERROR_ARGUMENT, "the number of points is negative (got %d)",
                        (int)count);
    SEG_TRY(seg_check_image(first, "first", SEG_ANY_PICTURE, SEG_CHANNELS_ANY));
    SEG_TRY(seg_check_image(second, "second", SEG_ANY_PICTURE, SEG_CHANNELS_ANY));
    if (first->width != second->width || first->height != second->height)
        return seg_fail(SEG_ERROR_SHAPE, "second is %d x %d, first is %d x %d", (int)second->width,
                        (int)second->height, (int)first->width, (int)first->height);
    return SEG_OK;
}

seg_status seg_points_track(seg_tracked_point *points, int32_t count, const seg_image *first,
                            const seg_image *second, const seg_points_options *options,
                            const seg_env *env) {
    SEG_TRY(check_arguments(points, count, first, second));
    tracking job = {.points = points, .count = count};
    if (options) {
        SEG_TRY(seg_params_check(options, &params));
        job.options = *options;
    } else {
        seg_points_options_init(&job.options);
    }
    job.side = job.options.window | 1;
    job.levels = job.options.levels;
    seg_scratch scratch = {0};
    seg_scratch_init(&scratch, env);
    seg_status status = take_picture(job.first, &job.levels, first, &scratch, env);
    if (status >= 0) status = take_picture(job.second, &job.levels, second, &scratch, env);
    if (status >= 0) status = seg_run_bands(env, count, POINTS_AT_ONCE, track_band, &job);
    seg_scratch_free(&scratch);
    return status;
}
