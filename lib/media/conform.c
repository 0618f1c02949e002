#include "media/conform.h"

#include "core/check.h"
#include "core/frame_picture.h"
#include "media/resample.h"

#include <inttypes.h>

static int32_t scaled(int32_t side, double scale) {
    const double size = side * scale + 0.5;
    return size < 1 ? 1 : size > INT32_MAX ? INT32_MAX : (int32_t)size;
}

void seg_conform_size(int32_t *width, int32_t *height, const seg_reader_options *options) {
    int64_t w = options->width;
    int64_t h = options->height;
    if (w <= 0 && h <= 0) {
        if (options->scale <= 0) return;
        *width = scaled(*width, options->scale);
        *height = scaled(*height, options->scale);
        return;
    }
    if (h <= 0) h = (2 * w * *height + *width) / (2 * (int64_t)*width);
    if (w <= 0) w = (2 * h * *width + *height) / (2 * (int64_t)*height);
    *width = w < 1 ? 1 : (int32_t)(w > INT32_MAX ? INT32_MAX : w);
    *height = h < 1 ? 1 : (int32_t)(h > INT32_MAX ? INT32_MAX : h);
}

/* ---- size ---- */

static seg_status resize(seg_image *image, int32_t width, int32_t height, const seg_env *env) {
    if (seg_image_empty(image) || (image->width == width && image->height == height)) return SEG_OK;
    seg_image resized = {0};
    seg_status status = seg_resample(&resized, image, width, height, env);
    seg_image_unref(image);
    *image = resized;
    return status;
}

static void bind_size(seg_conform *conform, int32_t width, int32_t height,
                      const seg_reader_options *options) {
    conform->usual_width = conform->width = width;
    conform->usual_height = conform->height = height;
    seg_conform_size(&conform->width, &conform->height, options);
}

static seg_status follow_size(seg_conform *conform, seg_frame *frame, int32_t width, int32_t height,
                              const seg_reader_options *options, seg_notes *notes) {
    if (!conform->bound) bind_size(conform, width, height, options);
    int32_t old_width = conform->usual_width;
    int32_t old_height = conform->usual_height;
    if (width == old_width && height == old_height) return SEG_OK;
    if (options->on_resize == SEG_RESIZE_FAIL)
        return seg_fail(SEG_ERROR_SHAPE,
                        "frame %" PRId64 " is %dx%d, those before are %dx%d, and on-resize is fail "
                        "(scale or restart would take it)",
                        frame->index, width, height, old_width, old_height);
    if (options->on_resize == SEG_RESIZE_RESTART) {
        bind_size(conform, width, height, options);
        frame->flags |= SEG_FRAME_DISCONTINUITY;
        seg_note(notes, "restart", "frame %" PRId64 " is %dx%d, those before are %dx%d",
                 frame->index, width, height, old_width, old_height);
        return SEG_OK;
    }
    frame->flags |= SEG_FRAME_RESIZED;
    seg_note(notes, "resized", "frames of %dx%d from frame %" PRId64 " on are brought to %dx%d",
             width, height, frame->index, conform->width, conform->height);
    return SEG_OK;
}

/* ---- format ---- */

/* One pixel: grey or RGB, alpha apart; `full` is its largest value. */
typedef struct pixel {
    uint32_t colour[3];
    uint32_t alpha;
} pixel;

static uint32_t load(const seg_image *image, const void *row, size_t i) {
    return image->format == SEG_U8 ? ((const uint8_t *)row)[i] : ((const uint16_t *)row)[i];
}

static pixel load_pixel(const seg_image *image, const void *row, int32_t x, uint32_t full) {
    size_t i = (size_t)x * image->channels;
    pixel p = {.alpha = full};
    int colours = image->channels > 2 ? 3 : 1;
    for (int c = 0; c < 3; c++)
        p.colour[c] = load(image, row, i + (colours == 3 ? (size_t)c : 0));
    if (image->channels % 2 == 0) p.alpha = load(image, row, i + (size_t)colours);
    return p;
}

static void store(const seg_image *image, void *row, size_t i, uint32_t value) {
    if (image->format == SEG_U8)
        ((uint8_t *)row)[i] = (uint8_t)value;
    else
        ((uint16_t *)row)[i] = (uint16_t)value;
}

/* BT.601 with weights of 2^-15, as grey is made elsewhere. */
static uint32_t grey_of(const pixel *p) {
    return (uint32_t)((9798u * (uint64_t)p->colour[0] + 19235u * (uint64_t)p->colour[1] +
                       3735u * (uint64_t)p->colour[2] + 16384u) >>
                      15);
}

static void store_pixel(const seg_image *image, void *row, int32_t x, const pixel *p) {
    size_t i = (size_t)x * image->channels;
    int colours = image->channels > 2 ? 3 : 1;
    if (colours == 1) {
        bool grey = p->colour[0] == p->colour[1] && p->colour[1] == p->colour[2];
        store(image, row, i, grey ? p->colour[0] : grey_of(p));
    } else {
        for (int c = 0; c < 3; c++)
            store(image, row, i + (size_t)c, p->colour[c]);
    }
    if (image->channels % 2 == 0) store(image, row, i + (size_t)colours, p->alpha);
}

static uint32_t rescale(uint32_t value, uint32_t from, uint32_t to) {
    return (uint32_t)((2 * (uint64_t)value * to + from) / (2 * (uint64_t)from));
}

/* Rare (a stream changes its pixel format midway), so plain. */
static void convert_rows(seg_image *target, const seg_image *source) {
    uint32_t from = (uint32_t)seg_image_full_scale(source);
    uint32_t to = (uint32_t)seg_image_full_scale(target);
    for (int32_t y = 0; y < source->height; y++) {
        const void *source_row = seg_image_row(source, y);
        void *target_row = seg_image_row(target, y);
        for (int32_t x = 0; x < source->width; x++) {
            pixel p = load_pixel(source, source_row, x, from);
            for (int c = 0; c < 3; c++)
                p.colour[c] = rescale(p.colour[c], from, to);
            p.alpha = rescale(p.alpha, from, to);
            store_pixel(target, target_row, x, &p);
        }
    }
}

static bool same_format(const seg_image *a, const seg_image *b) {
    return a->format == b->format && a->channels == b->channels && a->bits == b->bits;
}

/* `image` becomes what the first frame had; a missing one is made from `other`. */
static seg_status follow_format(const seg_image *bound, seg_image *image, const seg_image *other,
                                seg_notes *notes, const seg_env *env) {
    const seg_image *source = seg_image_empty(image) ? other : image;
    if (source == image && same_format(bound, image)) return SEG_OK;
    if (source->format == SEG_F32 || bound->format == SEG_F32)
        return seg_fail(SEG_ERROR_SHAPE, "the stream changes between integer and float samples");
    seg_note(notes, "format", "the pixel format changes: frames are brought to that of the first");
    seg_image converted = {0};
    SEG_TRY(seg_image_alloc(&converted, source->width, source->height, (seg_format)bound->format,
                            bound->channels, env));
    converted.bits = bound->bits;
    converted.colour = bound->colour;
    convert_rows(&converted, source);
    seg_image_unref(image);
    *image = converted;
    return SEG_OK;
}

static void bind_format(seg_image *bound, const seg_image *image) {
    *bound = *image;
    bound->data = NULL;
    bound->owner = NULL;
}

seg_status seg_conform_frame(seg_conform *conform, seg_frame *frame,
                             const seg_reader_options *options, seg_notes *notes,
                             const seg_env *env) {
    const seg_image *given = seg_frame_picture(frame);
    SEG_TRY(follow_size(conform, frame, given->width, given->height, options, notes));
    SEG_TRY(resize(&frame->image, conform->width, conform->height, env));
    SEG_TRY(resize(&frame->luma, conform->width, conform->height, env));
    if (!conform->bound) {
        bind_format(&conform->image, &frame->image);
        bind_format(&conform->luma, &frame->luma);
        conform->bound = true;
        return SEG_OK;
    }
    if (conform->image.format)
        SEG_TRY(follow_format(&conform->image, &frame->image, &frame->luma, notes, env));
    if (conform->luma.format)
        SEG_TRY(follow_format(&conform->luma, &frame->luma, &frame->image, notes, env));
    if (!conform->image.format) seg_image_unref(&frame->image);
    if (!conform->luma.format) seg_image_unref(&frame->luma);
    return SEG_OK;
}
