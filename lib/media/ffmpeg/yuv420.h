/* Planes of 8-bit YUV 4:2:0 to RGB, most of what videos are: as swscale does it, four times as
 * fast, and with AVX2 four times as fast again. */
#ifndef SEG_MEDIA_YUV420_H
#define SEG_MEDIA_YUV420_H

#include <segment/image.h>

#define SEG_YUV420_LEAST_SIDE 16 /* smaller ones have too few chroma samples for the filter */
#define SEG_YUV420_TAPS 4

/** The chroma samples that a column or a row is made of. */
typedef struct seg_yuv420_blend {
    int32_t first;
    int16_t shares[SEG_YUV420_TAPS];
} seg_yuv420_blend;

/** What is kept from frame to frame. Zero-initialise; free with seg_yuv420_free. */
typedef struct seg_yuv420 {
    int32_t width, height;
    seg_yuv420_blend *columns, *rows; /* shares of 1/2^14 and of 1/2^12 */
    int16_t *lines;                   /* four rows of U, then of V, as wide as the picture */
    seg_env env;
} seg_yuv420;

void seg_yuv420_free(seg_yuv420 *converter);

/**
 * Fills `image` (U8, 3 channels, full range, sides of at least SEG_YUV420_LEAST_SIDE) from the
 * planes Y, U, V, the chroma's being half as large, rounded up, and its samples in the middle of
 * four pixels. `inverse` is sws_getCoefficients' of the matrix; `full` = planes in full range.
 *
 * The same bytes as FFmpeg 5.1's swscale with SWS_BICUBIC, SWS_ACCURATE_RND, SWS_BITEXACT and
 * SWS_FULL_CHR_H_INT. Errors: SEG_ERROR_MEMORY.
 */
SEG_NODISCARD seg_status seg_yuv420_to_rgb(const seg_image *image, seg_yuv420 *converter,
                                           const uint8_t *const planes[3], const int strides[3],
                                           const int inverse[4], bool full, const seg_env *env);

#endif
