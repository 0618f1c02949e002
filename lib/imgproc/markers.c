/* Where floodings begin: deep minima of a surface, which may be the distance to the background. */
#include "imgproc/markers.h"

#include "core/check.h"
#include "imgproc/distance.h"
#include "imgproc/grey_morphology.h"
#include "imgproc/reconstruct.h"
#include "imgproc/runs.h"
#include "imgproc/samples.h"

#include <math.h>
#include <string.h>

#define FINEST 64.0 /* units of a pixel */

seg_status seg_check_seed(int32_t index, seg_point seed, const seg_image *picture) {
    if (seed.x >= 0 && seed.y >= 0 && seed.x < picture->width && seed.y < picture->height)
        return SEG_OK;
    return seg_fail(SEG_ERROR_OPTION,
                    "seed %ld is outside the picture (got %ld,%ld, allowed x 0 to %ld, y 0 to %ld)",
                    (long)index + 1, (long)seed.x, (long)seed.y, (long)picture->width - 1,
                    (long)picture->height - 1);
}

seg_status seg_check_seed_picture(const seg_image *seeds, const seg_image *picture) {
    SEG_TRY(seg_check_image(seeds, "seeds",
                            SEG_FORMAT_BIT(SEG_U8) | SEG_FORMAT_BIT(SEG_U16) |
                                SEG_FORMAT_BIT(SEG_LABEL32),
                            SEG_CHANNELS_1));
    if (seeds->width == picture->width && seeds->height == picture->height) return SEG_OK;
    return seg_fail(
        SEG_ERROR_SHAPE, "the seed picture is %ld x %ld, the picture %ld x %ld (must be equal)",
        (long)seeds->width, (long)seeds->height, (long)picture->width, (long)picture->height);
}

static void quantise_row(uint16_t *out, const float *distances, int32_t width, double scale) {
    for (int32_t x = 0; x < width; x++) {
        const double units = (double)distances[x] * scale + 0.5;
        out[x] = (uint16_t)(65535 - (units < 65535 ? (int32_t)units : 65535));
    }
}

seg_status seg_distance_surface(const seg_image *surface, double *scale, const seg_image *mask,
                                seg_scratch *scratch) {
    seg_image distance;
    float most = 0;
    SEG_TRY(seg_scratch_image(&distance, mask, SEG_F32, 1, scratch));
    SEG_TRY(seg_distance_with(&distance, NULL, NULL, mask, SEG_DISTANCE_TO_BACKGROUND, scratch));
    for (int32_t y = 0; y < mask->height; y++) {
        const float *row = seg_image_row(&distance, y);
        for (int32_t x = 0; x < mask->width; x++)
            most = row[x] > most && row[x] < INFINITY ? row[x] : most;
    }
    *scale = (double)most * FINEST <= 65534 ? FINEST : 65534 / (double)most;
    for (int32_t y = 0; y < mask->height; y++)
        quantise_row(seg_image_row(surface, y), seg_image_row(&distance, y), mask->width, *scale);
    return SEG_OK;
}

/* What is as high as the surface can be is no minimum. */
static void clear_highest(const seg_image *minima, const seg_image *heights) {
    for (int32_t y = 0; y < minima->height; y++) {
        const uint8_t *narrow = seg_image_row(heights, y);
        const uint16_t *wide = seg_image_row(heights, y);
        uint8_t *out = seg_image_row(minima, y);
        for (int32_t x = 0; x < minima->width; x++)
            if ((heights->format == SEG_U8 ? narrow[x] : wide[x]) == 0) out[x] = 0;
    }
}

static void clear_blocked(const seg_image *picture, const seg_image *blocked) {
    if (seg_image_empty(blocked)) return;
    const size_t size = seg_format_size((seg_format)picture->format);
    for (int32_t y = 0; y < picture->height; y++) {
        const uint8_t *row = seg_image_row(blocked, y);
        char *out = seg_image_row(picture, y);
        for (int32_t x = 0; x < picture->width; x++)
            if (row[x]) memset(out + (size_t)x * size, 0, size);
    }
}

seg_status seg_label_mask(const seg_image *labels, int32_t *count, const seg_image *mask,
                          int32_t connectivity, seg_scratch *scratch) {
    seg_bitmap bitmap;
    seg_runs runs;
    SEG_TRY(seg_bitmap_pack(&bitmap, mask, false, scratch));
    SEG_TRY(seg_runs_find(&runs, &bitmap, connectivity, scratch));
    SEG_TRY(seg_runs_number(&runs, NULL, scratch));
    *count = runs.components;
    return seg_runs_paint(labels, &runs, scratch);
}

/* The samples of a framed picture as a picture. */
static seg_status inside(seg_image *image, const seg_framed *framed) {
    const size_t size = seg_format_size((seg_format)framed->format);
    char *first = (char *)framed->samples + ((size_t)framed->pitch + 1) * size;
    *image = (seg_image){0};
    return seg_image_wrap(image, first, (ptrdiff_t)((size_t)framed->pitch * size), framed->width,
                          framed->height, (seg_format)framed->format, 1);
}

seg_status seg_label_minima(const seg_image *labels, int32_t *count, const seg_image *surface,
                            const seg_image *blocked, double h, bool drop, int32_t connectivity,
                            seg_scratch *scratch) {
    seg_framed heights, lowered;
    seg_image picture, minima;
    SEG_TRY(seg_framed_load(&heights, surface, true, scratch));
    SEG_TRY(inside(&picture, &heights));
    clear_blocked(&picture, blocked);
    if (h > 0) {
        SEG_TRY(seg_framed_take(&lowered, heights.width, heights.height, (seg_format)heights.format,
                                scratch));
        seg_framed_lower(&lowered, &heights, h);
        SEG_TRY(seg_framed_reconstruct(&lowered, &heights, connectivity, scratch));
        heights = lowered;
    }
    SEG_TRY(seg_scratch_image(&minima, surface, SEG_U8, 1, scratch));
    SEG_TRY(seg_framed_maxima(&minima, &heights, connectivity, scratch));
    SEG_TRY(inside(&picture, &heights));
    clear_blocked(&minima, blocked);
    if (drop) clear_highest(&minima, &picture);
    return seg_label_mask(labels, count, &minima, connectivity, scratch);
}

seg_status seg_labels_renumber(const seg_image *labels, int32_t count, seg_scratch *scratch) {
    int32_t *numbers =
        seg_scratch_take(scratch, (size_t)count + 1, sizeof *numbers, "numbers of labels");
    int32_t next = 1;
    if (!numbers) return SEG_ERROR_MEMORY;
    memset(numbers, 0, ((size_t)count + 1) * sizeof *numbers);
    for (int32_t y = 0; y < labels->height; y++) {
        int32_t *row = seg_image_row(labels, y);
        for (int32_t x = 0; x < labels->width; x++) {
            if (row[x] <= 0) continue;
            if (!numbers[row[x]]) numbers[row[x]] = next++;
            row[x] = numbers[row[x]];
        }
    }
    return SEG_OK;
}
