/* Which encoder, pixel format and settings a video gets, and pictures brought to that format. */
#ifndef SEG_MEDIA_ENCODING_H
#define SEG_MEDIA_ENCODING_H

#include "media/ffmpeg/av_compat.h"
#include "media/ffmpeg/yuv.h"
#include <segment/media.h>

/** How one picture format becomes video. */
typedef struct seg_encoding {
    const AVCodec *codec;
    enum AVPixelFormat format;
    bool exact;       /**< every sample comes back as it was */
    bool lossless;    /**< the encoder's lossless mode is to be used */
    char remark[240]; /**< what the user should know, or "" */
} seg_encoding;

/** The encoder of that name ("ffv1", "libx264", or a codec's name such as "h264"). Errors:
 *  SEG_ERROR_OPTION, naming encoders that are there. */
SEG_NODISCARD seg_status seg_encoder_find(const AVCodec **codec, const char *name);

/** SEG_OK if the container holds what the encoder makes, else SEG_ERROR_OPTION. */
SEG_NODISCARD seg_status seg_encoder_check(const AVCodec *codec, const AVOutputFormat *container);

/**
 * Chooses for pictures like `shape` (u8 or u16). `codec` is the user's or NULL; `live` outputs
 * (pipes) prefer encoders without delay. Masks and data are exact unless the user's codec cannot
 * (then the remark says so). Errors: SEG_ERROR_UNSUPPORTED if the container cannot hold them.
 */
SEG_NODISCARD seg_status seg_encoding_choose(seg_encoding *encoding, const seg_image *shape,
                                             const seg_writer_options *options,
                                             const AVOutputFormat *container, const AVCodec *codec,
                                             bool live);

/** About how many bytes the encoder takes for pictures of that size, its own frame included. */
int64_t seg_encoding_memory(const seg_encoding *encoding, int32_t width, int32_t height);

/** Quality, threads, slices, bit-exactness and colour tags; `dictionary` gets private options. */
void seg_encoding_apply(const seg_encoding *encoding, AVCodecContext *context,
                        const seg_writer_options *options, bool live, AVDictionary **dictionary);

/** Fills `frame` (format, size, writable) with the picture, exactly or through `yuv`. */
SEG_NODISCARD seg_status seg_encoding_fill(const seg_encoding *encoding, AVFrame *frame,
                                           seg_yuv *yuv, const seg_image *image,
                                           const seg_env *env);

#endif
