/*
 * Contrast-limited adaptive histogram equalisation: each tile has a curve made of its histogram, of
 * which what lies above a limit is spread over all levels; pixels get the curves of the four tiles
 * around, bilinearly. K. Zuiderveld, "Contrast limited adaptive histogram equalization", Graphics
 * Gems IV, 1994. Colours are changed by the ratio of their luma's change, so that hues stay.
 */
#include "augment/tone.h"
#include "augmentations.h"

#include <math.h>

#define BINS 256

typedef struct clahe_options {
    size_t size;
    double p, clip;
    int32_t tiles;
} clahe_options;

static const seg_param clahe_rows[] = {
    {"clip", SEG_PARAM_FLOAT, offsetof(clahe_options, clip), "4", 1, 1000, NULL, "",
     "no level counts more than this times the mean; the limit is uniform in 1 .. clip", ""},
    {"tiles", SEG_PARAM_INT, offsetof(clahe_options, tiles), "8", 1, 64, NULL, "",
     "along each side", ""},
    SEG_AUGMENT_P(clahe_options, "1"),
};
SEG_AUGMENT_TABLE(clahe_table, clahe_rows, clahe_options);

static float luma_of(const float *pixel, int32_t channels) {
    return channels < 3 ? pixel[0] : 0.299f * pixel[0] + 0.587f * pixel[1] + 0.114f * pixel[2];
}

static int32_t bin_of(float level) {
    const float at = level * (BINS - 1) + 0.5f;
    return at > 0 ? at < BINS - 1 ? (int32_t)at : BINS - 1 : 0;
}

/* The curve of a tile, from its counts; `limit` in pixels. */
static void make_curve(float *curve, float *counts, float limit) {
    float over = 0, total = 0, sum = 0;
    for (int i = 0; i < BINS; i++) {
        total += counts[i];
        if (counts[i] <= limit) continue;
        over += counts[i] - limit;
        counts[i] = limit;
    }
    for (int i = 0; i < BINS; i++) {
        const float count = counts[i] + over / BINS;
        curve[i] = total > 0 ? (sum + count * 0.5f) / total : (float)i / (BINS - 1);
        sum += count;
    }
}

static int32_t tile_of(int64_t place, int32_t tiles, int32_t side) {
    return (int32_t)(place * tiles / side);
}

/* Curves of all tiles, BINS each. */
static seg_status make_curves(seg_augment_step *step, float **curves, float *row,
                              const seg_image *source, int32_t tiles, double clip) {
    const size_t count = (size_t)tiles * (size_t)tiles;
    float *counts = seg_scratch_take(step->scratch, count * BINS, sizeof *counts, "histograms");
    *curves = seg_scratch_take(step->scratch, count * BINS, sizeof **curves, "curves");
    if (!counts || !*curves) return SEG_ERROR_MEMORY;
    for (size_t i = 0; i < count * BINS; i++)
        counts[i] = 0;
    for (int32_t y = 0; y < source->height; y++) {
        const int32_t down = tile_of(y, tiles, source->height);
        seg_row_levels(row, source, y);
        for (int32_t x = 0; x < source->width; x++) {
            const int32_t tile = down * tiles + tile_of(x, tiles, source->width);
            const float luma = luma_of(row + (size_t)x * source->channels, source->channels);
            counts[(size_t)tile * BINS + (size_t)bin_of(luma)] += 1;
        }
    }
    const double pixels = (double)source->width * source->height / (double)count;
    for (size_t i = 0; i < count; i++)
        make_curve(*curves + i * BINS, counts + i * BINS, (float)(clip * pixels / BINS));
    return SEG_OK;
}

/* Between which tiles a place lies, and how near to the second. */
static float between(int32_t *first, int32_t *second, int32_t place, int32_t tiles, int32_t side) {
    const float at = ((float)place + 0.5f) * (float)tiles / (float)side - 0.5f;
    const int32_t low = at > 0 ? (int32_t)at : 0;
    *first = low < tiles ? low : tiles - 1;
    *second = *first + 1 < tiles ? *first + 1 : *first;
    const float part = at - (float)*first;
    return part > 0 ? part < 1 ? part : 1 : 0;
}

static seg_status clahe(seg_augment_step *step, const seg_image *target, const seg_image *source) {
    const clahe_options *o = step->options;
    const double clip = seg_draw_between(step, 1, o->clip);
    const int32_t channels = source->channels, colours = seg_colour_channels(source);
    float *curves, *row = seg_scratch_take(step->scratch, (size_t)source->width * source->channels,
                                           sizeof *row, "levels");
    if (!row) return SEG_ERROR_MEMORY;
    SEG_TRY(seg_augment_decide(step, "clip", clip));
    SEG_TRY(make_curves(step, &curves, row, source, o->tiles, clip));
    for (int32_t y = 0; y < source->height; y++) {
        int32_t top, bottom, left, right;
        const float fy = between(&top, &bottom, y, o->tiles, source->height);
        seg_row_levels(row, source, y);
        for (int32_t x = 0; x < source->width; x++) {
            float *pixel = row + (size_t)x * (size_t)channels;
            const float fx = between(&left, &right, x, o->tiles, source->width);
            const float luma = luma_of(pixel, channels);
            const int32_t bin = bin_of(luma);
            const float a = curves[(top * o->tiles + left) * BINS + bin];
            const float b = curves[(top * o->tiles + right) * BINS + bin];
            const float c = curves[(bottom * o->tiles + left) * BINS + bin];
            const float d = curves[(bottom * o->tiles + right) * BINS + bin];
            const float up = a + (b - a) * fx, down = c + (d - c) * fx;
            const float level = up + (down - up) * fy;
            for (int32_t k = 0; k < colours; k++)
                pixel[k] = luma > 0 ? pixel[k] * (level / luma) : level;
        }
        seg_row_store(target, y, row);
    }
    return SEG_OK;
}

const seg_augmentation seg_augmentation_clahe = {
    .id = "clahe",
    .title = "local equalisation with limited contrast",
    .family = "pixel",
    .reference = "K. Zuiderveld, \"Contrast limited adaptive histogram equalization\", Graphics "
                 "Gems IV",
    .year = 1994,
    SEG_AUGMENT_ANY,
    .params = &clahe_table,
    .filter = clahe};
