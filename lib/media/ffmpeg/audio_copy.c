#include "media/ffmpeg/audio_copy.h"

#include "core/check.h"
#include "core/memory.h"
#include "media/ffmpeg/av_io.h"

enum { MAX_STREAMS = 16 };

struct seg_audio_copy {
    seg_input *input;
    AVIOContext *io;
    AVFormatContext *format;
    AVPacket *packet;        /* waits for its time if it has data */
    int target[MAX_STREAMS]; /* stream of the output, -1 = none; by stream of the input */
    double start;
    bool ended;
    seg_env env;
};

static seg_status open_container(seg_audio_copy *copy, const char *name, seg_av_log *log) {
    copy->io = seg_input_make_io(copy->input);
    copy->format = avformat_alloc_context();
    copy->packet = av_packet_alloc();
    if (!copy->io || !copy->format || !copy->packet)
        return seg_fail(SEG_ERROR_MEMORY, "%s: out of memory", name);
    copy->format->pb = copy->io;
    copy->format->opaque = log;
    int code = avformat_open_input(&copy->format, NULL, NULL, NULL);
    if (code >= 0) code = avformat_find_stream_info(copy->format, NULL);
    if (code >= 0) return SEG_OK;
    char reason[200];
    return seg_fail(SEG_ERROR_DATA, "%s: its sound cannot be read (%s)", name,
                    seg_av_log_take(log, code, reason, sizeof reason));
}

static bool has_sound(const AVFormatContext *format) {
    for (uint32_t i = 0; i < format->nb_streams; i++) {
        if (format->streams[i]->codecpar->codec_type == AVMEDIA_TYPE_AUDIO) return true;
    }
    return false;
}

seg_status seg_audio_copy_open(seg_audio_copy **opened, const char *name, seg_av_log *log,
                               const seg_env *env) {
    *opened = NULL;
    seg_audio_copy *copy = seg_allocate_zeroed(env, 1, sizeof *copy, "a copy of the sound");
    if (!copy) return SEG_ERROR_MEMORY;
    if (env) copy->env = *env;
    for (int i = 0; i < MAX_STREAMS; i++)
        copy->target[i] = -1;
    seg_status status = seg_input_open(&copy->input, name, env);
    if (status >= 0 && !copy->input->seekable)
        status = seg_fail(SEG_ERROR_UNSUPPORTED, "%s: sound can be copied from files only", name);
    if (status >= 0) status = open_container(copy, name, log);
    if (status < 0 || !has_sound(copy->format))
        seg_audio_copy_close(copy);
    else
        *opened = copy;
    return status;
}

bool seg_audio_copy_add_streams(seg_audio_copy *copy, AVFormatContext *target) {
    bool any = false;
    for (uint32_t i = 0; i < copy->format->nb_streams; i++) {
        AVStream *source = copy->format->streams[i];
        source->discard = AVDISCARD_ALL;
        if (i >= MAX_STREAMS || source->codecpar->codec_type != AVMEDIA_TYPE_AUDIO) continue;
        /* Where the muxer cannot tell, it holds sound if it has a codec for it. */
        int held =
            avformat_query_codec(target->oformat, source->codecpar->codec_id, FF_COMPLIANCE_NORMAL);
        if (held == 0 || (held < 0 && target->oformat->audio_codec == AV_CODEC_ID_NONE)) continue;
        AVStream *stream = avformat_new_stream(target, NULL);
        if (!stream || avcodec_parameters_copy(stream->codecpar, source->codecpar) < 0) continue;
        stream->codecpar->codec_tag = 0;
        stream->time_base = source->time_base;
        stream->disposition = source->disposition;
        source->discard = AVDISCARD_DEFAULT;
        copy->target[i] = stream->index;
        any = true;
    }
    return any;
}

void seg_audio_copy_start(seg_audio_copy *copy, double seconds, bool negative) {
    copy->start = seconds <= 0 && negative ? -1e9 : seconds;
}

static double packet_time(const seg_audio_copy *copy, const AVPacket *packet) {
    const AVStream *stream = copy->format->streams[packet->stream_index];
    int64_t time = packet->pts != AV_NOPTS_VALUE ? packet->pts : packet->dts;
    if (time != AV_NOPTS_VALUE) return (double)time * av_q2d(stream->time_base);
    return copy->start > 0 ? copy->start : 0;
}

/* The next packet that is to be copied waits in `packet`; false at the end. Damage in the sound
 * ends it, never the video. */
static bool fetch(seg_audio_copy *copy) {
    AVPacket *packet = copy->packet;
    while (!copy->ended && packet->size == 0) {
        av_packet_unref(packet);
        if (av_read_frame(copy->format, packet) < 0) {
            copy->ended = true;
            break;
        }
        int index = packet->stream_index;
        if (index >= MAX_STREAMS || copy->target[index] < 0 ||
            packet_time(copy, packet) < copy->start)
            av_packet_unref(packet);
    }
    return !copy->ended;
}

int seg_audio_copy_until(seg_audio_copy *copy, AVFormatContext *target, double seconds) {
    while (fetch(copy) && packet_time(copy, copy->packet) < seconds) {
        AVPacket *packet = copy->packet;
        const AVStream *source = copy->format->streams[packet->stream_index];
        const AVStream *stream = target->streams[copy->target[packet->stream_index]];
        av_packet_rescale_ts(packet, source->time_base, stream->time_base);
        packet->stream_index = stream->index;
        packet->pos = -1;
        int code = av_interleaved_write_frame(target, packet);
        av_packet_unref(packet);
        if (code < 0) return code;
    }
    return 0;
}

void seg_audio_copy_close(seg_audio_copy *copy) {
    if (!copy) return;
    avformat_close_input(&copy->format);
    av_packet_free(&copy->packet);
    seg_input_free_io(&copy->io);
    seg_input_close(copy->input);
    seg_env env = copy->env;
    seg_release(&env, copy);
}
