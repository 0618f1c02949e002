/* Grey reconstruction on rows with a border of their own: what extrema, holes and markers share. */
#ifndef SEG_IMGPROC_RECONSTRUCT_H
#define SEG_IMGPROC_RECONSTRUCT_H

#include "core/memory.h"
#include <segment/morphology.h>

/** A picture with a border of one sample around it, in scratch. Sample (x, y) is at
 *  (y + 1) * pitch + x + 1. f32 is held as it is, with what is not finite as 0. */
typedef struct seg_framed {
    int32_t width, height, format; /* U8, U16 or F32 */
    int32_t pitch;                 /* samples */
    size_t count;                  /* samples with the border */
    void *samples;
} seg_framed;

/** Takes one; the border is 0, or -infinity for f32. The inside is undefined. */
SEG_NODISCARD seg_status seg_framed_take(seg_framed *framed, int32_t width, int32_t height,
                                         seg_format format, seg_scratch *scratch);

/** The samples of a one-channel picture, or full scale less them (f32: their negative). */
SEG_NODISCARD seg_status seg_framed_load(seg_framed *framed, const seg_image *picture,
                                         bool negative, seg_scratch *scratch);

/** Into a picture of the same size and format. */
void seg_framed_store(const seg_image *picture, const seg_framed *framed, bool negative);

/** Reconstruction by dilation of `marker` under `mask`, in place; marker <= mask everywhere. */
SEG_NODISCARD seg_status seg_framed_reconstruct(seg_framed *marker, const seg_framed *mask,
                                                int32_t connectivity, seg_scratch *scratch);

/** marker = mask - h, not below the border. h > 0 in units of the samples. */
void seg_framed_lower(seg_framed *marker, const seg_framed *mask, double h);

/** 255 in `extrema` (U8) where a sample belongs to a regional maximum: a connected plateau all of
 *  whose neighbours are lower. */
SEG_NODISCARD seg_status seg_framed_maxima(const seg_image *extrema, const seg_framed *picture,
                                           int32_t connectivity, seg_scratch *scratch);

#endif
