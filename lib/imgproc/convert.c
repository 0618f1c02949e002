/* Sample formats: full scale to full scale. */
#include <segment/imgproc.h>

#include "core/bands.h"
#include "core/check.h"
#include "imgproc/rows.h"
#include "kernels/pixel.h"

typedef struct convert_job {
    const seg_image *target, *source;
    const seg_pixel_kernels *kernels;
} convert_job;

/* 1 to 16 significant bits to 8 or 16. The quotient is at least 1 / (2 * full) away from a tie or
 * exactly on it, so the double is right; ties go up. */
static void rescale_u16(void *target, const uint16_t *source, size_t count, double from,
                        double to) {
    uint8_t *target8 = target;
    uint16_t *target16 = target;
    for (size_t i = 0; i < count; i++) {
        const double value = source[i] < from ? source[i] : from;
        const uint16_t scaled = (uint16_t)(value * to / from + 0.5);
        if (to < 256)
            target8[i] = (uint8_t)scaled;
        else
            target16[i] = scaled;
    }
}

static void convert_row(const convert_job *job, void *target, const void *source, size_t count) {
    const seg_pixel_kernels *kernels = job->kernels;
    const int to = job->target->format;
    const double full = seg_image_full_scale(job->source);
    switch (job->source->format) {
    case SEG_U8:
        if (to == SEG_U16)
            kernels->u8_to_u16(target, source, count);
        else
            kernels->u8_to_f32(target, source, count);
        break;
    case SEG_U16:
        if (to == SEG_F32)
            kernels->u16_to_f32(target, source, count, (float)full);
        else if (to == SEG_U8 && job->source->bits == 16)
            kernels->u16_to_u8(target, source, count);
        else
            rescale_u16(target, source, count, full, to == SEG_U8 ? 255 : 65535);
        break;
    default:
        if (to == SEG_U8)
            kernels->f32_to_u8(target, source, count);
        else
            kernels->f32_to_u16(target, source, count);
    }
}

static seg_status convert_band(void *argument, int32_t band, int32_t first, int32_t end,
                               int32_t worker) {
    (void)band, (void)worker;
    const convert_job *job = argument;
    const size_t count = seg_row_samples(job->source);
    for (int32_t y = first; y < end; y++)
        convert_row(job, seg_image_row(job->target, y), seg_image_row(job->source, y), count);
    return SEG_OK;
}

seg_status seg_convert(seg_image *target, const seg_image *source, seg_format format,
                       const seg_env *env) {
    SEG_TRY(seg_check_image(source, "source", SEG_ANY_PICTURE, SEG_CHANNELS_ANY));
    if (format != SEG_U8 && format != SEG_U16 && format != SEG_F32)
        return seg_fail(SEG_ERROR_ARGUMENT, "the format is %d (allowed: SEG_U8, SEG_U16, SEG_F32)",
                        (int)format);
    if (source->format == format) return seg_image_copy(target, source, env);
    SEG_TRY(seg_image_ensure(target, source->width, source->height, format, source->channels, env));
    target->colour = source->colour;
    convert_job job = {target, source, seg_pixel_kernels_get()};
    return seg_run_bands(env, source->height, seg_point_rows(source), convert_band, &job);
}
