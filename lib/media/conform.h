/* Frames of one stream brought to one size and sample format. */
#ifndef SEG_MEDIA_CONFORM_H
#define SEG_MEDIA_CONFORM_H

#include "media/source.h"

/** What the first frame bound. Zero-initialise. */
typedef struct seg_conform {
    int32_t usual_width, usual_height; /**< as the stream gives them */
    int32_t width, height;             /**< as delivered */
    seg_image image, luma;             /**< headers without pixels: format, channels, bits */
    bool bound;
} seg_conform;

/**
 * Brings `frame` to the size that `options` ask for and to the size and format of the first
 * frame; what was done to later frames is flagged and noted. Errors: SEG_ERROR_SHAPE (the size
 * changed and on_resize is FAIL), SEG_ERROR_LIMIT, SEG_ERROR_MEMORY.
 */
SEG_NODISCARD seg_status seg_conform_frame(seg_conform *conform, seg_frame *frame,
                                           const seg_reader_options *options, seg_notes *notes,
                                           const seg_env *env);

/** The size that `options` make of width x height; a missing side keeps the proportions. */
void seg_conform_size(int32_t *width, int32_t *height, const seg_reader_options *options);

#endif
