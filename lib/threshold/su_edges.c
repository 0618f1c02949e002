/*
 * Steps 1 to 3 of Su, Lu and Tan (su.c): contrast, its Otsu level, stroke edges, stroke width.
 * Edges are pixels of high contrast where the Sobel gradient is largest across its direction. The
 * paper takes Canny's edges there; of those the contrast discards what hysteresis is about, so that
 * the suppression alone gives the same strokes.
 */
#include "threshold/su_edges.h"

#include "core/bands.h"
#include "core/check.h"
#include "core/math.h"
#include "imgproc/histogram.h"
#include "imgproc/input.h"
#include "imgproc/rows.h"
#include "imgproc/samples.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CONTRAST_BINS 65536

typedef struct su_job {
    seg_su_edges *found;
    const seg_image *grey, *ignore;
    seg_image contrast;
    double alpha;
    uint16_t level;    /* of the contrast picture */
    uint64_t *strokes; /* a table of widths for each worker */
} su_job;

static int32_t clamped(int32_t i, int32_t n) {
    return i < 0 ? 0 : i >= n ? n - 1 : i;
}

/* ---- contrast ---- */

/* Share of the relative contrast: (deviation / 128)^gamma, at most 1. */
static seg_status find_alpha(double *alpha, const seg_image *grey, const seg_image *ignore,
                             double gamma, seg_scratch *scratch, const seg_env *env) {
    uint64_t *bins = seg_scratch_take(scratch, 256, sizeof *bins, "a histogram");
    if (!bins) return SEG_ERROR_MEMORY;
    SEG_TRY(seg_histogram_with(bins, 256, grey, ignore, scratch, env));
    double votes = 0, sum = 0, squares = 0;
    for (int32_t i = 0; i < 256; i++) {
        votes += (double)bins[i];
        sum += (double)bins[i] * i;
        squares += (double)bins[i] * i * i;
    }
    const double variance = votes > 0 ? (squares - sum * sum / votes) / votes : 0;
    const double deviation = variance > 0 ? sqrt(variance) / 128 : 0;
    *alpha = deviation > 0 ? seg_pow(deviation, gamma) : gamma > 0 ? 0 : 1;
    if (*alpha > 1) *alpha = 1;
    return SEG_OK;
}

/* No contrast where a neighbour is ignored: the rim of a mask is no edge. */
static void clear_beside_ignored(uint16_t *contrast, const seg_image *ignore, int32_t y) {
    for (int32_t k = -1; k <= 1; k++) {
        const uint8_t *row = seg_image_row(ignore, clamped(y + k, ignore->height));
        for (int32_t x = 0; x < ignore->width; x++) {
            if (!row[x]) continue;
            contrast[x] = 0;
            if (x > 0) contrast[x - 1] = 0;
            if (x < ignore->width - 1) contrast[x + 1] = 0;
        }
    }
}

/* alpha (max - min) / (max + min) + (1 - alpha) (max - min) / 255 of the 3 x 3 pixels, of 65535. */
static seg_status contrast_band(void *argument, int32_t band, int32_t first, int32_t end,
                                int32_t worker) {
    (void)band, (void)worker;
    const su_job *job = argument;
    const seg_image *grey = job->grey;
    const int32_t width = grey->width;
    for (int32_t y = first; y < end; y++) {
        const uint8_t *rows[3];
        uint16_t *contrast = seg_image_row(&job->contrast, y);
        for (int32_t k = 0; k < 3; k++)
            rows[k] = seg_image_row(grey, clamped(y + k - 1, grey->height));
        for (int32_t x = 0; x < width; x++) {
            int32_t low = 255, high = 0;
            const int32_t left = x > 0 ? x - 1 : 0, right = x < width - 1 ? x + 1 : x;
            for (int32_t k = 0; k < 3; k++)
                for (int32_t i = left; i <= right; i++) {
                    low = rows[k][i] < low ? rows[k][i] : low;
                    high = rows[k][i] > high ? rows[k][i] : high;
                }
            const double range = high - low, sum = high + low;
            const double relative = high > 0 ? range / sum : 0;
            const double value = job->alpha * relative + (1 - job->alpha) * (range / 255);
            contrast[x] = (uint16_t)(65535 * value + 0.5);
        }
        if (job->ignore) clear_beside_ignored(contrast, job->ignore, y);
    }
    return SEG_OK;
}

/* ---- edges ---- */

/* Sobel's derivatives, the border repeated; called for few pixels. */
static void gradient(int32_t *dx, int32_t *dy, const seg_image *grey, int32_t x, int32_t y) {
    const int32_t left = x > 0 ? x - 1 : 0, right = x < grey->width - 1 ? x + 1 : x;
    const uint8_t *up = seg_image_row(grey, y > 0 ? y - 1 : 0);
    const uint8_t *row = seg_image_row(grey, y);
    const uint8_t *down = seg_image_row(grey, y < grey->height - 1 ? y + 1 : y);
    *dx = (up[right] + 2 * row[right] + down[right]) - (up[left] + 2 * row[left] + down[left]);
    *dy = (down[left] + 2 * down[x] + down[right]) - (up[left] + 2 * up[x] + up[right]);
}

static int32_t magnitude(const seg_image *grey, int32_t x, int32_t y) {
    if (x < 0 || y < 0 || x >= grey->width || y >= grey->height) return 0;
    int32_t dx, dy;
    gradient(&dx, &dy, grey, x, y);
    return abs(dx) + abs(dy);
}

/* Largest across the direction of the gradient, in sectors of 45 degrees; ties as in Canny's
 * suppression. 13573 / 32768 is the tangent of 22.5 degrees. */
static bool is_ridge(const seg_image *grey, int32_t x, int32_t y) {
    int32_t dx, dy;
    gradient(&dx, &dy, grey, x, y);
    const int32_t m = abs(dx) + abs(dy), across = 13573 * abs(dx), along = 32768 * abs(dy);
    if (m == 0) return false;
    if (along < across) return m > magnitude(grey, x - 1, y) && m >= magnitude(grey, x + 1, y);
    if (along > across + 65536 * abs(dx))
        return m > magnitude(grey, x, y - 1) && m >= magnitude(grey, x, y + 1);
    const int32_t step = (dx < 0) == (dy < 0) ? 1 : -1;
    return m > magnitude(grey, x - step, y - 1) && m > magnitude(grey, x + step, y + 1);
}

static seg_status edge_band(void *argument, int32_t band, int32_t first, int32_t end,
                            int32_t worker) {
    (void)band, (void)worker;
    const su_job *job = argument;
    const seg_image *grey = job->grey;
    const int32_t width = grey->width;
    for (int32_t y = first; y < end; y++) {
        const uint16_t *contrast = seg_image_row(&job->contrast, y);
        const uint8_t *value = seg_image_row(grey, y);
        const uint8_t *ignore = job->ignore ? seg_image_row(job->ignore, y) : NULL;
        uint8_t *edges = seg_image_row(&job->found->edges, y);
        uint8_t *values = seg_image_row(&job->found->values, y);
        for (int32_t x = 0; x < width; x++) {
            const bool edge =
                contrast[x] > job->level && !(ignore && ignore[x]) && is_ridge(grey, x, y);
            edges[x] = edge;
            values[x] = edge ? value[x] : 0;
        }
    }
    return SEG_OK;
}

/* ---- strokes ---- */

/* Distances between neighbouring edges of a row where it gets darker, then lighter. */
static seg_status stroke_band(void *argument, int32_t band, int32_t first, int32_t end,
                              int32_t worker) {
    (void)band;
    const su_job *job = argument;
    uint64_t *widths = job->strokes + (size_t)worker * (SEG_SU_WIDEST + 1);
    for (int32_t y = first; y < end; y++) {
        const uint8_t *edges = seg_image_row(&job->found->edges, y);
        int32_t before = -1, slope_before = 0;
        for (int32_t x = 0; x < job->grey->width; x++) {
            if (!edges[x]) continue;
            int32_t slope, down;
            gradient(&slope, &down, job->grey, x, y);
            const int32_t distance = x - before;
            if (before >= 0 && slope_before < 0 && slope > 0 && distance <= SEG_SU_WIDEST)
                widths[distance]++;
            before = x;
            slope_before = slope;
        }
    }
    return SEG_OK;
}

static seg_status find_stroke(su_job *job, int32_t rows, seg_scratch *scratch, const seg_env *env) {
    const size_t workers = (size_t)seg_workers(env), size = workers * (SEG_SU_WIDEST + 1);
    job->strokes = seg_scratch_take(scratch, size, sizeof *job->strokes, "widths of strokes");
    if (!job->strokes) return SEG_ERROR_MEMORY;
    memset(job->strokes, 0, size * sizeof *job->strokes);
    SEG_TRY(seg_run_bands(env, job->grey->height, rows, stroke_band, job));
    uint64_t most = 0;
    job->found->stroke = 0;
    for (int32_t width = 2; width <= SEG_SU_WIDEST; width++) { /* 1 is noise */
        uint64_t count = 0;
        for (size_t i = 0; i < workers; i++)
            count += job->strokes[i * (SEG_SU_WIDEST + 1) + (size_t)width];
        if (count <= most) continue;
        most = count;
        job->found->stroke = width;
    }
    return SEG_OK;
}

seg_status seg_su_edges_find(seg_su_edges *found, const seg_image *grey, const seg_image *ignore,
                             double gamma, seg_scratch *scratch, const seg_env *env) {
    const int32_t height = grey->height, rows = seg_point_rows(grey);
    su_job job = {.found = found, .grey = grey};
    job.ignore = seg_image_empty(ignore) ? NULL : ignore;
    SEG_TRY(seg_scratch_image(&found->edges, grey, SEG_U8, 1, scratch));
    SEG_TRY(seg_scratch_image(&found->values, grey, SEG_U8, 1, scratch));
    SEG_TRY(seg_scratch_image(&job.contrast, grey, SEG_U16, 1, scratch));
    SEG_TRY(find_alpha(&job.alpha, grey, ignore, gamma, scratch, env));
    SEG_TRY(seg_run_bands(env, height, rows, contrast_band, &job));
    uint64_t *bins = seg_scratch_take(scratch, CONTRAST_BINS, sizeof *bins, "a histogram");
    if (!bins) return SEG_ERROR_MEMORY;
    SEG_TRY(seg_histogram_with(bins, CONTRAST_BINS, &job.contrast, ignore, scratch, env));
    job.level = (uint16_t)seg_otsu_bin(bins, CONTRAST_BINS);
    found->level = job.level / 65535.0;
    SEG_TRY(seg_run_bands(env, height, rows, edge_band, &job));
    return find_stroke(&job, rows, scratch, env);
}
