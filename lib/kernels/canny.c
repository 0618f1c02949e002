/* Chooses the Canny kernels of this machine, and what their levels share. */
#include "kernels/canny.h"

SEG_KERNELS_SELECT(canny)

size_t seg_canny_work_size(int32_t width) {
    const size_t rows = 3 * ((size_t)width + 2) * 9;
    return rows > SEG_CANNY_TILE_WORK ? rows : SEG_CANNY_TILE_WORK;
}

bool seg_canny_taps_fit(const int32_t taps[3]) {
    if (taps[0] + 2 * taps[1] + 2 * taps[2] != 256) return false;
    for (int i = 0; i < 3; i++)
        if (taps[i] < 0 || taps[i] > 127) return false;
    /* pairs are (2, 1), (0, half of 1) and (half of 1, 2) */
    const int32_t half = (taps[1] + 1) / 2;
    return taps[2] + taps[1] <= 128 && taps[0] + half <= 128 && half + taps[2] <= 128;
}
