/* A place between four pixels of a plane of floats, and the plane's value there. */
#ifndef SEG_MOTION_SPOT_H
#define SEG_MOTION_SPOT_H

#include <stddef.h>
#include <stdint.h>

typedef struct seg_spot {
    int32_t x, y;         /* of the first */
    int32_t right, below; /* steps to the others: 1, or 0 at the border */
    float fx, fy;
} seg_spot;

/** What is outside of a plane of that size goes to its border. */
static inline seg_spot seg_spot_at(int32_t width, int32_t height, float x, float y) {
    const float last_x = (float)(width - 1), last_y = (float)(height - 1);
    x = x < 0 ? 0 : x > last_x ? last_x : x;
    y = y < 0 ? 0 : y > last_y ? last_y : y;
    const int32_t x0 = (int32_t)x, y0 = (int32_t)y;
    return (seg_spot){x0, y0, x0 + 1 < width, y0 + 1 < height, x - (float)x0, y - (float)y0};
}

static inline float seg_spot_value(const float *plane, ptrdiff_t stride, const seg_spot *at) {
    const float *above = plane + at->y * stride + at->x;
    const float *below = above + at->below * stride;
    const float top = above[0] + at->fx * (above[at->right] - above[0]);
    const float bottom = below[0] + at->fx * (below[at->right] - below[0]);
    return top + at->fy * (bottom - top);
}

#endif
