/* Pixel buffers: a transparent header over own or borrowed memory. */
#ifndef SEGMENT_IMAGE_H
#define SEGMENT_IMAGE_H

#include <segment/attributes.h>
#include <segment/env.h>
#include <segment/status.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

SEG_BEGIN_DECLS

/** Type of one sample. */
typedef enum seg_format {
    SEG_U8 = 1,     /**< 0 .. 255; masks are U8 with 0 and 255 */
    SEG_U16 = 2,    /**< 0 .. 2^bits - 1, native byte order */
    SEG_F32 = 3,    /**< 0 .. 1 nominal; NaN and infinity never vote and give 0 */
    SEG_LABEL32 = 4 /**< int32 region numbers; 0 = unassigned */
} seg_format;

#define SEG_FORMAT_BIT(format) (1u << (format))

/** What the samples mean. Two channels are grey + alpha, four are RGB + alpha. */
typedef enum seg_colour {
    SEG_COLOUR_DATA = 0, /**< no colour: masks, labels, scores, flow */
    SEG_COLOUR_GREY = 1,
    SEG_COLOUR_LUMA = 2, /**< Y' of video, expanded to full range */
    SEG_COLOUR_RGB = 3
} seg_colour;

typedef struct seg_point {
    int32_t x, y; /**< pixels, from the top left corner */
} seg_point;

typedef struct seg_rect {
    int32_t x, y, width, height; /**< pixels */
} seg_rect;

struct seg_buffer;

/**
 * An image. Zero-initialise it (`seg_image image = {0};`) and it is empty: data NULL, no owner.
 * Copying the struct by assignment makes a borrowed second header, not a reference.
 */
typedef struct seg_image {
    void *data;               /**< first pixel of row 0 */
    ptrdiff_t stride;         /**< bytes between rows; may be negative */
    int32_t width, height;    /**< pixels */
    uint8_t format;           /**< seg_format */
    uint8_t channels;         /**< 1..4, interleaved */
    uint8_t bits;             /**< significant bits of a sample: 8, or 1..16 for SEG_U16, 32 */
    uint8_t colour;           /**< seg_colour */
    struct seg_buffer *owner; /**< reference-counted storage, NULL for borrowed memory */
} seg_image;

/** Bytes of one sample of a format; 0 for an unknown one. */
SEG_API size_t seg_format_size(seg_format format);

/** True if the image has no pixels. NULL counts as empty. */
static inline bool seg_image_empty(const seg_image *image) {
    return !image || !image->data;
}

/** First byte of row y; y in 0 .. height-1. */
static inline void *seg_image_row(const seg_image *image, int32_t y) {
    return (char *)image->data + (ptrdiff_t)y * image->stride;
}

/** Largest value of a sample: 255, 2^bits - 1, 1.0. */
SEG_API double seg_image_full_scale(const seg_image *image);

/**
 * New storage, 64-byte aligned, zeroed, rows padded for speed. `bits` gets the full width of
 * the format, `colour` DATA for labels, GREY for 1-2 channels, RGB for 3-4.
 * `image` must be empty or initialised; what it referred to is released first.
 * Errors: SEG_ERROR_ARGUMENT (size < 1, channels, format), SEG_ERROR_LIMIT, SEG_ERROR_MEMORY.
 */
SEG_API SEG_NODISCARD seg_status seg_image_alloc(seg_image *image, int32_t width, int32_t height,
                                                 seg_format format, int channels,
                                                 const seg_env *env);

/** Header over memory of the caller, which must outlive it. A stride may be negative or larger
 *  than a row, never smaller, and must keep samples aligned. As with seg_image_alloc, `image` must
 *  be empty or initialised, and `bits` and `colour` are set by format and channels.
 *  Errors: SEG_ERROR_ARGUMENT; `image` is then as it was. */
SEG_API SEG_NODISCARD seg_status seg_image_wrap(seg_image *image, void *data, ptrdiff_t stride,
                                                int32_t width, int32_t height, seg_format format,
                                                int channels);

/** As seg_image_wrap, but the image owns the memory: `release(user)` runs with the last unref.
 *  Errors: SEG_ERROR_ARGUMENT, SEG_ERROR_MEMORY; nothing was taken over then. */
SEG_API SEG_NODISCARD seg_status seg_image_adopt(seg_image *image, void *data, ptrdiff_t stride,
                                                 int32_t width, int32_t height, seg_format format,
                                                 int channels, void (*release)(void *user),
                                                 void *user, const seg_env *env);

/** A window into an image, sharing its storage (a reference is taken if there is an owner). `view`
 *  must be empty or initialised and may be `image` itself. Errors: SEG_ERROR_ARGUMENT (`window` is
 *  empty or not inside, `image` is no sane picture); `view` is then as it was. */
SEG_API SEG_NODISCARD seg_status seg_image_view(seg_image *view, const seg_image *image,
                                                seg_rect window);

/** A second header that shares and keeps the storage. Release it with seg_image_unref. */
SEG_API seg_image seg_image_ref(const seg_image *image);

/** Releases the reference and makes the image empty. NULL and empty images are allowed. */
SEG_API void seg_image_unref(seg_image *image);

/** Prepares an output: allocates if `image` is empty, keeps it if size, format and channels fit
 *  (its pixels are then undefined), else SEG_ERROR_SHAPE. Other errors: those of seg_image_alloc,
 *  and SEG_ERROR_ARGUMENT for a header that is not sane. */
SEG_API SEG_NODISCARD seg_status seg_image_ensure(seg_image *image, int32_t width, int32_t height,
                                                  seg_format format, int channels,
                                                  const seg_env *env);

/** Copies the pixels of `source` into `target` (ensured first), with bits and colour. Errors: those
 *  of seg_image_ensure, and SEG_ERROR_ARGUMENT if `source` is no sane picture. */
SEG_API SEG_NODISCARD seg_status seg_image_copy(seg_image *target, const seg_image *source,
                                                const seg_env *env);

SEG_END_DECLS

#endif
