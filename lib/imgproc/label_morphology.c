/*
 * Morphology of label pictures.
 *
 * Erosion: for each pixel, how far its label reaches to both sides in its row (the smaller of the
 * two; the picture's border does not end it). A pixel survives if in each row of the element its
 * column bears the label and reaches as far as that row is wide.
 * Dilation: for each pixel, the nearest label in its row. The nearest within the element is the
 * best of these over the element's rows, looked at from the middle outwards until no row can be
 * nearer.
 * Opening: a pixel is covered by an element within a label exactly if a pixel that survives erosion
 * lies in the element around it, and then it bears that label; so one dilation of a mask opens all
 * labels at once.
 *
 * Cost: a few operations per pixel and row of the element.
 */
#include "imgproc/label_operations.h"

#include "core/bands.h"
#include "core/check.h"
#include "imgproc/bitmap.h"

#include <string.h>

#define BAND 32
#define FAR UINT16_MAX

typedef struct labelling {
    const seg_image *target, *source;
    const seg_image *base; /* of a closing: the labels before it, whose pixels stay */
    const int32_t *half;
    int32_t radius;
    uint16_t *reach; /* of each pixel: how far its label reaches, or how near a label is */
    int32_t *near;   /* of each pixel: that label */
} labelling;

static uint16_t *reach_row(const labelling *job, int64_t y) {
    return job->reach + (size_t)y * (size_t)job->source->width;
}

static int32_t *near_row(const labelling *job, int64_t y) {
    return job->near + (size_t)y * (size_t)job->source->width;
}

static uint16_t capped(int32_t distance) {
    return (uint16_t)(distance < FAR ? distance : FAR);
}

static seg_status reach_band(void *argument, int32_t band, int32_t first, int32_t end,
                             int32_t worker) {
    const labelling *job = argument;
    const int32_t width = job->source->width;
    (void)band;
    (void)worker;
    for (int32_t y = first; y < end; y++) {
        const int32_t *row = seg_image_row(job->source, y);
        uint16_t *reach = reach_row(job, y);
        for (int32_t start = 0, stop = 0; start < width; start = stop) {
            while (stop < width && row[stop] == row[start])
                stop++;
            for (int32_t x = start; x < stop; x++) {
                const uint16_t left = start == 0 ? FAR : capped(x - start);
                const uint16_t right = stop == width ? FAR : capped(stop - 1 - x);
                reach[x] = left < right ? left : right;
            }
        }
    }
    return SEG_OK;
}

static void erode_row(const labelling *job, int32_t y, int32_t *restrict out) {
    const int32_t width = job->source->width;
    const int32_t *labels = seg_image_row(job->source, y);
    for (int32_t x = 0; x < width; x++)
        out[x] = labels[x] > 0 ? labels[x] : 0;
    for (int32_t dy = -job->radius; dy <= job->radius; dy++) {
        const int64_t there = (int64_t)y + dy;
        if (there < 0 || there >= job->source->height) continue;
        const int32_t half = job->half[dy + job->radius];
        const int32_t *other = seg_image_row(job->source, (int32_t)there);
        const uint16_t *reach = reach_row(job, there);
        for (int32_t x = 0; x < width; x++)
            out[x] = other[x] == labels[x] && reach[x] >= half ? out[x] : 0;
    }
}

static seg_status erode_band(void *argument, int32_t band, int32_t first, int32_t end,
                             int32_t worker) {
    const labelling *job = argument;
    (void)band;
    (void)worker;
    for (int32_t y = first; y < end; y++) {
        int32_t *out = seg_image_row(job->target, y);
        erode_row(job, y, out);
        if (!job->base) continue;
        const int32_t *base = seg_image_row(job->base, y);
        for (int32_t x = 0; x < job->source->width; x++)
            out[x] = base[x] > 0 ? base[x] : out[x];
    }
    return SEG_OK;
}

static seg_status near_band(void *argument, int32_t band, int32_t first, int32_t end,
                            int32_t worker) {
    const labelling *job = argument;
    const int32_t width = job->source->width;
    (void)band;
    (void)worker;
    for (int32_t y = first; y < end; y++) {
        const int32_t *row = seg_image_row(job->source, y);
        uint16_t *distance = reach_row(job, y);
        int32_t *near = near_row(job, y);
        int32_t label = 0, last = 0;
        for (int32_t x = 0; x < width; x++) {
            if (row[x] > 0) {
                label = row[x];
                last = x;
            }
            near[x] = label;
            distance[x] = label ? capped(x - last) : FAR;
        }
        label = 0;
        for (int32_t x = width - 1; x >= 0; x--) {
            if (row[x] > 0) {
                label = row[x];
                last = x;
            }
            if (!label) continue;
            const uint16_t here = capped(last - x);
            const bool nearer = here < distance[x] || (here == distance[x] && label < near[x]);
            if (nearer || !near[x]) {
                near[x] = label;
                distance[x] = here;
            }
        }
    }
    return SEG_OK;
}

static int32_t nearest(const labelling *job, int32_t x, int32_t y) {
    int32_t best = INT32_MAX, label = 0;
    for (int32_t dy = 0; dy <= job->radius && dy * dy <= best; dy++) {
        const int32_t half = job->half[dy + job->radius];
        for (int sign = -1; sign <= (dy ? 1 : -1); sign += 2) {
            const int64_t there = (int64_t)y + sign * dy;
            if (there < 0 || there >= job->source->height) continue;
            const int32_t dx = reach_row(job, there)[x];
            if (dx > half) continue;
            const int32_t distance = dx * dx + dy * dy, other = near_row(job, there)[x];
            if (distance < best || (distance == best && other < label)) {
                best = distance;
                label = other;
            }
        }
    }
    return label;
}

static seg_status dilate_band(void *argument, int32_t band, int32_t first, int32_t end,
                              int32_t worker) {
    const labelling *job = argument;
    (void)band;
    (void)worker;
    for (int32_t y = first; y < end; y++) {
        const int32_t *row = seg_image_row(job->source, y);
        int32_t *out = seg_image_row(job->target, y);
        for (int32_t x = 0; x < job->source->width; x++)
            out[x] = row[x] > 0 ? row[x] : nearest(job, x, y);
    }
    return SEG_OK;
}

static seg_status erode(labelling *job, const seg_env *env) {
    const int32_t height = job->source->height;
    SEG_TRY(seg_run_bands(env, height, BAND, reach_band, job));
    return seg_run_bands(env, height, BAND, erode_band, job);
}

static seg_status dilate(labelling *job, const seg_env *env) {
    const int32_t height = job->source->height;
    SEG_TRY(seg_run_bands(env, height, BAND, near_band, job));
    return seg_run_bands(env, height, BAND, dilate_band, job);
}

/* A working picture of labels in scratch. */
static seg_status take_labels(seg_image *labels, const seg_image *like, seg_scratch *scratch) {
    const size_t pixels = (size_t)like->width * (size_t)like->height;
    int32_t *memory = seg_scratch_take(scratch, pixels, sizeof *memory, "labels");
    if (!memory) return SEG_ERROR_MEMORY;
    return seg_image_wrap(labels, memory, (ptrdiff_t)like->width * (ptrdiff_t)sizeof *memory,
                          like->width, like->height, SEG_LABEL32, 1);
}

/* target = source where the dilation of the labels in `eroded` reaches. */
static seg_status cover(seg_image *target, const seg_image *source, const seg_image *eroded,
                        seg_element element, int32_t side, seg_scratch *scratch) {
    const size_t width = (size_t)source->width, height = (size_t)source->height;
    uint8_t *memory = seg_scratch_take(scratch, width * height, 1, "a mask");
    if (!memory) return SEG_ERROR_MEMORY;
    seg_image mask = {0};
    SEG_TRY(
        seg_image_wrap(&mask, memory, (ptrdiff_t)width, source->width, source->height, SEG_U8, 1));
    for (int32_t y = 0; y < source->height; y++) {
        const int32_t *row = seg_image_row(eroded, y);
        uint8_t *out = seg_image_row(&mask, y);
        for (size_t x = 0; x < width; x++)
            out[x] = row[x] != 0;
    }
    SEG_TRY(seg_morphology_mask_with(&mask, &mask, SEG_MORPH_DILATE, element, side, scratch));
    for (int32_t y = 0; y < source->height; y++) {
        const int32_t *row = seg_image_row(source, y);
        const uint8_t *covered = seg_image_row(&mask, y);
        int32_t *out = seg_image_row(target, y);
        for (size_t x = 0; x < width; x++)
            out[x] = covered[x] ? row[x] : 0;
    }
    return SEG_OK;
}

static seg_status morph(seg_image *target, const seg_image *source, seg_morphology operation,
                        seg_element element, int32_t side, seg_scratch *scratch) {
    const seg_env *env = &scratch->env;
    const size_t pixels = (size_t)source->width * (size_t)source->height;
    int32_t *half = seg_scratch_take(scratch, (size_t)side, sizeof *half, "an element");
    labelling job = {.target = target, .source = source, .radius = side / 2};
    if (!half) return SEG_ERROR_MEMORY;
    seg_element_rows(half, element, side);
    job.half = half;
    job.reach = seg_scratch_take(scratch, pixels, sizeof *job.reach, "distances");
    if (!job.reach) return SEG_ERROR_MEMORY;
    if (operation == SEG_MORPH_ERODE) return erode(&job, env);
    seg_image between = {0};
    if (operation != SEG_MORPH_DILATE) {
        SEG_TRY(take_labels(&between, source, scratch));
        job.target = &between;
    }
    if (operation == SEG_MORPH_OPEN) {
        SEG_TRY(erode(&job, env));
        return cover(target, source, &between, element, side, scratch);
    }
    job.near = seg_scratch_take(scratch, pixels, sizeof *job.near, "near labels");
    if (!job.near) return SEG_ERROR_MEMORY;
    SEG_TRY(dilate(&job, env));
    if (operation == SEG_MORPH_DILATE) return SEG_OK;
    job.base = source;
    job.source = &between;
    job.target = target;
    return erode(&job, env);
}

/* target = labels of a where b has none. */
static void subtract(const seg_image *target, const seg_image *a, const seg_image *b) {
    for (int32_t y = 0; y < target->height; y++) {
        int32_t *out = seg_image_row(target, y);
        const int32_t *from = seg_image_row(a, y), *less = seg_image_row(b, y);
        for (int32_t x = 0; x < target->width; x++)
            out[x] = from[x] > 0 && less[x] <= 0 ? from[x] : 0;
    }
}

seg_status seg_labels_morphology(seg_image *target, const seg_image *source,
                                 seg_morphology operation, seg_element element, int32_t side,
                                 seg_scratch *scratch) {
    seg_image other = {0};
    if (operation <= SEG_MORPH_CLOSE)
        return morph(target, source, operation, element, side, scratch);
    SEG_TRY(take_labels(&other, source, scratch));
    if (operation == SEG_MORPH_GRADIENT) {
        SEG_TRY(morph(&other, source, SEG_MORPH_ERODE, element, side, scratch));
        SEG_TRY(morph(target, source, SEG_MORPH_DILATE, element, side, scratch));
        subtract(target, target, &other);
        return SEG_OK;
    }
    const bool opening = operation == SEG_MORPH_TOP_HAT;
    SEG_TRY(
        morph(&other, source, opening ? SEG_MORPH_OPEN : SEG_MORPH_CLOSE, element, side, scratch));
    subtract(target, opening ? source : &other, opening ? &other : source);
    return SEG_OK;
}
