/* A video as a source of frames: pixels, orientation, exact starts. */
#include "media/source.h"

#include "core/check.h"
#include "core/memory.h"
#include "media/codec.h"
#include "media/ffmpeg/av_pixels.h"
#include "media/ffmpeg/entries.h"
#include "media/ffmpeg/video_reader.h"
#include "media/frame_pool.h"

#include <libavutil/pixdesc.h>
#include <stdio.h>
#include <string.h>

typedef struct video_source {
    seg_source base;
    seg_video video;
    AVFrame *frame; /**< the latest one */
    uint32_t flags; /**< of it */
    bool held;      /**< it was decoded ahead: the next advance gives it */
    bool luma_only;
    int32_t orientation; /**< EXIF number that is applied to every frame */
    seg_av_pixels pixels;
    seg_frame_pool *pictures, *lumas;
    seg_reader_options options; /**< its strings are kept below */
    char format_name[64], raw_name[64];
    bool single;      /**< one decoder thread: what it gives is what counts */
    bool sought;      /**< decoding did not begin at the first frame */
    int64_t passed;   /**< frames that came since then */
    int64_t last;     /**< time stamp of the latest one */
    int64_t troubles; /**< lines in the log before the first frame */
} video_source;

/* ---- decoding ---- */

/* Opens anew; the notes are those of the new start. */
static seg_status open_video(video_source *source, seg_input *input) {
    source->held = source->sought = false;
    source->passed = 0;
    seg_status status = seg_video_open(&source->video, input, &source->options, &source->base.notes,
                                       &source->base.env);
    if (status < 0) return status;
    source->troubles = seg_av_log_errors(&source->video.log);
    source->single = source->video.codec->thread_count == 1;
    return SEG_OK;
}

static seg_status reopen(video_source *source) {
    seg_video *video = &source->video;
    seg_input *input = video->input;
    video->input = NULL;
    seg_video_close(video);
    if (seg_input_rewind(input)) return open_video(source, input);
    seg_status status = seg_fail(SEG_ERROR_IO, "%s: cannot be rewound", input->name);
    seg_input_close(input);
    return status;
}

static seg_status decode_any(video_source *source) {
    return seg_video_next(&source->video, source->frame, &source->flags);
}

/* Damage was met by frame threads: what they make of it is a matter of luck. */
static bool is_troubled(video_source *source) {
    if (source->single || !source->video.input->seekable) return false;
    return source->flags & SEG_FRAME_DAMAGED || source->video.bad_packets ||
           seg_av_log_errors(&source->video.log) > source->troubles;
}

/* One thread decodes again up to where the frame threads met damage, and goes on. */
static seg_status restart_single(video_source *source) {
    bool sought = source->sought;
    int64_t passed = source->passed;
    int64_t last = source->last;
    seg_notes *notes = seg_allocate(&source->base.env, 1, sizeof *notes, "remarks");
    if (!notes) return SEG_ERROR_MEMORY;
    *notes = source->base.notes;
    source->options.threads = 1;
    seg_status status = reopen(source);
    int64_t count = 0;
    while (status == SEG_OK && !sought && count < passed) {
        status = decode_any(source);
        count++;
    }
    bool again = sought;
    while (status == SEG_OK && again) {
        status = decode_any(source);
        again = source->frame->pts < last;
    }
    source->base.notes = *notes;
    seg_release(&source->base.env, notes);
    source->passed = passed;
    return status == SEG_OK ? decode_any(source) : status;
}

static seg_status decode(video_source *source) {
    seg_status status = decode_any(source);
    if ((status >= 0 || status == SEG_ERROR_TRUNCATED) && is_troubled(source))
        status = restart_single(source);
    if (status != SEG_OK) return status;
    source->passed++;
    source->last = source->frame->pts;
    return SEG_OK;
}

/* ---- pixels ---- */

static seg_status make_luma(video_source *source, seg_image *luma) {
    const AVFrame *frame = source->frame;
    const AVPixFmtDescriptor *format = av_pix_fmt_desc_get(frame->format);
    /* Full range is shared with the decoder; limited range is written into our own memory. */
    if (!seg_av_full_range(frame))
        SEG_TRY(seg_frame_pool_take(&source->lumas, luma, frame->width, frame->height,
                                    format->comp[0].depth > 8 ? SEG_U16 : SEG_U8, 1,
                                    &source->base.env));
    SEG_TRY(seg_av_luma(luma, frame, &source->base.env));
    return seg_orientation_apply(luma, source->orientation, &source->base.env);
}

static seg_status make_picture(video_source *source, seg_image *image) {
    const AVFrame *frame = source->frame;
    seg_format format;
    int channels;
    int bits;
    SEG_TRY(seg_av_shape(frame, &format, &channels, &bits));
    SEG_TRY(seg_frame_pool_take(&source->pictures, image, frame->width, frame->height, format,
                                channels, &source->base.env));
    SEG_TRY(seg_av_picture(image, &source->pixels, frame, &source->base.env));
    return seg_orientation_apply(image, source->orientation, &source->base.env);
}

static bool is_plain_grey(enum AVPixelFormat format) {
    const AVPixFmtDescriptor *descriptor = av_pix_fmt_desc_get(format);
    return descriptor && descriptor->nb_components == 1 &&
           !(descriptor->flags & AV_PIX_FMT_FLAG_PAL);
}

static seg_status fill_pixels(video_source *source, seg_frame *frame) {
    enum AVPixelFormat format = source->frame->format;
    bool has_luma = seg_av_has_luma(format);
    if (has_luma) SEG_TRY(make_luma(source, &frame->luma));
    if (has_luma && source->luma_only) return SEG_OK;
    if (has_luma && is_plain_grey(format)) {
        frame->image = seg_image_ref(&frame->luma);
        frame->image.colour = SEG_COLOUR_GREY;
        return SEG_OK;
    }
    return make_picture(source, &frame->image);
}

static seg_status video_picture(seg_source *base, seg_frame *frame) {
    video_source *source = (video_source *)base;
    seg_av_log *outer = seg_av_log_enter(&source->video.log);
    seg_status status = fill_pixels(source, frame);
    seg_av_log_leave(outer);
    return status;
}

static seg_status video_advance(seg_source *base, seg_frame *frame) {
    video_source *source = (video_source *)base;
    if (!source->held) {
        seg_status status = decode(source);
        if (status != SEG_OK) return status;
    }
    source->held = false;
    frame->pts = source->frame->pts;
    frame->duration = seg_av_frame_duration(source->frame);
    if (frame->duration < 0) frame->duration = 0;
    frame->flags = source->flags;
    return SEG_OK;
}

/* ---- orientation ---- */

static int sign(int32_t value) {
    return (value > 0) - (value < 0);
}

/* A display matrix says where the axes of the picture go: x' = a x + c y, y' = b x + d y. */
static int32_t matrix_orientation(const int32_t *matrix) {
    int a = sign(matrix[0]);
    int b = sign(matrix[1]);
    int c = sign(matrix[3]);
    int d = sign(matrix[4]);
    if (!b && !c && a && d) return a > 0 ? (d > 0 ? 1 : 4) : (d > 0 ? 2 : 3);
    if (!a && !d && b && c) return b > 0 ? (c > 0 ? 5 : 6) : (c > 0 ? 8 : 7);
    return 0;
}

static void find_orientation(video_source *source, bool autorotate) {
    static const int32_t degrees[] = {0, 0, 0, 180, 180, 90, 90, 270, 270};
    const int32_t *matrix = seg_av_stream_matrix(source->video.stream);
    source->orientation = 1;
    if (!matrix) {
        const AVFrameSideData *side =
            av_frame_get_side_data(source->frame, AV_FRAME_DATA_DISPLAYMATRIX);
        if (side && (size_t)side->size >= 9 * sizeof *matrix) matrix = (const int32_t *)side->data;
    }
    if (!matrix || !autorotate) return;
    int32_t orientation = matrix_orientation(matrix);
    if (!orientation) {
        seg_note(&source->base.notes, "rotation",
                 "the display matrix turns by no multiple of 90 degrees: it is not applied");
        return;
    }
    source->orientation = orientation;
    source->base.info.rotation = degrees[orientation];
}

/* ---- what is told about the stream ---- */

static seg_rational rational(AVRational value) {
    return value.num > 0 && value.den > 0 ? (seg_rational){value.num, value.den}
                                          : (seg_rational){0, 0};
}

static void describe_pixels(seg_stream_info *info, const AVFrame *frame) {
    bool guessed = false;
    const char *matrix = seg_av_matrix_name(seg_av_matrix(frame, &guessed));
    snprintf(info->matrix, sizeof info->matrix, "%s%s", matrix, guessed ? " (guess)" : "");
    const char *name = av_get_pix_fmt_name(frame->format);
    snprintf(info->pixel_format, sizeof info->pixel_format, "%s", name ? name : "unknown");
    info->full_range = seg_av_full_range(frame);
}

static void describe_length(seg_stream_info *info, const seg_video *video) {
    AVStream *stream = video->stream;
    if (stream->nb_frames > 0) info->frames = stream->nb_frames;
    /* An edit list hides some of the frames. */
    int entries = seg_av_index_count(stream);
    if (info->frames && entries > 0 && strstr(video->format->iformat->name, "mov")) {
        info->frames = 0;
        for (int i = 0; i < entries; i++)
            info->frames += !seg_av_index_is_hidden(stream, i);
    }
    if (stream->duration > 0)
        info->seconds = (double)stream->duration * av_q2d(stream->time_base);
    else if (video->format->duration > 0)
        info->seconds = (double)video->format->duration / AV_TIME_BASE;
    /* Matroska's duration counts from time 0. */
    if (strstr(video->format->iformat->name, "matroska") && video->format->start_time > 0)
        info->seconds -= (double)video->format->start_time / AV_TIME_BASE;
    if (info->seconds < 0) info->seconds = 0;
}

static void describe(video_source *source) {
    seg_stream_info *info = &source->base.info;
    const seg_video *video = &source->video;
    AVFrame *frame = source->frame;
    bool swapped = source->orientation > 4;
    info->kind = video->input->seekable ? SEG_SOURCE_VIDEO : SEG_SOURCE_STREAM;
    info->width = swapped ? frame->height : frame->width;
    info->height = swapped ? frame->width : frame->height;
    info->time_base = rational(video->stream->time_base);
    info->frame_rate = rational(seg_video_rate(video));
    info->sample_aspect =
        rational(av_guess_sample_aspect_ratio(video->format, video->stream, frame));
    if (!info->sample_aspect.num) info->sample_aspect = (seg_rational){1, 1};
    if (swapped)
        info->sample_aspect = (seg_rational){info->sample_aspect.den, info->sample_aspect.num};
    describe_pixels(info, frame);
    describe_length(info, video);
    snprintf(info->container, sizeof info->container, "%s", video->format->iformat->name);
    snprintf(info->codec, sizeof info->codec, "%s",
             avcodec_get_name(video->stream->codecpar->codec_id));
    for (uint32_t i = 0; i < video->format->nb_streams; i++)
        info->has_audio |= video->format->streams[i]->codecpar->codec_type == AVMEDIA_TYPE_AUDIO;
}

/* ---- starting later ---- */

/* Containers whose index leads to frames that are whole. AVI has no times of presentation. */
static bool can_seek(const video_source *source) {
    const seg_video *video = &source->video;
    const char *name = video->format->iformat->name;
    if (!video->input->seekable) return false;
    if (!strcmp(name, "avi")) return video->codec->has_b_frames == 0;
    return strstr(name, "matroska") || strstr(name, "mov") || !strcmp(name, "nut") ||
           !strcmp(name, "flv") || !strcmp(name, "yuv4mpegpipe") || !strcmp(name, "rawvideo");
}

static bool is_before(const video_source *source, double seconds) {
    return seg_source_seconds(&source->base, source->frame->pts) < seconds;
}

/* Decodes up to the start, from wherever the decoder is. */
static seg_status drop_until(video_source *source, double seconds) {
    seg_status status = source->held ? SEG_OK : decode(source);
    while (status == SEG_OK && is_before(source, seconds))
        status = decode(source);
    source->held = status == SEG_OK;
    return status;
}

/* True if a seek to `pts` came to a key frame at or before the start, and all from there on is
 * whole: then the frames are those that decoding from the beginning gives. */
static bool seek_exactly(video_source *source, int64_t pts, double seconds) {
    source->held = false;
    source->sought = true;
    if (!seg_video_seek(&source->video, pts)) return false;
    seg_status status = decode_any(source);
    while (status == SEG_OK && !seg_av_frame_is_key(source->frame))
        status = decode_any(source);
    if (status != SEG_OK) return false;
    if (seg_source_seconds(&source->base, source->frame->pts) > seconds) return false;
    while (status == SEG_OK && !source->flags && is_before(source, seconds))
        status = decode_any(source);
    if (status != SEG_OK || source->flags || is_troubled(source)) return false;
    source->held = true;
    source->last = source->frame->pts;
    return true;
}

/* A stream may change its size before the start. */
static seg_status settle(video_source *source, seg_status status) {
    if (status == SEG_OK) describe(source);
    return status;
}

static seg_status video_skip(seg_source *base, double seconds) {
    static const double margins[] = {0, 2, 10};
    video_source *source = (video_source *)base;
    if (!is_before(source, seconds)) return SEG_OK;
    bool moved = false;
    double unit = av_q2d(source->video.stream->time_base);
    for (size_t i = 0; i < sizeof margins / sizeof *margins && can_seek(source); i++) {
        double target = seconds - margins[i];
        if (target <= 0 || target / unit > 1e15) break;
        moved = true;
        if (seek_exactly(source, base->origin + (int64_t)(target / unit), seconds))
            return settle(source, SEG_OK);
    }
    if (moved) SEG_TRY(reopen(source));
    return settle(source, drop_until(source, seconds));
}

/* ---- opening and closing ---- */

static void video_close(seg_source *base) {
    video_source *source = (video_source *)base;
    av_frame_free(&source->frame);
    seg_video_close(&source->video);
    seg_av_pixels_free(&source->pixels);
    seg_frame_pool_free(source->pictures);
    seg_frame_pool_free(source->lumas);
    seg_env env = base->env;
    seg_release(&env, source);
}

/* The first frame tells what the header may not know, and whether there is one at all. */
static seg_status decode_first(video_source *source) {
    source->frame = av_frame_alloc();
    if (!source->frame) return seg_fail(SEG_ERROR_MEMORY, "out of memory for a frame");
    seg_status status = decode(source);
    if (status == SEG_OK) {
        source->held = true;
        return SEG_OK;
    }
    if (status != SEG_END) return status;
    char reason[200];
    seg_av_log_take(&source->video.log, 0, reason, sizeof reason);
    return seg_fail(SEG_ERROR_DATA, "%s: no frame could be decoded%s%s%s",
                    source->video.input->name, reason[0] ? " (" : "", reason, reason[0] ? ")" : "");
}

static void keep_options(video_source *source, const seg_reader_options *options) {
    source->options = *options;
    if (options->format) {
        snprintf(source->format_name, sizeof source->format_name, "%s", options->format);
        source->options.format = source->format_name;
    }
    if (options->raw_pixel_format) {
        snprintf(source->raw_name, sizeof source->raw_name, "%s", options->raw_pixel_format);
        source->options.raw_pixel_format = source->raw_name;
    }
}

static const seg_source_operations video_operations = {video_advance, video_picture, video_skip,
                                                       video_close};

seg_status seg_av_source_open(seg_source **opened, seg_input *input,
                              const seg_reader_options *options, const seg_env *env) {
    *opened = NULL;
    video_source *source = seg_allocate_zeroed(env, 1, sizeof *source, "a video reader");
    if (!source) {
        seg_input_close(input);
        return SEG_ERROR_MEMORY;
    }
    source->base.operations = &video_operations;
    if (env) source->base.env = *env;
    source->luma_only = options->luma_only;
    keep_options(source, options);
    seg_status status = open_video(source, input);
    if (status >= 0) status = decode_first(source);
    if (status < 0) {
        video_close(&source->base);
        return status;
    }
    find_orientation(source, options->autorotate);
    describe(source);
    source->base.origin = source->frame->pts;
    *opened = &source->base;
    return SEG_OK;
}
