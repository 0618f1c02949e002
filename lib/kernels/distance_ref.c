/* Distance kernels, the readable twin: each pixel looks at all columns that may be nearer. */
#include "kernels/distance.h"

#include <math.h>

static void count(uint8_t *gaps, const uint8_t *mask, int32_t width, bool objects) {
    for (int32_t x = 0; x < width; x++) {
        if ((mask[x] != 0) == objects)
            gaps[x] = 0;
        else if (gaps[x] < 255)
            gaps[x]++;
    }
}

static void step(int32_t *gaps, const int32_t *before, const uint8_t *mask, int32_t width,
                 bool objects, int32_t none) {
    for (int32_t x = 0; x < width; x++) {
        const int32_t more = before[x] < none ? before[x] + 1 : none;
        gaps[x] = (mask[x] != 0) == objects ? 0 : more;
    }
}

static void join(int32_t *gaps, const int32_t *other, int32_t width, int32_t more) {
    for (int32_t x = 0; x < width; x++)
        if (other[x] + more < gaps[x]) gaps[x] = other[x] + more;
}

static void row(int32_t *squared, int32_t *columns, const int32_t *gaps, int32_t width,
                void *room) {
    (void)room;
    for (int32_t x = 0; x < width; x++) {
        const int32_t first = x > gaps[x] ? x - gaps[x] : 0;
        const int32_t last = width - 1 - x > gaps[x] ? x + gaps[x] : width - 1;
        squared[x] = INT32_MAX;
        for (int32_t c = first; c <= last; c++) {
            if (gaps[c] == SEG_DISTANCE_NONE) continue;
            const int32_t there = gaps[c] * gaps[c] + (x - c) * (x - c);
            if (there >= squared[x]) continue;
            squared[x] = there;
            if (columns) columns[x] = c;
        }
    }
}

static void root(float *distance, const int32_t *squared, int32_t width) {
    for (int32_t x = 0; x < width; x++)
        distance[x] = (float)sqrt((double)squared[x]);
}

const seg_distance_kernels seg_distance_kernels_ref = {
    .count = count,
    .step = step,
    .join = join,
    .row = row,
    .root = root,
};
