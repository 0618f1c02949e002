/* From FFmpeg's frames to seg_image: the only user of swscale for reading. */
#ifndef SEG_MEDIA_AV_PIXELS_H
#define SEG_MEDIA_AV_PIXELS_H

#include "media/ffmpeg/yuv420.h"

#include <libavutil/frame.h>
#include <libavutil/pixfmt.h>
#include <segment/image.h>

struct SwsContext;

/** Keeps the converter from frame to frame. Zero-initialise; free with seg_av_pixels_free. */
typedef struct seg_av_pixels {
    bool grey_palettes; /**< set by the caller: a palette of opaque greys gives one channel */
    struct SwsContext *scaler;
    int width, height, source, target, matrix, full_range;
    seg_yuv420 yuv420; /**< for what is most of videos, in place of the scaler */
} seg_av_pixels;

void seg_av_pixels_free(seg_av_pixels *pixels);

/**
 * The matrix of a YUV frame. Unspecified: BT.709 if the frame is higher than 576 rows, else
 * BT.601, and *guessed (may be NULL) is true. RGB and grey: AVCOL_SPC_RGB.
 */
enum AVColorSpace seg_av_matrix(const AVFrame *frame, bool *guessed);

/** "bt601", "bt709", "bt2020", "smpte240m", "fcc", "ycgco" or "rgb". */
const char *seg_av_matrix_name(enum AVColorSpace matrix);

/** True if black is 0 and white the largest value. Unspecified: YUV is limited, except the yuvj
 *  formats; grey and RGB are full. Callers that know better set frame->color_range first (a
 *  monochrome H.264 or HEVC stream without a stated range is limited). */
bool seg_av_full_range(const AVFrame *frame);

/** True if a plane of the format is luma or grey: seg_av_luma will work. */
bool seg_av_has_luma(enum AVPixelFormat format);

/** What seg_av_picture makes of a frame: grey, grey + alpha, RGB, RGBA; u8 up to 8 bits a sample,
 *  u16 above, f32 for float formats. `bits` are those of the result. Palettes: RGB or RGBA.
 *  Errors: SEG_ERROR_UNSUPPORTED (hardware surfaces, unknown formats). */
SEG_NODISCARD seg_status seg_av_shape(const AVFrame *frame, seg_format *format, int *channels,
                                      int *bits);

/**
 * The frame as a picture in full range. Grey and RGB formats are copied sample by sample (a depth
 * of 9 to 15 bits is kept as `bits`); YUV goes through swscale, bit exact and accurately rounded,
 * or, 4:2:0 in 8 bits, through yuv420.h, to 8 or 16 bits. `image` is written into if it fits (so it
 * must not be shared), else replaced. Errors: SEG_ERROR_UNSUPPORTED, SEG_ERROR_LIMIT,
 * SEG_ERROR_MEMORY.
 */
SEG_NODISCARD seg_status seg_av_picture(seg_image *image, seg_av_pixels *pixels,
                                        const AVFrame *frame, const seg_env *env);

/**
 * Luma (or grey) alone, one channel, full range, colour SEG_COLOUR_LUMA. Full range u8 and
 * native-endian u16 planes are shared with the frame's buffers, nothing is copied (`image` is
 * replaced and keeps a reference); limited range is expanded with rounding and clamped,
 * (v - 16) * 255 / 219 scaled to the depth, and written into `image` if it fits (so it must not be
 * shared), else `image` is replaced. Above 8 bits: U16 with `bits` set. Errors: as
 * seg_av_picture; UNSUPPORTED without a luma plane.
 */
SEG_NODISCARD seg_status seg_av_luma(seg_image *image, const AVFrame *frame, const seg_env *env);

#endif
