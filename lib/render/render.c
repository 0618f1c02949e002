/*
 * Results as pictures for people. Regions come from the labels, else from the mask: as one region
 * in overlays and contours, where numbers that change from frame to frame would flicker; as its
 * components where labels or their colours are asked for.
 */
#include <segment/render.h>

#include "core/bands.h"
#include "core/check.h"
#include "core/memory.h"
#include "imgproc/still_method.h"
#include "render/canvas.h"
#include "render/palette.h"
#include <segment/imgproc.h>

#include <string.h>

#define BAND_HEIGHT 32
#define TINT 115 /* of 256: share of the region's colour in an overlay, 0.45 */

static const struct {
    const char *name;
    uint32_t needs;
    bool frame_picture;
} kinds[] = {
    [SEG_RENDER_MASK] = {"mask", SEG_OUTPUT_MASK | SEG_OUTPUT_LABELS, false},
    [SEG_RENDER_LABELS] = {"labels", SEG_OUTPUT_LABELS | SEG_OUTPUT_MASK, false},
    [SEG_RENDER_COLORS] = {"colors", SEG_OUTPUT_LABELS | SEG_OUTPUT_MASK, false},
    [SEG_RENDER_OVERLAY] = {"overlay", SEG_OUTPUT_LABELS | SEG_OUTPUT_MASK, true},
    [SEG_RENDER_CONTOURS] = {"contours", SEG_OUTPUT_LABELS | SEG_OUTPUT_MASK, true},
    [SEG_RENDER_CUTOUT] = {"cutout", SEG_OUTPUT_MASK | SEG_OUTPUT_LABELS, true},
    [SEG_RENDER_SCORE] = {"score", SEG_OUTPUT_SCORE, false},
    [SEG_RENDER_BACKGROUND] = {"background", SEG_OUTPUT_BACKGROUND, false},
    [SEG_RENDER_PICTURE] = {"picture", SEG_OUTPUT_PICTURE, false},
    [SEG_RENDER_TRACKS] = {"tracks", SEG_OUTPUT_LABELS | SEG_OUTPUT_MASK, true},
};

#define KIND_COUNT ((int)(sizeof kinds / sizeof *kinds))

static bool known(seg_render_kind kind) {
    return (int)kind >= 0 && (int)kind < KIND_COUNT;
}

const char *seg_render_name(seg_render_kind kind) {
    return known(kind) ? kinds[kind].name : NULL;
}

uint32_t seg_render_needs(seg_render_kind kind, bool *frame_picture) {
    if (frame_picture) *frame_picture = known(kind) && kinds[kind].frame_picture;
    return known(kind) ? kinds[kind].needs : 0;
}

/* ---- rows of labels ---- */

typedef struct painting {
    seg_render_kind kind;
    const seg_image *mask;   /* either the mask ... */
    const seg_image *labels; /* ... or the labels */
    const seg_canvas *canvas;
    seg_image *picture;
    char *scratch; /* of each worker: a row of samples, a row of edges */
    size_t row_size;
} painting;

/* Blends a run of pixels with one colour. Blocks of 16 pixels have the same pattern of channels. */
static void tint_run(uint8_t *target, int32_t pixels, const uint8_t rgb[3]) {
    uint16_t pattern[48];
    for (int i = 0; i < 48; i++)
        pattern[i] = (uint16_t)(rgb[i % 3] * TINT + 128);
    const size_t bytes = 3 * (size_t)pixels;
    size_t i = 0;
    for (; i + 48 <= bytes; i += 48)
        for (size_t k = 0; k < 48; k++)
            target[i + k] = (uint8_t)((target[i + k] * (256 - TINT) + pattern[k]) >> 8);
    for (size_t k = 0; i + k < bytes; k++)
        target[i + k] = (uint8_t)((target[i + k] * (256 - TINT) + pattern[k]) >> 8);
}

#define LABEL int32_t
#define NAMED(name) name##_labels
#define REGION(label) (label)
#include "render/regions_template.h"
#undef LABEL
#undef NAMED
#undef REGION
#define LABEL uint8_t
#define NAMED(name) name##_mask
#define REGION(label) ((label) ? 1 : 0)
#include "render/regions_template.h"

static seg_status paint_band(void *argument, int32_t band, int32_t first, int32_t end,
                             int32_t worker) {
    (void)band;
    const painting *job = argument;
    char *scratch = job->scratch + (size_t)worker * 2 * job->row_size;
    for (int32_t y = first; y < end; y++) {
        uint8_t *target = seg_image_row(job->picture, y);
        if (job->labels)
            paint_row_labels(job, job->labels, scratch, target, y);
        else
            paint_row_mask(job, job->mask, scratch, target, y);
    }
    return SEG_OK;
}

/* ---- kinds ---- */

static seg_status paint_regions(painting *job, const seg_env *env) {
    const seg_image *shape = job->labels ? job->labels : job->mask;
    const int channels = job->kind == SEG_RENDER_CUTOUT ? 4 : 3;
    SEG_TRY(seg_image_reuse(job->picture, shape->width, shape->height, SEG_U8, channels, env));
    job->picture->colour = SEG_COLOUR_RGB;
    job->row_size = ((size_t)shape->width * 4 + SEG_ALIGNMENT - 1) / SEG_ALIGNMENT * SEG_ALIGNMENT;
    job->scratch = seg_allocate(env, (size_t)seg_workers(env) * 2, job->row_size, "rows");
    if (!job->scratch) return SEG_ERROR_MEMORY;
    const seg_status status = seg_run_bands(env, shape->height, BAND_HEIGHT, paint_band, job);
    seg_release(env, job->scratch);
    return status;
}

static seg_status paint_on_frame(painting *job, const seg_frame *frame, const seg_env *env) {
    seg_canvas canvas;
    SEG_TRY(seg_canvas_init(&canvas, frame, env));
    const seg_image *shape = job->labels ? job->labels : job->mask;
    seg_status status = SEG_OK;
    if (canvas.source->width != shape->width || canvas.source->height != shape->height)
        status =
            seg_fail(SEG_ERROR_SHAPE, "frame is %dx%d, the result %dx%d", (int)canvas.source->width,
                     (int)canvas.source->height, (int)shape->width, (int)shape->height);
    job->canvas = &canvas;
    if (status >= 0) status = paint_regions(job, env);
    seg_canvas_free(&canvas, env);
    return status;
}

/* Labels of the components of a mask. */
static seg_status paint_components(painting *job, const seg_env *env) {
    seg_image labels = {0};
    int32_t count;
    seg_status status = seg_components(&labels, NULL, &count, job->mask, 8, env);
    job->labels = &labels;
    if (status >= 0) status = paint_regions(job, env);
    seg_image_unref(&labels);
    return status;
}

static seg_status copy_image(seg_image *picture, const seg_image *source, const seg_env *env) {
    SEG_TRY(seg_image_reuse(picture, source->width, source->height, (seg_format)source->format,
                            source->channels, env));
    return seg_image_copy(picture, source, env);
}

static seg_status mask_of_labels(seg_image *picture, const seg_image *labels, const seg_env *env) {
    SEG_TRY(seg_image_reuse(picture, labels->width, labels->height, SEG_U8, 1, env));
    picture->colour = SEG_COLOUR_DATA;
    for (int32_t y = 0; y < labels->height; y++) {
        uint8_t *target = seg_image_row(picture, y);
        const int32_t *row = seg_image_row(labels, y);
        for (int32_t x = 0; x < labels->width; x++)
            target[x] = row[x] > 0 ? 255 : 0;
    }
    return SEG_OK;
}

static seg_status components_of(seg_image *picture, const seg_image *mask, const seg_env *env) {
    SEG_TRY(seg_image_reuse(picture, mask->width, mask->height, SEG_LABEL32, 1, env));
    int32_t count;
    return seg_components(picture, NULL, &count, mask, 8, env);
}

seg_status seg_render(seg_image *picture, seg_render_kind kind, const seg_frame *frame,
                      const seg_result *result, const seg_env *env) {
    if (!picture || !result)
        return seg_fail(SEG_ERROR_ARGUMENT, "%s is NULL", picture ? "result" : "picture");
    if (!known(kind))
        return seg_fail(SEG_ERROR_ARGUMENT, "render kind is %d (allowed 0 to %d)", (int)kind,
                        KIND_COUNT - 1);
    if (!(result->outputs & kinds[kind].needs))
        return seg_fail(SEG_ERROR_UNSUPPORTED, "nothing to render as \"%s\": the method gives none",
                        kinds[kind].name);
    const bool labelled = result->outputs & SEG_OUTPUT_LABELS;
    const bool masked = result->outputs & SEG_OUTPUT_MASK;
    painting job = {.kind = kind, .picture = picture};
    job.labels = labelled ? &result->labels : NULL;
    job.mask = masked ? &result->mask : NULL;
    switch (kind) {
    case SEG_RENDER_MASK:
        return masked ? copy_image(picture, &result->mask, env)
                      : mask_of_labels(picture, &result->labels, env);
    case SEG_RENDER_LABELS:
        return labelled ? copy_image(picture, &result->labels, env)
                        : components_of(picture, &result->mask, env);
    case SEG_RENDER_COLORS:
        return labelled ? paint_regions(&job, env) : paint_components(&job, env);
    case SEG_RENDER_SCORE:
        return copy_image(picture, &result->score, env);
    case SEG_RENDER_BACKGROUND:
        return copy_image(picture, &result->background, env);
    case SEG_RENDER_PICTURE:
        return copy_image(picture, &result->picture, env);
    case SEG_RENDER_CUTOUT:
        /* the mask is what the method means by foreground, where it gives both */
        if (masked) job.labels = NULL;
        return paint_on_frame(&job, frame, env);
    case SEG_RENDER_TRACKS:
        job.kind = SEG_RENDER_CONTOURS;
        SEG_TRY(paint_on_frame(&job, frame, env));
        SEG_TRY(seg_render_objects(picture, result->objects, result->object_count));
        return seg_render_motions(picture, result->objects, result->object_count);
    case SEG_RENDER_OVERLAY:
        SEG_TRY(paint_on_frame(&job, frame, env));
        return seg_render_motions(picture, result->objects, result->object_count);
    default:
        return paint_on_frame(&job, frame, env);
    }
}
