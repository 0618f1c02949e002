/* Gains by the median of ratios. */
#include "temporal/light_gain.h"

#include <string.h>

#define BINS (4 * SEG_LIGHT_GAIN_ONE)
#define VOTERS 65536 /* about as many pixels, in whole rows, are enough for the median */
#define NOTHING 10   /* in 1/1024: smaller changes are left to the threshold */
#define DARK 16      /* 8-bit: ratios of less are rounding */
#define BRIGHT 250   /* 8-bit: clipped */

typedef struct voters {
    uint32_t *bins;
    uint64_t count;
    uint32_t dark, bright;
} voters;

static void vote(voters *v, uint32_t from, uint32_t to) {
    if (from < v->dark || to < v->dark || from > v->bright || to > v->bright) return;
    const uint32_t ratio = to * SEG_LIGHT_GAIN_ONE / from;
    v->bins[ratio < BINS ? ratio : BINS - 1]++;
    v->count++;
}

static void vote_row(voters *v, const seg_image *from, const seg_image *to,
                     const seg_image *left_out, int32_t y) {
    const uint8_t *out = left_out && !seg_image_empty(left_out) ? seg_image_row(left_out, y) : NULL;
    const void *a = seg_image_row(from, y), *b = seg_image_row(to, y);
    for (int32_t x = 0; x < from->width; x++) {
        if (out && out[x]) continue;
        if (from->format == SEG_U8)
            vote(v, ((const uint8_t *)a)[x], ((const uint8_t *)b)[x]);
        else
            vote(v, ((const uint16_t *)a)[x], ((const uint16_t *)b)[x]);
    }
}

seg_status seg_light_gain(uint32_t *gain, const seg_image *from, const seg_image *to,
                          const seg_image *left_out, seg_scratch *scratch) {
    const uint32_t unit = (1u << from->bits) - 1;
    voters v = {.dark = unit * DARK / 255, .bright = unit * BRIGHT / 255};
    v.bins = seg_scratch_take(scratch, BINS, sizeof *v.bins, "ratios of light");
    if (!v.bins) return SEG_ERROR_MEMORY;
    memset(v.bins, 0, BINS * sizeof *v.bins);
    const int64_t pixels = (int64_t)from->width * from->height;
    const int32_t step = pixels > 2 * VOTERS ? (int32_t)(pixels / VOTERS) : 1;
    for (int32_t y = 0; y < from->height; y += step)
        vote_row(&v, from, to, left_out, y);
    *gain = SEG_LIGHT_GAIN_ONE;
    if (v.count == 0) return SEG_OK;
    uint64_t below = 0;
    uint32_t bin = 0;
    while (2 * (below + v.bins[bin]) < v.count)
        below += v.bins[bin++];
    const bool nothing = bin + NOTHING >= SEG_LIGHT_GAIN_ONE && bin <= SEG_LIGHT_GAIN_ONE + NOTHING;
    if (!nothing) *gain = bin;
    return SEG_OK;
}

void seg_light_scale_row(void *out, const void *row, uint32_t gain, uint32_t full, int32_t width) {
    for (int32_t x = 0; x < width; x++) {
        const uint32_t value = full < 256 ? ((const uint8_t *)row)[x] : ((const uint16_t *)row)[x];
        const uint32_t scaled = (value * gain + SEG_LIGHT_GAIN_ONE / 2) / SEG_LIGHT_GAIN_ONE;
        const uint32_t cut = scaled < full ? scaled : full;
        if (full < 256)
            ((uint8_t *)out)[x] = (uint8_t)cut;
        else
            ((uint16_t *)out)[x] = (uint16_t)cut;
    }
}
