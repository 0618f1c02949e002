/* What flow fields are used for: pictures brought back along them, and their numbers. */
#include <segment/motion.h>

#include "core/bands.h"
#include "core/check.h"
#include "core/math.h"
#include "imgproc/flow.h"
#include "imgproc/rows.h"

#include <math.h>
#include <string.h>

/* ---- warp ---- */

typedef struct warp_job {
    const seg_image *target, *inside, *source, *flow;
} warp_job;

static double sample_of(const void *row, int format, size_t i) {
    if (format == SEG_U8) return ((const uint8_t *)row)[i];
    if (format == SEG_U16) return ((const uint16_t *)row)[i];
    return (double)((const float *)row)[i];
}

static void put_sample(void *row, int format, size_t i, double value) {
    if (format == SEG_U8)
        ((uint8_t *)row)[i] = (uint8_t)(value + 0.5);
    else if (format == SEG_U16)
        ((uint16_t *)row)[i] = (uint16_t)(value + 0.5);
    else
        ((float *)row)[i] = (float)value;
}

/* All channels of the pixel at x of `out` from the place (px, py), which is inside. */
static void interpolate(const warp_job *job, void *out, int32_t x, double px, double py) {
    const seg_image *source = job->source;
    const size_t channels = source->channels;
    const int32_t left = (int32_t)px, top = (int32_t)py;
    const int32_t right = left + 1 < source->width ? left + 1 : left;
    const double fx = px - left, fy = py - top;
    const void *upper = seg_image_row(source, top);
    const void *lower = seg_image_row(source, top + 1 < source->height ? top + 1 : top);
    for (size_t c = 0; c < channels; c++) {
        const size_t a = (size_t)left * channels + c, b = (size_t)right * channels + c;
        const double above = sample_of(upper, source->format, a) * (1 - fx) +
                             sample_of(upper, source->format, b) * fx;
        const double below = sample_of(lower, source->format, a) * (1 - fx) +
                             sample_of(lower, source->format, b) * fx;
        put_sample(out, source->format, (size_t)x * channels + c, above * (1 - fy) + below * fy);
    }
}

static seg_status warp_band(void *argument, int32_t band, int32_t first, int32_t end,
                            int32_t worker) {
    (void)band, (void)worker;
    const warp_job *job = argument;
    const int32_t width = job->flow->width, height = job->flow->height;
    const size_t bytes =
        seg_row_samples(job->target) * seg_format_size((seg_format)job->target->format);
    for (int32_t y = first; y < end; y++) {
        const float *flow = seg_image_row(job->flow, y);
        void *out = seg_image_row(job->target, y);
        uint8_t *inside = job->inside ? seg_image_row(job->inside, y) : NULL;
        memset(out, 0, bytes);
        for (int32_t x = 0; x < width; x++, flow += 2) {
            const double px = x + (double)flow[0], py = y + (double)flow[1];
            const bool there =
                seg_flow_known(flow) && px >= 0 && px <= width - 1 && py >= 0 && py <= height - 1;
            if (there) interpolate(job, out, x, px, py);
            if (inside) inside[x] = there ? 255 : 0;
        }
    }
    return SEG_OK;
}

static seg_status check_flow(const seg_image *flow) {
    return seg_check_image(flow, "flow", SEG_FORMAT_BIT(SEG_F32), 1u << 2);
}

seg_status seg_flow_warp(seg_image *target, seg_image *inside, const seg_image *source,
                         const seg_image *flow, const seg_env *env) {
    if (!target) return seg_fail(SEG_ERROR_ARGUMENT, "target is missing (NULL)");
    SEG_TRY(check_flow(flow));
    SEG_TRY(seg_check_image(source, "source", SEG_ANY_PICTURE, SEG_CHANNELS_ANY));
    if (source->width != flow->width || source->height != flow->height)
        return seg_fail(SEG_ERROR_SHAPE, "source is %ld x %ld, flow %ld x %ld", (long)source->width,
                        (long)source->height, (long)flow->width, (long)flow->height);
    SEG_TRY(seg_image_ensure(target, source->width, source->height, (seg_format)source->format,
                             source->channels, env));
    SEG_TRY(seg_check_apart(target, "target", source, "source"));
    target->bits = source->bits;
    target->colour = source->colour;
    if (inside) SEG_TRY(seg_image_ensure(inside, source->width, source->height, SEG_U8, 1, env));
    warp_job job = {target, inside, source, flow};
    return seg_run_bands(env, flow->height, seg_point_rows(flow), warp_band, &job);
}

/* ---- numbers ---- */

/* Speeds in bins of a hundredth of themselves: by the highest bits of a float. */
#define BIN_BITS 7
#define LOWEST_BIN ((127 - 12) << BIN_BITS) /* 2^-12 */
#define BINS (((12 + 32) << BIN_BITS) + 1)  /* up to 2^32 */

static int32_t bin_of(float speed) {
    uint32_t bits;
    memcpy(&bits, &speed, sizeof bits);
    const int32_t bin = (int32_t)(bits >> (23 - BIN_BITS)) - LOWEST_BIN;
    return bin < 0 ? 0 : bin < BINS ? bin : BINS - 1;
}

/* The middle of a bin. */
static double speed_of(int32_t bin) {
    const uint32_t bits = (uint32_t)(bin + LOWEST_BIN) << (23 - BIN_BITS) | 1u << (22 - BIN_BITS);
    float speed;
    memcpy(&speed, &bits, sizeof speed);
    return bin == 0 ? 0 : (double)speed;
}

static double quantile(const int64_t *bins, int64_t count, double share) {
    int64_t below = 0;
    for (int32_t bin = 0; bin < BINS; bin++) {
        below += bins[bin];
        if (below > 0 && (double)below >= share * (double)count) return speed_of(bin);
    }
    return 0;
}

seg_status seg_flow_measure(seg_flow_numbers *numbers, const seg_image *flow) {
    if (!numbers) return seg_fail(SEG_ERROR_ARGUMENT, "numbers are missing (NULL)");
    SEG_TRY(check_flow(flow));
    *numbers = (seg_flow_numbers){0};
    int64_t bins[BINS] = {0}, moving = 0;
    double u = 0, v = 0, sum = 0;
    for (int32_t y = 0; y < flow->height; y++) {
        const float *row = seg_image_row(flow, y);
        for (int32_t x = 0; x < flow->width; x++, row += 2) {
            if (!seg_flow_known(row)) continue;
            const double speed =
                sqrt((double)row[0] * (double)row[0] + (double)row[1] * (double)row[1]);
            u += (double)row[0];
            v += (double)row[1];
            sum += speed;
            moving += speed >= 0.5;
            bins[bin_of((float)speed)]++;
            if (speed > numbers->most) numbers->most = speed;
            numbers->known++;
        }
    }
    if (!numbers->known) return SEG_OK;
    const double count = (double)numbers->known;
    numbers->mean_u = u / count;
    numbers->mean_v = v / count;
    numbers->mean = sum / count;
    numbers->moving = (double)moving / count;
    /* a bin's speed may be a little more than any in it */
    numbers->median = seg_smaller(quantile(bins, numbers->known, 0.5), numbers->most);
    numbers->p95 = seg_smaller(quantile(bins, numbers->known, 0.95), numbers->most);
    return SEG_OK;
}
