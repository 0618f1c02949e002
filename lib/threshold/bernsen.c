/*
 * Bernsen's local level: half-way between the darkest and the lightest sample of the window. A
 * window without contrast is all of one class. For objects with sharp edges under uneven light.
 *
 * J. Bernsen, "Dynamic thresholding of grey-level images", ICPR, 1986.
 *
 * Symbols: Z_low, Z_high least and most of the w x w window; l `contrast`; G `level`
 *     T = (Z_low + Z_high) / 2 where Z_high - Z_low >= l, foreground = g > T,
 *     elsewhere foreground = T > G; the opposite with `invert`
 * The paper leaves open which class a flat window is of; G tells, by default half of full scale as
 * in other toolkits. l is by default above what camera noise alone (6 levels) gives a window of 31.
 * Steps: erosion and dilation by the window (van Herk and Gil-Werman), one
 * comparing pass. Cost: independent of w; 2 bytes a pixel beyond input and output, 4 at 16 bits, 6
 * of f32. Known failures: a single speck moves the level of every window that sees it.
 */
#include "core/bands.h"
#include "imgproc/grey_morphology.h"
#include "imgproc/histogram.h"
#include "imgproc/input.h"
#include "imgproc/rows.h"
#include "imgproc/samples.h"
#include "threshold/local.h"
#include "threshold/window.h"

#include <stdatomic.h>

static const seg_param rows[] = {
    SEG_LOCAL_WINDOW("31"),
    {"contrast", SEG_PARAM_INT, offsetof(seg_local_options, contrast), "40", 0, 255, NULL,
     "8-bit levels", "A window whose samples differ by less is of one class.", "l"},
    {"level", SEG_PARAM_LEVEL, offsetof(seg_local_options, level), "50%", 0, 255, NULL,
     "8-bit level", "Such a window is foreground where it is lighter than this; auto = auto:otsu.",
     "G"},
    SEG_LOCAL_INVERT,
};

SEG_LOCAL_TABLE;

typedef struct range_job {
    seg_local_output *output;
    const seg_image *source; /* whole numbers */
    seg_image low, high;
    float *excess; /* a row for each worker */
    double contrast, level;
    atomic_int_fast64_t foreground;
} range_job;

/* Twice the samples above their thresholds; of flat windows the threshold above the level. Sums of
 * two samples are exact in float. */
#define FIND_EXCESS(type)                                                                          \
    do {                                                                                           \
        const type *value = seg_image_row(job->source, y), *low = seg_image_row(&job->low, y),     \
                   *high = seg_image_row(&job->high, y);                                           \
        for (size_t x = 0; x < width; x++) {                                                       \
            const float middle = (float)low[x] + (float)high[x];                                   \
            const bool flat = (float)high[x] - (float)low[x] < contrast;                           \
            excess[x] = flat ? middle - level : 2 * (float)value[x] - middle;                      \
        }                                                                                          \
    } while (0)

static void find_excess(const range_job *job, float *excess, int32_t y) {
    const size_t width = (size_t)job->source->width;
    const float contrast = (float)job->contrast, level = (float)(2 * job->level);
    if (job->source->format == SEG_U8)
        FIND_EXCESS(uint8_t);
    else
        FIND_EXCESS(uint16_t);
}

static seg_status range_band(void *argument, int32_t band, int32_t first, int32_t end,
                             int32_t worker) {
    (void)band;
    range_job *job = argument;
    const seg_local_kernels *kernels = seg_local_kernels_get();
    const size_t width = (size_t)job->source->width;
    float *excess = job->excess + (size_t)worker * width;
    size_t foreground = 0;
    for (int32_t y = first; y < end; y++) {
        find_excess(job, excess, y);
        kernels->mask_of(seg_image_row(job->output->mask, y), excess, width,
                         job->output->invert ? 0 : 255);
        foreground += seg_local_finish(job->output, y, excess);
    }
    atomic_fetch_add_explicit(&job->foreground, (int64_t)foreground, memory_order_relaxed);
    return SEG_OK;
}

static seg_status find_level(range_job *job, const seg_level *level, seg_scratch *scratch,
                             const seg_env *env) {
    const int32_t size = seg_histogram_size(job->source);
    uint64_t *bins = seg_scratch_take(scratch, (size_t)size, sizeof *bins, "a histogram");
    if (!bins) return SEG_ERROR_MEMORY;
    SEG_TRY(seg_histogram_with(bins, size, job->source, job->output->ignore, scratch, env));
    return seg_level_resolve(&job->level, level, SEG_AUTO_OTSU, bins, size, job->source);
}

seg_status seg_local_range(seg_local_output *output, int64_t *foreground,
                           const seg_local_options *options, seg_scratch *scratch,
                           const seg_env *env) {
    seg_image whole = {0};
    range_job job = {.output = output, .source = &whole};
    const seg_structure window = {
        .element = SEG_ELEMENT_SQUARE, .width = options->window, .height = options->window};
    SEG_TRY(seg_picture_whole(&whole, output->source, scratch));
    const double full = seg_window_full_scale(&whole);
    SEG_TRY(seg_scratch_image(&job.low, &whole, (seg_format)whole.format, 1, scratch));
    SEG_TRY(seg_scratch_image(&job.high, &whole, (seg_format)whole.format, 1, scratch));
    SEG_TRY(seg_morphology_picture_with(&job.low, &whole, SEG_MORPH_ERODE, &window, scratch));
    SEG_TRY(seg_morphology_picture_with(&job.high, &whole, SEG_MORPH_DILATE, &window, scratch));
    SEG_TRY(find_level(&job, &options->level, scratch, env));
    job.contrast = options->contrast * full / 255;
    output->scale = (float)(0.25 / full);
    atomic_init(&job.foreground, 0);
    job.excess = seg_scratch_take(scratch, (size_t)whole.width * (size_t)seg_workers(&scratch->env),
                                  sizeof *job.excess, "rows of levels");
    if (!job.excess) return SEG_ERROR_MEMORY;
    SEG_TRY(seg_run_bands(env, whole.height, seg_point_rows(&whole), range_band, &job));
    *foreground = atomic_load(&job.foreground);
    return SEG_OK;
}

const seg_local_row seg_local_row_bernsen = {SEG_LOCAL_BY_RANGE, false, &table, NULL};

SEG_LOCAL_METHOD(bernsen, "bernsen", "half-way between dark and light of the window",
                 "J. Bernsen, Dynamic thresholding of grey-level images, ICPR", 1986);
