/*
 * Canny's classification where 16 bits do not hold the derivatives: u16 samples, and Sobel kernels
 * of 5 and 7 (whose gains are 12 and 160 times that of 3). The same rules as in kernels/canny_ref,
 * row by row: columns are weighed first, then rows, borders replicated. Derivatives fit into 32
 * bits (65535 * 640), their squares into 64.
 */
#include "edge/canny_wide.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LARGEST_RADIUS 3
/* tan(22.5 degrees) in 15 fractional bits. */
#define TAN_22 13573

/* Sobel kernels are products of these two, one across the other. */
typedef struct sobel {
    int32_t smooth[7], difference[7];
} sobel;

static const sobel sobels[] = {
    {{1, 2, 1}, {-1, 0, 1}},
    {{1, 4, 6, 4, 1}, {-1, -2, 0, 2, 1}},
    {{1, 6, 15, 20, 15, 6, 1}, {-1, -4, -5, 0, 5, 4, 1}},
};

/* Three rows in a ring, row y at y mod 3, and one row of column sums with replicated ends. */
typedef struct ring {
    const seg_canny_wide *wide;
    int64_t *magnitude[3]; /* with a 0 left and right of the row */
    int32_t *dx[3], *dy[3];
    int32_t *smooth, *difference;
} ring;

static int32_t slot(int32_t y) {
    return (y + 3) % 3;
}

size_t seg_canny_wide_work_size(int32_t width) {
    const size_t room = (size_t)width + 2 * LARGEST_RADIUS;
    return room * (3 * sizeof(int64_t) + 8 * sizeof(int32_t));
}

static void ring_start(ring *r, const seg_canny_wide *wide, void *work) {
    const size_t room = (size_t)wide->picture->width + 2 * LARGEST_RADIUS;
    r->wide = wide;
    int64_t *magnitudes = work;
    int32_t *slopes = (int32_t *)(magnitudes + 3 * room);
    for (size_t i = 0; i < 3; i++) {
        r->magnitude[i] = magnitudes + i * room + 1;
        r->dx[i] = slopes + 2 * i * room;
        r->dy[i] = slopes + (2 * i + 1) * room;
    }
    r->smooth = slopes + 6 * room + LARGEST_RADIUS;
    r->difference = slopes + 7 * room + LARGEST_RADIUS;
}

static void add_column_u8(int32_t *smooth, int32_t *difference, const uint8_t *row, int32_t width,
                          int32_t s, int32_t d) {
    for (int32_t x = 0; x < width; x++) {
        smooth[x] += s * row[x];
        difference[x] += d * row[x];
    }
}

static void add_column_u16(int32_t *smooth, int32_t *difference, const uint16_t *row, int32_t width,
                           int32_t s, int32_t d) {
    for (int32_t x = 0; x < width; x++) {
        smooth[x] += s * row[x];
        difference[x] += d * row[x];
    }
}

static void weigh_columns(const ring *r, int32_t y) {
    const seg_image *picture = r->wide->picture;
    const int32_t radius = r->wide->aperture / 2, width = picture->width;
    const sobel *kernel = &sobels[radius - 1];
    memset(r->smooth, 0, (size_t)width * sizeof *r->smooth);
    memset(r->difference, 0, (size_t)width * sizeof *r->difference);
    for (int32_t k = 0; k < r->wide->aperture; k++) {
        int32_t from = y + k - radius;
        from = from < 0 ? 0 : from >= picture->height ? picture->height - 1 : from;
        const void *row = seg_image_row(picture, from);
        if (picture->format == SEG_U8)
            add_column_u8(r->smooth, r->difference, row, width, kernel->smooth[k],
                          kernel->difference[k]);
        else
            add_column_u16(r->smooth, r->difference, row, width, kernel->smooth[k],
                           kernel->difference[k]);
    }
    for (int32_t i = 1; i <= radius; i++) {
        r->smooth[-i] = r->smooth[0];
        r->smooth[width - 1 + i] = r->smooth[width - 1];
        r->difference[-i] = r->difference[0];
        r->difference[width - 1 + i] = r->difference[width - 1];
    }
}

static void take_magnitudes(int64_t *magnitude, const int32_t *dx, const int32_t *dy, int32_t width,
                            bool squared) {
    if (squared)
        for (int32_t x = 0; x < width; x++)
            magnitude[x] = (int64_t)dx[x] * dx[x] + (int64_t)dy[x] * dy[x];
    else
        for (int32_t x = 0; x < width; x++)
            magnitude[x] = abs(dx[x]) + abs(dy[x]);
}

/* Gradient and magnitude of row y; zeros outside. */
static void gradient_row(const ring *r, int32_t y) {
    const int32_t width = r->wide->picture->width, aperture = r->wide->aperture;
    const sobel *kernel = &sobels[aperture / 2 - 1];
    int64_t *magnitude = r->magnitude[slot(y)];
    memset(magnitude - 1, 0, ((size_t)width + 2) * sizeof *magnitude);
    if (y < 0 || y >= r->wide->picture->height) return;
    int32_t *dx = r->dx[slot(y)], *dy = r->dy[slot(y)];
    weigh_columns(r, y);
    memset(dx, 0, (size_t)width * sizeof *dx);
    memset(dy, 0, (size_t)width * sizeof *dy);
    for (int32_t k = 0; k < aperture; k++) {
        const int32_t *smooth = r->smooth + k - aperture / 2;
        const int32_t *difference = r->difference + k - aperture / 2;
        for (int32_t x = 0; x < width; x++) {
            dx[x] += kernel->difference[k] * smooth[x];
            dy[x] += kernel->smooth[k] * difference[x];
        }
    }
    take_magnitudes(magnitude, dx, dy, width, r->wide->squared);
}

static bool is_maximum(const ring *r, int32_t x, int32_t y) {
    const int64_t *above = r->magnitude[slot(y - 1)], *here = r->magnitude[slot(y)];
    const int64_t *below = r->magnitude[slot(y + 1)];
    const int32_t dx = r->dx[slot(y)][x], dy = r->dy[slot(y)][x];
    const int64_t m = here[x], ax = abs(dx), ay = (int64_t)abs(dy) * 32768;
    if (ay < ax * TAN_22) return m > here[x - 1] && m >= here[x + 1];
    if (ay > ax * (TAN_22 + 65536)) return m > above[x] && m >= below[x];
    const int32_t side = (dx < 0) != (dy < 0) ? -1 : 1;
    return m > above[x - side] && m > below[x + side];
}

static void classify_row(const seg_canny_planes *planes, const ring *r, int32_t y) {
    const size_t offset = (size_t)y * (size_t)planes->words;
    uint64_t *weak = planes->weak + offset, *strong = planes->strong + offset;
    const int64_t *magnitude = r->magnitude[slot(y)];
    const int64_t low = r->wide->low, high = r->wide->high;
    const int32_t width = r->wide->picture->width;
    for (int32_t start = 0; start < width; start += 64) {
        const int32_t end = width - start < 64 ? width : start + 64;
        uint64_t weak_word = 0, strong_word = 0;
        for (int32_t x = start; x < end; x++) {
            if (magnitude[x] <= low || !is_maximum(r, x, y)) continue;
            weak_word |= (uint64_t)1 << (x - start);
            strong_word |= (uint64_t)(magnitude[x] > high) << (x - start);
        }
        weak[start / 64] = weak_word;
        strong[start / 64] = strong_word;
    }
}

void seg_canny_wide_classify(const seg_canny_planes *planes, const seg_canny_wide *wide,
                             int32_t first, int32_t end, void *work) {
    ring r;
    ring_start(&r, wide, work);
    gradient_row(&r, first - 1);
    gradient_row(&r, first);
    for (int32_t y = first; y < end; y++) {
        gradient_row(&r, y + 1);
        classify_row(planes, &r, y);
    }
}

/* The least float that is not below a number >= 0. */
static float rounded_up(double value) {
    float nearest = (float)value;
    if ((double)nearest >= value) return nearest;
    uint32_t bits;
    memcpy(&bits, &nearest, sizeof bits);
    bits++;
    memcpy(&nearest, &bits, sizeof bits);
    return nearest;
}

/* The root, or, where that rounds to a whole number which is below, the next number. */
static double root(int64_t square) {
    double value = sqrt((double)square);
    const int64_t whole = (int64_t)value;
    if ((double)whole != value || whole * whole >= square) return value;
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    bits++;
    memcpy(&value, &bits, sizeof bits);
    return value;
}

static void score_row(float *score, const ring *r, double unit, int32_t y) {
    const int64_t *magnitude = r->magnitude[slot(y)];
    for (int32_t x = 0; x < r->wide->picture->width; x++) {
        score[x] = 0;
        if (magnitude[x] == 0 || !is_maximum(r, x, y)) continue;
        const double m = r->wide->squared ? root(magnitude[x]) : (double)magnitude[x];
        score[x] = rounded_up(m / unit);
    }
}

void seg_canny_wide_score(const seg_image *score, const seg_canny_wide *wide, double unit,
                          int32_t first, int32_t end, void *work) {
    ring r;
    ring_start(&r, wide, work);
    gradient_row(&r, first - 1);
    gradient_row(&r, first);
    for (int32_t y = first; y < end; y++) {
        gradient_row(&r, y + 1);
        score_row(seg_image_row(score, y), &r, unit, y);
    }
}

void seg_canny_wide_count(uint64_t *bins, const seg_canny_wide *wide, const seg_image *ignore,
                          int32_t first, int32_t end, void *work) {
    ring r;
    ring_start(&r, wide, work);
    for (int32_t y = first; y < end; y++) {
        gradient_row(&r, y);
        const int64_t *magnitude = r.magnitude[slot(y)];
        const uint8_t *ignored = ignore ? seg_image_row(ignore, y) : NULL;
        for (int32_t x = 0; x < wide->picture->width; x++) {
            if (ignored && ignored[x]) continue;
            const double m = (double)magnitude[x];
            const double bin = ceil((wide->squared ? sqrt(m) : m) / wide->bin_unit);
            bins[bin < SEG_CANNY_BINS - 1 ? (int32_t)bin : SEG_CANNY_BINS - 1]++;
        }
    }
}
