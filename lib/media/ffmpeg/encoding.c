#include "media/ffmpeg/encoding.h"

#include "core/check.h"
#include "core/memory.h"

#include <libavutil/cpu.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <stdio.h>
#include <string.h>

/* ---- pixel formats ---- */

/* A format that stores each sample of the picture in a component of its own, so nothing is lost:
 * grey or RGB with or without alpha. Grey may also lie in the Y of YUV, whose colour is constant.
 */
static bool stores_exactly(enum AVPixelFormat format, const seg_image *shape) {
    const AVPixFmtDescriptor *d = av_pix_fmt_desc_get(format);
    const uint64_t refused = AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BITSTREAM |
                             AV_PIX_FMT_FLAG_HWACCEL | AV_PIX_FMT_FLAG_FLOAT |
                             AV_PIX_FMT_FLAG_BAYER;
    if (!d || (d->flags & refused)) return false;
    int depth = shape->format == SEG_U8 ? 8 : 16;
    for (int i = 0; i < d->nb_components; i++) {
        if (d->comp[i].depth != depth || d->comp[i].shift) return false;
    }
    bool rgb = (d->flags & AV_PIX_FMT_FLAG_RGB) != 0;
    bool alpha = (d->flags & AV_PIX_FMT_FLAG_ALPHA) != 0;
    if (shape->channels % 2 == 0 && !alpha) return false;
    if (shape->channels > 2) return rgb;
    return true;
}

/* Cheaper is better: no alpha that is not needed, no planes that stay empty. */
static int exact_cost(enum AVPixelFormat format, const seg_image *shape) {
    const AVPixFmtDescriptor *d = av_pix_fmt_desc_get(format);
    int bits = av_get_padded_bits_per_pixel(d);
    bool rgb_for_grey = shape->channels <= 2 && (d->flags & AV_PIX_FMT_FLAG_RGB);
    return bits + (rgb_for_grey ? 1000 : 0);
}

/* The cheapest of the encoder's formats that keeps the picture, AV_PIX_FMT_NONE if none does. */
static enum AVPixelFormat find_exact_format(const AVCodec *codec, const seg_image *shape) {
    enum AVPixelFormat best = AV_PIX_FMT_NONE;
    for (const enum AVPixelFormat *f = codec->pix_fmts; f && *f != AV_PIX_FMT_NONE; f++) {
        if (!stores_exactly(*f, shape)) continue;
        if (best == AV_PIX_FMT_NONE || exact_cost(*f, shape) < exact_cost(best, shape)) best = *f;
    }
    if (codec->pix_fmts) return best;
    /* Encoders without a list (raw video) take all. */
    static const enum AVPixelFormat formats[2][4] = {
        {AV_PIX_FMT_GRAY8, AV_PIX_FMT_YA8, AV_PIX_FMT_RGB24, AV_PIX_FMT_RGBA},
        {AV_PIX_FMT_GRAY16LE, AV_PIX_FMT_YA16LE, AV_PIX_FMT_RGB48LE, AV_PIX_FMT_RGBA64LE}};
    return formats[shape->format != SEG_U8][shape->channels - 1];
}

static bool has_format(const AVCodec *codec, enum AVPixelFormat format) {
    if (!codec->pix_fmts) return true;
    for (const enum AVPixelFormat *f = codec->pix_fmts; *f != AV_PIX_FMT_NONE; f++) {
        if (*f == format) return true;
    }
    return false;
}

/* What players know best, if the encoder has it. Half-size colour needs an even size only in
 * encoders that say so when they are opened: H.264 and H.265. */
static enum AVPixelFormat find_viewing_format(const AVCodec *codec, const seg_image *shape,
                                              bool *alpha) {
    bool odd = (shape->width | shape->height) & 1;
    bool even_only = codec->id == AV_CODEC_ID_H264 || codec->id == AV_CODEC_ID_HEVC;
    *alpha = shape->channels % 2 == 0;
    if (*alpha && has_format(codec, AV_PIX_FMT_YUVA420P)) return AV_PIX_FMT_YUVA420P;
    *alpha = false;
    if (codec->id == AV_CODEC_ID_MJPEG) return AV_PIX_FMT_YUVJ420P;
    if (odd && even_only && has_format(codec, AV_PIX_FMT_YUV444P)) return AV_PIX_FMT_YUV444P;
    static const enum AVPixelFormat liked[] = {AV_PIX_FMT_YUV420P, AV_PIX_FMT_YUVJ420P,
                                               AV_PIX_FMT_YUV422P, AV_PIX_FMT_YUV444P,
                                               AV_PIX_FMT_BGR8,    AV_PIX_FMT_RGB24};
    for (size_t i = 0; i < sizeof liked / sizeof *liked; i++) {
        if (has_format(codec, liked[i])) return liked[i];
    }
    return codec->pix_fmts[0];
}

/* ---- encoders ---- */

static const AVCodec *find_by_name(const char *name) {
    const AVCodec *codec = avcodec_find_encoder_by_name(name);
    if (!codec) {
        const AVCodecDescriptor *descriptor = avcodec_descriptor_get_by_name(name);
        if (descriptor) codec = avcodec_find_encoder(descriptor->id);
    }
    return codec && codec->type == AVMEDIA_TYPE_VIDEO ? codec : NULL;
}

seg_status seg_encoder_find(const AVCodec **codec, const char *name) {
    *codec = find_by_name(name);
    if (*codec) return SEG_OK;
    static const char *const common[] = {
        "ffv1",  "libx264",   "libx265", "libvpx-vp9", "libaom-av1", "libsvtav1", "mpeg4",
        "mjpeg", "prores_ks", "huffyuv", "utvideo",    "png",        "rawvideo"};
    char list[200] = "";
    size_t used = 0;
    for (size_t i = 0; i < sizeof common / sizeof *common; i++) {
        if (!avcodec_find_encoder_by_name(common[i])) continue;
        int length = snprintf(list + used, sizeof list - used, "%s%s", used ? ", " : "", common[i]);
        if (length > 0 && (size_t)length < sizeof list - used) used += (size_t)length;
    }
    return seg_fail(SEG_ERROR_OPTION,
                    "codec is \"%s\", for which this FFmpeg has no video encoder (there are: %s)",
                    name, list);
}

/* Muxers that cannot tell hold at least their own default. */
static bool holds(const AVOutputFormat *container, enum AVCodecID id) {
    /* Matroska holds PNG as AVI does, which FFmpeg calls unofficial though players know it. */
    if (id == AV_CODEC_ID_PNG && !strcmp(container->name, "matroska")) return true;
    int answer = avformat_query_codec(container, id, FF_COMPLIANCE_NORMAL);
    if (answer >= 0) return answer == 1;
    return id == container->video_codec ||
           (id == AV_CODEC_ID_H264 && !strcmp(container->name, "mpegts"));
}

/* Encoders that are lossless as they are, or have such a mode. */
static bool has_lossless_mode(const AVCodec *codec) {
    const AVCodecDescriptor *descriptor = avcodec_descriptor_get(codec->id);
    if (descriptor && !(descriptor->props & AV_CODEC_PROP_LOSSY)) return true;
    return !strncmp(codec->name, "libx264", 7) || !strcmp(codec->name, "libvpx-vp9");
}

/* H.264 alone stores RGB in an encoder of another name. */
static const AVCodec *for_shape(const AVCodec *codec, const seg_image *shape) {
    if (strcmp(codec->name, "libx264") != 0 || shape->channels < 3) return codec;
    const AVCodec *rgb = avcodec_find_encoder_by_name("libx264rgb");
    return rgb ? rgb : codec;
}

static bool take_exact(seg_encoding *encoding, const AVCodec *codec, const seg_image *shape,
                       const AVOutputFormat *container) {
    if (!codec || !has_lossless_mode(codec) || !holds(container, codec->id)) return false;
    codec = for_shape(codec, shape);
    enum AVPixelFormat format = find_exact_format(codec, shape);
    if (format == AV_PIX_FMT_NONE) return false;
    *encoding = (seg_encoding){.codec = codec, .format = format, .exact = true, .lossless = true};
    return true;
}

/* FFmpeg's FFV1 encoder takes 148 bytes a pixel at once (version 5.1 fills them, too): beyond this
 * many, 300 MiB, PNG inside the container is the better lossless default, and encoders that look
 * ahead are held short. */
static bool is_large(int32_t width, int32_t height) {
    return (int64_t)width * height > 300 * 1024 * 1024 / 148;
}

static seg_status choose_exact(seg_encoding *encoding, const seg_image *shape,
                               const AVOutputFormat *container, bool live) {
    static const char *const order[] = {"ffv1", "png", "libx264", "libvpx-vp9",
                                        "apng", "gif", "rawvideo"};
    /* A pipe gets samples that cost nothing, where the container has them. */
    if (live && !strcmp(container->name, "nut") &&
        take_exact(encoding, avcodec_find_encoder(AV_CODEC_ID_RAWVIDEO), shape, container))
        return SEG_OK;
    if (is_large(shape->width, shape->height) &&
        take_exact(encoding, avcodec_find_encoder_by_name("png"), shape, container))
        return SEG_OK;
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        /* PNG in a video is known to QuickTime's container best. */
        if (!strcmp(order[i], "png") && strcmp(container->name, "mov") != 0) continue;
        const AVCodec *codec = avcodec_find_encoder_by_name(order[i]);
        if (!take_exact(encoding, codec, shape, container)) continue;
        if (codec->id == AV_CODEC_ID_H264)
            snprintf(encoding->remark, sizeof encoding->remark,
                     "lossless H.264: players based on FFmpeg show it, browsers and hardware often "
                     "do not; .mkv is the safer choice");
        return SEG_OK;
    }
    return seg_fail(
        SEG_ERROR_UNSUPPORTED,
        "%s cannot hold %d-bit pictures of %d channel%s without loss; use .mkv, .nut or "
        "picture files, or choose a codec",
        container->name, shape->format == SEG_U8 ? 8 : 16, shape->channels,
        shape->channels == 1 ? "" : "s");
}

seg_status seg_encoder_check(const AVCodec *codec, const AVOutputFormat *container) {
    if (holds(container, codec->id)) return SEG_OK;
    return seg_fail(SEG_ERROR_OPTION,
                    "codec is \"%s\", which does not fit into %s; leave it out, or use another "
                    "container (.nut, .mkv and .avi hold most)",
                    codec->name, container->name);
}

/* The user's codec: exact if it can be and the content asks for it. */
static seg_status choose_given(seg_encoding *encoding, const seg_image *shape,
                               const seg_writer_options *options, const AVOutputFormat *container,
                               const AVCodec *codec) {
    bool wants_exact = options->content != SEG_CONTENT_PICTURE && !options->bitrate;
    if (wants_exact && take_exact(encoding, codec, shape, container)) return SEG_OK;
    const AVCodecDescriptor *descriptor = avcodec_descriptor_get(codec->id);
    if (descriptor && !(descriptor->props & AV_CODEC_PROP_LOSSY) &&
        take_exact(encoding, codec, shape, container))
        return SEG_OK;
    bool alpha;
    *encoding = (seg_encoding){.codec = codec, .format = find_viewing_format(codec, shape, &alpha)};
    if (options->content != SEG_CONTENT_PICTURE)
        snprintf(encoding->remark, sizeof encoding->remark,
                 "%s changes the values of masks and data; leave the codec out for a lossless one",
                 codec->name);
    else if (shape->channels % 2 == 0 && !alpha)
        snprintf(encoding->remark, sizeof encoding->remark, "%s has no alpha: it is left out",
                 codec->name);
    return SEG_OK;
}

/* Of WebM's encoders VP9 takes 85 bytes a pixel at least, AV1 made for calls 18, in half the time
 * and for a smaller file. */
static const AVCodec *find_for_webm(const seg_image *shape) {
    const AVCodec *av1 = avcodec_find_encoder_by_name("libaom-av1");
    if (av1 && is_large(shape->width, shape->height)) return av1;
    return avcodec_find_encoder_by_name("libvpx-vp9");
}

/* Alpha survives where the container has an encoder for it. */
static bool choose_with_alpha(seg_encoding *encoding, const seg_image *shape,
                              const AVOutputFormat *container) {
    const AVCodec *vp9 = avcodec_find_encoder_by_name("libvpx-vp9");
    if (vp9 && !strcmp(container->name, "webm") && has_format(vp9, AV_PIX_FMT_YUVA420P)) {
        *encoding = (seg_encoding){.codec = vp9, .format = AV_PIX_FMT_YUVA420P};
        return true;
    }
    static const char *const order[] = {"ffv1", "png", "apng", "rawvideo"};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        if (!strcmp(order[i], "png") && strcmp(container->name, "mov") != 0) continue;
        if (take_exact(encoding, avcodec_find_encoder_by_name(order[i]), shape, container))
            return true;
    }
    return false;
}

static seg_status choose_for_people(seg_encoding *encoding, const seg_image *shape,
                                    const AVOutputFormat *container, bool live) {
    if (shape->channels % 2 == 0 && choose_with_alpha(encoding, shape, container)) return SEG_OK;
    if (live && !strcmp(container->name, "nut"))
        return choose_exact(encoding, shape, container, live);
    /* 16 bits survive where the container has an encoder for them. */
    bool deep = shape->format != SEG_U8;
    if (deep && choose_exact(encoding, shape, container, live) >= 0) return SEG_OK;
    const AVCodec *own = avcodec_find_encoder(container->video_codec);
    const AVCodec *order[] = {avcodec_find_encoder_by_name("libx264"), find_for_webm(shape),
                              avcodec_find_encoder_by_name("mpeg4"), own};
    /* MPEG streams and animations are what their name says. */
    bool general = !own || holds(container, AV_CODEC_ID_H264) || holds(container, AV_CODEC_ID_VP9);
    for (size_t i = general ? 0 : 3; i < 4; i++) {
        const AVCodec *codec = order[i];
        if (!codec || !holds(container, codec->id)) continue;
        bool alpha;
        enum AVPixelFormat format = find_viewing_format(codec, shape, &alpha);
        *encoding = (seg_encoding){.codec = codec, .format = format};
        if (shape->channels % 2 == 0 && !alpha)
            snprintf(encoding->remark, sizeof encoding->remark, "%s has no alpha: it is left out",
                     codec->name);
        else if (deep)
            snprintf(encoding->remark, sizeof encoding->remark,
                     "%s in %s has 8 bits: the others are left out (.mkv keeps them)", codec->name,
                     container->name);
        else if (format == AV_PIX_FMT_BGR8)
            snprintf(encoding->remark, sizeof encoding->remark, "%s holds 256 fixed colours",
                     codec->name);
        return SEG_OK;
    }
    return seg_fail(SEG_ERROR_UNSUPPORTED, "this FFmpeg has no video encoder for %s",
                    container->name);
}

seg_status seg_encoding_choose(seg_encoding *encoding, const seg_image *shape,
                               const seg_writer_options *options, const AVOutputFormat *container,
                               const AVCodec *codec, bool live) {
    if (codec) return choose_given(encoding, shape, options, container, codec);
    if (options->content == SEG_CONTENT_PICTURE && !options->bitrate)
        return choose_for_people(encoding, shape, container, live);
    if (options->bitrate) {
        SEG_TRY(choose_for_people(encoding, shape, container, live));
        if (options->content != SEG_CONTENT_PICTURE)
            snprintf(encoding->remark, sizeof encoding->remark,
                     "a bit rate makes %s lossy: masks and data change", encoding->codec->name);
        return SEG_OK;
    }
    return choose_exact(encoding, shape, container, live);
}

/* ---- memory ---- */

/* Bytes a pixel, measured with one thread; what is not listed is like MPEG-4. */
int64_t seg_encoding_memory(const seg_encoding *encoding, int32_t width, int32_t height) {
    static const struct {
        const char *codec;
        int usual, large, lossless;
    } known[] = {{"ffv1", 155, 155, 155},
                 {"libx264", 85, 18, 25},
                 {"libx264rgb", 85, 18, 25},
                 {"libvpx-vp9", 140, 85, 85},
                 {"libaom-av1", 240, 18, 240},
                 {"libx265", 80, 70, 70},
                 {"png", 5, 5, 5}};
    int bytes = 12;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(encoding->codec->name, known[i].codec) != 0) continue;
        bytes = encoding->lossless        ? known[i].lossless
                : is_large(width, height) ? known[i].large
                                          : known[i].usual;
    }
    return (int64_t)width * height * bytes;
}

/* ---- settings ---- */

static void apply_ffv1(AVCodecContext *context, AVDictionary **dictionary) {
    context->gop_size = 1;
    /* Version 3 of FFmpeg's encoder loses pictures of one row or column. */
    bool line = context->width == 1 || context->height == 1;
    context->level = line ? 1 : 3;
    if (line) return;
    /* The number of slices follows from the size alone, so that threads never change the file. */
    int64_t pixels = (int64_t)context->width * context->height;
    context->slices = pixels >= 1280 * 720 ? 16 : pixels >= 128 * 128 ? 4 : 1;
    av_dict_set(dictionary, "slicecrc", "1", 0);
}

static void apply_lossless(const seg_encoding *encoding, AVCodecContext *context,
                           AVDictionary **dictionary) {
    const char *name = encoding->codec->name;
    if (!strcmp(name, "ffv1")) {
        apply_ffv1(context, dictionary);
        return;
    }
    /* The others must not depend on the number of threads. */
    context->thread_count = 1;
    if (!strncmp(name, "libx264", 7)) {
        av_dict_set(dictionary, "qp", "0", 0);
        av_dict_set(dictionary, "preset", "veryfast", 0);
    } else if (!strcmp(name, "png")) {
        context->compression_level = 1;
    } else if (!strcmp(name, "libvpx-vp9")) {
        av_dict_set(dictionary, "lossless", "1", 0);
        av_dict_set(dictionary, "cpu-used", "5", 0);
    }
}

static void apply_quality(const seg_encoding *encoding, AVCodecContext *context,
                          const seg_writer_options *options, bool live, AVDictionary **dictionary) {
    const char *name = encoding->codec->name;
    context->bit_rate = options->bitrate;
    if (!strncmp(name, "libx264", 7) || !strcmp(name, "libx265")) {
        av_dict_set(dictionary, "preset", "veryfast", 0);
        if (live) av_dict_set(dictionary, "tune", "zerolatency", 0);
        if (is_large(context->width, context->height)) {
            /* At 4K each frame it looks ahead is 60 MB, the planes between the pixels are 50 MB.
             * Without these the file is a third larger, at the same quality. */
            av_dict_set(dictionary, "rc-lookahead", "0", 0);
            av_dict_set(dictionary, "subq", "0", 0);
            context->max_b_frames = 0;
        }
        if (!options->bitrate) av_dict_set(dictionary, "crf", "18", 0);
        /* It writes to standard error by itself. */
        if (!strcmp(name, "libx265")) av_dict_set(dictionary, "x265-params", "log-level=error", 0);
    } else if (!strncmp(name, "libvpx", 6)) {
        av_dict_set(dictionary, "deadline", "good", 0);
        av_dict_set(dictionary, "cpu-used", "5", 0);
        av_dict_set(dictionary, "row-mt", "1", 0);
        if (live || is_large(context->width, context->height))
            av_dict_set(dictionary, "lag-in-frames", "0", 0);
        if (!options->bitrate) av_dict_set(dictionary, "crf", "24", 0);
    } else if (!strcmp(name, "libaom-av1")) {
        const bool quick = live || is_large(context->width, context->height);
        av_dict_set(dictionary, "usage", quick ? "realtime" : "good", 0);
        av_dict_set(dictionary, "cpu-used", quick ? "8" : "6", 0);
        if (quick) av_dict_set(dictionary, "lag-in-frames", "0", 0);
        /* at 4K the second thread takes 40 MB */
        if (is_large(context->width, context->height)) context->thread_count = 1;
        if (!options->bitrate) av_dict_set(dictionary, "crf", "30", 0);
    } else if (!options->bitrate) {
        /* Encoders of FFmpeg's own: a constant quantiser. */
        context->flags |= AV_CODEC_FLAG_QSCALE;
        context->global_quality = 3 * FF_QP2LAMBDA;
    }
}

void seg_encoding_apply(const seg_encoding *encoding, AVCodecContext *context,
                        const seg_writer_options *options, bool live, AVDictionary **dictionary) {
    const AVPixFmtDescriptor *d = av_pix_fmt_desc_get(encoding->format);
    int threads = options->threads > 0 ? options->threads : av_cpu_count();
    context->thread_count = threads < 1 ? 1 : threads > 16 ? 16 : threads;
    /* Frame threads hold results back. */
    context->thread_type = FF_THREAD_SLICE;
    context->flags |= AV_CODEC_FLAG_BITEXACT;
    context->pix_fmt = encoding->format;
    bool rgb = (d->flags & AV_PIX_FMT_FLAG_RGB) != 0;
    if (encoding->exact || rgb) {
        context->color_range = AVCOL_RANGE_JPEG;
        if (rgb) context->colorspace = AVCOL_SPC_RGB;
    } else {
        bool full = encoding->format == AV_PIX_FMT_YUVJ420P;
        context->color_range = full ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG;
        context->colorspace = seg_yuv_matrix(context->height);
    }
    if (encoding->lossless)
        apply_lossless(encoding, context, dictionary);
    else
        apply_quality(encoding, context, options, live, dictionary);
}

/* ---- samples ---- */

/* Component `c` of the frame gets channel `channel` of the picture, or `value` if it is < 0. */
static void fill_component(AVFrame *frame, const AVPixFmtDescriptor *d, int c,
                           const seg_image *image, int channel, uint32_t value) {
    const AVComponentDescriptor *component = &d->comp[c];
    bool chroma = (c == 1 || c == 2) && !(d->flags & AV_PIX_FMT_FLAG_RGB);
    int width = chroma ? AV_CEIL_RSHIFT(frame->width, d->log2_chroma_w) : frame->width;
    int height = chroma ? AV_CEIL_RSHIFT(frame->height, d->log2_chroma_h) : frame->height;
    bool wide = component->depth > 8;
    bool big = (d->flags & AV_PIX_FMT_FLAG_BE) != 0;
    for (int y = 0; y < height; y++) {
        uint8_t *target = frame->data[component->plane] + component->offset +
                          (ptrdiff_t)y * frame->linesize[component->plane];
        const uint8_t *row = channel < 0 ? NULL : seg_image_row(image, y);
        if (row && !wide && component->step == 1 && image->channels == 1) {
            memcpy(target, row, (size_t)width);
            continue;
        }
        for (int x = 0; x < width; x++, target += component->step) {
            size_t i = (size_t)x * image->channels + (size_t)(channel < 0 ? 0 : channel);
            uint32_t v = !row ? value : wide ? ((const uint16_t *)row)[i] : row[i];
            target[0] = (uint8_t)(wide && big ? v >> 8 : v);
            if (wide) target[1] = (uint8_t)(big ? v : v >> 8);
        }
    }
}

static void fill_exactly(AVFrame *frame, const seg_image *image) {
    const AVPixFmtDescriptor *d = av_pix_fmt_desc_get(frame->format);
    bool rgb = (d->flags & AV_PIX_FMT_FLAG_RGB) != 0;
    bool alpha = (d->flags & AV_PIX_FMT_FLAG_ALPHA) != 0;
    int colours = image->channels > 2 ? 3 : 1;
    int last = d->nb_components - 1;
    uint32_t depth = (uint32_t)d->comp[0].depth;
    for (int c = 0; c <= last; c++) {
        if (alpha && c == last)
            fill_component(frame, d, c, image, image->channels % 2 == 0 ? colours : -1,
                           (1u << depth) - 1);
        else if (rgb || c == 0)
            fill_component(frame, d, c, image, colours == 3 ? c : 0, 0);
        else
            fill_component(frame, d, c, image, -1, 1u << (depth - 1));
    }
}

seg_status seg_encoding_fill(const seg_encoding *encoding, AVFrame *frame, seg_yuv *yuv,
                             const seg_image *image, const seg_env *env) {
    if (!encoding->exact) return seg_yuv_fill(yuv, frame, image, env);
    fill_exactly(frame, image);
    return SEG_OK;
}
