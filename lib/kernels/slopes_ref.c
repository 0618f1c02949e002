/* Kernels of derivatives as their contracts read: the oracle of the other levels. */
#include "kernels/slopes.h"

#include <math.h>

static void widen(float *room, const uint16_t *samples, int32_t count) {
    for (int32_t i = 0; i < count; i++)
        room[i] = (float)samples[i];
}

static void widen_signed(float *room, const int16_t *samples, int32_t count) {
    for (int32_t i = 0; i < count; i++)
        room[i] = (float)samples[i];
}

static void centred(float *dx, float *dy, const float *above, const float *here, const float *below,
                    float side, float middle, int32_t count) {
    const float *rows[] = {above, here, below};
    const float weights[] = {side, middle, side};
    for (int32_t i = 0; i < count; i++) {
        dx[i] = dy[i] = 0; /* all sums are exact */
        for (int k = 0; k < 3; k++) {
            dx[i] += weights[k] * (rows[k][i + 1] - rows[k][i - 1]);
            dy[i] += weights[k] * (below[i + k - 1] - above[i + k - 1]);
        }
    }
}

static void crossed(float *dx, float *dy, const float *here, const float *below, int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        dx[i] = below[i + 1] - here[i];
        dy[i] = below[i] - here[i + 1];
    }
}

static void magnitude(float *out, const float *dx, const float *dy, float unit, float most,
                      int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        const float length = sqrtf(dx[i] * dx[i] + dy[i] * dy[i]) / unit;
        out[i] = length < most ? length : most;
    }
}

static void longest(float *best_dx, float *best_dy, const float *dx, const float *dy,
                    int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        const float best = best_dx[i] * best_dx[i] + best_dy[i] * best_dy[i];
        if (dx[i] * dx[i] + dy[i] * dy[i] <= best) continue;
        best_dx[i] = dx[i];
        best_dy[i] = dy[i];
    }
}

static void gather(const seg_slope_tensor *tensor, const float *dx, const float *dy,
                   int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        tensor->xx[i] += dx[i] * dx[i];
        tensor->xy[i] += dx[i] * dy[i];
        tensor->yy[i] += dy[i] * dy[i];
    }
}

/* The eigenvector is (xx - yy + root, 2 xy) or, which is the same direction, (2 xy, yy - xx +
 * root): whichever adds rather than cancels. */
static void steepest(float *dx, float *dy, const seg_slope_tensor *tensor, int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        const float xx = tensor->xx[i], xy = 2 * tensor->xy[i], yy = tensor->yy[i];
        const float root = sqrtf((xx - yy) * (xx - yy) + xy * xy);
        const float length = sqrtf((xx + yy + root) * 0.5f);
        const float x = xx >= yy ? xx - yy + root : xy;
        const float y = xx >= yy ? xy : yy - xx + root;
        const float norm = sqrtf(x * x + y * y);
        dx[i] = norm > 0 ? x / norm * length : length;
        dy[i] = norm > 0 ? y / norm * length : 0;
    }
}

static void laplacian(float *out, const float *above, const float *here, const float *below,
                      int32_t count) {
    for (int32_t i = 0; i < count; i++)
        out[i] = here[i - 1] + here[i + 1] + above[i] + below[i] - 4 * here[i];
}

static float largest(float a, float b) {
    return a > b ? a : b;
}

/* Steepness between a pixel and its neighbours along one axis, of which the one `before` wins where
 * two are equally near to 0. */
static float crossing_along(float before, float here, float after) {
    if (here == 0) return before * after < 0 ? fabsf(before - after) * 0.5f : 0;
    float steepness = 0;
    if (before * here < 0 && fabsf(here) < fabsf(before)) steepness = fabsf(here - before);
    if (after * here < 0 && fabsf(here) <= fabsf(after))
        steepness = largest(steepness, fabsf(here - after));
    return steepness;
}

static void crossing(float *out, const float *above, const float *here, const float *below,
                     float scale, int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        const float across = crossing_along(here[i - 1], here[i], here[i + 1]);
        const float down = crossing_along(above[i], here[i], below[i]);
        const float steepness = largest(across, down) * scale;
        out[i] = steepness < 1 ? steepness : 1;
    }
}

const seg_slopes_kernels seg_slopes_kernels_ref = {
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
