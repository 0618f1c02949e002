/*
 * Histograms. Each worker counts into tables of its own, which are added at the end: sums of
 * integers do not depend on who counted what. Large 8-bit pictures are counted by pairs of samples
 * (kernels/pixel.h), whose table costs something to clear and to fold.
 */
#include "imgproc/histogram.h"

#include "core/bands.h"
#include "core/check.h"
#include "imgproc/rows.h"
#include "kernels/pixel.h"
#include <segment/imgproc.h>

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#define PAIR_BINS 65536
/* Pixels from which the pair table pays. */
#define PAIRS_FROM ((int64_t)1 << 19)
/* Pixels that fit into 32-bit counters. */
#define SLICE_PIXELS ((int64_t)1 << 31) /* at least one row */

typedef struct histogram_job {
    const seg_image *source, *ignore;
    const seg_pixel_kernels *kernels;
    uint32_t *tables; /* of all workers */
    size_t table_size;
    bool *used; /* tables that were cleared for this slice, one flag a worker */
    int32_t size;
    int32_t first_row; /* of the slice */
    bool pairs;
} histogram_job;

int32_t seg_histogram_size(const seg_image *source) {
    if (source->format == SEG_U8) return 256;
    return source->format == SEG_U16 ? 1 << source->bits : 65536;
}

/* Ignored samples are counted in 256 more bins, which nobody reads. */
static void count_u8_voting(uint32_t *bins, const uint8_t *value, const uint8_t *ignore,
                            size_t count) {
    for (size_t i = 0; i < count; i++)
        bins[value[i] + (ignore[i] ? 256 : 0)]++;
}

static void count_u16(uint32_t *bins, uint32_t last, const uint16_t *value, const uint8_t *ignore,
                      size_t count) {
    size_t i = 0;
    if (!ignore) {
        /* Two places in turn: equal neighbours would wait for each other's counter. */
        const size_t half = count / 2;
        for (; i < half; i++) {
            bins[value[i] < last ? value[i] : last]++;
            bins[value[half + i] < last ? value[half + i] : last]++;
        }
        i = 2 * half;
    }
    for (; i < count; i++)
        bins[value[i] < last ? value[i] : last] += !ignore || !ignore[i];
}

static void count_f32(const seg_pixel_kernels *kernels, uint32_t *bins, const float *value,
                      const uint8_t *ignore, size_t count) {
    uint16_t levels[1024];
    for (size_t first = 0; first < count; first += 1024) {
        const size_t part = count - first < 1024 ? count - first : 1024;
        kernels->f32_to_u16(levels, value + first, part);
        for (size_t i = 0; i < part; i++)
            bins[levels[i]] +=
                fabsf(value[first + i]) <= FLT_MAX && (!ignore || !ignore[first + i]);
    }
}

static seg_status histogram_band(void *argument, int32_t band, int32_t first, int32_t end,
                                 int32_t worker) {
    (void)band;
    const histogram_job *job = argument;
    uint32_t *bins = job->tables + (size_t)worker * job->table_size;
    if (!job->used[worker]) {
        memset(bins, 0, job->table_size * sizeof *bins);
        job->used[worker] = true;
    }
    const size_t width = (size_t)job->source->width;
    for (int32_t y = job->first_row + first; y < job->first_row + end; y++) {
        const void *row = seg_image_row(job->source, y);
        const uint8_t *ignore = job->ignore ? seg_image_row(job->ignore, y) : NULL;
        if (job->source->format == SEG_U16)
            count_u16(bins, (uint32_t)job->size - 1, row, ignore, width);
        else if (job->source->format == SEG_F32)
            count_f32(job->kernels, bins, row, ignore, width);
        else if (ignore)
            count_u8_voting(bins, row, ignore, width);
        else if (job->pairs)
            job->kernels->count_pairs_u8(bins + 512, bins, row, width);
        else
            job->kernels->count_u8(bins, row, width);
    }
    return SEG_OK;
}

/* Adds all workers' tables to the bins. */
static void add_tables(uint64_t *bins, const histogram_job *job, int32_t workers) {
    for (int32_t worker = 0; worker < workers; worker++) {
        if (!job->used[worker]) continue;
        uint32_t *table = job->tables + (size_t)worker * job->table_size;
        if (job->pairs) job->kernels->fold_pairs(table, table + 512);
        for (int32_t bin = 0; bin < job->size; bin++)
            bins[bin] += table[bin];
    }
}

seg_status seg_histogram_with(uint64_t *bins, int32_t size, const seg_image *source,
                              const seg_image *ignore, seg_scratch *scratch, const seg_env *env) {
    const int32_t workers = seg_workers(env);
    histogram_job job = {.source = source, .kernels = seg_pixel_kernels_get()};
    job.ignore = seg_image_empty(ignore) ? NULL : ignore;
    job.size = seg_histogram_size(source);
    job.pairs = source->format == SEG_U8 && !job.ignore &&
                (int64_t)source->width * source->height >= PAIRS_FROM;
    job.table_size = source->format != SEG_U8 ? (size_t)job.size
                     : job.pairs              ? 512 + PAIR_BINS
                                              : 512;
    job.tables = seg_scratch_take(scratch, (size_t)workers, job.table_size * sizeof(uint32_t),
                                  "histogram tables");
    job.used = seg_scratch_take(scratch, (size_t)workers, sizeof(bool), "histogram flags");
    if (!job.tables || !job.used) return SEG_ERROR_MEMORY;

    memset(bins, 0, (size_t)size * sizeof *bins);
    const int64_t most = SLICE_PIXELS / source->width; /* may be beyond int32_t */
    const int32_t slice = most < source->height ? (int32_t)most : source->height;
    for (int32_t y = 0; y < source->height; y += slice) {
        const int32_t rows = source->height - y < slice ? source->height - y : slice;
        memset(job.used, 0, (size_t)workers * sizeof(bool));
        job.first_row = (int32_t)y;
        SEG_TRY(seg_run_bands(env, rows, seg_point_rows(source), histogram_band, &job));
        add_tables(bins, &job, workers);
    }
    return SEG_OK;
}

seg_status seg_histogram(uint64_t *bins, int32_t size, const seg_image *source,
                         const seg_image *ignore, const seg_env *env) {
    SEG_TRY(seg_check_image(source, "source", SEG_ANY_PICTURE, SEG_CHANNELS_1));
    SEG_TRY(seg_check_mask(ignore, "ignore", source->width, source->height));
    if (!bins) return seg_fail(SEG_ERROR_ARGUMENT, "bins is missing (NULL)");
    const int32_t needed = seg_histogram_size(source);
    if (size < needed)
        return seg_fail(SEG_ERROR_ARGUMENT, "size is %ld bins (this picture needs %ld)", (long)size,
                        (long)needed);
    seg_scratch scratch;
    seg_scratch_init(&scratch, env);
    const seg_status status = seg_histogram_with(bins, size, source, ignore, &scratch, env);
    seg_scratch_free(&scratch);
    return status;
}
