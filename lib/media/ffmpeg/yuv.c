#include "media/ffmpeg/yuv.h"

#include "core/check.h"
#include "core/memory.h"
#include "media/codec.h"
#include "media/ffmpeg/av_log.h"
#include "media/ffmpeg/entries.h"

#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>
#include <string.h>

void seg_yuv_free(seg_yuv *yuv) {
    sws_freeContext(yuv->scaler);
    memset(yuv, 0, sizeof *yuv);
}

enum AVColorSpace seg_yuv_matrix(int height) {
    return height > 576 ? AVCOL_SPC_BT709 : AVCOL_SPC_SMPTE170M;
}

static enum AVPixelFormat source_format(const seg_image *image, bool alpha) {
    bool deep = image->format == SEG_U16;
    switch (image->channels) {
    case 1:
        return deep ? AV_PIX_FMT_GRAY16 : AV_PIX_FMT_GRAY8;
    case 2:
        return deep ? AV_PIX_FMT_YA16 : AV_PIX_FMT_YA8;
    case 3:
        return deep ? AV_PIX_FMT_RGB48 : AV_PIX_FMT_RGB24;
    default:
        if (deep) return AV_PIX_FMT_RGBA64;
        return alpha ? AV_PIX_FMT_RGBA : AV_PIX_FMT_RGB0;
    }
}

static seg_status prepare(seg_yuv *yuv, const AVFrame *frame, enum AVPixelFormat source) {
    if (yuv->scaler && yuv->width == frame->width && yuv->height == frame->height &&
        yuv->source == (int)source && yuv->target == frame->format)
        return SEG_OK;
    seg_yuv_free(yuv);
    const int flags =
        SWS_BICUBIC | SWS_BITEXACT | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP;
    yuv->scaler = sws_getContext(frame->width, frame->height, source, frame->width, frame->height,
                                 frame->format, flags, NULL, NULL, NULL);
    if (!yuv->scaler)
        return seg_fail(SEG_ERROR_UNSUPPORTED, "pictures cannot be converted to pixel format %s",
                        av_get_pix_fmt_name(frame->format));
    const AVPixFmtDescriptor *target = av_pix_fmt_desc_get(frame->format);
    bool full = (target->flags & AV_PIX_FMT_FLAG_RGB) || frame->color_range == AVCOL_RANGE_JPEG;
    bool is_709 = seg_yuv_matrix(frame->height) == AVCOL_SPC_BT709;
    const int *matrix = sws_getCoefficients(is_709 ? SWS_CS_ITU709 : SWS_CS_SMPTE170M);
    sws_setColorspaceDetails(yuv->scaler, matrix, 1, matrix, full, 0, 1 << 16, 1 << 16);
    yuv->width = frame->width;
    yuv->height = frame->height;
    yuv->source = source;
    yuv->target = frame->format;
    return SEG_OK;
}

seg_status seg_yuv_fill(seg_yuv *yuv, AVFrame *frame, const seg_image *image, const seg_env *env) {
    if (image->format != SEG_U8 && image->format != SEG_U16)
        return seg_fail(SEG_ERROR_UNSUPPORTED, "only 8- and 16-bit pictures become video");
    seg_image wide = {0};
    /* swscale reads 16-bit samples by their full scale. */
    if (image->format == SEG_U16 && image->bits < 16) {
        SEG_TRY(seg_widen(&wide, image, env));
        image = &wide;
    }
    const AVPixFmtDescriptor *target = av_pix_fmt_desc_get(frame->format);
    bool alpha = (target->flags & AV_PIX_FMT_FLAG_ALPHA) != 0;
    seg_status status = prepare(yuv, frame, source_format(image, alpha));
    if (status >= 0) {
        const uint8_t *planes[4] = {image->data};
        const int strides[4] = {(int)image->stride};
        sws_scale(yuv->scaler, planes, strides, 0, image->height, frame->data, frame->linesize);
    }
    seg_image_unref(&wide);
    return status;
}

/* ---- planes of whole colour ---- */

struct seg_yuv444 {
    seg_yuv yuv;
    AVFrame *frame; /* a header: its planes are the caller's */
    seg_av_log log; /* swscale remarks on planes that are not aligned */
    seg_env env;
};

static seg_status make_converter(seg_yuv444 **made, const seg_env *env) {
    seg_yuv444 *converter = seg_allocate_zeroed(env, 1, sizeof *converter, "a conversion to YUV");
    if (!converter) return SEG_ERROR_MEMORY;
    if (env) converter->env = *env;
    converter->frame = av_frame_alloc();
    if (!converter->frame) {
        seg_release(env, converter);
        return seg_fail(SEG_ERROR_MEMORY, "out of memory for a frame");
    }
    converter->frame->format = AV_PIX_FMT_YUV444P;
    seg_av_log_attach(&converter->log);
    *made = converter;
    return SEG_OK;
}

seg_status seg_yuv444_fill(seg_yuv444 **converter, uint8_t *planes, const seg_image *image,
                           const seg_env *env) {
    if (!*converter) SEG_TRY(make_converter(converter, env));
    AVFrame *frame = (*converter)->frame;
    size_t pixels = (size_t)image->width * (size_t)image->height;
    frame->width = image->width;
    frame->height = image->height;
    for (size_t i = 0; i < 3; i++) {
        frame->data[i] = planes + i * pixels;
        frame->linesize[i] = image->width;
    }
    seg_av_log *outer = seg_av_log_enter(&(*converter)->log);
    const seg_status status = seg_yuv_fill(&(*converter)->yuv, frame, image, env);
    seg_av_log_leave(outer);
    return status;
}

void seg_yuv444_free(seg_yuv444 *converter) {
    if (!converter) return;
    seg_yuv_free(&converter->yuv);
    av_frame_free(&converter->frame);
    seg_av_log_detach(&converter->log);
    seg_env env = converter->env;
    seg_release(&env, converter);
}
