/* Thinning pixel by pixel, as the papers put it. */
#include "kernels/thinning.h"

#include <string.h>

/* The neighbours of a pixel, counter-clockwise from the right one: x[1] .. x[8], and x[9] = x[1].
 */
static void neighbours(int32_t x[10], const uint64_t *const rows[3], int32_t at) {
    static const int32_t steps[9][2] = {{0, 0},  {1, 0},  {1, -1}, {0, -1}, {-1, -1},
                                        {-1, 0}, {-1, 1}, {0, 1},  {1, 1}};
    for (int32_t i = 1; i <= 8; i++) {
        const int64_t column = (int64_t)at + steps[i][0];
        const int64_t word = column < 0 ? -1 : column / 64;
        x[i] = (int32_t)(rows[1 + steps[i][1]][word] >> (column - word * 64) & 1);
    }
    x[9] = x[1];
}

/* Conditions G1, G2 and G3 or G3' of Lam, Lee and Suen. */
static bool goes_guo_hall(const int32_t x[10], bool second) {
    int32_t crossings = 0, first_pairs = 0, second_pairs = 0;
    for (int32_t i = 1; i <= 4; i++) {
        crossings += !x[2 * i - 1] && (x[2 * i] || x[2 * i + 1]);
        first_pairs += x[2 * i - 1] || x[2 * i];
        second_pairs += x[2 * i] || x[2 * i + 1];
    }
    const int32_t pairs = first_pairs < second_pairs ? first_pairs : second_pairs;
    const bool side = second ? (x[6] || x[7] || !x[4]) && x[5] : (x[2] || x[3] || !x[8]) && x[1];
    return crossings == 1 && (pairs == 2 || pairs == 3) && !side;
}

/* Conditions (a) to (d) of Zhang and Suen. */
static bool goes_zhang_suen(const int32_t x[10], bool second) {
    int32_t crossings = 0, ones = 0;
    for (int32_t i = 1; i <= 8; i++) {
        crossings += !x[i] && x[i + 1];
        ones += x[i];
    }
    const bool right = x[1], up = x[3], left = x[5], down = x[7];
    const bool side = second ? (up && right && left) || (up && down && left)
                             : (up && right && down) || (right && down && left);
    return crossings == 1 && ones >= 2 && ones <= 6 && !side;
}

static bool thin(uint64_t *out, const uint64_t *above, const uint64_t *row, const uint64_t *below,
                 int32_t count, seg_thinning_step step) {
    const uint64_t *const rows[3] = {above, row, below};
    const bool second =
        step == SEG_THINNING_GUO_HALL_SECOND || step == SEG_THINNING_ZHANG_SUEN_SECOND;
    bool any = false;
    memcpy(out, row, (size_t)count * sizeof *out);
    for (int32_t at = 0; at < count * 64; at++) {
        int32_t x[10];
        if (!(row[at / 64] >> at % 64 & 1)) continue;
        neighbours(x, rows, at);
        const bool goes = step <= SEG_THINNING_GUO_HALL_SECOND ? goes_guo_hall(x, second)
                                                               : goes_zhang_suen(x, second);
        if (goes) out[at / 64] &= ~((uint64_t)1 << at % 64);
        any |= goes;
    }
    return any;
}

const seg_thinning_kernels seg_thinning_kernels_ref = {.thin = thin};
