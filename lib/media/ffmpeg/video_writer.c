/*
 * Videos through FFmpeg's muxers and encoders. The container and the user's codec are settled when
 * the writer is opened; encoder and header wait for the first frame, whose size and format they
 * need. Every frame that is taken becomes one packet with its own time stamp: nothing is dropped or
 * doubled to fit a rate, and the counts are compared at the end.
 */
#include "media/writer.h"

#include "core/bands.h"
#include "core/check.h"
#include "core/memory.h"
#include "media/codec.h"
#include "media/ffmpeg/audio_copy.h"
#include "media/ffmpeg/av_io.h"
#include "media/ffmpeg/av_log.h"
#include "media/ffmpeg/encoding.h"
#include "media/ffmpeg/entries.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Frames that an encoder may hold back: their durations are remembered. */
enum { MAX_DELAY = 512 };

typedef struct video_writer {
    seg_writer base;
    seg_output output;
    SEG_AV_CONST AVOutputFormat *container;
    const AVCodec *given; /**< the user's, or NULL */
    seg_encoding encoding;
    AVIOContext *io;
    AVFormatContext *format;
    AVCodecContext *codec;
    AVStream *stream;
    AVFrame *frame;
    AVPacket *packet;
    seg_yuv yuv;
    seg_audio_copy *audio;
    seg_av_log log;
    seg_image samples;    /**< labels, or samples of 9 to 15 bits, in 16 */
    AVRational time_base; /**< of the frames that come */
    int64_t origin;       /**< taken off the time stamps where the container starts at 0 */
    int64_t last;         /**< time stamp of the latest frame, in codec->time_base */
    struct {
        int64_t pts, duration;
    } times[MAX_DELAY]; /**< by number of frame */
    int64_t sent, packets;
    bool started, told_rounding, told_order;
} video_writer;

static seg_status fail_av(video_writer *writer, int code, const char *what) {
    if (writer->output.failed < 0) return seg_output_status(&writer->output);
    const char *name = writer->output.file.shown;
    if (code == AVERROR(ENOMEM)) return seg_fail(SEG_ERROR_MEMORY, "%s: out of memory", name);
    char reason[200];
    seg_av_log_take(&writer->log, code, reason, sizeof reason);
    return seg_fail(SEG_ERROR_UNSUPPORTED, "%s: %s (%s)", name, what, reason);
}

/* ---- time ---- */

static bool is_named(const video_writer *writer, const char *name) {
    return !strcmp(writer->container->name, name);
}

/* Containers whose first frame is at time 0 by construction. */
static bool starts_at_zero(const video_writer *writer) {
    return is_named(writer, "avi") || is_named(writer, "gif") || is_named(writer, "apng");
}

static AVRational inverse_rate(const seg_writer_options *options) {
    if (options->frame_rate.num > 0)
        return (AVRational){options->frame_rate.den, options->frame_rate.num};
    return (AVRational){1, 25};
}

/* The unit of the encoder: that of the frames, unless the container counts frames or the codec's
 * header has no room for it. */
static AVRational codec_time_base(const video_writer *writer) {
    const seg_writer_options *options = &writer->base.options;
    enum AVCodecID id = writer->encoding.codec->id;
    if (is_named(writer, "avi") || id == AV_CODEC_ID_MPEG1VIDEO || id == AV_CODEC_ID_MPEG2VIDEO)
        return inverse_rate(options);
    if (id == AV_CODEC_ID_MPEG4 && writer->time_base.den > 65535) {
        AVRational rate = inverse_rate(options);
        return rate.den <= 65535 ? rate : (AVRational){1, 60000};
    }
    return writer->time_base;
}

static void tell_rounding(video_writer *writer, AVRational unit) {
    if (writer->told_rounding) return;
    writer->told_rounding = true;
    seg_log(&writer->base.env, SEG_LOG_INFO,
            "%s: %s counts in %d/%d s, so time stamps are rounded to it (.nut and .mp4 keep them)",
            writer->output.file.shown, writer->container->name, unit.num, unit.den);
}

static bool is_exact(int64_t value, AVRational from, AVRational to) {
    return av_rescale_q(av_rescale_q(value, from, to), to, from) == value;
}

/* The time stamp in the encoder's unit, later than the one before. */
static int64_t frame_time(video_writer *writer, int64_t pts) {
    AVRational unit = writer->codec->time_base;
    AVRational stored = writer->stream->time_base;
    const int64_t bound = INT64_C(1) << 60;
    int64_t time;
    if (pts == SEG_NO_PTS || pts > bound || pts < -bound) {
        AVRational frame = inverse_rate(&writer->base.options);
        int64_t step = av_rescale_q(1, frame, unit);
        time = writer->sent ? writer->last + (step > 0 ? step : 1) : 0;
    } else {
        time = av_rescale_q(pts - writer->origin, writer->time_base, unit);
        if (!is_exact(pts - writer->origin, writer->time_base, unit)) tell_rounding(writer, unit);
    }
    if (!is_exact(time, unit, stored)) tell_rounding(writer, stored);
    if (writer->sent && time <= writer->last) {
        if (!writer->told_order)
            seg_log(&writer->base.env, SEG_LOG_WARNING,
                    "%s: frame %" PRId64 " is not later than the one before in units of %d/%d s: "
                    "it is moved behind it",
                    writer->output.file.shown, writer->base.frames, unit.num, unit.den);
        writer->told_order = true;
        time = writer->last + 1;
    }
    writer->last = time;
    return time;
}

/* ---- starting ---- */

static seg_status open_encoder(video_writer *writer, const seg_image *image) {
    const seg_writer_options *options = &writer->base.options;
    bool live = seg_output_is_live(&writer->output);
    SEG_TRY(seg_encoding_choose(&writer->encoding, image, options, writer->container, writer->given,
                                live));
    if (writer->encoding.remark[0])
        seg_log(&writer->base.env, SEG_LOG_WARNING, "%s: %s", writer->output.file.shown,
                writer->encoding.remark);
    writer->codec = avcodec_alloc_context3(writer->encoding.codec);
    if (!writer->codec) return seg_fail(SEG_ERROR_MEMORY, "out of memory for an encoder");
    AVCodecContext *codec = writer->codec;
    codec->opaque = &writer->log;
    codec->width = image->width;
    codec->height = image->height;
    codec->time_base = codec_time_base(writer);
    if (options->frame_rate.num > 0)
        codec->framerate = (AVRational){options->frame_rate.num, options->frame_rate.den};
    if (options->sample_aspect.num > 0 && options->sample_aspect.den > 0)
        codec->sample_aspect_ratio =
            (AVRational){options->sample_aspect.num, options->sample_aspect.den};
    if (writer->container->flags & AVFMT_GLOBALHEADER) codec->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    /* Frames out of order need decoding times before 0, or an order that AVI does not store;
     * else all times would be shifted. */
    bool negative = writer->container->flags & AVFMT_TS_NEGATIVE;
    if (!negative || is_named(writer, "avi") || live) codec->max_b_frames = 0;
    AVDictionary *dictionary = NULL;
    seg_encoding_apply(&writer->encoding, codec, options, live, &dictionary);
    int code = avcodec_open2(codec, writer->encoding.codec, &dictionary);
    av_dict_free(&dictionary);
    if (code < 0) return fail_av(writer, code, "its encoder cannot be opened");
    return SEG_OK;
}

static seg_status make_frame(video_writer *writer) {
    AVFrame *frame = writer->frame = av_frame_alloc();
    writer->packet = av_packet_alloc();
    if (!frame || !writer->packet) return seg_fail(SEG_ERROR_MEMORY, "out of memory for a frame");
    const AVCodecContext *codec = writer->codec;
    frame->format = codec->pix_fmt;
    frame->width = codec->width;
    frame->height = codec->height;
    frame->color_range = codec->color_range;
    frame->colorspace = codec->colorspace;
    frame->sample_aspect_ratio = codec->sample_aspect_ratio;
    return SEG_OK;
}

/* A pipe cannot be gone back in: MP4 is then written in fragments. */
static void set_muxer_options(const video_writer *writer, AVDictionary **dictionary) {
    const char *name = writer->container->name;
    bool is_mp4 = !strcmp(name, "mp4") || !strcmp(name, "mov");
    if (is_mp4) {
        char scale[16];
        snprintf(scale, sizeof scale, "%d", writer->codec->time_base.den);
        av_dict_set(dictionary, "video_track_timescale", scale, 0);
        /* The start of the track is stored in this unit: unknown to old muxers, no harm. */
        av_dict_set(dictionary, "movie_timescale", scale, 0);
        if (seg_output_is_live(&writer->output))
            av_dict_set(dictionary, "movflags", "frag_keyframe+empty_moov+default_base_moof", 0);
    }
    if (!strcmp(name, "mpegts")) av_dict_set(dictionary, "mpegts_copyts", "1", 0);
    if (!strcmp(name, "gif") || !strcmp(name, "apng"))
        av_dict_set(dictionary, !strcmp(name, "gif") ? "loop" : "plays", "0", 0);
}

static seg_status open_muxer(video_writer *writer) {
    int code = avformat_alloc_output_context2(&writer->format, writer->container, NULL, NULL);
    if (code < 0) return fail_av(writer, code, "its container cannot be made");
    AVFormatContext *format = writer->format;
    format->opaque = &writer->log;
    format->pb = writer->io = seg_output_make_io(&writer->output);
    if (!format->pb) return seg_fail(SEG_ERROR_MEMORY, "out of memory for the output");
    format->flags |= AVFMT_FLAG_BITEXACT | AVFMT_FLAG_CUSTOM_IO;
    format->max_delay = 0;
    if (seg_output_is_live(&writer->output)) format->flags |= AVFMT_FLAG_FLUSH_PACKETS;
    writer->stream = avformat_new_stream(format, NULL);
    if (!writer->stream) return seg_fail(SEG_ERROR_MEMORY, "out of memory for a stream");
    AVStream *stream = writer->stream;
    stream->time_base = writer->codec->time_base;
    stream->avg_frame_rate = writer->codec->framerate;
    stream->sample_aspect_ratio = writer->codec->sample_aspect_ratio;
    code = avcodec_parameters_from_context(stream->codecpar, writer->codec);
    if (code < 0) return fail_av(writer, code, "its stream cannot be made");
    if (writer->audio && !seg_audio_copy_add_streams(writer->audio, format)) {
        seg_log(&writer->base.env, SEG_LOG_WARNING,
                "%s: %s does not hold the sound: it is left out", writer->output.file.shown,
                writer->container->name);
        seg_audio_copy_close(writer->audio);
        writer->audio = NULL;
    }
    AVDictionary *dictionary = NULL;
    set_muxer_options(writer, &dictionary);
    code = avformat_write_header(format, &dictionary);
    av_dict_free(&dictionary);
    if (code < 0) return fail_av(writer, code, "its header cannot be written");
    writer->started = true;
    return SEG_OK;
}

static seg_status start(video_writer *writer, const seg_image *image, int64_t pts) {
    if (writer->codec) return SEG_OK;
    if (starts_at_zero(writer) && pts != SEG_NO_PTS) writer->origin = pts;
    SEG_TRY(open_encoder(writer, image));
    SEG_TRY(make_frame(writer));
    SEG_TRY(open_muxer(writer));
    if (writer->audio && pts != SEG_NO_PTS)
        seg_audio_copy_start(writer->audio, (double)pts * av_q2d(writer->time_base),
                             writer->container->flags & AVFMT_TS_NEGATIVE);
    return SEG_OK;
}

/* ---- frames ---- */

static void remember_time(video_writer *writer, int64_t time, int64_t duration) {
    int64_t slot = writer->sent % MAX_DELAY;
    writer->times[slot].pts = time;
    writer->times[slot].duration =
        duration > 0 ? av_rescale_q(duration, writer->time_base, writer->codec->time_base) : 0;
}

static int64_t find_duration(const video_writer *writer, int64_t pts) {
    int64_t count = writer->sent < MAX_DELAY ? writer->sent : MAX_DELAY;
    for (int64_t i = 0; i < count; i++) {
        if (writer->times[i].pts == pts) return writer->times[i].duration;
    }
    return 0;
}

static seg_status mux_packet(video_writer *writer) {
    AVPacket *packet = writer->packet;
    AVRational unit = writer->codec->time_base;
    packet->duration = find_duration(writer, packet->pts);
    packet->stream_index = writer->stream->index;
    double end = (double)(packet->pts + packet->duration) * av_q2d(unit);
    av_packet_rescale_ts(packet, unit, writer->stream->time_base);
    if (writer->audio) {
        double origin = (double)writer->origin * av_q2d(writer->time_base);
        int code = seg_audio_copy_until(writer->audio, writer->format, origin + end);
        if (code < 0) return fail_av(writer, code, "the sound cannot be written");
    }
    int code = writer->audio ? av_interleaved_write_frame(writer->format, packet)
                             : av_write_frame(writer->format, packet);
    av_packet_unref(packet);
    if (code < 0) return fail_av(writer, code, "a frame cannot be written");
    writer->packets++;
    return SEG_OK;
}

/* Takes from the encoder what is ready. */
static seg_status drain(video_writer *writer) {
    for (;;) {
        int code = avcodec_receive_packet(writer->codec, writer->packet);
        if (code == AVERROR(EAGAIN) || code == AVERROR_EOF) return SEG_OK;
        if (code < 0) return fail_av(writer, code, "a frame cannot be encoded");
        SEG_TRY(mux_packet(writer));
    }
}

/* Labels and odd depths become 16-bit samples. */
static seg_status prepare_samples(video_writer *writer, const seg_image **image) {
    const seg_env *env = &writer->base.env;
    if ((*image)->format == SEG_LABEL32) {
        SEG_TRY(seg_labels_to_u16(&writer->samples, *image, "video", env));
        *image = &writer->samples;
    } else if ((*image)->format == SEG_U16 && (*image)->bits < 16) {
        SEG_TRY(seg_widen(&writer->samples, *image, env));
        *image = &writer->samples;
    }
    return SEG_OK;
}

static seg_status encode(video_writer *writer, const seg_image *image, int64_t pts,
                         int64_t duration) {
    SEG_TRY(prepare_samples(writer, &image));
    SEG_TRY(start(writer, image, pts));
    AVFrame *frame = writer->frame;
    /* A new buffer where the encoder still holds the last one; zeroed, since padding is coded by
     * some encoders. */
    if (!frame->buf[0] || !av_frame_is_writable(frame)) {
        for (int i = 0; i < AV_NUM_DATA_POINTERS; i++)
            av_buffer_unref(&frame->buf[i]);
        int code = av_frame_get_buffer(frame, 0);
        if (code < 0) return fail_av(writer, code, "a frame cannot be made");
        for (int i = 0; i < AV_NUM_DATA_POINTERS && frame->buf[i]; i++)
            memset(frame->buf[i]->data, 0, (size_t)frame->buf[i]->size);
    }
    SEG_TRY(seg_encoding_fill(&writer->encoding, frame, &writer->yuv, image, &writer->base.env));
    frame->pts = frame_time(writer, pts);
    frame->quality = writer->codec->global_quality;
    remember_time(writer, frame->pts, duration);
    seg_av_frame_set_duration(frame, writer->times[writer->sent % MAX_DELAY].duration);
    int code = avcodec_send_frame(writer->codec, frame);
    if (code < 0) return fail_av(writer, code, "a frame cannot be encoded");
    writer->sent++;
    SEG_TRY(drain(writer));
    if (seg_output_is_live(&writer->output)) {
        /* Muxers that gather frames hand them over; the others ignore it. */
        av_write_frame(writer->format, NULL);
        avio_flush(writer->io);
    }
    return seg_output_status(&writer->output);
}

static seg_status video_write(seg_writer *base, const seg_image *image, int64_t index, int64_t pts,
                              int64_t duration) {
    video_writer *writer = (video_writer *)base;
    (void)index;
    seg_av_log *outer = seg_av_log_enter(&writer->log);
    seg_status status = encode(writer, image, pts, duration);
    seg_av_log_leave(outer);
    return status;
}

/* ---- ending ---- */

static seg_status write_rest(video_writer *writer) {
    int code = avcodec_send_frame(writer->codec, NULL);
    if (code < 0 && code != AVERROR_EOF)
        return fail_av(writer, code, "the encoder cannot be ended");
    SEG_TRY(drain(writer));
    code = av_write_trailer(writer->format);
    writer->started = false;
    if (code < 0) return fail_av(writer, code, "its end cannot be written");
    avio_flush(writer->io);
    return seg_output_status(&writer->output);
}

static seg_status finish(video_writer *writer) {
    const char *name = writer->output.file.shown;
    if (!writer->codec) {
        if (seg_output_is_live(&writer->output)) return seg_output_commit(&writer->output);
        seg_status status =
            seg_fail(SEG_ERROR_STATE, "%s: there was no frame, so it is not made", name);
        seg_output_abandon(&writer->output, false);
        return status;
    }
    seg_status status = write_rest(writer);
    if (status >= 0 && writer->packets != writer->base.frames)
        status = seg_fail(SEG_ERROR_IO, "%s: %" PRId64 " of %" PRId64 " frames were written", name,
                          writer->packets, writer->base.frames);
    if (status >= 0) return seg_output_commit(&writer->output);
    seg_output_abandon(&writer->output, true);
    return status;
}

static seg_status video_finish(seg_writer *base) {
    video_writer *writer = (video_writer *)base;
    seg_av_log *outer = seg_av_log_enter(&writer->log);
    seg_status status = finish(writer);
    seg_av_log_leave(outer);
    return status;
}

/* What is there is worth a trailer, unless the disk or the pipe has failed. */
static void video_abandon(seg_writer *base) {
    video_writer *writer = (video_writer *)base;
    seg_av_log *outer = seg_av_log_enter(&writer->log);
    if (writer->started && writer->output.failed >= 0) (void)!write_rest(writer);
    seg_output_abandon(&writer->output, writer->packets > 0);
    seg_av_log_leave(outer);
}

static void video_release(seg_writer *base) {
    video_writer *writer = (video_writer *)base;
    seg_av_log *outer = seg_av_log_enter(&writer->log);
    avcodec_free_context(&writer->codec);
    av_frame_free(&writer->frame);
    av_packet_free(&writer->packet);
    seg_audio_copy_close(writer->audio);
    avformat_free_context(writer->format);
    /* Nothing may reach the closed output: what is left in the buffer is given up. */
    if (writer->output.failed >= 0 && writer->output.file.descriptor < 0)
        writer->output.failed = SEG_ERROR_STATE;
    seg_output_free_io(&writer->io);
    seg_yuv_free(&writer->yuv);
    seg_image_unref(&writer->samples);
    seg_av_log_leave(outer);
    seg_av_log_detach(&writer->log);
}

static const seg_writer_operations video_operations = {video_write, video_finish, video_abandon,
                                                       video_release};

/* ---- opening ---- */

static const char *muxer_name(const char *name) {
    static const char *const known[][2] = {
        {"mkv", "matroska"}, {"ts", "mpegts"}, {"mpg", "mpeg"}, {"wmv", "asf"}, {"ogv", "ogg"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (!strcmp(name, known[i][0])) return known[i][1];
    }
    return name;
}

static seg_status find_container(SEG_AV_CONST AVOutputFormat **container, const char *name,
                                 const char *format) {
    char file[64];
    const char *extension = seg_path_extension(name);
    snprintf(file, sizeof file, "x.%s", extension);
    *container = format ? av_guess_format(muxer_name(format), NULL, NULL)
                        : av_guess_format(NULL, file, NULL);
    bool usable = *container && (*container)->video_codec != AV_CODEC_ID_NONE &&
                  !((*container)->flags & AVFMT_NOFILE);
    if (usable) return SEG_OK;
    if (format)
        return seg_fail(
            SEG_ERROR_OPTION,
            "format is \"%s\", which is no container for video; use y4m, nut, rawvideo, "
            "pam, png, npy, flo, matroska, mp4, webm, mov or avi",
            format);
    return seg_fail(SEG_ERROR_OPTION,
                    "%s: no picture or video format has this extension; use .png, .jpg, .pnm, "
                    ".pam, .pfm, .npy or .flo, for video .mkv, .mp4, .webm, .mov, .avi, .nut, "
                    ".y4m or .gif, or name the format",
                    name);
}

/* The container, and the codec if one is given. */
static seg_status settle(SEG_AV_CONST AVOutputFormat **container, const AVCodec **codec,
                         const char *name, const char *format, const seg_writer_options *options) {
    SEG_TRY(find_container(container, name, format));
    if (!options->codec) return SEG_OK;
    SEG_TRY(seg_encoder_find(codec, options->codec));
    return seg_encoder_check(*codec, *container);
}

seg_status seg_av_writer_check(const char *name, const char *format,
                               const seg_writer_options *options) {
    SEG_AV_CONST AVOutputFormat *container;
    const AVCodec *codec;
    return settle(&container, &codec, name, format, options);
}

seg_status seg_av_writer_memory(int64_t *bytes, const char *name, const char *format,
                                const seg_writer_options *options, const seg_image *shape) {
    SEG_AV_CONST AVOutputFormat *container;
    const AVCodec *codec = NULL;
    seg_encoding encoding;
    seg_image samples = *shape;
    SEG_TRY(settle(&container, &codec, name, format, options));
    if (samples.format == SEG_LABEL32) samples.format = SEG_U16;
    SEG_TRY(seg_encoding_choose(&encoding, &samples, options, container, codec, false));
    *bytes = seg_encoding_memory(&encoding, shape->width, shape->height);
    return SEG_OK;
}

static seg_status prepare(video_writer *writer, const char *name, const char *format,
                          const seg_writer_options *options, const seg_env *env) {
    writer->output.file.descriptor = -1;
    SEG_TRY(settle(&writer->container, &writer->given, name, format, options));
    if (options->audio_from)
        SEG_TRY(seg_audio_copy_open(&writer->audio, options->audio_from, &writer->log, env));
    writer->time_base = options->time_base.num > 0
                            ? (AVRational){options->time_base.num, options->time_base.den}
                            : inverse_rate(options);
    return seg_output_open(&writer->output, name, options->overwrite, env);
}

seg_status seg_av_writer_open(seg_writer **opened, const char *name, const char *format,
                              const seg_writer_options *options, const seg_env *env) {
    video_writer *writer = seg_writer_make(sizeof *writer, &video_operations, options, env);
    if (!writer) return SEG_ERROR_MEMORY;
    writer->base.file = &writer->output.file;
    seg_av_log_attach(&writer->log);
    seg_av_log *outer = seg_av_log_enter(&writer->log);
    seg_status status = prepare(writer, name, format, options, env);
    seg_av_log_leave(outer);
    if (status >= 0) {
        *opened = &writer->base;
        return SEG_OK;
    }
    video_release(&writer->base);
    seg_release(env, writer);
    return status;
}
