/*
 * Canny on colours: derivatives come from edge/slopes.h, rows of magnitudes go through a ring of
 * three. A score is above a threshold exactly where the mask has a pixel: both compare the same
 * floats.
 */
#include "edge/canny_colour.h"

#include "edge/canny_score.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define TAN_22 0.41421356f /* of 22.5 degrees */
#define TAN_67 2.41421356f

typedef struct ring {
    const seg_canny_colour *colour;
    seg_slope_rows slopes;
    float *magnitude[3], *dx[3], *dy[3]; /* row y at y mod 3; magnitudes with 0 left and right */
} ring;

static int32_t slot(int32_t y) {
    return (y + 3) % 3;
}

/* A row with one more on either side. */
static size_t pitch_of(int32_t width) {
    return ((size_t)width + 2 + 15) / 16 * 16;
}

static int32_t width_of(const seg_canny_colour *colour) {
    return colour->slopes.planes.width;
}

size_t seg_canny_colour_work_size(const seg_canny_colour *colour) {
    return seg_slope_rows_size(&colour->slopes) + 9 * pitch_of(width_of(colour)) * sizeof(float);
}

static void ring_start(ring *r, const seg_canny_colour *colour, void *work) {
    const size_t pitch = pitch_of(width_of(colour));
    float *next = work;
    r->colour = colour;
    for (int i = 0; i < 3; i++, next += 3 * pitch) {
        r->magnitude[i] = next + 1;
        r->dx[i] = next + pitch;
        r->dy[i] = next + 2 * pitch;
    }
    seg_slope_rows_start(&r->slopes, &colour->slopes, next);
}

/* Magnitudes in 8-bit units of the Sobel kernel; 0 outside the picture. */
static void gradient_row(ring *r, int32_t y) {
    const seg_slopes *slopes = &r->colour->slopes;
    const int32_t width = slopes->planes.width;
    float *magnitude = r->magnitude[slot(y)];
    memset(magnitude - 1, 0, ((size_t)width + 2) * sizeof *magnitude);
    if (y < 0 || y >= slopes->planes.height) return;
    seg_slope_rows_take(&r->slopes, y);
    memcpy(r->dx[slot(y)], r->slopes.dx, (size_t)width * sizeof(float));
    memcpy(r->dy[slot(y)], r->slopes.dy, (size_t)width * sizeof(float));
    slopes->kernels->magnitude(magnitude, r->slopes.dx, r->slopes.dy,
                               slopes->full / (float)SEG_CANNY_STRAIGHT_EDGE, FLT_MAX, width);
}

static bool is_maximum(const ring *r, int32_t x, int32_t y) {
    const float *above = r->magnitude[slot(y - 1)], *here = r->magnitude[slot(y)];
    const float *below = r->magnitude[slot(y + 1)];
    const float dx = r->dx[slot(y)][x], dy = r->dy[slot(y)][x];
    const float m = here[x], ax = fabsf(dx), ay = fabsf(dy);
    if (ay < ax * TAN_22) return m > here[x - 1] && m >= here[x + 1];
    if (ay > ax * TAN_67) return m > above[x] && m >= below[x];
    const int32_t side = (dx < 0) != (dy < 0) ? -1 : 1;
    return m > above[x - side] && m > below[x + side];
}

static void classify_row(const seg_canny_planes *planes, const ring *r, int32_t y) {
    const size_t offset = (size_t)y * (size_t)planes->words;
    uint64_t *weak = planes->weak + offset, *strong = planes->strong + offset;
    const float *magnitude = r->magnitude[slot(y)];
    const double low = r->colour->low, high = r->colour->high;
    const int32_t width = width_of(r->colour);
    for (int32_t start = 0; start < width; start += 64) {
        const int32_t end = width - start < 64 ? width : start + 64;
        uint64_t weak_word = 0, strong_word = 0;
        for (int32_t x = start; x < end; x++) {
            if ((double)magnitude[x] <= low || !is_maximum(r, x, y)) continue;
            weak_word |= (uint64_t)1 << (x - start);
            strong_word |= (uint64_t)((double)magnitude[x] > high) << (x - start);
        }
        weak[start / 64] = weak_word;
        strong[start / 64] = strong_word;
    }
}

void seg_canny_colour_classify(const seg_canny_planes *planes, const seg_canny_colour *colour,
                               int32_t first, int32_t end, void *work) {
    ring r;
    ring_start(&r, colour, work);
    gradient_row(&r, first - 1);
    gradient_row(&r, first);
    for (int32_t y = first; y < end; y++) {
        gradient_row(&r, y + 1);
        classify_row(planes, &r, y);
    }
}

static void score_row(float *score, const uint8_t *ignored, const ring *r, int32_t y) {
    const float *magnitude = r->magnitude[slot(y)];
    for (int32_t x = 0; x < width_of(r->colour); x++) {
        const bool counts = magnitude[x] > 0 && !(ignored && ignored[x]) && is_maximum(r, x, y);
        score[x] = counts ? magnitude[x] : 0;
    }
}

void seg_canny_colour_score(const seg_image *score, const seg_canny_colour *colour,
                            const seg_image *ignore, int32_t first, int32_t end, void *work) {
    ring r;
    ring_start(&r, colour, work);
    gradient_row(&r, first - 1);
    gradient_row(&r, first);
    for (int32_t y = first; y < end; y++) {
        gradient_row(&r, y + 1);
        score_row(seg_image_row(score, y), ignore ? seg_image_row(ignore, y) : NULL, &r, y);
    }
}

void seg_canny_colour_count(uint64_t *bins, const seg_canny_colour *colour, const seg_image *ignore,
                            int32_t first, int32_t end, void *work) {
    ring r;
    ring_start(&r, colour, work);
    for (int32_t y = first; y < end; y++) {
        gradient_row(&r, y);
        const float *magnitude = r.magnitude[slot(y)];
        const uint8_t *ignored = ignore ? seg_image_row(ignore, y) : NULL;
        for (int32_t x = 0; x < width_of(colour); x++) {
            if (ignored && ignored[x]) continue;
            const float bin = ceilf(magnitude[x]);
            bins[bin < SEG_CANNY_BINS - 1 ? (int32_t)bin : SEG_CANNY_BINS - 1]++;
        }
    }
}
