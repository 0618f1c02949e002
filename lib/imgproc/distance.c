/*
 * Exact Euclidean distance transform, and which pixel is nearest.
 *
 * The square of a distance is that along the column plus that along the row, so the nearest feature
 * pixel is found in two steps (P. Felzenszwalb and D. Huttenlocher, Distance transforms of sampled
 * functions, Theory of Computing 8, 2012; A. Meijster et al., 2000): first the gap to the nearest
 * one of the same column, then along each row the least gap^2 + dx^2. All in integers.
 *
 * A band of rows knows the gaps of the rows just outside of it from a first reading of the mask, so
 * its own are made and used in cache: beyond the outputs, memory is a quarter of a byte a pixel and
 * one band for each thread. Rows of pictures whose squares fit are done by the kernels
 * (kernels/distance_simd.c); others by Meijster's lower envelope. Cost: a few nanoseconds a pixel,
 * whatever the mask.
 */
#include "imgproc/distance.h"

#include "core/bands.h"
#include "core/check.h"
#include "core/memory.h"
#include "kernels/distance.h"

#include <math.h>
#include <string.h>

#define BAND 32 /* at most 254: gaps within a band are bytes */
#define MOST_PIXELS ((int64_t)1 << 30)

typedef struct transform {
    const seg_image *mask, *distance, *squared, *nearest;
    const seg_distance_kernels *kernels;
    bool objects; /* they are the feature pixels */
    bool wide;    /* squares may not fit into 2^30 */
    int32_t none; /* the gap of a column without feature pixels */
    int32_t bands;
    /* row i: gaps of the row before band i to what is above, and behind band i - 1 to below */
    int32_t *above, *below;
    /* of each worker */
    uint8_t *counts, *room;
    int32_t *gaps, *pixels, *columns, *row;
    int64_t *wide_row;
    size_t room_size;
} transform;

static size_t padded(const transform *t) {
    return (size_t)t->mask->width + SEG_DISTANCE_SLACK;
}

static int32_t *gaps_at(const transform *t, int32_t *rows, int32_t i) {
    return rows + (size_t)i * (size_t)t->mask->width;
}

static void step(const transform *t, int32_t *gaps, const int32_t *before, int32_t y) {
    t->kernels->step(gaps, before, seg_image_row(t->mask, y), t->mask->width, t->objects, t->none);
}

/* ---- gaps that reach beyond a band ---- */

static void widen(const transform *t, int32_t *gaps, const uint8_t *counts) {
    for (int32_t x = 0; x < t->mask->width; x++)
        gaps[x] = counts[x] < 255 ? counts[x] : t->none;
}

/* As far as the band itself knows. */
static seg_status measure_band(void *argument, int32_t band, int32_t first, int32_t end,
                               int32_t worker) {
    const transform *t = argument;
    const int32_t width = t->mask->width;
    uint8_t *counts = t->counts + (size_t)worker * (size_t)width;
    memset(counts, 255, (size_t)width);
    for (int32_t y = first; y < end; y++)
        t->kernels->count(counts, seg_image_row(t->mask, y), width, t->objects);
    widen(t, gaps_at(t, t->above, band + 1), counts);
    memset(counts, 255, (size_t)width);
    for (int32_t y = end - 1; y >= first; y--)
        t->kernels->count(counts, seg_image_row(t->mask, y), width, t->objects);
    widen(t, gaps_at(t, t->below, band), counts);
    return SEG_OK;
}

/* Carries them from band to band; false if the mask has no feature pixel. */
static bool carry(const transform *t) {
    const int32_t width = t->mask->width, rest = t->mask->height - (t->bands - 1) * BAND;
    int32_t least = t->none;
    for (int32_t x = 0; x < width; x++)
        t->above[x] = gaps_at(t, t->below, t->bands)[x] = t->none;
    for (int32_t i = 0; i < t->bands; i++)
        t->kernels->join(gaps_at(t, t->above, i + 1), gaps_at(t, t->above, i), width,
                         i + 1 < t->bands ? BAND : rest);
    for (int32_t i = t->bands - 1; i >= 0; i--)
        t->kernels->join(gaps_at(t, t->below, i), gaps_at(t, t->below, i + 1), width,
                         i + 1 < t->bands ? BAND : rest);
    for (int32_t x = 0; x < width; x++)
        if (t->below[x] < least) least = t->below[x];
    return least < t->none;
}

/* ---- rows ---- */

/* Raster index of the nearest feature pixel of each pixel's own column: of two as near the upper
 * one. `behind` is the row below; undefined where the column has none. */
static void find_pixels(const transform *t, int32_t *pixels, const int32_t *above,
                        const int32_t *behind, int32_t y) {
    const int32_t width = t->mask->width;
    for (int32_t x = 0; x < width; x++) {
        const bool up = above[x] <= behind[x] + 1;
        pixels[x] = up ? above[x] : -behind[x] - 1;
    }
    for (int32_t x = 0; x < width; x++)
        pixels[x] = (int32_t)((uint32_t)(y - pixels[x]) * (uint32_t)width + (uint32_t)x);
}

static void store_wide(const transform *t, const int64_t *squares, int32_t y) {
    const int32_t width = t->mask->width;
    float *distance = t->distance ? seg_image_row(t->distance, y) : NULL;
    int32_t *squared = t->squared ? seg_image_row(t->squared, y) : NULL;
    for (int32_t x = 0; x < width; x++) {
        if (distance) distance[x] = (float)sqrt((double)squares[x]);
        if (squared) squared[x] = squares[x] < INT32_MAX ? (int32_t)squares[x] : INT32_MAX;
    }
}

static void transform_row(const transform *t, const int32_t *gaps, const int32_t *pixels, int32_t y,
                          int32_t worker) {
    const int32_t width = t->mask->width;
    void *room = t->room + (size_t)worker * t->room_size;
    int32_t *columns = t->nearest ? t->columns + (size_t)worker * padded(t) : NULL;
    if (t->wide) {
        int64_t *squares = t->wide_row + (size_t)worker * padded(t);
        seg_distance_row_wide(squares, columns, gaps, width, t->none, room);
        store_wide(t, squares, y);
    } else {
        int32_t *squares = t->row + (size_t)worker * padded(t);
        t->kernels->row(squares, columns, gaps, width, room);
        if (t->distance) t->kernels->root(seg_image_row(t->distance, y), squares, width);
        if (t->squared)
            memcpy(seg_image_row(t->squared, y), squares, (size_t)width * sizeof *squares);
    }
    if (!columns) return;
    int32_t *nearest = seg_image_row(t->nearest, y);
    for (int32_t x = 0; x < width; x++)
        nearest[x] = pixels[columns[x]];
}

static seg_status transform_band(void *argument, int32_t band, int32_t first, int32_t end,
                                 int32_t worker) {
    const transform *t = argument;
    const int32_t width = t->mask->width;
    int32_t *gaps = t->gaps + (size_t)worker * BAND * (size_t)width;
    int32_t *pixels = t->pixels + (size_t)worker * (size_t)width;
    const int32_t *before = gaps_at(t, t->above, band), *behind = gaps_at(t, t->below, band + 1);
    for (int32_t y = first; y < end; y++) {
        step(t, gaps_at(t, gaps, y - first), before, y);
        before = gaps_at(t, gaps, y - first);
    }
    for (int32_t y = end - 1; y >= first; y--) {
        int32_t *here = gaps_at(t, gaps, y - first);
        if (t->nearest) find_pixels(t, pixels, here, behind, y);
        t->kernels->join(here, behind, width, 1);
        transform_row(t, here, pixels, y, worker);
        behind = here;
    }
    return SEG_OK;
}

/* ---- the whole ---- */

static seg_status fill_band(void *argument, int32_t band, int32_t first, int32_t end,
                            int32_t worker) {
    const transform *t = argument;
    (void)band, (void)worker;
    for (int32_t y = first; y < end; y++) {
        for (int32_t x = 0; x < t->mask->width; x++) {
            if (t->distance) ((float *)seg_image_row(t->distance, y))[x] = INFINITY;
            if (t->squared) ((int32_t *)seg_image_row(t->squared, y))[x] = INT32_MAX;
            if (t->nearest) ((int32_t *)seg_image_row(t->nearest, y))[x] = -1;
        }
    }
    return SEG_OK;
}

static seg_status take_rows(transform *t, seg_scratch *scratch) {
    const size_t workers = (size_t)seg_workers(&scratch->env), width = (size_t)t->mask->width;
    const size_t row = workers * padded(t);
    const size_t room = t->wide ? 2 * width * sizeof(int32_t) : seg_distance_room(t->mask->width);
    t->room_size = (room + SEG_ALIGNMENT - 1) / SEG_ALIGNMENT * SEG_ALIGNMENT;
    t->room = seg_scratch_take(scratch, workers, t->room_size, "working memory of rows");
    t->columns = seg_scratch_take(scratch, row, sizeof *t->columns, "a row of columns");
    if (!t->room || !t->columns) return SEG_ERROR_MEMORY;
    if (t->wide) {
        t->wide_row = seg_scratch_take(scratch, row, sizeof *t->wide_row, "a row of distances");
        return t->wide_row ? SEG_OK : SEG_ERROR_MEMORY;
    }
    t->row = seg_scratch_take(scratch, row, sizeof *t->row, "a row of distances");
    if (!t->row) return SEG_ERROR_MEMORY;
    for (size_t i = 0; i < workers; i++)
        seg_distance_prepare(t->room + i * t->room_size, t->mask->width);
    return SEG_OK;
}

static seg_status take_gaps(transform *t, seg_scratch *scratch) {
    const size_t workers = (size_t)seg_workers(&scratch->env), width = (size_t)t->mask->width;
    const size_t edges = ((size_t)t->bands + 1) * width;
    t->above = seg_scratch_take(scratch, edges, sizeof *t->above, "gaps between bands");
    t->below = seg_scratch_take(scratch, edges, sizeof *t->below, "gaps between bands");
    t->gaps = seg_scratch_take(scratch, workers * BAND * width, sizeof *t->gaps, "gaps of a band");
    t->counts = seg_scratch_take(scratch, workers * width, 1, "gaps of a row");
    t->pixels = seg_scratch_take(scratch, workers * width, sizeof *t->pixels, "a row of pixels");
    return t->above && t->below && t->gaps && t->counts && t->pixels ? SEG_OK : SEG_ERROR_MEMORY;
}

static seg_status run(transform *t, seg_scratch *scratch) {
    const seg_env *env = &scratch->env;
    const int32_t height = t->mask->height;
    SEG_TRY(take_gaps(t, scratch));
    SEG_TRY(take_rows(t, scratch));
    SEG_TRY(seg_run_bands(env, height, BAND, measure_band, t));
    return seg_run_bands(env, height, BAND, carry(t) ? transform_band : fill_band, t);
}

static seg_status check_and_ensure(seg_image *distance, seg_image *squared, seg_image *nearest,
                                   const seg_image *mask, seg_distance_to to, const seg_env *env) {
    SEG_TRY(seg_check_image(mask, "mask", SEG_FORMAT_BIT(SEG_U8), SEG_CHANNELS_1));
    if (to != SEG_DISTANCE_TO_OBJECT && to != SEG_DISTANCE_TO_BACKGROUND)
        return seg_fail(SEG_ERROR_ARGUMENT, "to is %d (allowed: objects or background)", (int)to);
    const int32_t width = mask->width, height = mask->height;
    if ((int64_t)width * height > MOST_PIXELS)
        return seg_fail(SEG_ERROR_LIMIT, "mask is %ld x %ld (allowed: up to 2^30 pixels)",
                        (long)width, (long)height);
    if (distance) SEG_TRY(seg_image_ensure(distance, width, height, SEG_F32, 1, env));
    if (squared) SEG_TRY(seg_image_ensure(squared, width, height, SEG_LABEL32, 1, env));
    if (nearest) SEG_TRY(seg_image_ensure(nearest, width, height, SEG_LABEL32, 1, env));
    return SEG_OK;
}

seg_status seg_distance_with(seg_image *distance, seg_image *squared, seg_image *nearest,
                             const seg_image *mask, seg_distance_to to, seg_scratch *scratch) {
    SEG_TRY(check_and_ensure(distance, squared, nearest, mask, to, &scratch->env));
    const int64_t width = mask->width, height = mask->height;
    transform t = {.mask = mask, .distance = distance, .squared = squared, .nearest = nearest};
    t.kernels = seg_distance_kernels_get();
    t.objects = to == SEG_DISTANCE_TO_OBJECT;
    t.wide = width * width + height * height >= MOST_PIXELS;
    t.none = t.wide ? SEG_DISTANCE_WIDE_NONE : SEG_DISTANCE_NONE;
    t.bands = seg_band_count(mask->height, BAND);
    return run(&t, scratch);
}

seg_status seg_distance(seg_image *distance, seg_image *squared, seg_image *nearest,
                        const seg_image *mask, seg_distance_to to, const seg_env *env) {
    seg_scratch scratch;
    seg_scratch_init(&scratch, env);
    const seg_status status = seg_distance_with(distance, squared, nearest, mask, to, &scratch);
    seg_scratch_free(&scratch);
    return status;
}
