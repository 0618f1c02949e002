/* Colour to grey. */
#include <segment/imgproc.h>

#include "core/bands.h"
#include "core/check.h"
#include "imgproc/input.h"
#include "imgproc/rows.h"
#include "kernels/pixel.h"

typedef struct grey_job {
    const seg_image *grey, *picture;
} grey_job;

/* Grey + alpha: every second sample. */
static void first_samples(void *grey, const void *picture, int32_t width, size_t sample_size) {
    uint8_t *to8 = grey;
    uint16_t *to16 = grey;
    float *to32 = grey;
    const uint8_t *from8 = picture;
    const uint16_t *from16 = picture;
    const float *from32 = picture;
    for (size_t x = 0; x < (size_t)width; x++) {
        if (sample_size == 1)
            to8[x] = from8[2 * x];
        else if (sample_size == 2)
            to16[x] = from16[2 * x];
        else
            to32[x] = from32[2 * x];
    }
}

void seg_grey_row(void *grey, const seg_image *picture, int32_t y) {
    const seg_pixel_kernels *kernels = seg_pixel_kernels_get();
    const void *row = seg_image_row(picture, y);
    const int32_t width = picture->width, channels = picture->channels;
    if (channels == 2)
        first_samples(grey, row, width, seg_format_size(picture->format));
    else if (picture->format == SEG_U8)
        kernels->grey_u8(grey, row, width, channels);
    else if (picture->format == SEG_U16)
        kernels->grey_u16(grey, row, width, channels);
    else
        kernels->grey_f32(grey, row, width, channels);
}

static seg_status grey_band(void *argument, int32_t band, int32_t first, int32_t end,
                            int32_t worker) {
    (void)band, (void)worker;
    const grey_job *job = argument;
    for (int32_t y = first; y < end; y++)
        seg_grey_row(seg_image_row(job->grey, y), job->picture, y);
    return SEG_OK;
}

seg_status seg_to_grey(seg_image *grey, const seg_image *picture, const seg_env *env) {
    SEG_TRY(seg_check_image(picture, "picture", SEG_ANY_PICTURE, SEG_CHANNELS_ANY));
    if (picture->channels == 1) return seg_image_copy(grey, picture, env);
    SEG_TRY(seg_image_ensure(grey, picture->width, picture->height, (seg_format)picture->format, 1,
                             env));
    grey->bits = picture->bits;
    grey->colour = picture->colour == SEG_COLOUR_LUMA ? SEG_COLOUR_LUMA : SEG_COLOUR_GREY;
    grey_job job = {grey, picture};
    return seg_run_bands(env, picture->height, seg_point_rows(picture), grey_band, &job);
}
