/* Opening a video: container, stream, decoder. */
#include "media/ffmpeg/video_reader.h"

#include "core/check.h"
#include "core/memory.h"
#include "media/ffmpeg/av_io.h"
#include "media/ffmpeg/av_pixels.h"
#include "media/limits.h"

#include <libavutil/cpu.h>
#include <libavutil/pixdesc.h>
#include <stdio.h>
#include <string.h>

/* A container that refers to other files (playlists, references of QuickTime) gets none: what a
 * file says must not make the program read others. */
static int refuse_other_files(AVFormatContext *format, AVIOContext **io, const char *url, int flags,
                              AVDictionary **options) {
    (void)io, (void)url, (void)flags, (void)options;
    av_log(format, AV_LOG_ERROR, "it refers to other files, which are not read\n");
    return AVERROR(EPERM);
}

static seg_status fail_data(seg_video *video, int code, const char *what) {
    const seg_input *input = video->input;
    if (input->failed || input->cancelled) return seg_input_failure(input);
    if (code == AVERROR(ENOMEM))
        return seg_fail(SEG_ERROR_MEMORY, "%s: out of memory", input->name);
    char reason[200];
    seg_av_log_take(&video->log, code, reason, sizeof reason);
    seg_status status = strstr(reason, "max pixel count") ? SEG_ERROR_LIMIT : SEG_ERROR_DATA;
    return seg_fail(status, "%s: %s (%s)%s", input->name, what, reason,
                    status == SEG_ERROR_LIMIT ? "; --max-pixels raises the limit" : "");
}

/* ---- the container ---- */

/* Names that people use for FFmpeg's demuxers. */
static const char *demuxer_name(const char *name) {
    static const char *const known[][2] = {
        {"y4m", "yuv4mpegpipe"}, {"raw", "rawvideo"}, {"mkv", "matroska"}, {"webm", "matroska"},
        {"mp4", "mov"},          {"ts", "mpegts"},    {"mpg", "mpeg"},     {"ogv", "ogg"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (!strcmp(name, known[i][0])) return known[i][1];
    }
    return name;
}

/* Streams that must not wait for more bytes than their first frame needs. */
static const char *sniff_demuxer(const seg_input *input) {
    static const struct {
        const char *start;
        size_t size;
        const char *demuxer;
    } known[] = {
        {"YUV4MPEG2 ", 10, "yuv4mpegpipe"},
        {"nut/multimedia container", 24, "nut"},
        {"\x1a\x45\xdf\xa3", 4, "matroska"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if ((size_t)input->head_size >= known[i].size &&
            !memcmp(input->head, known[i].start, known[i].size))
            return known[i].demuxer;
    }
    return NULL;
}

static seg_status find_demuxer(SEG_AV_CONST AVInputFormat **demuxer, const seg_video *video,
                               const seg_reader_options *options) {
    *demuxer = NULL;
    const char *name =
        options->format ? demuxer_name(options->format) : sniff_demuxer(video->input);
    if (!name) return SEG_OK;
    *demuxer = av_find_input_format(name);
    if (*demuxer || !options->format) return SEG_OK;
    return seg_fail(SEG_ERROR_OPTION,
                    "format is \"%s\", which is no known input format; use y4m, nut, rawvideo, "
                    "matroska, mjpeg, png, pam or another one of FFmpeg's demuxers",
                    options->format);
}

static seg_status set_raw_options(AVDictionary **dictionary, const seg_reader_options *options,
                                  const seg_env *env) {
    if (options->raw_width < 1 || options->raw_height < 1 || !options->raw_pixel_format)
        return seg_fail(SEG_ERROR_OPTION,
                        "rawvideo has no header; give its width, height and pixel format "
                        "(got %dx%d, %s)",
                        options->raw_width, options->raw_height,
                        options->raw_pixel_format ? options->raw_pixel_format : "no format");
    if (av_get_pix_fmt(options->raw_pixel_format) == AV_PIX_FMT_NONE)
        return seg_fail(SEG_ERROR_OPTION,
                        "pixel format is \"%s\" (allowed: FFmpeg's names, e.g. gray, rgb24, "
                        "yuv420p, gray16le)",
                        options->raw_pixel_format);
    SEG_TRY(seg_media_check_size(options->raw_width, options->raw_height, env));
    char size[32];
    snprintf(size, sizeof size, "%dx%d", options->raw_width, options->raw_height);
    av_dict_set(dictionary, "video_size", size, 0);
    av_dict_set(dictionary, "pixel_format", options->raw_pixel_format, 0);
    return SEG_OK;
}

static seg_status open_container(seg_video *video, const seg_reader_options *options) {
    SEG_AV_CONST AVInputFormat *demuxer;
    SEG_TRY(seg_input_sniff(video->input, 24));
    if (!video->input->head_size)
        return seg_fail(SEG_ERROR_DATA, "%s: is empty", video->input->name);
    SEG_TRY(find_demuxer(&demuxer, video, options));
    AVDictionary *dictionary = NULL;
    if (demuxer && !strcmp(demuxer->name, "rawvideo")) {
        seg_status status = set_raw_options(&dictionary, options, &video->env);
        if (status < 0) {
            av_dict_free(&dictionary);
            return status;
        }
    }
    if (options->fps.num > 0 && options->fps.den > 0) {
        char rate[32];
        snprintf(rate, sizeof rate, "%d/%d", options->fps.num, options->fps.den);
        av_dict_set(&dictionary, "framerate", rate, 0);
    }
    video->io = seg_input_make_io(video->input);
    video->format = avformat_alloc_context();
    video->packet = av_packet_alloc();
    if (!video->io || !video->format || !video->packet) {
        av_dict_free(&dictionary);
        return seg_fail(SEG_ERROR_MEMORY, "%s: out of memory", video->input->name);
    }
    video->format->pb = video->io;
    video->format->opaque = &video->log;
    video->format->io_open = refuse_other_files;
    /* Frees the context on failure. No name is given: the content alone decides. */
    int code = avformat_open_input(&video->format, NULL, demuxer, &dictionary);
    av_dict_free(&dictionary);
    if (code < 0)
        return fail_data(video, code,
                         demuxer ? "is no video that can be read"
                                 : "is neither a picture nor a video that can be read");
    return SEG_OK;
}

/* What the header told is enough, so that a live stream need not be read ahead. */
static bool is_described(const AVFormatContext *format) {
    if (format->nb_streams != 1 || (format->ctx_flags & AVFMTCTX_NOHEADER)) return false;
    const AVCodecParameters *parameters = format->streams[0]->codecpar;
    const AVCodecDescriptor *codec = avcodec_descriptor_get(parameters->codec_id);
    return parameters->codec_type == AVMEDIA_TYPE_VIDEO && parameters->width > 0 &&
           parameters->height > 0 && codec && (codec->props & AV_CODEC_PROP_INTRA_ONLY);
}

static int64_t max_pixels(const seg_env *env) {
    return env->limits && env->limits->max_pixels > 0 ? env->limits->max_pixels
                                                      : SEG_DEFAULT_MAX_PIXELS;
}

static seg_status find_streams(seg_video *video) {
    AVFormatContext *format = video->format;
    if (!video->input->seekable && is_described(format)) return SEG_OK;
    /* The decoders that are tried out obey the limits too. */
    uint32_t count = format->nb_streams;
    AVDictionary **each =
        seg_allocate_zeroed(&video->env, count ? count : 1, sizeof *each, "options of the streams");
    if (!each) return SEG_ERROR_MEMORY;
    for (uint32_t i = 0; i < count; i++) {
        av_dict_set_int(&each[i], "max_pixels", max_pixels(&video->env), 0);
        av_dict_set(&each[i], "threads", "1", 0);
    }
    int code = avformat_find_stream_info(format, count ? each : NULL);
    for (uint32_t i = 0; i < count; i++)
        av_dict_free(&each[i]);
    seg_release(&video->env, each);
    if (code < 0) return fail_data(video, code, "its streams cannot be read");
    return SEG_OK;
}

/* ---- the stream ---- */

/* The default one, else the largest, else the first. */
static bool is_better(const AVStream *stream, const AVStream *best) {
    if (!best) return true;
    int is_default = stream->disposition & AV_DISPOSITION_DEFAULT;
    int best_default = best->disposition & AV_DISPOSITION_DEFAULT;
    if (is_default != best_default) return is_default != 0;
    return (int64_t)stream->codecpar->width * stream->codecpar->height >
           (int64_t)best->codecpar->width * best->codecpar->height;
}

static seg_status choose_stream(seg_video *video) {
    AVFormatContext *format = video->format;
    bool cover = false;
    bool audio = false;
    for (uint32_t i = 0; i < format->nb_streams; i++) {
        AVStream *stream = format->streams[i];
        stream->discard = AVDISCARD_ALL;
        audio |= stream->codecpar->codec_type == AVMEDIA_TYPE_AUDIO;
        if (stream->codecpar->codec_type != AVMEDIA_TYPE_VIDEO) continue;
        if (stream->disposition & AV_DISPOSITION_ATTACHED_PIC) {
            cover = true;
            continue;
        }
        if (is_better(stream, video->stream)) video->stream = stream;
    }
    if (video->stream) {
        video->stream->discard = AVDISCARD_DEFAULT;
        return SEG_OK;
    }
    return seg_fail(SEG_ERROR_UNSUPPORTED, "%s: no video stream (%s)", video->input->name,
                    cover   ? "only audio with a cover picture"
                    : audio ? "only audio"
                            : "no picture data in it");
}

/* An index entry that an edit list hides is read but not shown. */
static void count_announced(seg_video *video) {
    const AVStream *stream = video->stream;
    video->announced = stream->nb_frames > 0 ? stream->nb_frames : 0;
    if (!video->announced || !strstr(video->format->iformat->name, "mov")) return;
    int entries = seg_av_index_count(stream);
    if (entries > 0) video->announced = entries;
}

/* ---- the decoder ---- */

/* Frame threads delay the output by as many frames: not for streams, whose results should come at
 * once. Slice threads are used there, where slices depend on nothing, so that damage shows as
 * with one thread. */
static void choose_threads(seg_video *video, const seg_reader_options *options) {
    AVCodecContext *codec = video->codec;
    int32_t threads = options->threads > 0 ? options->threads : av_cpu_count();
    codec->thread_count = threads < 1 ? 1 : threads > 16 ? 16 : threads;
    codec->thread_type = FF_THREAD_FRAME;
    if (video->input->seekable) return;
    const AVCodecDescriptor *descriptor = avcodec_descriptor_get(codec->codec_id);
    codec->thread_type = FF_THREAD_SLICE;
    if (!descriptor || !(descriptor->props & AV_CODEC_PROP_INTRA_ONLY)) codec->thread_count = 1;
}

static seg_status open_decoder(seg_video *video, const seg_reader_options *options) {
    const AVCodecParameters *parameters = video->stream->codecpar;
    if (parameters->width > 0 && parameters->height > 0)
        SEG_TRY(seg_media_check_size(parameters->width, parameters->height, &video->env));
    const AVCodec *decoder = avcodec_find_decoder(parameters->codec_id);
    if (!decoder)
        return seg_fail(SEG_ERROR_UNSUPPORTED, "%s: no decoder for its video (%s)",
                        video->input->name, avcodec_get_name(parameters->codec_id));
    video->codec = avcodec_alloc_context3(decoder);
    if (!video->codec) return seg_fail(SEG_ERROR_MEMORY, "out of memory for the decoder");
    AVCodecContext *codec = video->codec;
    int code = avcodec_parameters_to_context(codec, parameters);
    if (code < 0) return fail_data(video, code, "the stream's header is damaged");
    codec->opaque = &video->log;
    codec->pkt_timebase = video->stream->time_base;
    codec->max_pixels = max_pixels(&video->env);
    choose_threads(video, options);
    code = avcodec_open2(codec, decoder, NULL);
    if (code < 0) return fail_data(video, code, "its decoder cannot be opened");
    return SEG_OK;
}

static seg_status open_all(seg_video *video, const seg_reader_options *options) {
    SEG_TRY(open_container(video, options));
    SEG_TRY(find_streams(video));
    SEG_TRY(choose_stream(video));
    count_announced(video);
    return open_decoder(video, options);
}

seg_status seg_video_open(seg_video *video, seg_input *input, const seg_reader_options *options,
                          seg_notes *notes, const seg_env *env) {
    memset(video, 0, sizeof *video);
    video->input = input;
    video->notes = notes;
    if (env) video->env = *env;
    video->anchor = AV_NOPTS_VALUE;
    video->packet_end = -1;
    video->previous = AV_NOPTS_VALUE;
    seg_av_log_attach(&video->log);
    seg_av_log *outer = seg_av_log_enter(&video->log);
    seg_status status = open_all(video, options);
    seg_av_log_leave(outer);
    if (status < 0) seg_video_close(video);
    return status;
}

void seg_video_close(seg_video *video) {
    seg_av_log *outer = seg_av_log_enter(&video->log);
    avcodec_free_context(&video->codec);
    avformat_close_input(&video->format);
    av_packet_free(&video->packet);
    seg_input_free_io(&video->io);
    seg_input_close(video->input);
    video->input = NULL;
    video->stream = NULL;
    seg_av_log_leave(outer);
    seg_av_log_detach(&video->log);
}
