/* The run of Canny: working depth, blur, thresholds, planes, bands. */
#include "edge/canny_run.h"

#include "core/bands.h"
#include "core/check.h"
#include "edge/canny_colour.h"
#include "edge/canny_score.h"
#include "imgproc/gaussian.h"
#include "imgproc/input.h"
#include "imgproc/rows.h"
#include "imgproc/still_method.h"
#include "kernels/bits.h"
#include <segment/imgproc.h>

#include <float.h>
#include <math.h>
#include <string.h>

/* From this many pixels on the result goes past the cache: what reads it will not find it there
 * anyway. */
#define PAST_CACHE_PIXELS ((int64_t)1 << 22)
/* Beyond any magnitude, and its square still fits. */
#define NARROW_LIMIT 32767.0
#define WIDE_LIMIT 1e9
/* The blur that is fused into the sweep. */
#define FUSED_SIGMA 1.4
#define FUSED_APERTURE 5
/* Automatic thresholds: share of the high one that the low one gets, and what the high one is in
 * terms of Otsu's level and of the median. Chosen for the best agreement with the outlines that
 * people draw on photographs. */
#define LOW_SHARE 0.5
#define OTSU_FACTOR 1.5
#define MEDIAN_FACTOR 4.0

typedef struct canny_run {
    const seg_canny_options *options;
    const seg_canny_kernels *kernels;
    const seg_bits_kernels *bits;
    const seg_image *ignore; /* or NULL */
    const seg_image *floats; /* the picture as it came, if f32; else NULL */
    seg_image picture;       /* what the gradient is taken of */
    bool narrow;             /* 8 bits, aperture 3: the kernels */
    seg_canny_plan plan;     /* of narrow ones */
    seg_canny_wide wide;     /* of the others */
    bool in_colour;          /* neither of them, but */
    seg_canny_colour colour;
    double source_full; /* full scale of the samples as they came */
    double full, gain;  /* of the working picture; gain of the kernel, 1 for 3x3 */
    seg_canny_planes planes;
    char *work; /* of each worker */
    size_t work_size;
    uint64_t *bins; /* of each worker */
    int64_t *ones;  /* of each band */
    seg_image *edges;
} canny_run;

/* --- depth ------------------------------------------------------------------------------- */

/* The 8-bit value that stands for a sample of `full` full scale, or -1 if it stands for none. */
static inline int32_t as_8bit(uint32_t sample, uint32_t full) {
    if (full == 65535) return sample % 257 == 0 ? (int32_t)(sample >> 8) : -1;
    const uint32_t value = (sample * 510 + full) / (2 * full);
    return value <= 255 && (value * 2 * full + 255) / 510 == sample ? (int32_t)value : -1;
}

/* Fills `narrow` and returns true if all samples of a u16 picture stand for 8-bit values: such a
 * picture is an 8-bit one, and is given the same edges. Most others end at the first pixels. */
static bool narrow_picture(const seg_image *narrow, const seg_image *picture) {
    const uint32_t full = (uint32_t)seg_image_full_scale(picture);
    const size_t samples = seg_row_samples(picture);
    for (int32_t y = 0; y < picture->height; y++) {
        const uint16_t *from = seg_image_row(picture, y);
        uint8_t *to = seg_image_row(narrow, y);
        int32_t outside = 0;
        for (size_t i = 0; i < samples; i++) {
            const int32_t value = as_8bit(from[i], full);
            outside |= value;
            to[i] = (uint8_t)value;
        }
        if (outside < 0) return false;
    }
    return true;
}

/* Brings the picture to 8 bits if that loses nothing, else to 16, and to grey. The depth comes
 * first: the grey of 16 bits is finer than that of 8. */
static seg_status choose_depth(canny_run *run, const seg_image *picture,
                               seg_image images[SEG_CANNY_IMAGES], const seg_env *env) {
    const int32_t width = picture->width, height = picture->height;
    const int channels = picture->channels;
    run->source_full = seg_image_full_scale(picture);
    if (picture->format == SEG_F32) {
        SEG_TRY(seg_image_reuse(&images[0], width, height, SEG_U16, channels, env));
        SEG_TRY(seg_convert(&images[0], picture, SEG_U16, env));
        picture = &images[0];
    }
    if (picture->format == SEG_U16) {
        SEG_TRY(seg_image_reuse(&images[1], width, height, SEG_U8, channels, env));
        images[1].colour = picture->colour;
        if (narrow_picture(&images[1], picture)) picture = &images[1];
    }
    return seg_picture_grey(&run->picture, &images[2], picture, env);
}

/* --- blur -------------------------------------------------------------------------------- */

/* Chooses between the kernels and the wide form, and blurs unless the kernels do it. */
static seg_status prepare(canny_run *run, seg_image *blurred, seg_scratch *scratch,
                          const seg_env *env) {
    const seg_canny_options *options = run->options;
    const seg_image *picture = &run->picture;
    run->narrow = picture->format == SEG_U8 && options->aperture == 3;
    if (options->sigma > 0) {
        seg_gaussian_taps taps;
        const int32_t aperture = options->sigma <= FUSED_SIGMA ? FUSED_APERTURE : 0;
        SEG_TRY(seg_gaussian_taps_make(&taps, options->sigma, aperture));
        const int32_t first[3] = {taps.u8[0], taps.u8[1], taps.u8[2]};
        run->plan.blur = run->narrow && taps.radius == 2 && seg_canny_taps_fit(first);
        for (int i = 0; i < 3 && run->plan.blur; i++)
            run->plan.taps[i] = (uint8_t)first[i];
        if (!run->plan.blur) {
            SEG_TRY(seg_image_reuse(blurred, picture->width, picture->height,
                                    (seg_format)picture->format, 1, env));
            SEG_TRY(seg_gaussian_with(blurred, picture, &taps, scratch, env));
            run->picture = *blurred;
            run->picture.owner = NULL;
        }
    }
    run->full = seg_image_full_scale(&run->picture);
    run->gain = seg_canny_gain(options->aperture);
    run->plan.data = run->picture.data;
    run->plan.stride = run->picture.stride;
    run->plan.width = run->picture.width;
    run->plan.height = run->picture.height;
    run->plan.squared = options->norm == SEG_NORM_L2;
    run->wide.picture = &run->picture;
    run->wide.aperture = options->aperture;
    run->wide.squared = run->plan.squared;
    run->wide.bin_unit = run->gain * run->full / 255;
    return SEG_OK;
}

/* Colours have a form of their own. */
static seg_status prepare_colour(canny_run *run, const seg_image *picture, seg_image *working,
                                 seg_scratch *scratch, const seg_env *env) {
    const seg_canny_options *options = run->options;
    if (options->aperture != 3)
        return seg_fail(SEG_ERROR_OPTION, "aperture is %ld, and colour is not grey (allowed: 3)",
                        (long)options->aperture);
    run->in_colour = true;
    run->picture = *picture;
    run->picture.owner = NULL;
    run->source_full = seg_image_full_scale(picture);
    run->gain = 1;
    return seg_slopes_prepare(&run->colour.slopes, picture, SEG_GRADIENT_SOBEL,
                              (seg_edge_colour)options->colour, options->sigma, working, scratch,
                              env);
}

/* --- memory ------------------------------------------------------------------------------ */

static size_t round_up(size_t bytes) {
    return (bytes + SEG_ALIGNMENT - 1) / SEG_ALIGNMENT * SEG_ALIGNMENT;
}

static char *cut(char **memory, size_t bytes) {
    char *piece = *memory;
    *memory += round_up(bytes);
    return piece;
}

/* One block for all that a run needs but histograms. */
static seg_status take_memory(canny_run *run, seg_scratch *scratch, const seg_env *env) {
    const int32_t width = run->picture.width, height = run->picture.height;
    const size_t words = (size_t)seg_canny_words(width), rows = (size_t)height;
    const size_t workers = (size_t)seg_workers(env);
    size_t count;
    if (!seg_size_multiply(&count, words, rows) || count > UINT32_MAX)
        return seg_fail(SEG_ERROR_LIMIT, "a picture of %ld x %ld pixels is too large for Canny",
                        (long)width, (long)height);
    run->work_size = round_up(run->in_colour ? seg_canny_colour_work_size(&run->colour)
                              : run->narrow  ? seg_canny_work_size(width)
                                             : seg_canny_wide_work_size(width));
    const size_t plane = round_up(count * sizeof(uint64_t)) + SEG_ALIGNMENT;
    const size_t blank = (words + 1) * sizeof(uint64_t) + SEG_ALIGNMENT;
    const size_t queued = (count / 64 + 1) * sizeof(uint64_t);
    const size_t queue = count * sizeof(uint32_t);
    const size_t ones = (size_t)seg_band_count(height, SEG_CANNY_BAND) * sizeof(int64_t);
    const size_t rest = round_up(blank) + round_up(queued) + round_up(queue) + round_up(ones);
    size_t work;
    if (!seg_size_multiply(&work, workers, run->work_size) || work > SIZE_MAX / 4)
        return seg_fail(SEG_ERROR_MEMORY, "no memory for %zu workers", workers);
    char *memory = seg_scratch_take(scratch, 1, 2 * plane + rest + work, "edge planes");
    if (!memory) return SEG_ERROR_MEMORY;

    seg_canny_planes *planes = &run->planes;
    planes->words = (int32_t)words;
    planes->rows = height;
    planes->weak = (uint64_t *)(void *)(cut(&memory, plane) + SEG_ALIGNMENT);
    planes->strong = (uint64_t *)(void *)(cut(&memory, plane) + SEG_ALIGNMENT);
    uint64_t *zeros = (uint64_t *)(void *)cut(&memory, blank);
    planes->blank = (uint64_t *)memset(zeros, 0, blank) + 1;
    planes->queued = memset(cut(&memory, queued), 0, queued);
    planes->queue = (uint32_t *)(void *)cut(&memory, queue);
    run->ones = (int64_t *)(void *)cut(&memory, ones);
    run->work = memory;
    /* Words without pixels are zeros before any band starts: a row's left neighbour is the last
     * word of the row above, which may belong to another band. */
    planes->weak[-1] = planes->strong[-1] = 0;
    for (size_t y = 0; y < rows; y++)
        for (size_t i = (size_t)seg_bits_words(width); i < words; i++)
            planes->weak[y * words + i] = planes->strong[y * words + i] = 0;
    return SEG_OK;
}

/* --- thresholds -------------------------------------------------------------------------- */

static bool needs_histogram(const seg_level *level) {
    return level->kind == SEG_LEVEL_PERCENTILE || level->kind == SEG_LEVEL_AUTO;
}

static seg_status count_band(void *argument, int32_t band, int32_t first, int32_t end,
                             int32_t worker) {
    (void)band;
    const canny_run *run = argument;
    const seg_image *ignore = run->ignore;
    uint64_t *bins = run->bins + (size_t)worker * SEG_CANNY_BINS;
    void *work = run->work + (size_t)worker * run->work_size;
    if (run->in_colour)
        seg_canny_colour_count(bins, &run->colour, ignore, first, end, work);
    else if (run->narrow)
        run->kernels->count(bins, &run->plan, ignore ? ignore->data : NULL,
                            ignore ? ignore->stride : 0, first, end, work);
    else
        seg_canny_wide_count(bins, &run->wide, ignore, first, end, work);
    return SEG_OK;
}

/* Counts the gradient magnitudes of all voting pixels into the first worker's bins. */
static seg_status count_magnitudes(canny_run *run, seg_scratch *scratch, const seg_env *env) {
    const int32_t workers = seg_workers(env);
    const size_t count = (size_t)workers * SEG_CANNY_BINS;
    run->bins = seg_scratch_take(scratch, count, sizeof *run->bins, "a histogram of gradients");
    if (!run->bins) return SEG_ERROR_MEMORY;
    memset(run->bins, 0, count * sizeof *run->bins);
    SEG_TRY(seg_run_bands(env, run->picture.height, SEG_CANNY_BAND, count_band, run));
    for (int32_t i = 1; i < workers; i++)
        for (size_t b = 0; b < SEG_CANNY_BINS; b++)
            run->bins[b] += run->bins[(size_t)i * SEG_CANNY_BINS + b];
    return SEG_OK;
}

/* The bin that an automatic rule makes of the bin that its statistic names. */
static double automatic(double bin, int32_t rule, const uint64_t *bins) {
    if (rule == SEG_AUTO_NOISE) return bin;
    if (rule == SEG_AUTO_MEDIAN) return bin * MEDIAN_FACTOR;
    /* Where gradients hardly differ the level is close to the largest one: stay below that. */
    int32_t largest = SEG_CANNY_BINS - 1;
    while (largest > 0 && !bins[largest])
        largest--;
    const double most = (bin + largest) / 2;
    return bin * OTSU_FACTOR < most ? bin * OTSU_FACTOR : most;
}

/* A level in 8-bit units of the Sobel kernel. */
static seg_status resolve(double *value, const seg_level *level, const canny_run *run) {
    if (!needs_histogram(level)) {
        *value = level->kind == SEG_LEVEL_PERCENT ? level->value * 255 / 100
                 : level->kind == SEG_LEVEL_RAW   ? level->value * 255 / run->source_full
                                                  : level->value;
        return SEG_OK;
    }
    /* A picture whose full scale is the last bin, so that a level is a bin. */
    const seg_image unit = {.format = SEG_U16, .channels = 1, .bits = 11};
    double bin;
    SEG_TRY(seg_level_resolve(&bin, level, SEG_AUTO_OTSU, run->bins, SEG_CANNY_BINS, &unit));
    if (level->kind == SEG_LEVEL_AUTO) bin = automatic(bin, level->rule, run->bins);
    *value = bin * run->gain;
    return SEG_OK;
}

static seg_status choose_thresholds(double *low, double *high, canny_run *run, seg_scratch *scratch,
                                    const seg_env *env) {
    const seg_canny_options *options = run->options;
    const bool low_auto = options->low.kind == SEG_LEVEL_AUTO;
    const bool low_follows = low_auto && options->low.rule == SEG_AUTO_DEFAULT;
    if ((needs_histogram(&options->low) && !low_follows) || needs_histogram(&options->high))
        SEG_TRY(count_magnitudes(run, scratch, env));
    SEG_TRY(resolve(high, &options->high, run));
    if (low_follows)
        *low = *high * LOW_SHARE;
    else
        SEG_TRY(resolve(low, &options->low, run));
    if (low_auto && !low_follows) *low *= LOW_SHARE;
    /* An automatic threshold gives way to a number, two numbers are put in order. */
    if (*low > *high) {
        if (low_auto) {
            *low = *high;
        } else if (options->high.kind == SEG_LEVEL_AUTO) {
            *high = *low;
        } else {
            const double larger = *low;
            *low = *high;
            *high = larger;
        }
    }
    return SEG_OK;
}

/* The integer that a magnitude must exceed. */
static int64_t limit_of(double value, double unit, double largest, bool squared) {
    double limit = value * unit;
    if (!(limit < largest)) limit = largest;
    return (int64_t)floor(squared ? limit * limit : limit);
}

static void set_thresholds(canny_run *run, double low, double high) {
    run->colour.low = low;
    run->colour.high = high;
    const bool squared = run->plan.squared;
    run->plan.low = (int32_t)limit_of(low, 1, NARROW_LIMIT, squared);
    run->plan.high = (int32_t)limit_of(high, 1, NARROW_LIMIT, squared);
    run->wide.low = limit_of(low, run->full / 255, WIDE_LIMIT, squared);
    run->wide.high = limit_of(high, run->full / 255, WIDE_LIMIT, squared);
}

/* --- bands ------------------------------------------------------------------------------- */

static void drop_ignored(const canny_run *run, int32_t first, int32_t end, uint64_t *spare) {
    const seg_canny_planes *planes = &run->planes;
    const int32_t width = run->picture.width, words = planes->words;
    for (int32_t y = first; y < end; y++) {
        uint64_t *weak = planes->weak + (size_t)y * (size_t)words;
        uint64_t *strong = planes->strong + (size_t)y * (size_t)words;
        run->bits->pack(spare, seg_image_row(run->ignore, y), width);
        for (int32_t i = 0; i < seg_bits_words(width); i++) {
            weak[i] &= ~spare[i];
            strong[i] &= ~spare[i];
        }
    }
}

/* Which of 64 pixels (or `count`, if fewer are left) have a colour that is no finite number. */
static uint64_t no_numbers(const float *row, int channels, int32_t count) {
    const int colours = channels < 3 ? 1 : 3; /* the last one of 2 and 4 is alpha */
    uint64_t word = 0;
    for (int32_t x = 0; x < count && x < 64; x++, row += channels)
        for (int c = 0; c < colours; c++)
            word |= (uint64_t) !(fabsf(row[c]) <= FLT_MAX) << x;
    return word;
}

static void drop_no_numbers(const canny_run *run, int32_t first, int32_t end) {
    const seg_canny_planes *planes = &run->planes;
    const int channels = run->floats->channels;
    for (int32_t y = first; y < end; y++) {
        const float *row = seg_image_row(run->floats, y);
        uint64_t *weak = planes->weak + (size_t)y * (size_t)planes->words;
        uint64_t *strong = planes->strong + (size_t)y * (size_t)planes->words;
        for (int32_t x = 0; x < run->floats->width; x += 64) {
            const uint64_t none =
                no_numbers(row + (size_t)x * (size_t)channels, channels, run->floats->width - x);
            weak[x / 64] &= ~none;
            strong[x / 64] &= ~none;
        }
    }
}

static seg_status find_band(void *argument, int32_t band, int32_t first, int32_t end,
                            int32_t worker) {
    (void)band;
    const canny_run *run = argument;
    void *work = run->work + (size_t)worker * run->work_size;
    if (run->in_colour)
        seg_canny_colour_classify(&run->planes, &run->colour, first, end, work);
    else if (run->narrow)
        run->kernels->classify(&run->planes, &run->plan, first, end, work);
    else
        seg_canny_wide_classify(&run->planes, &run->wide, first, end, work);
    if (run->ignore) drop_ignored(run, first, end, work);
    if (run->floats) drop_no_numbers(run, first, end);
    run->kernels->grow(&run->planes, first, end);
    return SEG_OK;
}

static seg_status write_band(void *argument, int32_t band, int32_t first, int32_t end,
                             int32_t worker) {
    (void)worker;
    const canny_run *run = argument;
    const int32_t width = run->picture.width;
    const bool past_cache = (int64_t)width * run->picture.height >= PAST_CACHE_PIXELS;
    run->ones[band] = run->kernels->write(seg_image_row(run->edges, first), run->edges->stride,
                                          &run->planes, width, first, end, past_cache);
    return SEG_OK;
}

typedef struct colour_score_job {
    const canny_run *run;
    const seg_image *score;
} colour_score_job;

static seg_status colour_score_band(void *argument, int32_t band, int32_t first, int32_t end,
                                    int32_t worker) {
    (void)band;
    const colour_score_job *job = argument;
    seg_canny_colour_score(job->score, &job->run->colour, job->run->ignore, first, end,
                           job->run->work + (size_t)worker * job->run->work_size);
    return SEG_OK;
}

/* The score is of the picture that the edges are of: blurred, where the kernels blurred it. */
static seg_status find_score(seg_image *score, canny_run *run, seg_image *blurred,
                             seg_scratch *scratch, const seg_env *env) {
    score->colour = SEG_COLOUR_DATA;
    if (run->in_colour) {
        colour_score_job job = {run, score};
        return seg_run_bands(env, score->height, SEG_CANNY_BAND, colour_score_band, &job);
    }
    if (run->plan.blur) {
        seg_gaussian_taps taps;
        const seg_image *picture = &run->picture;
        SEG_TRY(seg_gaussian_taps_make(&taps, run->options->sigma, FUSED_APERTURE));
        SEG_TRY(seg_image_reuse(blurred, picture->width, picture->height, SEG_U8, 1, env));
        SEG_TRY(seg_gaussian_with(blurred, picture, &taps, scratch, env));
        run->wide.picture = blurred;
    }
    return seg_canny_score(score, &run->wide, run->ignore, scratch, env);
}

seg_status seg_canny_run(seg_image *edges, seg_image *score, seg_canny_report *report,
                         const seg_image *picture, const seg_image *ignore,
                         const seg_canny_options *options, seg_image images[SEG_CANNY_IMAGES],
                         seg_scratch *scratch, const seg_env *env) {
    canny_run run = {.options = options,
                     .kernels = seg_canny_kernels_get(),
                     .bits = seg_bits_kernels_get(),
                     .ignore = seg_image_empty(ignore) ? NULL : ignore,
                     .floats = picture->format == SEG_F32 ? picture : NULL,
                     .edges = edges};
    const int32_t width = picture->width, height = picture->height;
    double low, high;
    if (options->colour == SEG_EDGE_GREY) {
        SEG_TRY(choose_depth(&run, picture, images, env));
        SEG_TRY(prepare(&run, &images[3], scratch, env));
    } else {
        SEG_TRY(prepare_colour(&run, picture, &images[2], scratch, env));
    }
    SEG_TRY(take_memory(&run, scratch, env));
    SEG_TRY(choose_thresholds(&low, &high, &run, scratch, env));
    set_thresholds(&run, low, high);
    /* first: `edges` may be the picture's memory */
    if (score) SEG_TRY(find_score(score, &run, &images[3], scratch, env));
    SEG_TRY(seg_run_bands(env, height, SEG_CANNY_BAND, find_band, &run));
    for (int32_t y = SEG_CANNY_BAND; y < height; y += SEG_CANNY_BAND)
        run.kernels->join(&run.planes, y);
    edges->colour = SEG_COLOUR_DATA;
    SEG_TRY(seg_run_bands(env, height, SEG_CANNY_BAND, write_band, &run));
    if (report) {
        int64_t ones = 0;
        for (int32_t i = 0; i < seg_band_count(height, SEG_CANNY_BAND); i++)
            ones += run.ones[i];
        *report = (seg_canny_report){low, high, (double)ones / ((double)width * height)};
    }
    return SEG_OK;
}
