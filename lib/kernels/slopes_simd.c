/* Kernels of derivatives as loops that the compiler turns into vector code. */
#include "kernels/slopes.h"

#include <math.h>

static void widen(float *restrict room, const uint16_t *restrict samples, int32_t count) {
    for (int32_t i = 0; i < count; i++)
        room[i] = (float)(int32_t)samples[i];
}

static void widen_signed(float *restrict room, const int16_t *restrict samples, int32_t count) {
    for (int32_t i = 0; i < count; i++)
        room[i] = (float)samples[i];
}

static void centred(float *restrict dx, float *restrict dy, const float *restrict above,
                    const float *restrict here, const float *restrict below, float side,
                    float middle, int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        const float outer = above[i + 1] - above[i - 1] + (below[i + 1] - below[i - 1]);
        dx[i] = side * outer + middle * (here[i + 1] - here[i - 1]);
        const float ends = below[i - 1] - above[i - 1] + (below[i + 1] - above[i + 1]);
        dy[i] = side * ends + middle * (below[i] - above[i]);
    }
}

static void crossed(float *restrict dx, float *restrict dy, const float *restrict here,
                    const float *restrict below, int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        dx[i] = below[i + 1] - here[i];
        dy[i] = below[i] - here[i + 1];
    }
}

static void magnitude(float *restrict out, const float *restrict dx, const float *restrict dy,
                      float unit, float most, int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        const float length = sqrtf(dx[i] * dx[i] + dy[i] * dy[i]) / unit;
        out[i] = length < most ? length : most;
    }
}

static void longest(float *restrict best_dx, float *restrict best_dy, const float *restrict dx,
                    const float *restrict dy, int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        const float best = best_dx[i] * best_dx[i] + best_dy[i] * best_dy[i];
        const float length = dx[i] * dx[i] + dy[i] * dy[i];
        best_dx[i] = length > best ? dx[i] : best_dx[i];
        best_dy[i] = length > best ? dy[i] : best_dy[i];
    }
}

static void gather(const seg_slope_tensor *tensor, const float *restrict dx,
                   const float *restrict dy, int32_t count) {
    float *restrict xx = tensor->xx, *restrict xy = tensor->xy, *restrict yy = tensor->yy;
    for (int32_t i = 0; i < count; i++) {
        xx[i] += dx[i] * dx[i];
        xy[i] += dx[i] * dy[i];
        yy[i] += dy[i] * dy[i];
    }
}

/* Conditions choose between values that are there already: so they become blends. */
static void steepest(float *restrict dx, float *restrict dy, const seg_slope_tensor *tensor,
                     int32_t count) {
    const float *restrict xxs = tensor->xx, *restrict xys = tensor->xy, *restrict yys = tensor->yy;
    for (int32_t i = 0; i < count; i++) {
        const float xx = xxs[i], xy = 2 * xys[i], yy = yys[i];
        const float apart = xx - yy, root = sqrtf(apart * apart + xy * xy);
        const float length = sqrtf((xx + yy + root) * 0.5f), along = fabsf(apart) + root;
        const float x = apart >= 0 ? along : xy, y = apart >= 0 ? xy : along;
        const float norm = sqrtf(x * x + y * y), divisor = norm > 0 ? norm : 1;
        const float turned_x = x / divisor * length, turned_y = y / divisor * length;
        dx[i] = norm > 0 ? turned_x : length;
        dy[i] = turned_y;
    }
}

static void laplacian(float *restrict out, const float *restrict above, const float *restrict here,
                      const float *restrict below, int32_t count) {
    for (int32_t i = 0; i < count; i++)
        out[i] = here[i - 1] + here[i + 1] + above[i] + below[i] - 4 * here[i];
}

static inline float larger(float a, float b) {
    return a > b ? a : b;
}

static inline float crossing_along(float before, float here, float after) {
    const float to_before = fabsf(here - before), to_after = fabsf(here - after);
    const float nearest = fabsf(here), through = fabsf(before - after) * 0.5f;
    /* products below 0 where signs differ, then only where it is nearer to 0 */
    const float first = nearest < fabsf(before) ? before * here : 0;
    const float second = nearest <= fabsf(after) ? after * here : 0;
    const float ends = nearest <= 0 ? before * after : 0;
    const float left = first < 0 ? to_before : 0, right = second < 0 ? to_after : 0;
    return larger(ends < 0 ? through : 0, larger(left, right));
}

static void crossing(float *restrict out, const float *restrict above, const float *restrict here,
                     const float *restrict below, float scale, int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        const float across = crossing_along(here[i - 1], here[i], here[i + 1]);
        const float down = crossing_along(above[i], here[i], below[i]);
        const float steepness = larger(across, down) * scale;
        out[i] = steepness < 1 ? steepness : 1;
    }
}

const seg_slopes_kernels SEG_LEVEL_NAME(seg_slopes_kernels) = {
    .widen = widen,
    .widen_signed = widen_signed,
    .centred = centred,
    .crossed = crossed,
    .magnitude = magnitude,
    .longest = longest,
    .gather = gather,
    .steepest = steepest,
    .laplacian = laplacian,
    .crossing = crossing,
};
