/* Rows of yuv420.c for the vector units: as many pixels of a row as go into whole vectors. */
#ifndef SEG_MEDIA_YUV420_ROWS_H
#define SEG_MEDIA_YUV420_ROWS_H

#include "media/ffmpeg/yuv420.h"

/** The matrix: black in 1/2^9 of a level, the rest in 1/2^13. */
typedef struct seg_yuv420_matrix {
    int32_t black, luma;
    int32_t v_red, v_green, u_green, u_blue;
} seg_yuv420_matrix;

/** Four lines of widened U, then of V, and the shares that a row has of them. */
typedef struct seg_yuv420_chroma {
    const int16_t *u[SEG_YUV420_TAPS], *v[SEG_YUV420_TAPS];
    const int16_t *shares;
} seg_yuv420_chroma;

#if defined(SEG_HAVE_AVX2)

/** Widens pairs of columns: those of pair i from samples[i] and samples[i + 1] on, with a share
 *  each of `even` and `odd`. Returns how many of `pairs` were done. */
int32_t seg_yuv420_widen_avx2(int16_t *out, const uint8_t *samples,
                              const int16_t even[SEG_YUV420_TAPS],
                              const int16_t odd[SEG_YUV420_TAPS], int32_t pairs);

/** Fills the first pixels of a row of RGB. Returns how many of `width` were done. */
int32_t seg_yuv420_give_avx2(uint8_t *out, const uint8_t *luma, const seg_yuv420_chroma *chroma,
                             const seg_yuv420_matrix *matrix, int32_t width);

/** Limited range to full range, as expand_u8 of av_pixels.c does it. Returns how many of `width`
 *  were done. */
int32_t seg_luma_expand_avx2(uint8_t *out, const uint8_t *luma, int32_t width);

#endif

#endif
