/*
 * Still pictures of every other format, by way of FFmpeg: BMP, TIFF, WebP, GIF (its first frame),
 * JPEG 2000, JPEG XL, AVIF, EXR, PSD, DPX, TGA's relatives and so on, whatever is compiled in.
 */
#include "media/codec.h"

#include "core/check.h"
#include "core/memory.h"
#include "media/ffmpeg/av_compat.h"
#include "media/ffmpeg/av_io.h"
#include "media/ffmpeg/av_log.h"
#include "media/ffmpeg/av_pixels.h"
#include "media/ffmpeg/entries.h"
#include "media/limits.h"
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/pixdesc.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

/* Enough for FFmpeg to tell formats apart. */
#define PROBE_BYTES ((size_t)32 * 1024)
/* Packets of which none gives a picture: then there is none. */
#define MAX_PACKETS 1000

/* ---- probing ---- */

/* A box of type ftyp whose brand says that the file is a picture. */
static bool is_heif(const uint8_t *bytes, size_t size) {
    static const char brands[][5] = {"avif", "heic", "heix", "mif1"};
    if (size < 12 || memcmp(bytes + 4, "ftyp", 4) != 0) return false;
    for (size_t i = 0; i < sizeof brands / sizeof *brands; i++)
        if (!memcmp(bytes + 8, brands[i], 4)) return true;
    return false;
}

/* Demuxers of still pictures end in "_pipe". SVG is none of samples, and may name other files. */
static bool is_still(const AVInputFormat *format, const uint8_t *bytes, size_t size) {
    const char *name = format->name;
    size_t length = strlen(name);
    if (length > 5 && !strcmp(name + length - 5, "_pipe")) return strcmp(name, "svg_pipe") != 0;
    return !strcmp(name, "gif") || !strcmp(name, "ico") || is_heif(bytes, size);
}

/* Targa has no signature: a header without contradictions and room for a pixel is all there is. */
static bool is_targa(const uint8_t *bytes, size_t size) {
    if (size < 18 + 1 || bytes[1] > 1) return false;
    unsigned kind = bytes[2] & ~8u; /* 8: run lengths */
    unsigned depth = bytes[16];
    bool mapped = bytes[1] == 1;
    unsigned colours = bytes[5] | (unsigned)bytes[6] << 8;
    bool fits =
        mapped ? kind == 1 && depth == 8 && colours > 0 && colours <= 256 &&
                     (bytes[7] == 15 || bytes[7] == 16 || bytes[7] == 24 || bytes[7] == 32)
               : !colours && !bytes[7] &&
                     ((kind == 2 && (depth == 15 || depth == 16 || depth == 24 || depth == 32)) ||
                      (kind == 3 && (depth == 8 || depth == 16)));
    unsigned width = bytes[12] | (unsigned)bytes[13] << 8;
    unsigned height = bytes[14] | (unsigned)bytes[15] << 8;
    return fits && width > 0 && height > 0 && !(bytes[17] & 0xc0);
}

/* The demuxer that the bytes call for, or NULL. *score is FFmpeg's certainty, 0..100. */
static SEG_AV_CONST AVInputFormat *probe(int *score, const uint8_t *bytes, size_t size) {
    static const uint8_t padding[AVPROBE_PADDING_SIZE];
    uint8_t *copy = av_malloc(PROBE_BYTES + sizeof padding);
    if (!copy) return NULL;
    if (size > PROBE_BYTES) size = PROBE_BYTES;
    memcpy(copy, bytes, size);
    memcpy(copy + size, padding, sizeof padding);
    AVProbeData data = {.filename = "", .buf = copy, .buf_size = (int)size};
    *score = AVPROBE_SCORE_RETRY; /* what is less certain may be anything */
    SEG_AV_CONST AVInputFormat *format = av_probe_input_format2(&data, 1, score);
    av_free(copy);
    return format;
}

seg_source_kind seg_av_probe(const uint8_t *bytes, size_t size) {
    seg_av_log log;
    seg_av_log_attach(&log);
    seg_av_log *previous = seg_av_log_enter(&log);
    int score;
    SEG_AV_CONST AVInputFormat *format = probe(&score, bytes, size);
    seg_av_log_leave(previous);
    seg_av_log_detach(&log);
    if (!format) return is_targa(bytes, size) ? SEG_SOURCE_PICTURE : SEG_SOURCE_NONE;
    return is_still(format, bytes, size) ? SEG_SOURCE_PICTURE : SEG_SOURCE_VIDEO;
}

/* ---- decoding ---- */

typedef struct still_decoder {
    const uint8_t *bytes;
    size_t size;
    const seg_env *env;
    seg_picture_info *report;
    seg_av_log log;
    seg_input *input;
    AVIOContext *io;
    AVFormatContext *container;
    AVCodecContext *codec;
    AVPacket *packet;
    AVFrame *frame;
    seg_av_pixels pixels;
} still_decoder;

/* FFmpeg's failure in our words. */
static seg_status fail(still_decoder *d, const char *what, int code) {
    char text[200];
    if (code == AVERROR(ENOMEM)) return seg_fail(SEG_ERROR_MEMORY, "no memory for a picture");
    seg_av_log_take(&d->log, code, text, sizeof text);
    if (strstr(text, "exceeds specified max pixel count"))
        return seg_fail(SEG_ERROR_LIMIT, "%s; --max-pixels raises the limit", text);
    return seg_fail(SEG_ERROR_DATA, "%s (%s)", what, text);
}

static seg_status open_container(still_decoder *d, SEG_AV_CONST AVInputFormat *format) {
    if (!is_still(format, d->bytes, d->size))
        return seg_fail(SEG_ERROR_DATA, "not a picture but %s", format->long_name);
    SEG_TRY(seg_input_open_memory(&d->input, d->bytes, d->size, "a picture", d->env));
    d->io = seg_input_make_io(d->input);
    d->container = avformat_alloc_context();
    if (!d->io || !d->container) return fail(d, "", AVERROR(ENOMEM));
    d->container->pb = d->io;
    /* A picture is one file: nothing that it names is opened. */
    d->container->protocol_whitelist = av_strdup("");
    int code = avformat_open_input(&d->container, "", format, NULL);
    if (code < 0) return fail(d, "damaged picture", code);
    return SEG_OK;
}

static int64_t allowed_pixels(const seg_env *env) {
    bool given = env && env->limits && env->limits->max_pixels > 0;
    return given ? env->limits->max_pixels : SEG_DEFAULT_MAX_PIXELS;
}

static seg_status open_codec(still_decoder *d, enum AVCodecID id,
                             const AVCodecParameters *parameters) {
    const AVCodec *codec = avcodec_find_decoder(id);
    if (!codec)
        return seg_fail(SEG_ERROR_UNSUPPORTED, "the FFmpeg in use cannot decode %s",
                        avcodec_get_name(id));
    d->codec = avcodec_alloc_context3(codec);
    if (!d->codec) return fail(d, "", AVERROR(ENOMEM));
    int code = parameters ? avcodec_parameters_to_context(d->codec, parameters) : 0;
    d->codec->max_pixels = allowed_pixels(d->env);
    d->codec->thread_count = 1;
    d->codec->flags |= AV_CODEC_FLAG_BITEXACT;
    if (code >= 0) code = avcodec_open2(d->codec, codec, NULL);
    if (code < 0) return fail(d, "damaged picture", code);
    snprintf(d->report->codec, sizeof d->report->codec, "%s", codec->name);
    return SEG_OK;
}

/* Feeds packets of the first video stream until a frame comes out. */
static seg_status read_frame(still_decoder *d) {
    int code = 0;
    for (int packets = 0; packets < MAX_PACKETS; packets++) {
        code = av_read_frame(d->container, d->packet);
        bool ended = code < 0;
        int stream = d->packet->stream_index;
        if (!ended && (d->codec ? stream != 0
                                : d->container->streams[stream]->codecpar->codec_type !=
                                      AVMEDIA_TYPE_VIDEO)) {
            av_packet_unref(d->packet);
            continue;
        }
        if (!d->codec) {
            if (d->container->nb_streams < 1) break;
            const AVCodecParameters *parameters = d->container->streams[0]->codecpar;
            SEG_TRY(open_codec(d, parameters->codec_id, parameters));
        }
        code = avcodec_send_packet(d->codec, ended ? NULL : d->packet);
        av_packet_unref(d->packet);
        if (code >= 0) code = avcodec_receive_frame(d->codec, d->frame);
        if (code >= 0) return SEG_OK;
        if (ended) break;
    }
    return fail(d, "damaged picture", code < 0 && code != AVERROR_EOF ? code : AVERROR_INVALIDDATA);
}

static seg_status decode_targa(still_decoder *d) {
    SEG_TRY(open_codec(d, AV_CODEC_ID_TARGA, NULL));
    int code = d->size > INT_MAX - AV_INPUT_BUFFER_PADDING_SIZE
                   ? AVERROR_INVALIDDATA
                   : av_new_packet(d->packet, (int)d->size);
    if (code >= 0) {
        memcpy(d->packet->data, d->bytes, d->size);
        code = avcodec_send_packet(d->codec, d->packet);
    }
    if (code >= 0) code = avcodec_receive_frame(d->codec, d->frame);
    return code >= 0 ? SEG_OK : fail(d, "not a picture of a known format", code);
}

static seg_status decode_frame(still_decoder *d) {
    d->packet = av_packet_alloc();
    d->frame = av_frame_alloc();
    if (!d->packet || !d->frame) return fail(d, "", AVERROR(ENOMEM));
    int score;
    SEG_AV_CONST AVInputFormat *format = probe(&score, d->bytes, d->size);
    if (!format && is_targa(d->bytes, d->size)) return decode_targa(d);
    if (!format) return seg_fail(SEG_ERROR_DATA, "not a picture of a known format");
    SEG_TRY(open_container(d, format));
    return read_frame(d);
}

/* GIF comes as RGBA; what has no transparent pixel, or no colour, needs fewer channels. */
static seg_status drop_channels(seg_image *image, const seg_env *env) {
    bool opaque = true;
    bool grey = true;
    for (int32_t y = 0; y < image->height; y++) {
        const uint8_t *p = seg_image_row(image, y);
        for (int32_t x = 0; x < image->width; x++, p += 4) {
            opaque = opaque && p[3] == 255;
            grey = grey && p[0] == p[1] && p[1] == p[2];
        }
    }
    if (!opaque) return SEG_OK;
    int channels = grey ? 1 : 3;
    seg_image fewer = {0};
    SEG_TRY(seg_image_alloc(&fewer, image->width, image->height, SEG_U8, channels, env));
    for (int32_t y = 0; y < image->height; y++) {
        const uint8_t *source = seg_image_row(image, y);
        uint8_t *target = seg_image_row(&fewer, y);
        for (int32_t x = 0; x < image->width; x++, source += 4, target += channels)
            memcpy(target, source, (size_t)channels);
    }
    seg_image_unref(image);
    *image = fewer;
    return SEG_OK;
}

/* The EXIF chunk of a WebP file, which FFmpeg does not hand over in all versions. */
static int32_t webp_orientation(const uint8_t *bytes, size_t size) {
    size_t position = 12;
    while (position + 8 <= size) {
        const uint8_t *chunk = bytes + position;
        size_t length =
            chunk[4] | (size_t)chunk[5] << 8 | (size_t)chunk[6] << 16 | (size_t)chunk[7] << 24;
        size_t left = size - position - 8;
        if (length > left) length = left;
        if (!memcmp(chunk, "EXIF", 4)) {
            const uint8_t *exif = chunk + 8;
            if (length > 6 && !memcmp(exif, "Exif\0", 6))
                return seg_exif_orientation(exif + 6, length - 6);
            return seg_exif_orientation(exif, length);
        }
        position += 8 + length + (length & 1);
    }
    return 1;
}

static int32_t find_orientation(const still_decoder *d) {
    if (d->codec->codec_id == AV_CODEC_ID_TIFF) return seg_exif_orientation(d->bytes, d->size);
    if (d->codec->codec_id == AV_CODEC_ID_WEBP) return webp_orientation(d->bytes, d->size);
    return 1;
}

static seg_status decode(still_decoder *d, seg_image *image) {
    SEG_TRY(decode_frame(d));
    /* Still formats mean the matrix of JPEG when they name none, whatever their size. */
    if (d->frame->colorspace == AVCOL_SPC_UNSPECIFIED) d->frame->colorspace = AVCOL_SPC_SMPTE170M;
    SEG_TRY(seg_media_check_size(d->frame->width, d->frame->height, d->env));
    d->pixels.grey_palettes = true;
    SEG_TRY(seg_av_picture(image, &d->pixels, d->frame, d->env));
    if (d->codec->codec_id == AV_CODEC_ID_GIF && image->channels == 4)
        SEG_TRY(drop_channels(image, d->env));
    const AVPixFmtDescriptor *format = av_pix_fmt_desc_get((enum AVPixelFormat)d->frame->format);
    d->report->source_bits =
        d->codec->bits_per_raw_sample > 0 ? d->codec->bits_per_raw_sample : format->comp[0].depth;
    d->report->orientation = find_orientation(d);
    if (seg_av_log_errors(&d->log) > 0 || d->frame->flags & AV_FRAME_FLAG_CORRUPT) {
        char text[130];
        seg_av_log_take(&d->log, AVERROR_INVALIDDATA, text, sizeof text);
        snprintf(d->report->warning, sizeof d->report->warning, "%s: %s", d->report->codec, text);
    }
    return SEG_OK;
}

seg_status seg_av_picture_decode(seg_image *image, seg_picture_info *info, const uint8_t *bytes,
                                 size_t size, const seg_env *env) {
    still_decoder decoder = {.bytes = bytes, .size = size, .env = env, .report = info};
    seg_av_log_attach(&decoder.log);
    seg_av_log *previous = seg_av_log_enter(&decoder.log);
    seg_status status = decode(&decoder, image);
    seg_av_pixels_free(&decoder.pixels);
    av_frame_free(&decoder.frame);
    av_packet_free(&decoder.packet);
    avcodec_free_context(&decoder.codec);
    avformat_close_input(&decoder.container);
    if (decoder.io) seg_input_free_io(&decoder.io);
    seg_input_close(decoder.input);
    seg_av_log_leave(previous);
    seg_av_log_detach(&decoder.log);
    if (status < 0) seg_image_unref(image);
    return status;
}
