/* Where two pictures differ. */
#include <segment/imgproc.h>

#include "core/bands.h"
#include "core/check.h"
#include "imgproc/rows.h"
#include "kernels/pixel.h"

#include <math.h>

typedef struct difference_job {
    const seg_image *mask, *a, *b;
    const seg_pixel_kernels *kernels;
    double level; /* u8, u16: floor of the level; f32: in 16-bit units */
} difference_job;

static void differs(const difference_job *job, uint8_t *mask, const void *a, const void *b,
                    size_t count) {
    if (job->a->format == SEG_U8)
        job->kernels->differs_u8(mask, a, b, count, (uint8_t)job->level);
    else if (job->a->format == SEG_U16)
        job->kernels->differs_u16(mask, a, b, count, (uint16_t)job->level);
    else
        job->kernels->differs_f32(mask, a, b, count, (float)job->level);
}

/* Several channels: samples are compared into a small buffer, block by block. */
static void differs_in_any(const difference_job *job, uint8_t *mask, const uint8_t *a,
                           const uint8_t *b, int32_t width) {
    enum { BLOCK = 512 };
    uint8_t samples[BLOCK * 4];
    const int32_t channels = job->a->channels;
    const size_t pixel = seg_format_size(job->a->format) * (size_t)channels;
    for (int32_t x = 0; x < width; x += BLOCK) {
        const int32_t part = width - x < BLOCK ? width - x : BLOCK;
        const size_t at = (size_t)x * pixel;
        differs(job, samples, a + at, b + at, (size_t)part * (size_t)channels);
        job->kernels->largest_sample(mask + x, samples, part, channels);
    }
}

static seg_status difference_band(void *argument, int32_t band, int32_t first, int32_t end,
                                  int32_t worker) {
    (void)band, (void)worker;
    const difference_job *job = argument;
    const int32_t width = job->a->width;
    for (int32_t y = first; y < end; y++) {
        uint8_t *mask = seg_image_row(job->mask, y);
        const void *a = seg_image_row(job->a, y), *b = seg_image_row(job->b, y);
        if (job->a->channels == 1)
            differs(job, mask, a, b, (size_t)width);
        else
            differs_in_any(job, mask, a, b, width);
    }
    return SEG_OK;
}

seg_status seg_difference_mask(seg_image *mask, const seg_image *a, const seg_image *b,
                               double level, const seg_env *env) {
    SEG_TRY(seg_check_image(a, "a", SEG_ANY_PICTURE, SEG_CHANNELS_ANY));
    SEG_TRY(seg_check_image(b, "b", SEG_ANY_PICTURE, SEG_CHANNELS_ANY));
    if (a->width != b->width || a->height != b->height || a->format != b->format ||
        a->channels != b->channels)
        return seg_fail(SEG_ERROR_SHAPE,
                        "b is %ld x %ld with format %d and %d channels (must be as a: %ld x %ld, "
                        "format %d, %d channels)",
                        (long)b->width, (long)b->height, b->format, b->channels, (long)a->width,
                        (long)a->height, a->format, a->channels);
    if (!(level >= 0))
        return seg_fail(SEG_ERROR_ARGUMENT, "level is %g (allowed 0 and more)", level);
    SEG_TRY(seg_image_ensure(mask, a->width, a->height, SEG_U8, 1, env));
    SEG_TRY(seg_check_apart(mask, "mask", a, "a"));
    SEG_TRY(seg_check_apart(mask, "mask", b, "b"));
    mask->colour = SEG_COLOUR_DATA;

    const double largest = a->format == SEG_U8 ? 255 : 65535;
    difference_job job = {mask, a, b, seg_pixel_kernels_get(), 0};
    /* As float, 16-bit units that are meant to be whole are whole. */
    job.level = a->format == SEG_F32 ? (double)(float)(level * 65535.0) : floor(level);
    if (job.level > largest) job.level = largest;
    return seg_run_bands(env, a->height, seg_point_rows(a), difference_band, &job);
}
