/* Pictures to YUV, for video that people look at. */
#ifndef SEG_MEDIA_YUV_H
#define SEG_MEDIA_YUV_H

#include <libavutil/frame.h>
#include <segment/image.h>

struct SwsContext;

/** Keeps the converter from frame to frame. Zero-initialise; free with seg_yuv_free. */
typedef struct seg_yuv {
    struct SwsContext *scaler;
    int width, height, source, target;
} seg_yuv;

void seg_yuv_free(seg_yuv *yuv);

/** BT.709 for more than 576 rows, else BT.601: what readers assume of video that does not say. */
enum AVColorSpace seg_yuv_matrix(int height);

/**
 * Fills `frame`, which has a format, a size and writable buffers, from `image` (u8 or u16, 1-4
 * channels) of that size: limited range, matrix by height, bit exact and accurately rounded.
 * Alpha is kept if the frame's format has it. Grey formats and RGB with fewer bits work too.
 * Errors: SEG_ERROR_UNSUPPORTED, SEG_ERROR_MEMORY.
 */
SEG_NODISCARD seg_status seg_yuv_fill(seg_yuv *yuv, AVFrame *frame, const seg_image *image,
                                      const seg_env *env);

#endif
