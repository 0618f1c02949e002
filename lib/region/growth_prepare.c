/* What growing works on: the tolerance as whole numbers, differences of pixels. */
#include "region/growth.h"

#include "core/check.h"
#include "imgproc/input.h"

#include <math.h>
#include <string.h>

#define STEPS 256 /* of an 8-bit level, or of a sample: how finely a tolerance is told */

#define DIFFERENCES(type, suffix)                                                                  \
    static void differences_##suffix(uint16_t *differences, const type *a, const type *b,          \
                                     int32_t width, int32_t channels, int32_t colours) {           \
        for (int32_t x = 0; x < width; x++) {                                                      \
            int32_t largest = 0;                                                                   \
            for (int32_t c = 0; c < colours; c++) {                                                \
                const int32_t low = a[x * channels + c], high = b[x * channels + c];               \
                const int32_t difference = low < high ? high - low : low - high;                   \
                largest = difference > largest ? difference : largest;                             \
            }                                                                                      \
            differences[x] = (uint16_t)largest;                                                    \
        }                                                                                          \
    }

DIFFERENCES(uint8_t, u8)
DIFFERENCES(uint16_t, u16)

void seg_growth_differences(const seg_growth *growth, uint16_t *differences, const void *a,
                            const void *b, int32_t width) {
    const int32_t channels = growth->picture.channels, colours = growth->colours;
    if (growth->picture.format == SEG_U8 && colours == 1)
        differences_u8(differences, a, b, width, channels, 1);
    else if (growth->picture.format == SEG_U8)
        differences_u8(differences, a, b, width, channels, 3);
    else if (colours == 1)
        differences_u16(differences, a, b, width, channels, 1);
    else
        differences_u16(differences, a, b, width, channels, 3);
}

/* Counts of the differences between free pixels and their right and lower neighbours. */
static seg_status count_differences(const seg_growth *growth, uint64_t *bins, int32_t size) {
    const int32_t width = growth->labels.width, height = growth->labels.height;
    const size_t pixel =
        (size_t)growth->picture.channels * (growth->picture.format == SEG_U8 ? 1 : 2);
    uint16_t *differences =
        seg_scratch_take(growth->scratch, (size_t)width, sizeof *differences, "differences");
    if (!differences) return SEG_ERROR_MEMORY;
    memset(bins, 0, (size_t)size * sizeof *bins);
    for (int32_t y = 0; y < height; y++) {
        const char *row = seg_image_row(&growth->picture, y);
        for (int32_t down = 0; down < (y + 1 < height ? 2 : 1); down++) {
            const char *there = down ? seg_image_row(&growth->picture, y + 1) : row + pixel;
            const int32_t count = down ? width : width - 1;
            if (count > 0) seg_growth_differences(growth, differences, row, there, count);
            for (int32_t x = 0; x < count; x++)
                if (!seg_growth_blocked(growth, x, y) &&
                    !seg_growth_blocked(growth, x + 1 - down, y + down))
                    bins[differences[x] < size ? differences[x] : size - 1]++;
        }
    }
    return SEG_OK;
}

seg_status seg_growth_set_tolerance(seg_growth *growth, const seg_level *level,
                                    int picture_format) {
    seg_growth_tolerance *tolerance = &growth->tolerance;
    double native = level->value;
    if (level->kind == SEG_LEVEL_8BIT || level->kind == SEG_LEVEL_PERCENT) {
        /* by the 8-bit level, so that the same picture grows alike at every depth */
        const double eight = level->kind == SEG_LEVEL_8BIT ? native : native * 255.0 / 100.0;
        tolerance->numerator = (int64_t)floor(eight * STEPS + 0.5) * growth->level_denominator;
        tolerance->denominator = STEPS * growth->level_numerator;
    } else {
        if (level->kind == SEG_LEVEL_RAW) {
            if (picture_format == SEG_F32) native *= 65535.0;
        } else {
            const int32_t size = (int32_t)seg_image_full_scale(&growth->picture) + 1;
            uint64_t *bins =
                seg_scratch_take(growth->scratch, (size_t)size, sizeof *bins, "a histogram");
            if (!bins) return SEG_ERROR_MEMORY;
            SEG_TRY(count_differences(growth, bins, size));
            SEG_TRY(
                seg_level_resolve(&native, level, SEG_AUTO_NOISE, bins, size, &growth->picture));
        }
        if (!(native >= 0)) native = 0;
        if (native > UINT16_MAX) native = UINT16_MAX;
        tolerance->numerator = (int64_t)floor(native * STEPS + 0.5);
        tolerance->denominator = STEPS;
    }
    const int64_t whole = tolerance->numerator / tolerance->denominator;
    tolerance->whole = whole > UINT16_MAX ? UINT16_MAX : (int32_t)whole;
    tolerance->none = false;
    return SEG_OK;
}
